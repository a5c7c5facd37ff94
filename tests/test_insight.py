"""The measurements that captions show."""

import pytest
import torch

from desktop.diffusion.insight import measured, settled_since
from desktop.diffusion.run import Step
from tests.watched import Watched, pipeline, whole


def latents(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(*(shape or (1, 4, 16, 16)), generator=torch.Generator().manual_seed(seed))


def test_the_first_estimate_is_all_new_and_noise_estimates_nothing():
    assert measured(None, None, None) == (0.0, 0.0, 0.0)
    assert measured(latents(0), None, None) == (1.0, 1.0, 0.0)


def test_change_is_a_share_of_what_is_there():
    x0 = latents(0)
    assert measured(x0, x0, None) == (0.0, 0.0, 0.0)
    assert measured(x0, x0 * 0.9, x0 * -0.3) == pytest.approx((0.1, 0.1, 0.3), abs=1e-6)
    assert measured(torch.zeros(1, 4, 16, 16), x0, x0) == (0.0, 0.0, 0.0)
    assert measured(x0.bfloat16(), x0.bfloat16() * 0.5, None)[0] == pytest.approx(0.5, abs=0.01)


def test_detail_changes_without_the_layout_and_both_move_together():
    coarse = latents(0, 1, 4, 4, 4).repeat_interleave(4, 2).repeat_interleave(4, 3)
    checks = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(8, 8)
    change, layout, _ = measured(coarse + checks, coarse, None)
    assert change > 0.3
    assert layout < 1e-6
    change, layout, _ = measured(coarse + 1, coarse, None)
    assert layout == pytest.approx(change, rel=1e-5)


def test_the_layout_of_packed_latents_is_that_of_the_picture():
    """2×2 positions in a row, as FLUX has them, with statistics that are undone in the grid, as in FLUX.2."""
    coarse, checks = latents(0, 1, 4, 4, 4).repeat_interleave(4, 2).repeat_interleave(4, 3), torch.tensor([[1.0, -1.0], [-1.0, 1.0]])

    def packed(grid: torch.Tensor) -> torch.Tensor:
        return grid.unflatten(2, (8, 2)).unflatten(4, (8, 2)).permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2) * 0.5 - 1

    def grid(packed: torch.Tensor) -> torch.Tensor:
        squares = ((packed + 1) / 0.5).unflatten(1, (8, 8)).unflatten(3, (4, 2, 2))
        return squares.permute(0, 3, 1, 4, 2, 5).reshape(1, 4, 16, 16)

    torch.testing.assert_close(grid(packed(coarse)), coarse)
    assert measured(packed(coarse + checks.repeat(8, 8)), packed(coarse), None, grid)[1] < 1e-5
    moved = measured(packed(coarse + 1), packed(coarse), None, grid)[1]
    assert moved == pytest.approx(measured(coarse + 1, coarse, None)[1], rel=1e-4)


def test_without_a_grid_the_layout_is_unknown():
    change, layout, _ = measured(latents(0, 1, 64, 16), latents(1, 1, 64, 16), None)
    assert (change > 0, layout) == (True, None)


def test_guidance_is_felt_only_where_there_is_some():
    assert whole("DDIM").steps[0].guidance == 0
    assert all(step.guidance > 0 for step in whole("DDIM").steps[1:])
    assert not any(step.guidance for step in Watched(pipeline("DDIM")).go(guidance_scale=1).steps)


def test_measurements_continue_when_a_run_is_resumed():
    run = whole("UniPC")
    resumed = Watched(pipeline("UniPC")).go(history=run.steps[:4])
    assert [(step.change, step.layout, step.guidance) for step in resumed.steps] == [
        (step.change, step.layout, step.guidance) for step in run.steps[4:]
    ]


@pytest.mark.parametrize("shape", [(1, 4, 2, 2), (1, 4, 9, 13), (1, 16, 64, 96)])
def test_sides_may_be_any(shape):
    change, layout, _ = measured(latents(1, *shape), latents(2, *shape), None)
    assert change > 0
    assert layout > 0


def steps(*layouts: float) -> list[Step]:
    return [Step(number, 0, 0, 0, 0, 0, None, None, None, True, b"", layout, layout) for number, layout in enumerate((0.0, *layouts))]


def test_the_layout_has_settled_where_all_that_follows_hardly_moves_it():
    assert settled_since(steps(1.0, 0.5, 0.2, 0.05, 0.04, 0.03)) == 3
    assert settled_since(steps(1.0, 0.5)) is None
    assert settled_since(steps(1.0)) is None
    assert settled_since(steps()) is None
    assert settled_since([]) is None
