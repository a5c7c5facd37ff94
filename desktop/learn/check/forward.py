"""Adding noise: what a move of the slider costs, and whether one jump and all steps leave the same noise."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch
from diffusers import DDPMScheduler

from .. import forward
from ..noise_schedule import SCALED, Kind, NoiseSchedule
from . import Row

SEEDS = range(5)
TIMESTEPS = (101, 301, 601, 1000)


def rows() -> Iterator[Row]:
    yield _slider()
    yield from _jump_and_chain()
    yield from _ghost()
    yield _against_diffusers()


def _picture(side: int) -> np.ndarray:
    y, x = np.mgrid[:side, :side] / side
    disc = ((x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.1) * 1.6 - 0.8
    return np.stack([np.sin(9 * x + 4 * y), np.cos(7 * y * x + 1), disc], 2).astype(np.float32)


def _slider() -> Row:
    picture, schedule = _picture(512), NoiseSchedule.of(Kind.SCALED_LINEAR)
    noise, taken = forward.noise_like(picture, 1), []
    for t in np.random.default_rng(2).integers(0, 1000, 100):
        since = time.process_time()
        forward.to_pixels(forward.noised(picture, noise, schedule, int(t)))
        taken.append(time.process_time() - since)
    return Row("G1: one move of the slider at 512 px, p95, ms of CPU", 1000 * float(np.quantile(taken, 0.95)), 8)


def _jump_and_chain() -> Iterator[Row]:
    picture, schedule = _picture(128), NoiseSchedule.of(Kind.SCALED_LINEAR)
    distance = correlation = 0.0
    since = time.process_time()
    forward.chained(picture, schedule, 1000, 0)
    yield Row("G1: the chain of 1,000 steps at 128 px, s of CPU", time.process_time() - since, 1)
    for seed in SEEDS:
        for t in TIMESTEPS:
            jump = forward.noised(picture, forward.noise_like(picture, seed, 2000 + t), schedule, t)
            for made in (jump, forward.chained(picture, schedule, t, seed)):
                left = forward.residual(made, picture, schedule, t)
                distance, correlation = max(distance, left.distance), max(correlation, abs(left.correlation))
    yield Row("G1: distance of the noise from N(0, 1), worst of 40", distance, 0.01)
    yield Row("G1: correlation of the noise with the picture, worst of 40", correlation, 0.02)


def _ghost() -> Iterator[Row]:
    picture = _picture(64)
    for kind, bound, is_least in ((Kind.SCALED_LINEAR, 0.8, True), (Kind.ZERO_SNR, 0.05, False)):
        total = forward.sum_of_copies(picture, NoiseSchedule.of(kind), 1000, range(forward.COPIES), 1)
        likeness = forward.likeness(total, picture)
        yield Row(
            f"ghost in the noise, {kind}: likeness of 2,000 averaged copies", likeness if is_least else abs(likeness), bound, is_least
        )


def _against_diffusers() -> Row:
    picture, worst = _picture(16), 0.0
    stock = {
        Kind.LINEAR: DDPMScheduler(),
        Kind.SCALED_LINEAR: DDPMScheduler(beta_schedule="scaled_linear", beta_start=SCALED[0], beta_end=SCALED[1]),
        Kind.COSINE: DDPMScheduler(beta_schedule="squaredcos_cap_v2"),
    }
    for kind, scheduler in stock.items():
        schedule = NoiseSchedule.of(kind)
        worst = max(worst, float(np.abs(schedule.alphas_cumprod[1:] - scheduler.alphas_cumprod.numpy()).max()))
        noise = forward.noise_like(picture, 3)
        theirs = scheduler.add_noise(torch.tensor(picture), torch.tensor(noise), torch.tensor([599])).numpy()
        worst = max(worst, float(np.abs(forward.noised(picture, noise, schedule, 600) - theirs).max()))
    return Row("closed form against diffusers, largest difference", worst, 1e-6)
