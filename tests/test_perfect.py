"""The perfect denoiser of a set of pictures, and the rule that tells copies."""

import numpy as np
import pytest
import torch
from diffusers import EulerDiscreteScheduler

from desktop.learn.copies import CopyMeter
from desktop.learn.forward import to_model
from desktop.learn.perfect import PerfectDenoiser, Walk
from desktop.learn.pictures import read_bundled


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return read_bundled("digits").pixels[:600]


@pytest.mark.parametrize("sigma", [20.0, 1.0, 0.03, 0.001])
def test_the_estimate_is_the_mean_of_the_pictures_weighted_by_their_likelihood(digits: np.ndarray, sigma: float) -> None:
    pictures = to_model(digits).reshape(600, -1).astype(np.float64)
    noisy = pictures[:8] + sigma * np.random.default_rng(0).standard_normal((8, 192))
    logits = -np.square(noisy[:, None] - pictures).sum(2) / (2 * sigma**2)
    likely = np.exp(logits - logits.max(1, keepdims=True))
    likely /= likely.sum(1, keepdims=True)
    denoiser = PerfectDenoiser(digits)
    weights = denoiser.weights(torch.from_numpy(noisy.astype(np.float32)), sigma)
    assert np.abs(weights.numpy() - likely).max() < 1e-3
    assert np.abs(denoiser.estimate(weights).numpy() - likely @ pictures).max() < 1e-3


def test_it_begins_with_the_mean_picture_and_ends_with_copies(digits: np.ndarray) -> None:
    walk = Walk(digits, 32, seed=3)
    moments = [walk.go_on() for _ in range(walk.steps)]
    assert np.abs(moments[0].estimate.astype(int) - walk.mean).mean() < 4
    assert moments[0].effective.min() > 500
    assert moments[-1].effective.max() < 1.01
    nearness = CopyMeter(digits).measure(moments[-1].sample)
    assert nearness.share >= 0.99
    assert np.array_equal(nearness.first, moments[-1].heaviest)
    assert len(set(nearness.first)) > 20


def test_the_same_seed_gives_the_same_pictures(digits: np.ndarray) -> None:
    one, other, third = (Walk(digits[:50], 4, seed, steps=8) for seed in (1, 1, 2))
    for _ in range(8):
        last = [walk.go_on().sample for walk in (one, other, third)]
    assert np.array_equal(last[0], last[1])
    assert not np.array_equal(last[0], last[2])


def test_the_steps_are_those_of_the_scheduler(digits: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(self: EulerDiscreteScheduler, output: torch.Tensor, timestep: float, sample: torch.Tensor) -> object:
        result = real(self, output, timestep, sample)
        result.prev_sample = result.prev_sample * 0.5
        return result

    real = EulerDiscreteScheduler.step
    before = Walk(digits[:50], 4, 1).go_on().sample
    monkeypatch.setattr(EulerDiscreteScheduler, "step", changed)
    assert np.allclose(Walk(digits[:50], 4, 1).go_on().sample, before / 2)


def test_a_picture_of_the_set_is_a_copy_and_a_new_one_is_none(digits: np.ndarray) -> None:
    meter = CopyMeter(digits[:500])
    copies = meter.measure(digits[:100])
    assert copies.share == 1
    assert np.array_equal(copies.first, np.arange(100))
    assert copies.near.max() < 1e-6
    between = meter.measure((to_model(digits[:50]) + to_model(digits[50:100])) / 2)  # as near to one as to another
    assert between.share == 0
    assert meter.measure(digits[500:]).share < 0.05
    assert meter.by_chance() < 0.05


def test_the_two_nearest_are_found_in_order(digits: np.ndarray) -> None:
    pictures, sample = to_model(digits[:200]), to_model(digits[200:220])
    distances = np.sqrt(np.square(sample[:, None] - pictures).mean((2, 3, 4)))
    nearness = CopyMeter(digits[:200]).measure(sample)
    assert np.allclose(np.sort(distances, 1)[:, :2], np.stack([nearness.near, nearness.next], 1), atol=1e-6)
    assert np.array_equal(distances.argmin(1), nearness.first)


def test_the_rule_needs_two_pictures(digits: np.ndarray) -> None:
    with pytest.raises(ValueError, match="two"):
        CopyMeter(digits[:1])
