"""One run, made visible: what the worker reports while a picture develops, and the record that stays."""

from __future__ import annotations

import math
import os
import time
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from .recipe import Recipe


@dataclass(frozen=True, slots=True)
class Pixels:
    """An RGB picture, 8 bit a channel, rows from top to bottom without padding."""

    width: int
    height: int
    data: bytes  # height × width × 3


class Phase(StrEnum):
    """Where a run is. `PREPARING` is the first import of the machine, which cannot be interrupted."""

    PREPARING = "preparing"
    LOADING = "loading"
    ENCODING = "encoding"  # text encoder
    DENOISING = "denoising"  # UNet
    DECODING = "decoding"  # decoder
    SAVING = "saving"


class View(StrEnum):
    """How a step is looked at."""

    ESTIMATE = "estimate"  # x0: the picture as this step expects it
    NOISY = "noisy"  # x_t: what is really there
    LATENTS = "latents"  # the channels of x_t, side by side
    NOISE = "noise"  # ε: what the denoiser takes for noise
    CHANGE = "change"  # where this step altered x0, as a heat map
    GUIDANCE = "guidance"  # where the prompt pulls: with against without it, as a heat map


RECORDED = (View.ESTIMATE, View.NOISY)  # the views that each step brings along


@dataclass(frozen=True, slots=True)
class LatentValues:
    """The latents at one position, each channel's value in the views that are latents themselves."""

    column: int  # of `columns`, from the left
    row: int  # of `rows`, from the top
    columns: int
    rows: int
    channels: dict[View, list[float]]  # x_t, x0 and ε; of the starting noise x_t alone


@dataclass(frozen=True, slots=True)
class Latents:
    """The latents of one step in the views that are latents themselves, to be read without the machine."""

    columns: int
    rows: int
    channels: dict[View, array[float]]  # channel after channel, each in rows from the top

    def at(self, x: float, y: float) -> LatentValues:
        """Where the picture is at (x, y), both 0…1 from its upper left."""
        column, row = min(int(x * self.columns), self.columns - 1), min(int(y * self.rows), self.rows - 1)
        place, size = row * self.columns + column, self.rows * self.columns
        return LatentValues(
            column, row, self.columns, self.rows, {view: each[place::size].tolist() for view, each in self.channels.items()}
        )


@dataclass(frozen=True, slots=True)
class WatchedViews:
    """What somebody looks at while a run is at work, beyond what each step brings along."""

    views: frozenset[View] = frozenset()
    values: bool = False  # those of the latents
    step: Step | None = None  # one that was made already; None for the one that comes next


@dataclass(frozen=True, slots=True, eq=False)
class LiveViews:
    """What somebody looks at of one step, made on the way: told just before that step where it is new, and not recorded."""

    step: Step
    pictures: dict[View, Pixels]  # as rough as previews, but for the latents; what cannot be made on the way is left out
    latents: Latents | None  # where their values are looked at


class Previews(StrEnum):
    """How a step is made visible while the run goes on."""

    OFF = "off"  # nothing is decoded before the end
    FAST = "fast"  # the best decoder that costs next to nothing
    BEST = "best"  # as sharp as can be, whatever it costs


@dataclass(frozen=True, slots=True)
class Plan:
    """What the run is about to do, known once the scheduler has laid out its timesteps."""

    timesteps: tuple[float, ...]  # one per scheduler call; Heun makes 99 of 50 steps, PNDM 51
    environment: dict[str, Any]  # versions, device, dtype, threads, model fingerprint: what decides whether a replay is exact
    truncated: str = ""  # the end of the prompt, beyond what the text encoder reads

    @property
    def calls(self) -> int:
        return len(self.timesteps)


