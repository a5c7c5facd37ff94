"""Session: a training as it runs: the probe, the steps, samples, exams and checkpoints, in slices of a few hundredths of a second.

What is looked at changes nothing: samples and exams use copies of the weights, and every draw is a function of (seed, step).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterator

import numpy as np
import torch

from ...diffusion.control import Control
from ..copies import CopyMeter
from ..pictures import PictureSet
from .checkpoint import Checkpoint
from .course import PROBE, WARM_UP, Course, held_back
from .events import Ended, Event, Lines, Marks, Moment, Planned, Saved
from .exam import Exam
from .trainer import Trainer, Wish, sample

SLICE = 0.03  # s
SAVES_EVERY = 15.0  # s
SAMPLES = 16
SAMPLE_STEPS = 20
MOST_KEPT = 200 << 20  # bytes of the checkpoints that stay
MOST_KNOWN = 16_000_000  # values of all pictures, for the perfect denoiser


class Session:
    """Runs one training. `slice` until `has_ended`; whatever happens between two slices, the weights come out the same."""

    def __init__(self, course: Course, pictures: PictureSet, start: Checkpoint | None = None, done: Collection[int] = ()) -> None:
        """`start`: continue from there. `done`: the moments that are known already."""
        held = held_back(len(pictures))
        kept = len(pictures) - held
        learned, unseen = pictures.first(kept), pictures.without(range(kept))
        self.trainer = Trainer(course, learned.pixels, learned.labels)
        self._losses: list[float] = []
        self._threads = 1
        if start is not None:
            self.trainer.restore(start)
            self._losses = list(start.kept.losses)
            self._threads = start.kept.threads
        self._seen = Exam(course, self.trainer.pixels, self.trainer.labels)
        self._unseen = Exam(course, unseen.pixels, unseen.labels) if held else None
        self._all = pictures
        self._meter = CopyMeter(self.trainer.pixels) if kept > 1 else None
        self.by_chance = self._meter.by_chance() if self._meter else 0.0  # share of real pictures that the meter calls copies
        self._done = set(done)
        self._saved_at = time.monotonic()
        self.guidance = 1.0  # of the next samples
        self.has_ended = False
        self._work = self._working()

    @property
    def course(self) -> Course:
        return self.trainer.course

    def slice(self, control: Control, emit: Callable[[Event], None]) -> None:
        """Work for `SLICE` seconds, or for one step that takes longer. Raises `TrainingDiverged`."""
        if torch.get_num_threads() != self._threads:
            torch.set_num_threads(self._threads)
        until = time.perf_counter() + SLICE
        while not self.has_ended:
            control.check()
            if (event := next(self._work)) is not None:
                self.has_ended = isinstance(event, Ended)
                emit(event)
            if time.perf_counter() >= until:
                return

    def checkpoint(self) -> Checkpoint:
        self._saved_at = time.monotonic()
        return self.trainer.checkpoint(self._losses)

    def samples(self, guidance: float) -> Iterator[Moment | None]:
        """Make the samples of this moment again, with another guidance: None for each slice, then the moment."""
        return self._moment(guidance)

    def _working(self) -> Iterator[Event | None]:
        yield self._lines()
        trainer, spent_on_moment = self.trainer, 0.0
        probe: list[float] = []
        while True:
            if trainer.step in trainer.course.moments and trainer.step not in self._done:
                begun = time.perf_counter()
                yield from self._moment(self.guidance)
                spent_on_moment = time.perf_counter() - begun
                self._done.add(trainer.step)
                if self._is_kept(trainer.step):
                    yield Saved(trainer.checkpoint(self._losses), stays=True)
            if time.monotonic() - self._saved_at >= SAVES_EVERY:
                yield Saved(self.checkpoint())
            if trainer.course.steps and trainer.step >= trainer.course.steps:
                yield Saved(self.checkpoint())
                yield Ended()
                return
            glimpse = trainer.learn()
            self._losses.append(glimpse.loss)
            yield glimpse
            if not trainer.course.steps:
                probe.append(glimpse.seconds)
                if sum(probe) >= PROBE or trainer.step >= WARM_UP:
                    trainer.course = trainer.course.planned(trainer.step, sum(probe) / len(probe), spent_on_moment)
                    yield Planned(trainer.course)
                    yield Saved(self.checkpoint())  # the number of steps decides the bits, and a probe after a kill would find another

    def _is_kept(self, step: int) -> bool:
        """Whether the checkpoint of the moment after `step` steps stays: of each, or of every second or third for a large net."""
        moments = self.course.moments
        nbytes = 4 * sum(weights.nbytes for weights in self.trainer.net.parameters())  # with their average and two numbers of AdamW
        return 0 < step < self.course.steps and moments.index(step) % math.ceil(len(moments) * nbytes / MOST_KEPT) == 0

    def _lines(self) -> Lines:
        exam = self._unseen or self._seen
        return Lines(exam.baseline, exam.floor(self._all) if self._all.pixels.size <= MOST_KNOWN else None)

    def _moment(self, guidance: float) -> Iterator[Moment | None]:
        trainer, course = self.trainer, self.course
        net = trainer.steady()
        labels = tuple(number % course.kinds for number in range(SAMPLES)) if course.kinds else ()
        estimates, noisy = [], []
        for estimate, left in sample(net, course, Wish(tuple(range(SAMPLES)), labels, guidance, SAMPLE_STEPS)):
            estimates.append(estimate)
            noisy.append(left)
            yield None
        marks: list[Marks | None] = []
        for exam in (self._seen, self._unseen):
            if exam is None:
                marks.append(None)
                continue
            for answer in exam.taken(net):
                yield None
                marks = [*marks, answer] if answer else marks
        near = self._meter.measure(noisy[-1]) if self._meter else None
        assert marks[0] is not None
        yield Moment(
            trainer.step,
            guidance,
            np.stack(estimates),
            np.stack(noisy),
            labels,
            marks[0],
            marks[1],
            tuple((int(first), int(second)) for first, second in zip(near.first, near.second, strict=True)) if near else (),
            tuple(map(bool, near.are_copies)) if near else (),
        )
