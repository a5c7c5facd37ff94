"""Names of branches and of twins."""

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.ui.widgets.turns import changed, differing, short
from tests.developed import developed


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prompt": "a red fox"}, "prompt: a red fox"),
        ({"prompt": ""}, "no prompt"),
        ({"negative_prompt": "blurry"}, "things to avoid: blurry"),
        ({"guidance_scale": 8}, "guidance 8.0"),
        ({"sampler": "Euler"}, "sampler Euler"),
        ({"noise_seed": 12}, "noise seed 12"),
        ({"refine": 3}, "refined from step 4"),
        ({"sampler": "Euler", "guidance_scale": 2.5}, "sampler Euler · guidance 2.5"),
        ({}, "unchanged"),
    ],
)
def test_a_branch_is_named_by_its_changes(changes, words):
    run = developed(6)
    assert changed(run.fork(4, run.recipe.turned(4, **changes))) == words


def test_a_branch_of_a_branch_is_named_by_its_own_changes():
    run = developed(6)
    branch = run.fork(2, run.recipe.turned(2, guidance_scale=8.0))
    assert changed(branch.fork(4, branch.recipe.turned(4, prompt="a pear"))) == "prompt: a pear"
    assert changed(branch.fork(4, branch.recipe)) == "unchanged"


def test_a_run_without_parent_is_the_original():
    assert changed(developed(6)) == "Original"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prompt": "a red apple at night"}, "at night"),
        ({"prompt": "a red apple, painted"}, "painted"),
        ({"prompt": "a red apples"}, "a red apples"),
        ({"prompt": "a fox"}, "a fox"),
        ({"prompt": ""}, "no prompt"),
        ({"prompt": "a fox", "guidance_scale": 8}, "prompt: a fox · guidance 8.0"),
        ({}, "unchanged"),
    ],
)
def test_a_branch_has_a_short_name(changes, words):
    run = developed(6)
    assert short(run.fork(4, run.recipe.turned(4, **changes))) == words


def test_twins_are_named_by_their_differences():
    one, two = Recipe.of(prompt="a fox", seed=1), Recipe.of(prompt="a fox", seed=2, height=64)
    assert differing(two, one) == "seed 2 · height 64 px"
    assert differing(one, one) == ""