@dataclass(frozen=True, slots=True)
class Step:
    """One scheduler call made visible; number 0 is the starting noise."""

    number: int
    timestep: float  # what the denoiser was told; for number 0 that of step 1
    sigma: float  # noise relative to signal *after* this step, √((1−ᾱ)/ᾱ); inf for pure noise
    alpha_cumprod: float  # ᾱ after this step, 0…1: how much of the picture's signal is there
    seconds: float  # this step alone, previews and recording left out
    overhead_seconds: float  # previews and recording
    estimate: Pixels | None  # x0 as this step sees it; None with previews off, and for the starting noise
    noisy: Pixels | None  # x_t after this step, decoded
    thumbnail: Pixels | None  # ≤ 128 px: the estimate, or the noise for number 0
    approximate: bool  # the preview is a linear map, not a decoder
    snapshot: bytes  # everything needed to go on from here (`seam.py`)
    change: float = 0.0  # how much of x0 is new: mean |Δx0| relative to mean |x0|; 1 for the first estimate
    layout: float = 0.0  # the same for what is left of x0 when its detail is averaged away
    guidance: float = 0.0  # how far guidance has moved x0 in this step, relative to mean |x0|; 0 without it

    @property
    def log_snr(self) -> float:
        """ln(ᾱ / (1 − ᾱ)), from −inf for pure noise to +inf for the clean picture."""
        if self.alpha_cumprod <= 0:
            return -math.inf
        if self.alpha_cumprod >= 1:
            return math.inf
        return math.log(self.alpha_cumprod / (1 - self.alpha_cumprod))

    @property
    def nbytes(self) -> int:
        """In memory; one picture may stand for several."""
        pictures = {id(pixels): pixels for pixels in (self.estimate, self.noisy, self.thumbnail) if pixels}
        return len(self.snapshot) + sum(len(pixels.data) for pixels in pictures.values())


@dataclass(frozen=True, slots=True)
class Picture:
    """The finished picture, fully decoded."""

    pixels: Pixels


Event = Phase | Plan | LiveViews | Step | Picture


class Ending(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"  # to be gone on with
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Run:
    """The record of one run: its recipe, every step so far, and the picture once there is one."""

    recipe: Recipe
    id: str = field(default_factory=lambda: uuid7())
    plan: Plan | None = None
    steps: list[Step] = field(default_factory=list)  # steps[k].number == k
    picture: Pixels | None = None
    path: Path | None = None  # where the picture was saved
    ending: Ending = Ending.RUNNING
    parent: str | None = None  # the id of the run that this is a branch of
    branched_after: int | None = None  # the last step that is shared with it
    pinned: bool = False  # kept whatever room it takes
    refined: Sequence[Step] = ()  # of a branch that refines: the finished steps, until it has made one of its own

    @property
    def own_steps(self) -> list[Step]:
        """The steps that are not the parent's."""
        return self.steps if self.branched_after is None else self.steps[self.branched_after + 1 :]

    @property
    def history(self) -> Sequence[Step]:
        """What the machine goes on from."""
        return self.refined or self.steps

    @property
    def nbytes(self) -> int:
        return self._nbytes(self.steps)

    @property
    def own_nbytes(self) -> int:
        """What it takes where the parent is held too."""
        return self._nbytes(self.own_steps)

    def _nbytes(self, steps: Iterable[Step]) -> int:
        return sum(step.nbytes for step in steps) + (len(self.picture.data) if self.picture else 0)

    def record(self, event: Event) -> None:
        match event:
            case Plan():
                self.plan = event
            case Step():
                del self.steps[event.number :]  # refining goes back and makes them anew
                self.steps.append(event)
                self.refined = ()
            case Picture():
                self.picture = event.pixels

    def begin(self) -> None:
        """The run is being made, or resumed."""
        self.ending = Ending.RUNNING

    def end(self, ending: Ending) -> None:
        """Nothing more is made of the run for now."""
        self.ending = ending

    def saved_as(self, path: Path) -> None:
        """The picture is on disk at `path`."""
        self.path = path

    def pin(self, pinned: bool) -> None:
        """Keep the recording of the run whatever disk space it takes, or no longer."""
        self.pinned = pinned

    def fork(self, after: int, recipe: Recipe) -> Run:
        """A branch: it shares this run's steps up to `after` and goes on by `recipe`, which is this run's, `turned` there."""
        begins_finished = bool(recipe.turns) and recipe.turns[-1].refines and recipe.turns[:-1] == self.recipe.turns
        return Run(
            recipe,
            plan=self.plan,
            steps=self.steps[: after + 1],
            parent=self.id,
            branched_after=after,
            refined=tuple(self.steps) if begins_finished else (),
        )


def uuid7() -> str:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random; sorts by time."""
    value = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
