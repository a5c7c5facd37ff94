"""Export: a trained net as a pipeline of diffusers that `DDIMPipeline.from_pretrained` opens, in Safelight as elsewhere.

That pipeline knows no labels. One kind, or no label, is chosen when it is exported; its embedding goes into the bias that the label
would be added to, so the exported net computes the same function as ours with that label.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from diffusers import DDIMPipeline, UNet2DModel

from .course import Course
from .net import Shape, whole_net
from .trainer import scheduler


@torch.no_grad()
def exported(net: UNet2DModel, course: Course, kind: int | None) -> dict[str, bytes]:
    """The files of the pipeline, by their path in its folder. `kind`: the label it draws; None: all of them, without a label."""
    whole = whole_net(net, Shape(course.side, course.widths, course.kinds, course.is_folded), course.kinds if kind is None else kind)
    with tempfile.TemporaryDirectory(prefix="safelight-export-") as name:
        DDIMPipeline(whole, scheduler(course)).save_pretrained(name)
        folder = Path(name)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
