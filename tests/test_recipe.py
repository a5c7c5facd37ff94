"""Recipes with turns, and branches of runs."""

import math

import pytest

from desktop.diffusion.adapters import Adapter
from desktop.diffusion.recipe import Recipe, Turn
from desktop.diffusion.run import Ending, Run
from desktop.errors import OutOfRange
from tests.developed import developed, plain, step

RECIPE = Recipe.of(prompt="a red apple", guidance_scale=5, seed=7)


def test_a_recipe_without_turns_is_the_same_at_every_step():
    assert RECIPE.at(1) == RECIPE.at(50) == RECIPE.final == RECIPE


def test_a_turn_applies_from_the_next_step():
    recipe = RECIPE.turned(10, prompt="a green apple").turned(20, guidance_scale=2.0, noise_seed=3)
    assert [recipe.at(number).prompt.text for number in (1, 10, 11, 50)] == ["a red apple"] * 2 + ["a green apple"] * 2
    assert [recipe.at(number).sampling.guidance_scale for number in (11, 20, 21)] == [5, 5, 2]
    assert recipe.final == recipe.at(21)
    assert not recipe.final.turns
    assert recipe.prompt.text == "a red apple"


def test_a_new_turn_drops_turns_at_the_same_step_and_later():
    recipe = RECIPE.turned(10, prompt="a green apple").turned(20, guidance_scale=2.0)
    assert recipe.turned(20, prompt="a pear") == RECIPE.turned(10, prompt="a green apple").turned(20, prompt="a pear")
    assert recipe.turned(5, prompt="a pear").turns == (Turn(5, {"prompt": "a pear"}),)


def test_a_turn_keeps_only_values_that_change():
    recipe = RECIPE.turned(10, prompt="a green apple")
    assert recipe.turned(15, prompt="a green apple", guidance_scale=5.0) == recipe
    assert recipe.turned(15, prompt="a red apple", guidance_scale=5.0).turns[1] == Turn(15, {"prompt": "a red apple"})
    assert recipe.turned(15, noise_seed=7).turns[1] == Turn(15, {"noise_seed": 7})


def test_refining_starts_with_the_settings_of_the_last_step():
    recipe = RECIPE.turned(30, prompt="a green apple").turned(20, refine=4).turned(25, guidance_scale=2.0)
    assert [turn.after for turn in recipe.turns] == [30, 20, 25]
    assert [recipe.at(number).prompt.text for number in (20, 21, 50)] == ["a red apple", "a green apple", "a green apple"]
    assert [recipe.at(number).sampling.guidance_scale for number in (25, 26)] == [5, 2]
    assert recipe.turned(22, prompt="a pear").turns[-2:] == (Turn(20, {"refine": 4}), Turn(22, {"prompt": "a pear"}))
    assert recipe.turned(20, prompt="a pear") == RECIPE.turned(20, prompt="a pear")
    assert recipe.turned(20, refine=5).turns[:3] == recipe.turns


@pytest.mark.parametrize(
    "turns",
    [
        (Turn(-1, {"prompt": "x"}),),
        (Turn(301, {"prompt": "x"}),),
        (Turn(5, {"guidance_scale": math.nan}),),
        (Turn(5, {"noise_seed": -1}),),
        (Turn(0, {"refine": 1}),),
        (Turn(5, {"prompt": "x"}), Turn(5, {"prompt": "y"})),
        (Turn(5, {"refine": 1}),) * 101,
    ],
)
def test_an_impossible_turn_is_refused(turns):
    with pytest.raises(OutOfRange):
        Recipe(turns=turns).check()
    Recipe(turns=(Turn(5, {"prompt": "x"}), Turn(5, {"refine": 1}), Turn(6, {"noise_seed": 0}))).check()


@pytest.mark.parametrize(("key", "called"), [("adapters", "LoRAs"), ("embeddings", "embeddings in the prompts")])
def test_more_than_32_adapters_are_refused(key, called):
    adapters = tuple(Adapter(f"style {number}") for number in range(33))
    for recipe in (Recipe.of(**{key: adapters}), Recipe(turns=(Turn(5, {key: adapters}),))):
        with pytest.raises(OutOfRange, match=f"The number of {called} cannot be 33"):
            recipe.check()
    Recipe.of(**{key: adapters[:32]}).turned(5, **{key: adapters[1:]}).check()


# -- runs


def test_a_branch_shares_the_steps_of_its_parent():
    parent = developed(10)
    branch = parent.fork(4, parent.recipe.turned(4, prompt="a pear"))
    assert (branch.parent, branch.branched_after, branch.ending, branch.picture) == (parent.id, 4, Ending.RUNNING, None)
    assert branch.id != parent.id
    assert branch.plan is parent.plan
    assert all(one is other for one, other in zip(branch.steps, parent.steps[:5], strict=True))
    assert (branch.own_steps, branch.own_nbytes, branch.history) == ([], 0, branch.steps)
    branch.record(step(5, 10))
    assert [each.number for each in branch.own_steps] == [5]
    assert branch.own_nbytes == branch.steps[5].nbytes
    assert branch.nbytes == sum(each.nbytes for each in branch.steps)
    assert parent.own_steps == parent.steps


def test_a_refining_branch_has_all_steps_of_its_parent_as_history():
    parent = developed(10)
    branch = parent.fork(6, parent.recipe.turned(6, refine=3))
    assert len(branch.steps) == 7
    assert list(branch.history) == parent.steps
    branch.record(step(7, 10))
    assert branch.history is branch.steps
    again = branch.fork(6, branch.recipe.turned(8))
    assert again.history is again.steps


def test_a_branch_without_the_turns_after_a_refinement_resumes_from_its_own_steps():
    parent = developed(10, recipe=RECIPE.turned(3, refine=3).turned(6, prompt="a pear"))
    branch = parent.fork(6, parent.recipe.turned(6))
    assert branch.recipe == RECIPE.turned(3, refine=3)
    assert branch.history is branch.steps


def test_recording_an_earlier_step_drops_the_later_ones():
    run = Run(RECIPE)
    for number in (0, 1, 2, 3, 2):
        run.record(step(number, 3))
    assert [each.number for each in run.steps] == [0, 1, 2]


def test_a_picture_counts_as_memory_of_its_branch():
    run = developed(3).fork(3, RECIPE)
    run.picture = plain((0, 0, 0))
    assert run.own_nbytes == len(run.picture.data)
