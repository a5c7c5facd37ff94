"""GAN, VAE and diffusion on small pictures, and the measures of pictures. How well they learn in a minute each was measured once."""

import numpy as np
import pytest

from desktop.learn.pictures import PictureSet, read_bundled
from desktop.learn.ways.picture_score import PictureYardstick
from desktop.learn.ways.side_by_side import PICTURES, Look, Setup, SideBySide


@pytest.fixture(scope="module")
def real() -> PictureSet:
    return read_bundled(PICTURES)


def test_mixed_and_spotted_pictures_are_far_from_real_ones_and_collapse_costs_variety(real):
    unseen, labels = real.pixels[-200:], real.labels[-200:]
    yardstick = PictureYardstick(real.pixels[:-200], real.labels[:-200])
    score = yardstick(unseen, labels)
    assert score.right > 0.97
    assert score.apart == pytest.approx(1, abs=0.1)
    assert score.variety == pytest.approx(1, abs=0.15)
    spotted = (unseen + np.random.default_rng(0).normal(0, 40, unseen.shape)).clip(0, 255).astype(np.uint8)
    assert yardstick(spotted, labels).apart > 1.5
    mixed = ((unseen.astype(int) + np.roll(unseen, 1, 0)) // 2).astype(np.uint8)
    assert yardstick(mixed, labels).apart > 1.2
    assert yardstick(mixed, labels).right < 0.85
    same = np.repeat(real.pixels[:10], 4, 0)
    assert yardstick(same, np.repeat(real.labels[:10], 4)).variety == 0


@pytest.mark.slow
def test_weights_depend_on_seed_and_step_alone_and_phases_make_up_a_step(real):
    import torch

    from desktop.learn.ways.picture_ways import PictureGan, PictureVae

    for make in (lambda: PictureGan(real, 3, brake=True), lambda: PictureVae(real, 3)):
        whole, halves = make(), make()
        whole.step(3)  # R1 is counted in it
        next(iter(whole.samples(10, 1, 5)))
        halves.step(3, (0,))
        halves.step(3, (1,))
        assert all(torch.equal(*pair) for pair in zip(whole.trained.parameters(), halves.trained.parameters(), strict=True))
        assert np.isfinite(whole.losses).all()


@pytest.mark.slow
def test_the_vae_restores_better_after_a_few_steps(real):
    from desktop.learn.ways.picture_ways import PictureVae

    way = PictureVae(real, 0)
    way.step(0)
    first = way.losses[1]
    for number in range(1, 12):
        way.step(number)
    assert way.losses[1] < 0.7 * first


@pytest.mark.slow
def test_three_ways_learn_pictures_side_by_side():
    race = SideBySide()
    race.set_up(Setup(PICTURES))
    race.step()
    for key in Setup(PICTURES).active:
        frames = list(race.picture_frames(key, 20, 3))
        assert [frame.score is None for frame in frames] == [True] * (len(frames) - 1) + [False]
        assert len(frames) == (3 if key == "diffusion" else 1)
        assert frames[-1].pictures.shape == (20, 16, 16, 3)
        assert frames[-1].steps == 1
    race.set_up(Setup())
    assert not race.all_done
    assert race.frame("gan", Look(count=5)).steps == 0
