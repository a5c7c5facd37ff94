"""Adding noise: the same numbers as diffusers', one jump as good as all steps, and what is left at the end."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from diffusers import DDPMScheduler

from desktop.learn import forward
from desktop.learn.noise_schedule import Kind, NoiseSchedule

SCALED = {"beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012}
STOCK = {
    Kind.LINEAR: {"beta_schedule": "linear"},
    Kind.SCALED_LINEAR: SCALED,
    Kind.COSINE: {"beta_schedule": "squaredcos_cap_v2"},
    Kind.ZERO_SNR: {**SCALED, "rescale_betas_zero_snr": True},
}
OWN = [(0.25, 0.9), (0.5, 0.6), (0.75, 0.25), (1.0, 0.02)]


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    y, x = np.mgrid[:64, :64] / 64
    return np.stack([np.sin(9 * x + 4 * y), np.cos(7 * y * x + 1), ((x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.1) * 1.6 - 0.8], 2).astype(
        np.float32
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_a_schedule_and_its_noisy_pictures_are_those_of_diffusers(kind: Kind, picture: np.ndarray):
    schedule = NoiseSchedule.of(kind, points=OWN)
    stock = DDPMScheduler(**STOCK[kind]) if kind in STOCK else DDPMScheduler(trained_betas=schedule.betas)
    assert np.abs(schedule.alphas_cumprod[1:] - stock.alphas_cumprod.numpy()).max() < 1e-6
    noise = forward.noise_like(picture, 7)
    for t in (1, 400, 1000):
        theirs = stock.add_noise(torch.tensor(picture), torch.tensor(noise), torch.tensor([t - 1])).numpy()
        assert np.abs(forward.noised(picture, noise, schedule, t) - theirs).max() < 2e-5


def test_fewer_steps_reach_noise_all_the_same():
    assert NoiseSchedule.of(Kind.LINEAR, 50).alphas_cumprod[-1] < 1e-3
    assert NoiseSchedule.of(Kind.SCALED_LINEAR, 10).alphas_cumprod[-1] < 0.02


def test_an_own_schedule_goes_through_its_points_and_never_up():
    schedule = NoiseSchedule.of(Kind.OWN, points=OWN)
    assert [schedule.signal(round(1000 * along)) for along, _ in OWN] == pytest.approx([height for _, height in OWN], abs=1e-3)
    risen = NoiseSchedule.of(Kind.OWN, points=[(0.5, 0.2), (1.0, 0.9)])
    assert (np.diff(risen.alphas_cumprod) <= 1e-12).all()


def test_the_noise_of_an_own_schedule_that_begins_flat_can_be_tested(picture: np.ndarray):
    schedule = NoiseSchedule.of(Kind.OWN, 1000, [(0.25, 1.0), (0.5, 0.6), (0.75, 0.25), (1.0, 0.02)])
    assert schedule.signal(100) == pytest.approx(1, abs=1e-3)
    found = forward.residual(forward.chained(picture, schedule, 100, 7), picture, schedule, 100)
    assert found.spread == pytest.approx(1, abs=0.05)


def test_one_jump_has_the_distribution_of_all_steps(picture: np.ndarray):
    schedule, t = NoiseSchedule.of(Kind.SCALED_LINEAR), 601
    chain = forward.chained(picture, schedule, t, seed=1)
    jump = forward.noised(picture, forward.noise_like(picture, 1, 2000), schedule, t)
    for made in (chain, jump):
        left = forward.residual(made, picture, schedule, t)
        assert left.distance < 1.5 * left.by_chance
        assert abs(left.correlation) < 0.04  # 12,288 values: 4 standard deviations
        assert abs(left.mean) < 0.04
        assert abs(left.spread - 1) < 0.04
    assert not np.allclose(chain, jump)


def test_the_distance_from_the_normal_distribution_is_that_of_kolmogorov_and_smirnov():
    quantiles = torch.distributions.Normal(0, 1).icdf((torch.arange(100) + 0.5) / 100).numpy().reshape(10, 10, 1)
    schedule, nothing = NoiseSchedule.of(Kind.ZERO_SNR), np.zeros((10, 10, 1), np.float32)
    assert forward.residual(quantiles, nothing, schedule, 1000).distance == pytest.approx(0.005, abs=1e-5)  # half a rank of 100
    assert forward.residual(quantiles[:5], nothing[:5], schedule, 1000).distance == pytest.approx(0.505, abs=1e-5)  # all below 0


def test_a_wrong_step_is_found(picture: np.ndarray):
    schedule = NoiseSchedule.of(Kind.SCALED_LINEAR)
    wrong = 1.2 * forward.noised(picture, forward.noise_like(picture, 1), schedule, 601)
    left = forward.residual(wrong, picture, schedule, 601)
    assert left.distance > 2 * left.by_chance


def test_noise_is_a_function_of_seed_and_step(picture: np.ndarray):
    assert (forward.noise_like(picture, 3, 5) == forward.noise_like(picture, 3, 5)).all()
    assert abs(forward.likeness(forward.noise_like(picture, 3, 5), forward.noise_like(picture, 3, 6))) < 0.05
    assert abs(forward.likeness(forward.noise_like(picture, 3), forward.noise_like(picture, 3 + 2**40))) < 0.05


@pytest.mark.parametrize(("kind", "least", "most"), [(Kind.SCALED_LINEAR, 0.6, 1.0), (Kind.ZERO_SNR, -0.05, 0.05)])
def test_an_average_of_noised_copies_shows_what_is_left_of_the_picture(kind: Kind, least: float, most: float, picture: np.ndarray):
    total = forward.sum_of_copies(picture, NoiseSchedule.of(kind), 1000, range(400), seed=1)
    assert least < forward.likeness(total, picture) < most
    assert np.isfinite(forward.brought_back(total)).all()


def test_pixels_come_back_as_they_were():
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, 2)
    assert (forward.to_pixels(forward.to_model(pixels)) == pixels).all()
