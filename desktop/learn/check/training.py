"""Training: digits after the usual time as an independent judge sees them, copies of few and many pictures, checkpoints.

Kills are in `python -m tests.training`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from ..copies import CopyMeter
from ..pictures import PictureSet, read_bundled
from ..training.course import Course, Predicts, held_back
from ..training.events import Marks
from ..training.exam import Exam
from ..training.trainer import Trainer, Wish, sample, to_tensor
from . import Row

SAMPLES = 100
FEW = 20  # pictures, which are learned by heart
SURE = 0.9


def rows() -> Iterator[Row]:
    torch.set_num_threads(1)
    digits = read_bundled("digits")
    judge = _judge(digits)
    trainer = _trained(digits, Course.of(8, 10))
    exam = _exam(trainer, digits)
    marks, again = (_marks(exam, trainer) for _ in range(2))
    yield Row("G5: digits after 20 s, guidance 2: share that the judge is sure of", _share_sure(judge, _samples(trainer, 2.0)), 0.6, True)
    yield Row("G6: the same exam twice, difference of the loss", abs(marks.mean - again.mean), 0)
    floor = exam.floor(digits)
    yield Row("G6: bands in which the net is below the perfect denoiser", sum(map(float.__lt__, marks.bands, floor.bands)), 0)
    yield _copies("all digits", trainer, digits)
    yield _checkpoint(trainer)
    things = read_bundled("things16")
    judge = _judge(things)
    losses, sure = {}, {}
    for predicts in Predicts:
        trainer = _trained(things, Course.of(16, 10, predicts))
        losses[predicts] = _marks(_exam(trainer, things), trainer).mean
        sure[predicts] = _share_sure(judge, _samples(trainer, 1.0))
    noise, picture = Predicts.NOISE, Predicts.PICTURE
    yield Row("G5: things after 75 s: share that the judge is sure of", sure[picture], 0.6, is_least=True)
    yield Row("predicting the noise: its loss as a share of predicting the picture", losses[noise] / losses[picture], 1)
    yield Row("predicting the noise: its share of sure things, likewise", sure[noise] / max(1e-9, sure[picture]), 0.9)
    few = things.first(FEW)
    few = replace(few, labels=None, kinds=())
    yield _copies(f"{FEW} things", _trained(few, Course.of(16, 0, seconds=45)), few, is_least=True)


def _trained(pictures: PictureSet, course: Course) -> Trainer:
    """Trained for the planned time; the number of steps is measured with a net that is thrown away."""
    probe, begun = Trainer(course, pictures.pixels, pictures.labels), time.process_time()
    for _ in range(20):
        probe.learn()
    course = course.planned(20, (time.process_time() - begun) / 20, 0)
    learned = pictures.first(len(pictures) - held_back(len(pictures)))
    trainer = Trainer(course, learned.pixels, learned.labels)
    for _ in range(course.steps):
        trainer.learn()
    return trainer


def _exam(trainer: Trainer, pictures: PictureSet) -> Exam:
    """On the pictures that were kept back."""
    held = pictures.without(range(len(pictures) - held_back(len(pictures))))
    return Exam(trainer.course, held.pixels, held.labels)


def _marks(exam: Exam, trainer: Trainer) -> Marks:
    return next(marks for marks in exam.taken(trainer.steady()) if marks is not None)


def _samples(trainer: Trainer, guidance: float) -> np.ndarray:
    kinds = trainer.course.kinds
    labels = tuple(place % kinds for place in range(SAMPLES)) if kinds else ()
    *_, (_, last) = sample(trainer.steady(), trainer.course, Wish(tuple(range(SAMPLES)), labels, guidance, 50))
    return last


def _copies(name: str, trainer: Trainer, pictures: PictureSet, is_least: bool = False) -> Row:
    share = CopyMeter(trainer.pixels).measure(_samples(trainer, 1.0)).share
    return Row(f"G7: share of copies among the samples, {name}", share, 0.9 if is_least else 0.05, is_least)


def _checkpoint(trainer: Trainer) -> Row:
    begun = time.process_time()
    trainer.checkpoint([0.5] * trainer.step).packed()
    return Row("G8: a checkpoint, s of CPU", time.process_time() - begun, 1)


def _judge(pictures: PictureSet) -> nn.Module:
    """A classifier that has seen real pictures only."""
    torch.manual_seed(0)
    net = nn.Sequential(
        *(nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU()),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(64 * (pictures.side // 2) ** 2, 10)),
    )
    x, y = to_tensor(pictures.pixels), torch.from_numpy(pictures.labels)
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=0.02)
    for _ in range(600):
        chosen = torch.randint(len(x), (64,))
        noisy = x[chosen] + torch.randn_like(x[chosen]) * 0.3 * torch.rand(64, 1, 1, 1)
        nn.functional.cross_entropy(net(noisy), y[chosen], label_smoothing=0.05).backward()
        optimiser.step()
        optimiser.zero_grad()
    return net.eval()


@torch.no_grad()
def _share_sure(judge: nn.Module, samples: np.ndarray) -> float:
    """Share of samples that it is sure of, and takes for what was asked for."""
    chance = judge(to_tensor(samples)).softmax(1)
    asked = torch.arange(len(samples)) % 10
    return float(((chance.amax(1) >= SURE) & (chance.argmax(1) == asked)).float().mean())
