"""The ways of learning a distribution, on points in the plane. The whole trainings: `python -m desktop.learn.check ways`."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from desktop.learn.ways.points import CENTRES, EXTENT, SHAPES, Yardstick, drawn, islands
from desktop.learn.ways.side_by_side import Look, Setup, SideBySide
from desktop.learn.ways.underlay import Arrows, Heat, Mesh


def points(count=1000, seed=0):
    return islands(count, np.random.default_rng(seed))


@pytest.fixture(scope="module")
def yardstick():
    return Yardstick(islands)


# -- measures


def test_true_points_are_good_and_cover_everything(yardstick):
    score = yardstick(points(2000, seed=5))
    assert (score.found, score.parts) == (8, 8)
    assert score.good > 0.97
    assert score.coverage > 0.93


def test_points_of_two_islands_are_good_but_cover_a_quarter(yardstick):
    collapsed = CENTRES[[0, 3]].repeat(250, 0) + 0.05 * np.random.default_rng(0).standard_normal((500, 2))
    score = yardstick(collapsed)
    assert score.found == 2
    assert score.good > 0.97
    assert 0.1 < score.coverage < 0.3


def test_points_between_the_islands_are_bad(yardstick):
    score = yardstick(np.random.default_rng(0).standard_normal((500, 2)) * 0.3)
    assert score.found == 0
    assert score.good < 0.02


def test_points_that_are_no_numbers_are_bad(yardstick):
    broken = points(400)
    broken[::2] = np.nan
    assert yardstick(broken).good == pytest.approx(0.5, abs=0.02)
    broken[:] = np.inf
    score = yardstick(broken)
    assert (score.found, score.good, score.coverage) == (0, 0.0, 0.0)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_in_the_plane_and_look_the_same_for_the_same_seed(name):
    made = SHAPES[name](1000, np.random.default_rng(3))
    assert made.dtype == np.float32
    assert (np.abs(made) < EXTENT + 0.7).all()
    assert 0.5 < made.std() < 1.5
    assert (made == SHAPES[name](1000, np.random.default_rng(3))).all()


def test_a_drawing_is_measured_as_a_shape_is():
    line = np.stack([np.linspace(-1, 1, 50), np.zeros(50)], 1)
    score = Yardstick(drawn(line))
    made = drawn(line)(1000, np.random.default_rng(1))
    assert score(made).found == 24
    assert score(made).good > 0.97
    assert score(made + np.array([0, 1])).good == 0
    with pytest.raises(ValueError, match="nothing is drawn"):
        drawn(np.empty((0, 2)))


# -- ways


def trained(way, steps):
    for number in range(steps):
        way.step(number)
    return way


@pytest.mark.slow
def test_diffusion_finds_the_islands_in_four_hundred_steps(yardstick):
    from desktop.learn.ways.diffusion import Diffusion

    way = trained(Diffusion(points(), 0, 400), 400)
    score = yardstick(way.sample(500, 0, strides=20).points)
    assert score.found >= 6
    assert score.good > 0.35
    assert yardstick(way.sample(500, 0, strides=1).points).good < 0.15  # one stride is not enough


@pytest.mark.slow
def test_flow_matching_finds_the_islands_in_three_hundred_steps(yardstick):
    from desktop.learn.ways.flow_matching import FlowMatching

    score = yardstick(trained(FlowMatching(points(), 0, 300), 300).sample(500, 0, strides=20).points)
    assert score.found >= 6
    assert score.good > 0.2


@pytest.mark.slow
def test_momentum_makes_the_gan_collapse(yardstick):
    from desktop.learn.ways.gan import Gan

    calm = yardstick(trained(Gan(points(), 0, 300, momentum=False), 300).sample(500, 0).points)
    assert calm.found >= 6
    assert calm.good > 0.3
    assert yardstick(trained(Gan(points(), 0), 150).sample(500, 0).points).found <= 3


@pytest.mark.slow
def test_the_vae_puts_points_between_the_islands(yardstick):
    from desktop.learn.ways.vae import Vae

    made = trained(Vae(points(), 0, 250), 250).sample(500, 0).points
    assert yardstick(made).good < 0.4
    assert made.std() == pytest.approx(points().std(), rel=0.2)


@pytest.mark.slow
def test_the_normalizing_flow_finds_the_islands_and_tells_probabilities(yardstick):
    import torch

    from desktop.learn.ways.normalizing_flow import NormalizingFlow
    from desktop.learn.ways.way import plane

    way = trained(NormalizingFlow(points(), 0, 120), 120)
    score = yardstick(way.sample(500, 0).points)
    assert score.found >= 6
    assert score.good > 0.25
    side = 128
    assert float(way.density(2 * plane(side)).sum()) * (4 * EXTENT / side) ** 2 == pytest.approx(1, abs=0.05)  # over all of the plane
    noise = torch.tensor([[0.3, -0.2], [1.0, 1.0]])
    assert torch.allclose(way.network.to_noise(way.network(noise))[0], noise, atol=1e-3)


# -- phases and draws


def weights(way):
    return [parameter.detach().clone() for parameter in way.trained.parameters()]


def ways():
    from desktop.learn.ways.diffusion import Diffusion
    from desktop.learn.ways.flow_matching import FlowMatching
    from desktop.learn.ways.gan import Gan
    from desktop.learn.ways.normalizing_flow import NormalizingFlow
    from desktop.learn.ways.vae import Vae

    return (Diffusion, FlowMatching, Gan, Vae, NormalizingFlow)


@pytest.mark.parametrize("place", range(5))
def test_weights_depend_on_seed_and_step_alone_and_phases_make_up_a_step(place):
    import torch

    make, data = ways()[place], points()
    whole, halves = make(data, 4), make(data, 4)
    for number in range(3):
        whole.step(number)
        torch.rand(5)  # draws elsewhere in the program
        whole.sample(10, number)
        halves.step(number, (0,))
        halves.step(number, (1,))
    assert all(torch.equal(one, other) for one, other in zip(weights(whole), weights(halves), strict=True))
    assert (whole.sample(20, 1).points == halves.sample(20, 1).points).all()
    assert (whole.sample(20, 1).points != whole.sample(20, 2).points).any()
    assert any(not torch.equal(one, other) for one, other in zip(weights(make(data, 5)), weights(make(data, 4)), strict=True))


@pytest.mark.parametrize("place", range(5))
def test_the_first_phase_leaves_the_network_that_samples_as_it_is(place):
    import torch

    way = ways()[place](points(), 0)
    before = weights(way)
    way.step(0, (0,))
    assert len(way.work)
    assert all(torch.equal(one, other) for one, other in zip(before, weights(way), strict=True))
    way.step(0, (1,))
    assert any(not torch.equal(one, other) for one, other in zip(before, weights(way), strict=True))


def test_calls_of_the_network_are_counted():
    counts = [make(points(), 0).sample(4, 0, strides=20).calls for make in ways()]
    assert counts == [20, 20, 1, 1, 1]


def test_diffusion_takes_its_strides_with_the_scheduler_of_diffusers(monkeypatch):
    from diffusers import DDIMScheduler, FlowMatchEulerDiscreteScheduler

    for make, scheduler in zip(ways(), (DDIMScheduler, FlowMatchEulerDiscreteScheduler), strict=False):
        way = make(points(), 0)
        before = way.sample(10, 0, strides=5).points
        original = scheduler.step

        def changed(self, output, timestep, sample, original=original, **arguments):
            made = original(self, output, timestep, sample, **arguments)
            made.prev_sample = made.prev_sample + 1
            return made

        monkeypatch.setattr(scheduler, "step", changed)
        assert (np.abs(way.sample(10, 0, strides=5).points - before) > 0.5).all()


@pytest.mark.parametrize(("place", "kind"), list(enumerate((Arrows, Arrows, Heat, Mesh, Heat))))
def test_each_way_shows_something_beneath_its_points(place, kind):
    shown = ways()[place](points(), 0).underlay(12, 0.5)
    assert isinstance(shown, kind)
    match shown:
        case Heat():
            assert shown.values.shape == (12, 12)
            assert ((shown.values >= 0) & (shown.values <= 1)).all()
        case Arrows():
            assert shown.starts.shape == shown.ends.shape == (144, 2)
            assert np.isfinite(shown.ends).all()
        case Mesh():
            assert shown.lines.ndim == 3


# -- side by side


def test_ways_get_the_same_time(monkeypatch):
    from desktop.learn.ways import side_by_side
    from desktop.learn.ways.way import Way

    lengths, clock = {"Gan": 0.004, "Vae": 0.002, "Diffusion": 0.002, "NormalizingFlow": 0.005}, [0.0]

    def step(self, number, phases=(0, 1)):
        clock[0] += lengths[type(self).__name__]
        self.losses[1] = 0.0

    monkeypatch.setattr(Way, "step", step)
    monkeypatch.setattr(side_by_side, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    race = SideBySide()
    race.set_up(Setup())
    for _ in range(20):
        race.turn(0.02)
    assert clock[0] == pytest.approx(20 * 0.02, abs=20 * 0.005)  # a turn ends with a whole step
    frames = [race.frame(key, Look(count=20, strides=2)) for key in Setup().ways]
    seconds = [frame.seconds for frame in frames]
    assert max(seconds) - min(seconds) <= 0.0051
    assert [round(frame.seconds / frame.steps, 4) for frame in frames] == list(lengths.values())


def test_a_switch_restarts_only_the_way_that_it_changes():
    race, setup = SideBySide(), Setup()
    race.set_up(setup)
    race.step()
    race.set_up(replace(setup, momentum=False))
    assert [race.frame(key, Look(count=20, strides=2)).steps for key in setup.ways] == [0, 1, 1, 1]
    race.set_up(replace(setup, momentum=False, seed=1))
    assert [race.frame(key, Look(count=20, strides=2)).steps for key in setup.ways] == [0, 0, 0, 0]
    race.set_up(Setup("drawn", ((0.0, 0.0), (1.0, 1.0)), ways=("vae", "flow_matching")))
    race.step()
    frame = race.frame("flow_matching", Look(count=30, strides=2, parts=(0, 1), underlay=True))
    assert frame.points.shape == (60, 2)
    assert frame.steps == 1
    assert isinstance(frame.underlay, Arrows)


def test_slow_motion_goes_through_the_phases():
    race, whole = SideBySide(), SideBySide()
    for each in (race, whole):
        each.set_up(Setup())
    assert [race.half_step(), race.half_step()] == [0, 1]
    whole.step()
    for key in Setup().ways:
        one, other = (each.frame(key, Look(count=20, strides=2)) for each in (race, whole))
        assert (one.points == other.points).all()
        assert one.steps == other.steps == 1


def test_a_way_whose_numbers_run_away_stops():
    race = SideBySide()
    race.set_up(Setup("drawn", ((1e30, 0.0),), ways=("vae",)))
    race.turn(0.1)
    frame = race.frame("vae", Look(count=20))
    assert frame.is_broken
    assert frame.steps == 1
    assert race.is_done("vae")


def test_a_discriminator_whose_numbers_run_away_stops_when_it_is_trained_alone():
    import torch

    race = SideBySide()
    race.set_up(Setup("drawn", ((0.5, 0.0),), ways=("gan",)))
    race.step((0,))
    with torch.no_grad():
        next(race._ways["gan"]._discriminator.parameters()).fill_(torch.nan)
    race.step((0,))
    assert race.is_done("gan")
