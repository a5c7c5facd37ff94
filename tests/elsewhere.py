"""Resumes recorded runs in another process, and branches from them. `python -m tests.elsewhere FOLDER`: one subfolder of snapshots
for each run."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from desktop.diffusion.run import Step
from desktop.diffusion.seam import Departure
from tests.watched import Watched, pipeline

OTHERWISE = {"prompt": "two pandas", "guidance_scale": 3}  # in the branches


def main(folder: Path) -> None:
    """A subfolder is named SAMPLER-MODEL-CUT."""
    torch.set_num_threads(1)
    resumed, branched = {}, {}
    for run in filter(Path.is_dir, folder.iterdir()):
        sampler, model, _ = run.name.rsplit("-", 2)
        history = [
            Step(number, 0, 0, 0, 0, 0, None, None, None, True, (run / str(number)).read_bytes())
            for number in range(len(list(run.iterdir())))
        ]
        resumed[run.name] = Watched(pipeline(sampler, model)).go(history=history).latents
        branched[run.name] = Watched(pipeline(sampler, model)).go(history=history, departure=Departure(1), **OTHERWISE).latents
    save_file(resumed, folder / "resumed.safetensors")
    save_file(branched, folder / "branched.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
