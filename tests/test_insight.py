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
