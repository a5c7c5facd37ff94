"""One run: the events that the worker reports while a picture is made, and the record of them."""

from __future__ import annotations

import math
import os
import re
import time
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from pathlib import Path

from .recipe import Recipe, Size


@dataclass(frozen=True, slots=True)
class Pixels:
    """An RGB picture, 8 bits per channel, rows from top to bottom without padding."""

    width: int
    height: int
    data: bytes  # height × width × 3


class Phase(StrEnum):
    """What a run is doing. `PREPARING` is the first import of torch, which cannot be interrupted."""

    PREPARING = "preparing"
    LOADING = "loading"
    ENCODING = "encoding"  # text encoder
    DENOISING = "denoising"  # UNet
    DECODING = "decoding"  # decoder
    SAVING = "saving"


class View(StrEnum):
    """What is shown of a step."""

    ESTIMATE = "estimate"  # x0: the picture as this step expects it
    NOISY = "noisy"  # x_t: the noisy image itself
    LATENTS = "latents"  # the channels of x_t, side by side
    NOISE = "noise"  # ε: the predicted noise
    CHANGE = "change"  # where this step changed x0, as a heat map
    GUIDANCE = "guidance"  # where the prompt has influence, as a heat map of the difference that it makes


RECORDED = (View.ESTIMATE, View.NOISY)  # the views that are recorded with each step


@dataclass(frozen=True, slots=True)
class LatentValues:
    """The values of all channels at one position of the latents, in each view that consists of latents."""

    column: int  # of `columns`, from the left
    row: int  # of `rows`, from the top
    columns: int
    rows: int
    channels: dict[View, list[float]]  # x_t, x0 and ε; for the starting noise only x_t


@dataclass(frozen=True, slots=True)
class Latents:
    """The latents of one step in each view that consists of latents; their values can be read without torch."""

    columns: int
    rows: int
    channels: dict[View, array[float]]  # C×rows×columns, flat

    def at(self, x: float, y: float) -> LatentValues:
        """The values at (x, y) of the picture, both 0…1 from its upper left."""
        column, row = min(int(x * self.columns), self.columns - 1), min(int(y * self.rows), self.rows - 1)
        place, size = row * self.columns + column, self.rows * self.columns
        return LatentValues(
            column, row, self.columns, self.rows, {view: each[place::size].tolist() for view, each in self.channels.items()}
        )


@dataclass(frozen=True, slots=True)
class WatchedViews:
    """What the user watches while a run is made, besides the recorded views."""

    views: frozenset[View] = frozenset()
    values: bool = False  # of the latents
    step: Step | None = None  # a finished step; None for the next one
    words: bool = False  # the word maps of every step, read where the run starts


@dataclass(frozen=True, slots=True)
class WordMaps:
    """How much each place of the picture looked at each word of the prompt in one step: means over layers and heads."""

    words: tuple[str, ...]  # in the order of the prompt; tokens that belong together are one word
    columns: int
    rows: int
    levels: bytes  # words×rows×columns; 255 stands for `most`
    most: float  # the largest share
    begin: float  # mean share of the mark before the prompt, which takes what looks at no word
    read: float  # mean share of all words together


@dataclass(frozen=True, slots=True, eq=False)
class LiveViews:
    """Watched views of one step, computed while the run is made. Emitted before that step if it is new; not recorded."""

    step: Step
    pictures: dict[View, Pixels]  # previews, except for the latents; views that need another denoiser call are missing
    latents: Latents | None  # if their values are watched
    words: WordMaps | None = None  # if they are watched


class Previews(StrEnum):
    """How steps are decoded while the run is made."""

    OFF = "off"  # nothing is decoded before the end
    FAST = "fast"  # the best decoder with negligible cost
    BEST = "best"  # the sharpest decoder, however long it takes


