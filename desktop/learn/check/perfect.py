"""G2: the perfect denoiser of 2,000 pictures of 32 px makes copies within 2 s, and float32 is enough for it."""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time

import numpy as np
import torch

from ..copies import CopyMeter
from ..perfect import MOST, PerfectDenoiser, Walk
from ..pictures import read_bundled
from . import Row

SIGMAS = (10.0, 1.0, 0.1, 0.01, 0.001)


def rows() -> Iterator[Row]:
    torch.set_num_threads(1)
    whole = read_bundled("things32")
    pictures = whole.pixels[:MOST]
    start, longest = process_time(), 0.0
    walk = Walk(pictures, 16, seed=1)
    while walk.step < walk.steps:
        before = process_time()
        walk.go_on()
        longest = max(longest, process_time() - before)
    yield Row("perfect denoiser, 2,000 pictures of 32 px: 16 samples in 50 steps, s of CPU", process_time() - start, 2)
    yield Row("its longest step, s of CPU", longest, 0.03)
    walk = Walk(pictures, 256, seed=2)
    sample = [walk.go_on() for _ in range(walk.steps)][-1].sample
    meter = CopyMeter(pictures)
    nearness = meter.measure(sample)
    yield Row("share of copies among 256 samples (1/3 rule)", nearness.share, 0.99, is_least=True)
    yield Row("different originals among them", len(set(nearness.first.tolist())), 200, is_least=True)
    yield Row("share of copies among 1,000 real pictures outside the set", meter.measure(whole.pixels[MOST:]).share, 0.06)
    yield Row("largest difference of x̂0 from float64, σ = 10 … 0.001", max(_difference(pictures, sigma) for sigma in SIGMAS), 1e-4)


def _difference(pictures: np.ndarray, sigma: float) -> float:
    exact = torch.from_numpy(pictures.reshape(len(pictures), -1)).double() / 127.5 - 1
    noisy = exact[:32] + sigma * torch.randn(32, exact.shape[1], generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    truth = (-(torch.cdist(noisy, exact).square() / (2 * sigma**2))).softmax(1) @ exact
    denoiser = PerfectDenoiser(pictures)
    return float((denoiser.estimate(denoiser.weights(noisy.float(), sigma)) - truth).abs().max())
