"""Several pipelines, one after the other, called and observed as one: a base and its refiner, the stages of a cascade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .seam import Pipeline


@dataclass(frozen=True, slots=True)
class Link:
    """One pipeline of a chain."""

    name: str  # of its stage: "base", "refiner", "super_res"
    pipeline: Pipeline
    takes: str = "image"  # its argument for what the link before returned; unused in the first


class Chain:
    """Is called with the arguments of each link under its name; what a link returns is given to the next, and the last result returned."""

    def __init__(self, links: Sequence[Link]) -> None:
        self.links = tuple(links)
        self._offload_device = vars(self.links[0].pipeline).get("_offload_device")  # where all compute, if weights wait elsewhere

    @property
    def components(self) -> dict[str, Any]:
        """Those of all links, under names such as `refiner_scheduler`."""
        return {f"{link.name}_{name}": part for link in self.links for name, part in link.pipeline.components.items()}

    def __call__(
        self, *, generator: Any = None, output_type: str = "latent", return_dict: bool = False, **arguments: Mapping[str, Any]
    ) -> Any:
        """`generator` draws for all links; `output_type` is that of all, unless a link's own arguments say otherwise."""
        returned: tuple[Any, ...] = ()
        for link in self.links:
            given = {link.takes: returned[0]} if returned else {}
            whole = {"output_type": output_type, **arguments[link.name], **given, "generator": generator}
            returned = link.pipeline(**whole, return_dict=False)
        return returned

    def set_progress_bar_config(self, **options: Any) -> None:
        for link in self.links:
            link.pipeline.set_progress_bar_config(**options)

    def maybe_free_model_hooks(self) -> None:
        for link in self.links:
            link.pipeline.maybe_free_model_hooks()
