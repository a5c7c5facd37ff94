"""A branch equals stock diffusers with the same change at the same step, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import diffusers
import pytest
import torch

from desktop.diffusion import schedulers
from desktop.diffusion.branching import NO_NOISE, NO_STEP_LEFT, UNKNOWN, Leg, forbidden, forbidden_turn, legs
from desktop.diffusion.families import STABLE_DIFFUSION
from desktop.diffusion.families.description import Traits
from desktop.diffusion.fields import MOST_STEPS
from desktop.diffusion.recipe import Recipe, Turn
from desktop.diffusion.samplers import Sampler, alike
from desktop.diffusion.seam import Departure
from desktop.diffusion.snapshot import read_snapshot
from tests import stock
from tests.offered import CLASSIC
from tests.watched import ONCE, Watched, loaded, pipeline, whole

torch.set_num_threads(1)

EACH_SAMPLER = pytest.mark.parametrize(("model", "sampler"), ONCE, ids=[sampler.name for _, sampler in ONCE])
CUTS = range(1, 7)  # of seven steps; a branch from the starting noise is below


# -- against the stock pipeline, changed on its way by the callback that diffusers offers

Tensors = dict[str, torch.Tensor]


def steered(made: Any, after: int, change: Callable[[Any, Tensors], Tensors], **arguments: Any) -> torch.Tensor:
    """A stock run of `made`, in which `change` is made after scheduler call `after`."""

    def callback(pipeline: Any, index: int, timestep: Any, tensors: Tensors) -> Tensors:
        return change(pipeline, tensors) if index == after - 1 else tensors

    made.set_progress_bar_config(disable=True)
    return made(
        **stock.ARGUMENTS | arguments,
        generator=torch.Generator().manual_seed(stock.SEED),
        output_type="latent",
        callback_on_step_end=callback,
        callback_on_step_end_tensor_inputs=["latents", "prompt_embeds"],
    ).images


def embeds(made: Any, prompt: str) -> torch.Tensor:
    return made.encode_prompt(prompt, "cpu", 1, do_classifier_free_guidance=False)[0]


@pytest.mark.slow
@EACH_SAMPLER
@pytest.mark.parametrize("after", CUTS)
def test_another_prompt(model: str, sampler: Sampler, after: int) -> None:
    changes = {"prompt": "two pandas", "negative_prompt": "night"}
    branch = Watched(pipeline(sampler, model)).go(history=whole(sampler, model).steps[: after + 1], departure=Departure(1), **changes)

    def change(made: Any, tensors: Tensors) -> Tensors:
        both = [embeds(made, changes[name]) for name in ("negative_prompt", "prompt")]
        return tensors | {"prompt_embeds": torch.cat(both) if made.do_classifier_free_guidance else both[1]}

    assert torch.equal(branch.latents, steered(pipeline(sampler, model), after, change))
    assert not torch.equal(branch.latents, whole(sampler, model).latents)


@pytest.mark.slow
@EACH_SAMPLER
def test_another_prompt_from_the_starting_noise(model: str, sampler: Sampler) -> None:
    branch = Watched(pipeline(sampler, model)).go(history=whole(sampler, model).steps[:1], departure=Departure(1), prompt="two pandas")
    made = pipeline(sampler, model)
    made.set_progress_bar_config(disable=True)
    arguments = stock.ARGUMENTS | {"prompt": "two pandas"}
    expected = made(**arguments, generator=torch.Generator().manual_seed(stock.SEED), output_type="latent").images
    assert torch.equal(branch.latents, expected)


@pytest.mark.slow
@pytest.mark.parametrize("name", [sampler.name for model, sampler in ONCE if model != "distilled"])  # those read it before the first step
def test_other_guidance(name: str) -> None:
    def change(made: Any, tensors: Tensors) -> Tensors:
        made._guidance_scale = 2
        return tensors

    for after in (2, 5):
        branch = Watched(pipeline(name)).go(history=whole(name).steps[: after + 1], departure=Departure(1), guidance_scale=2)
        assert torch.equal(branch.latents, steered(pipeline(name), after, change))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["DDIM", "Euler a", "UniPC", "Heun"])
def test_guidance_switched_off(name: str) -> None:
    branch = Watched(pipeline(name)).go(history=whole(name).steps[:4], departure=Departure(1), guidance_scale=1)

    def change(made: Any, tensors: Tensors) -> Tensors:
        made._guidance_scale = 1
        return tensors | {"prompt_embeds": tensors["prompt_embeds"].chunk(2)[1]}

    assert torch.equal(branch.latents, steered(pipeline(name), 3, change))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["DDIM", "Euler a", "UniPC", "Heun"])
def test_guidance_switched_on(name: str) -> None:
    parent = Watched(pipeline(name)).go(guidance_scale=1)
    branch = Watched(pipeline(name)).go(history=parent.steps[:4], departure=Departure(1), guidance_scale=5)

    def change(made: Any, tensors: Tensors) -> Tensors:
        made._guidance_scale = 5
        return tensors | {"prompt_embeds": torch.cat([embeds(made, stock.ARGUMENTS["negative_prompt"]), tensors["prompt_embeds"]])}

    assert torch.equal(branch.latents, steered(pipeline(name), 3, change, guidance_scale=1))


@pytest.mark.slow
@pytest.mark.parametrize(("model", "sampler"), [case for case in ONCE if case[1].draws], ids=lambda value: getattr(value, "name", value))
@pytest.mark.parametrize("after", [0, 1, 4])
def test_another_noise_seed(model: str, sampler: Sampler, after: int) -> None:
    branch = Watched(pipeline(sampler, model)).go(history=whole(sampler, model).steps[: after + 1], departure=Departure(1, noise_seed=99))
    made, generator = pipeline(sampler, model), torch.Generator().manual_seed(stock.SEED)
    latents = torch.randn(1, 4, 8, 8, generator=generator)
    if after == 0:
        generator.manual_seed(99)

    def callback(pipeline: Any, index: int, timestep: Any, tensors: Tensors) -> Tensors:
        if index == after - 1:
            generator.manual_seed(99)
        return tensors

    made.set_progress_bar_config(disable=True)
    expected = made(**stock.ARGUMENTS, latents=latents, generator=generator, output_type="latent", callback_on_step_end=callback).images
    assert torch.equal(branch.latents, expected)


# -- against loops made by hand


def loop(made: Any, latents: torch.Tensor, after: int) -> torch.Tensor:
    """The rest of a run from call `after`, by a scheduler that knows nothing of the calls before."""
    scheduler = made.scheduler
    scheduler.set_timesteps(stock.ARGUMENTS["num_inference_steps"])
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(after)
    text = torch.cat([embeds(made, stock.ARGUMENTS[name]) for name in ("negative_prompt", "prompt")])
    with torch.no_grad():
        for timestep in scheduler.timesteps[after:]:
            both = scheduler.scale_model_input(torch.cat([latents] * 2), timestep)
            without, with_prompt = made.unet(both, timestep, text).sample.chunk(2)
            prediction = without + stock.ARGUMENTS["guidance_scale"] * (with_prompt - without)
            latents = scheduler.step(prediction, timestep, latents, return_dict=False)[0]
    return latents


@pytest.mark.slow
@pytest.mark.parametrize(("before", "behind"), [("LMS", "Euler"), ("UniPC", "DPM++ 2M"), ("DPM++ 2M SDE", "UniPC"), ("DDPM", "DDIM")])
@pytest.mark.parametrize("after", [1, 4])
def test_another_sampler_begins_where_the_first_one_ends(before: str, behind: str, after: int) -> None:
    branch = Watched(pipeline(behind)).go(history=whole(before).steps[: after + 1], departure=Departure(1, is_afresh=True))
    captured: list[torch.Tensor] = []

    def change(made: Any, tensors: Tensors) -> Tensors:
        captured.append(tensors["latents"])
        return tensors

    steered(pipeline(before), after, change)
    assert torch.equal(branch.latents, loop(pipeline(behind), captured[0], after))


@pytest.mark.slow
@pytest.mark.parametrize(("before", "behind"), [("DDIM", "Euler"), ("Euler", "UniPC"), ("Euler a", "DDIM"), ("DPM++ 2M", "LMS")])
def test_another_sampler_may_scale_its_latents_differently(before: str, behind: str) -> None:
    """From √ᾱ·x0 + √(1−ᾱ)·noise to x0 + σ·noise and back: noise level and x0 are continuous."""
    parent, after = whole(before, "v"), 4
    read: list[torch.Tensor] = []  # by the UNet: with the variance of a variance-preserving one, whatever the sampler
    made = pipeline(behind, "v")
    with made.unet.conv_in.register_forward_pre_hook(lambda module, given: read.append(given[0][:1])):
        Watched(made).go(history=parent.steps[: after + 1], departure=Departure(1, is_afresh=True))
    expected = read_snapshot(parent.steps, after).noisy
    assert (read[0] - expected).abs().max() < 1e-4 * expected.abs().max()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "sampler"),
    [case for case in ONCE if case[1].restarts and not case[1].few_steps],
    ids=lambda value: getattr(value, "name", value),
)
@pytest.mark.parametrize("after", [2, 4])
def test_refining_is_stock_image_to_image(model: str, sampler: Sampler, after: int) -> None:
    parent, calls = whole(sampler, model), 2 * after if sampler.name == "Heun" else after
    refined = Watched(pipeline(sampler, model)).go(
        history=parent.steps[: calls + 1], departure=Departure(1, noise_seed=5, is_afresh=True, refined=parent.latents)
    )
    made = diffusers.StableDiffusionImg2ImgPipeline(**loaded(model).components, requires_safety_checker=False)
    made.scheduler = pipeline(sampler, model).scheduler
    made.set_progress_bar_config(disable=True)
    arguments = {name: value for name, value in stock.ARGUMENTS.items() if name not in ("width", "height")}
    expected = made(
        **arguments, image=parent.latents, strength=(7 - after + 0.01) / 7, generator=torch.Generator().manual_seed(5), output_type="latent"
    ).images
    assert torch.equal(refined.latents, expected)


# -- what can be said without the machine

RECIPE = Recipe.of(sampler="DDIM", steps=7, guidance_scale=5)
CALLS = 7
TRAITS = Traits(spacing="leading")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sampler", "after", "changes", "words"),
    [
        ("DDIM", 7, {"prompt": "x"}, "no steps after"),
        ("DDIM", -1, {"prompt": "x"}, "no steps after"),
        ("DDIM", 6, {"prompt": "x", "negative_prompt": "y", "guidance_scale": 1.0}, None),
        ("DDIM", 0, {"prompt": "x"}, None),
        ("DDIM", 3, {}, None),
        ("DDIM", 3, {"sampler": "Euler"}, None),
        ("DDIM", 3, {"sampler": "UniPC"}, "other noise levels"),
        ("DDIM", 3, {"sampler": "LMS"}, "cannot start in the middle"),
        ("DDIM", 3, {"sampler": "LCM"}, "does not fit the model"),
        ("LMS", 3, {"sampler": "DDIM"}, None),
        ("DDIM", 3, {"noise_seed": 1}, "adds no noise"),
        ("DDIM", 3, {"sampler": "DDPM", "noise_seed": 1}, None),
        ("DDPM", 3, {"sampler": "DDIM", "noise_seed": 1}, "adds no noise"),
        ("DDIM", 3, {"refine": 1}, None),
        ("DDIM", 0, {"refine": 1}, "nothing of the picture"),
        ("PNDM", 3, {"refine": 1}, "cannot start in the middle"),
        ("LMS", 3, {"refine": 1}, "cannot start in the middle"),
        ("Heun", 3, {"refine": 1}, "middle of a step"),
        ("Heun", 4, {"refine": 1}, None),
        ("Heun", 3, {"prompt": "x"}, None),
    ],
)
def test_an_impossible_branch_is_refused_with_a_reason(sampler: str, after: int, changes: dict[str, Any], words: str | None) -> None:
    reason = forbidden(Recipe.of(sampler=sampler, steps=7), CALLS, after, changes, TRAITS)
    assert reason is None if words is None else words in reason


def test_only_finished_pictures_are_refined() -> None:
    assert "finished" in forbidden(RECIPE, CALLS, 3, {"refine": 1}, TRAITS, is_finished=False)
    assert forbidden(RECIPE, CALLS, 3, {"prompt": "x"}, TRAITS, is_finished=False) is None


def test_a_branch_is_checked_against_the_settings_at_its_first_step() -> None:
    recipe = RECIPE.turned(3, sampler="DDPM")
    assert forbidden(recipe, CALLS, 5, {"noise_seed": 1}, TRAITS) is None
    assert forbidden(recipe, CALLS, 3, {"noise_seed": 1}, TRAITS)
    assert forbidden(recipe, CALLS, 5, {"sampler": "DDPM"}, TRAITS) is None


@pytest.mark.parametrize("spacing", ["leading", "trailing", "linspace", None])
def test_samplers_are_alike_where_diffusers_lays_out_the_same_timesteps(spacing: str | None) -> None:
    config = {"_class_name": "PNDMScheduler", "num_train_timesteps": 1000, "steps_offset": 1}
    if spacing:
        config["timestep_spacing"] = spacing
    traits = STABLE_DIFFUSION.traits("PNDMScheduler", {"scheduler": config})
    made = {sampler: schedulers.build(sampler, config) for sampler in CLASSIC}
    differ = set()
    for steps in (2, 7, 20, 30, 49, 50, MOST_STEPS):
        laid_out = {}
        for sampler, scheduler in made.items():
            scheduler.set_timesteps(min(steps, sampler.most_steps))
            laid_out[sampler] = scheduler.timesteps.tolist()
        differ |= {(one.name, other.name) for one in made for other in made if laid_out[one] != laid_out[other]}
        assert not any(alike(one, other, traits) for one in made for other in made if laid_out[one] != laid_out[other])
    assert all(alike(one, other, traits) for one in made for other in made if (one.name, other.name) not in differ)


@pytest.mark.slow
@EACH_SAMPLER
def test_samplers_marked_as_drawing_noise_draw_it(model: str, sampler: Sampler) -> None:
    run = whole(sampler, model)
    states = [read_snapshot(run.steps, number).generators[0] for number in (0, len(run.steps) - 2)]
    assert sampler.draws == (not torch.equal(*states))


def test_the_first_turn_that_cannot_be_taken_is_named_before_the_run_begins() -> None:
    recipe = RECIPE.turned(3, prompt="x").turned(5, noise_seed=1)
    assert forbidden_turn(RECIPE, TRAITS) is None
    assert forbidden_turn(replace(recipe, turns=recipe.turns[:1]), TRAITS) is None
    assert forbidden_turn(recipe, TRAITS) == (recipe.turns[1], NO_NOISE)
    assert forbidden_turn(recipe.with_values(steps=5), TRAITS) == (recipe.turns[1], NO_STEP_LEFT)
    assert forbidden_turn(recipe.with_values(steps=3), TRAITS) == (recipe.turns[0], NO_STEP_LEFT)
    assert forbidden_turn(recipe.with_values(sampler="DDPM"), TRAITS) is None
    assert forbidden_turn(RECIPE.turned(3, sampler="Magic"), TRAITS) == (Turn(3, {"sampler": "Magic"}), UNKNOWN)


def test_the_legs_of_a_way() -> None:
    assert legs(RECIPE) == [Leg(RECIPE, 0, None, None)]
    recipe = RECIPE.turned(3, prompt="x").turned(5, sampler="Euler").turned(2, refine=4).turned(4, guidance_scale=2.0)
    way = legs(recipe)
    assert [leg.until for leg in way] == [3, 5, None, 4, None]
    assert [leg.taken for leg in way] == [0, 1, 2, 3, 4]
    assert [leg.is_afresh for leg in way] == [False, False, True, True, False]
    assert [leg.recipe.prompt.text for leg in way] == ["", "x", "x", "x", "x"]
    assert [leg.recipe.sampling.sampler for leg in way] == ["DDIM", "DDIM", "Euler", "Euler", "Euler"]
    assert way[-1].recipe == recipe.final
    assert not any(leg.recipe.turns for leg in way)