MOST_ENLARGED = 16  # times the sides of the recipe
UPSCALING = "super_res"  # the name of a stage that makes a picture larger


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of a run with a scheduler of its own, such as the prior before the decoder. Most runs have one."""

    name: str  # that the model gives it, such as "prior"; "" for the only one, or the main one
    calls: int  # of its scheduler


@dataclass(frozen=True, slots=True)
class Plan:
    """What the run is going to do, known once the scheduler has set its timesteps; of a run in stages, as far as it is known."""

    timesteps: tuple[float, ...]  # one per scheduler call; Heun makes 99 of 50 steps, PNDM 51
    environment: dict[str, object]  # versions, device, dtype, threads, model fingerprint: what an exact replay depends on
    truncated: str = ""  # the end of the prompt that exceeds the limit of the text encoder
    stages: tuple[Stage, ...] = ()  # in order; none in recordings of older versions
    is_whole: bool = True  # no further stage is expected

    @property
    def calls(self) -> int:
        return len(self.timesteps)

    def is_end(self, number: int) -> bool:
        """Whether step `number` is the last of the run."""
        return self.is_whole and number == self.calls

    @property
    def enlarges(self) -> int:
        """The sides of the picture in those of the recipe."""
        times = self.environment.get("enlarges")
        return times if isinstance(times, int) and 1 < times <= MOST_ENLARGED else 1

    @property
    def enlarged_at(self) -> int:
        """The last step before the picture is made larger; 0 where it is not."""
        ends = zip(self.stages, self.stage_ends, strict=True)
        return next((end - stage.calls for stage, end in ends if stage.name == UPSCALING), 0)

    @property
    def stage_ends(self) -> list[int]:
        """The last step of each stage."""
        return list(accumulate(stage.calls for stage in self.stages))

    def stage_of(self, number: int) -> Stage | None:
        """The stage of step `number` if the run has several, or is in the first of several; 0 belongs to the first."""
        if len(self.stages) < 2 and self.is_whole:
            return None
        return next((stage for stage, end in zip(self.stages, self.stage_ends, strict=True) if number <= end), None)


@dataclass(frozen=True, slots=True)
class Step:
    """One scheduler call with its previews; number 0 is the starting noise. A plain value: it never reads a disk."""

    number: int
    timestep: float  # the input of the denoiser; for number 0 that of step 1
    sigma: float | None  # noise relative to signal *after* this step, √((1−ᾱ)/ᾱ); inf for pure noise; None if it is unknown
    alpha_cumprod: float | None  # ᾱ after this step, 0…1: the share of the signal; None if it is unknown
    seconds: float  # without previews and recording
    overhead_seconds: float  # previews and recording
    estimate: Pixels | None  # x0 as this step predicts it, ≤ 512 px; None with previews off, for the starting noise, and if unknown
    noisy: Pixels | None  # x_t after this step, decoded
    thumbnail: Pixels | None  # ≤ 128 px: the estimate, or the noise for number 0
    approximate: bool  # the preview is a linear map, not a decoder
    snapshot: bytes  # everything needed to resume from here (`snapshot.py`)
    change: float | None = 0.0  # change of x0: mean |Δx0| relative to mean |x0|; 1 for the first estimate; None if x0 is unknown
    layout: float | None = 0.0  # the same for x0 with its detail averaged out
    guidance: float | None = 0.0  # how far guidance moved x0 in this step, relative to mean |x0|; 0 without guidance; None if unknown

    @property
    def log_snr(self) -> float | None:
        """ln(ᾱ / (1 − ᾱ)), from −inf for pure noise to +inf for the clean picture; None if it is unknown."""
        if self.alpha_cumprod is None:
            return None
        if self.alpha_cumprod <= 0:
            return -math.inf
        if self.alpha_cumprod >= 1:
            return math.inf
        return math.log(self.alpha_cumprod / (1 - self.alpha_cumprod))

    @property
    def nbytes(self) -> int:
        """Bytes in memory. The same picture may be in several fields."""
        pictures = {id(pixels): pixels for pixels in (self.estimate, self.noisy, self.thumbnail) if pixels}
        return len(self.snapshot) + sum(len(pixels.data) for pixels in pictures.values())


@dataclass(frozen=True, slots=True)
class Picture:
    """The finished picture, fully decoded."""

    pixels: Pixels


Event = Phase | Plan | LiveViews | Step | Picture


class Ending(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"  # can be resumed
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Run:
    """The record of one run: its recipe, every step so far, and the finished picture. Changed by its own methods only."""

    recipe: Recipe
    id: str = field(default_factory=lambda: uuid7())
    plan: Plan | None = None
    steps: list[Step] = field(default_factory=list)  # steps[k].number == k
    picture: Pixels | None = None
    path: Path | None = None  # of the saved picture
    ending: Ending = Ending.RUNNING
    parent: str | None = None  # the id of the run that this one branches from
    branched_after: int | None = None  # the last step that is shared with the parent
    pinned: bool = False  # its recording is not deleted to free disk space
    name: str = ""  # that the user gave it
    refined: Sequence[Step] = ()  # in a branch that refines: the parent's finished steps, until it has a step of its own
    picture_key: str = ""  # of a picture that was opened without its steps

    @property
    def key(self) -> str:
        """The key of its star: FORMATS.md §10."""
        return self.picture_key or self.id

    @property
    def own_steps(self) -> list[Step]:
        """The steps that are not shared with the parent."""
        return self.steps if self.branched_after is None else self.steps[self.branched_after + 1 :]

    @property
    def size(self) -> Size:
        """Of the picture that it makes, px."""
        return self.recipe.enlarged(self.plan.enlarges if self.plan else 1).size

    @property
    def expected_steps(self) -> int:
        """The number of scheduler calls; while it is unknown, the number of steps in the recipe, or of those that are planned."""
        stages = 2 if self.plan and self.plan.enlarges > 1 else 1
        calls, steps = self.plan.calls if self.plan else 0, stages * self.recipe.sampling.steps
        return (calls or steps) if self.plan and self.plan.is_whole else max(calls, steps)

    @property
    def history(self) -> Sequence[Step]:
        """The steps from which the machine resumes."""
        return self.refined or self.steps

    @property
    def nbytes(self) -> int:
        return self._nbytes(self.steps)

    @property
    def own_nbytes(self) -> int:
        """Without the steps shared with the parent."""
        return self._nbytes(self.own_steps)

    def _nbytes(self, steps: Iterable[Step]) -> int:
        return sum(step.nbytes for step in steps) + (len(self.picture.data) if self.picture else 0)

    def record(self, event: Event) -> None:
        match event:
            case Plan():
                self.plan = event
                made_with = (str(event.environment.get(key, "")) for key in ("model_fingerprint", "refiner_fingerprint"))
                self.recipe = self.recipe.made_with(*made_with)
            case Step():
                del self.steps[event.number :]  # refining goes back and makes them again
                self.steps.append(event)
                self.refined = ()
            case Picture():
                self.picture = event.pixels

    def begin(self) -> None:
        """The run is being made or resumed."""
        self.ending = Ending.RUNNING

    def end(self, ending: Ending) -> None:
        """The run is no longer being made."""
        self.ending = ending

    def saved_as(self, path: Path) -> None:
        """The picture is on disk at `path`."""
        self.path = path

    def name_models(self, model: str, refiner: str) -> None:
        """The model of the recipe is called `model` here, its refiner `refiner`."""
        self.recipe = self.recipe.with_model_named(model).with_refiner_named(refiner)

    def pin(self, pinned: bool) -> None:
        """Pin its recording, so that it is not deleted to free disk space, or unpin it."""
        self.pinned = pinned

    def rename(self, name: str) -> None:
        """The user calls it `name`; "" for the name that its changes give it."""
        self.name = name

    def fork(self, after: int, recipe: Recipe) -> Run:
        """A branch that shares this run's steps up to `after` and continues with `recipe`: this run's recipe, `turned` there."""
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
    """A UUIDv7 (RFC 9562 §5.7, §6.2 method 3): 48 bits of Unix milliseconds, 12 of their fraction, then random; sorts by time."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = milliseconds << 80 | 0x7 << 76 | (rest << 12) // 1_000_000 << 64 | int.from_bytes(os.urandom(8))
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_uuid(text: str) -> bool:
    """Whether `text` is a UUID as `uuid7` writes it."""
    return bool(re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text))


def roots_of(parents: Mapping[str, str | None]) -> dict[str, str]:
    """For the id of each run in `parents`, that of the run at the root of its tree, as far as its ancestors are there too."""
    roots: dict[str, str] = {}
    for id in parents:
        way = {id: None}  # a set that keeps the order; its end is the root, or a run whose root is known
        last = id
        while last not in roots and (parent := parents.get(last)) in parents and parent is not None and parent not in way:
            way[parent] = None
            last = parent
        roots |= dict.fromkeys(way, roots.get(last, last))
    return roots
