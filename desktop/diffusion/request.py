"""A request for a run, and its orders: frozen values that may be passed to another thread or process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .recipe import Recipe
from .run import Previews, Step, WatchedViews
from .single_file import ModelFiles


@dataclass(frozen=True, slots=True)
class Opened:
    """A model that is found on this machine, for the engine."""

    files: ModelFiles
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Request:
    """One run to make, or to resume after the steps of `history`. The model is named by the recipe, never by a path."""

    recipe: Recipe
    history: tuple[Step, ...] = ()  # with their snapshots; they are replayed, not made again
    previews: Previews = Previews.FAST
    insist: bool = False  # also where memory is tight
    environment: Mapping[str, object] = field(default_factory=dict, hash=False)  # `Plan.environment` of the run that is resumed


@dataclass(frozen=True, slots=True)
class Orders:
    """How to run it: where to pause, and what the user looks at. `Control.orders` is replaced as a whole, never changed."""

    pause: bool = False  # at the next boundary between two steps
    breakpoints: frozenset[int] = frozenset()  # the steps after which to pause
    pause_at: int | None = None  # the step that is enough for now
    watched: WatchedViews = field(default_factory=WatchedViews)  # what the user looks at

    def pauses_after(self, number: int) -> bool:
        """Whether to pause once step `number` is made."""
        return self.pause or number in self.breakpoints or (self.pause_at is not None and number >= self.pause_at)
