"""Modular pipelines of diffusers, called and observed as the others. Only the denoising block of theirs is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import accelerate
import diffusers
import torch

DENOISE = "denoise"  # the block from encoded prompts to latents, under this name in every modular pipeline of diffusers


class Modular:
    """A modular pipeline that takes encoded prompts and returns latents, as a stock pipeline with `output_type="latent"`.

    Prompts are encoded and latents decoded outside, as for all other families.
    """

    def __init__(self, kind: type[diffusers.ModularPipeline], parts: Mapping[str, Any]) -> None:
        """`kind`: the class of the whole pipeline; `parts`: all that it needs, by name."""
        blocks = getattr(diffusers, kind.default_blocks_name)().sub_blocks[DENOISE]
        self.pipeline = kind(blocks=blocks)
        inside = self.pipeline.components
        self.pipeline.update_components(**{name: part for name, part in parts.items() if name in inside})
        self._outside = {name: part for name, part in parts.items() if name not in inside}
        self._hooks: list[Any] = []

    @property
    def components(self) -> dict[str, Any]:
        return {**self.pipeline.components, **self._outside}

    @property
    def scheduler(self) -> Any:
        return self.pipeline.scheduler

    @scheduler.setter
    def scheduler(self, scheduler: Any) -> None:
        self.pipeline.update_components(scheduler=scheduler)

    def __getattr__(self, name: str) -> Any:
        """A part, or what the modular pipeline has."""
        if name in ("pipeline", "_outside"):  # not made yet
            raise AttributeError(name)
        return self._outside[name] if name in self._outside else getattr(self.pipeline, name)

    def __call__(
        self, *, guidance_scale: float | None = None, output_type: str = "latent", return_dict: bool = False, **arguments: Any
    ) -> tuple[Any]:
        if guidance_scale is not None:
            self.pipeline.guider.guidance_scale = guidance_scale
        return (self.pipeline(**arguments, output="latents"),)

    def set_progress_bar_config(self, **options: Any) -> None:
        _configure(self.pipeline._blocks, options)  # `blocks` is a copy

    def enable_model_cpu_offload(self, device: torch.device) -> None:
        """Keep on `device` only the network that computes."""
        hook = None
        for part in self.components.values():
            if isinstance(part, torch.nn.Module):
                _, hook = accelerate.cpu_offload_with_hook(part, device, hook)
                self._hooks.append(hook)
        self._offload_device = device

    def maybe_free_model_hooks(self) -> None:
        for hook in self._hooks:
            hook.offload()


def _configure(block: Any, options: Mapping[str, Any]) -> None:
    """The loops among the blocks have a progress bar each."""
    if hasattr(block, "set_progress_bar_config"):
        block.set_progress_bar_config(**options)
    for inner in getattr(block, "sub_blocks", {}).values():
        _configure(inner, options)
