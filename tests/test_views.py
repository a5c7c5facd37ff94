"""The views show the latents in colours whose lightness follows the value."""

import pytest
import torch

from desktop.diffusion import views
from desktop.diffusion.control import Control
from desktop.diffusion.denoise import ask
from desktop.diffusion.run import Pixels
from desktop.diffusion.snapshot import read_snapshot
from tests import stock
from tests.watched import CASES, ONCE, counted, is_untouched, pipeline, whole

torch.set_num_threads(1)


def tensor(pixels: Pixels) -> torch.Tensor:
    """H×W×3."""
    return torch.frombuffer(bytearray(pixels.data), dtype=torch.uint8).reshape(pixels.height, pixels.width, 3).int()


def luma(colours: torch.Tensor) -> torch.Tensor:
    return colours.float() @ views.LUMA


def name_of(value) -> str:
    return getattr(value, "name", value)


# -- colours


def test_warmer_is_lighter():
    assert (luma(views.HEAT).diff() >= -1).all()
    assert luma(views.HEAT)[0] < 15
    assert luma(views.HEAT)[-1] > 240


def test_farther_from_zero_is_lighter_blue_below_and_amber_above():
    below, above = luma(views.BLUE_AMBER)[:128].flip(0), luma(views.BLUE_AMBER)[128:]
    assert (below.diff() >= -1).all()
    assert (above.diff() >= -1).all()
    assert views.BLUE_AMBER[20, 2] > views.BLUE_AMBER[20, 0]
    assert views.BLUE_AMBER[-20, 0] > views.BLUE_AMBER[-20, 2]
    assert luma(views.BLUE_AMBER)[127:129].max() < 25


# -- channels


@pytest.mark.parametrize(("count", "columns", "rows"), [(4, 2, 2), (8, 3, 3), (16, 4, 4), (3, 2, 2)])
def test_channels_are_shown_side_by_side(count, columns, rows):
    latents = torch.zeros(1, count, 6, 8)
    latents[0, 1, 2, 3] = 3.0
    latents[0, 2, 5, 7] = -3.0
    seen = tensor(views.channels(latents))
    tile_height, tile_width = (seen.shape[0] + 8) // rows, (seen.shape[1] + 8) // columns
    side = (tile_width - 8) // 8

    def at(channel: int, row: int, column: int) -> torch.Tensor:
        return seen[channel // columns * tile_height + row * side + side // 2, channel % columns * tile_width + column * side + side // 2]

    assert at(1, 2, 3).tolist() == views.BLUE_AMBER[-1].tolist()
    assert at(2, 5, 7).tolist() == views.BLUE_AMBER[0].tolist()
    assert luma(at(0, 0, 0)) < 25
    assert seen.shape[1] >= 512 - columns * 8
    if count < rows * columns:
        assert at(rows * columns - 1, 0, 0).tolist() == [0, 0, 0]


# -- heat

PICTURE = Pixels(64, 48, bytes([200, 100, 50]) * 64 * 48)


def test_the_heat_map_has_the_right_position_over_a_dimmed_picture():
    shares = torch.zeros(6, 8)
    shares[2, 5] = views.MOST_SHARE
    seen = tensor(views.heat(shares, PICTURE))
    assert (seen.shape[1], seen.shape[0]) == (64, 48)
    assert int(luma(seen).argmax()) in {row * 64 + column for row in range(16, 24) for column in range(40, 48)}
    corner = seen[-1, 0]
    assert corner[0] == corner[1] == corner[2]
    assert corner[0] == pytest.approx(views.DIMMED * (0.2126 * 200 + 0.7152 * 100 + 0.0722 * 50), abs=1)


# -- what is measured


@pytest.mark.slow
@pytest.mark.parametrize(("model", "sampler"), [case for case in CASES if case[0] != "v, zero SNR"], ids=name_of)
def test_the_noise_is_what_the_model_takes_for_it(model, sampler):
    """An ε model says so itself; and what it takes for noise, with x0, makes up x_t."""
    run = whole(sampler, model)
    for number in (1, 3, len(run.steps) - 2):
        record = read_snapshot(run.steps, number)
        if model not in ("v", "EDM"):  # whose outputs are neither noise nor x0
            assert (views.noise(record) - record.prediction).abs().max() < 2e-3 * record.prediction.abs().max()
        signal, strength = record.level
        assert torch.allclose(signal * record.x0 + strength * views.noise(record), record.sample, atol=1e-4, rtol=1e-4)


def test_change_is_measured_against_the_step_before():
    steps = whole("DDIM").steps
    before, record = read_snapshot(steps, 3), read_snapshot(steps, 4)
    shares = views.change(record, before.x0, views.as_grid)
    assert shares.shape == (8, 8)
    assert shares.square().mean().sqrt() == pytest.approx(float((record.x0 - before.x0).norm() / record.x0.norm()), rel=1e-4)
    assert views.change(record, record.x0, views.as_grid).max() == 0
    first = read_snapshot(steps, 1)
    assert views.change(first, None, views.as_grid).square().mean() == pytest.approx(1, rel=1e-4)  # all of it is new


@pytest.mark.slow
@pytest.mark.parametrize(("model", "sampler"), [case for case in ONCE if case[0] == "epsilon"], ids=name_of)
def test_the_denoiser_answers_as_it_did(model, sampler):
    run = whole(sampler, model)
    for number in (1, 4, len(run.steps) - 1):
        made = pipeline(sampler, model)
        with counted(made) as calls:
            without, prompted = ask(made, stock.ARGUMENTS, stock.SEED, Control(), run.steps, number).split(1)
        record = read_snapshot(run.steps, number)
        assert torch.equal(without + stock.ARGUMENTS["guidance_scale"] * (prompted - without), record.prediction)
        assert len(calls) == 1
        assert is_untouched(made)


def test_guidance_is_how_far_x0_would_be_elsewhere():
    run = whole("DDIM")
    record = read_snapshot(run.steps, 4)
    without, prompted = ask(pipeline("DDIM"), stock.ARGUMENTS, stock.SEED, Control(), run.steps, 4).split(1)
    unguided = record.mix[0] * record.sample + record.mix[1] * without
    expected = (record.x0 - unguided)[0].square().mean(0).sqrt() / record.x0.square().mean().sqrt()
    assert torch.allclose(views.guidance(record, without, prompted, stock.ARGUMENTS["guidance_scale"], views.as_grid), expected, rtol=1e-3)
    assert run.steps[4].guidance == pytest.approx(float((record.x0 - unguided).abs().mean() / record.x0.abs().mean()), rel=1e-3)
