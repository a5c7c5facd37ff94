"""A base model of Stable Diffusion XL with its refiner: one run of two stages, from the models on disk to the picture and back."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from desktop.diffusion.control import Control
from desktop.diffusion.recipe import ModelReference, Recipe
from desktop.diffusion.request import Orders, Request
from desktop.diffusion.run import Pixels, Run, Stage, Step, View
from desktop.errors import ModelGone, OutOfRange, RefinerAlone, RefinerUnfit
from desktop.library import metadata
from desktop.library.foreign import a1111
from desktop.library.models import ModelLibrary
from desktop.machine import LocalMachine
from desktop.resources import STARTER
from desktop.worker import Worker
from tests import tiny

STEPS, BORDER = 6, 4  # the base makes 4 steps, the refiner 2
RECIPE = Recipe.of(
    prompt="a red mouse",
    negative_prompt="snow",
    model="base",
    refiner="refiner",
    refine_from=70,
    sampler="DPM++ 2M",
    steps=STEPS,
    guidance_scale=4.0,
    width=64,
    height=64,
    seed=7,
)


class Place:
    """A machine with a base model and a refiner among its models."""

    def __init__(self, folder: Path) -> None:
        self.base, self.refiner = tiny.pipeline_xl(is_shallow=True), tiny.refiner(is_shallow=True)
        self.base.save_pretrained(folder / "base")
        self.refiner.save_pretrained(folder / "refiner")
        self.library = ModelLibrary(STARTER, [folder / "base", folder / "refiner"], folder / "fingerprints.json")
        self.worker = Worker()
        self.machine = LocalMachine(self.worker, self.library)
        self.whole = self.run(RECIPE)

    def run(self, recipe: Recipe, history: tuple[Step, ...] = (), pause_at: int | None = None) -> Run:
        """A run that resumes after the last step of `history`."""
        run = Run(recipe, steps=list(history))
        environment = {"threads": 1} | ({"refiner_fingerprint": self.whole.plan.environment["refiner_fingerprint"]} if history else {})

        async def go() -> None:
            request = Request(recipe, history, environment=environment)
            async with aclosing(self.machine.generate(request, Control(Orders(pause_at=pause_at)))) as events:
                async for event in events:
                    run.record(event)

        asyncio.run(go())
        return run

    def stock(self) -> Pixels:
        """The picture of the two stock pipelines, called plainly, one after the other."""
        prompts = {"prompt": RECIPE.prompt.text, "negative_prompt": RECIPE.prompt.negative, "guidance_scale": 4.0}
        generator = torch.Generator().manual_seed(RECIPE.sampling.seed)
        for pipeline in (self.base, self.refiner):
            pipeline.scheduler = self.sampler(pipeline)
        latents = self.base(
            **prompts, num_inference_steps=STEPS, denoising_end=0.7, width=64, height=64, generator=generator, output_type="latent"
        ).images
        [image] = self.refiner(**prompts, num_inference_steps=STEPS, denoising_start=0.7, image=latents, generator=generator).images
        return Pixels(image.width, image.height, image.tobytes())

    @staticmethod
    def sampler(pipeline: object) -> object:
        from desktop.diffusion import samplers, schedulers

        return schedulers.build(samplers.sampler(RECIPE.sampling.sampler), pipeline.scheduler.config)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    torch.set_num_threads(1)
    place = Place(tmp_path_factory.mktemp("models"))
    yield place
    place.worker.close()
    assert place.worker.join(5)


@pytest.mark.slow
def test_the_picture_is_that_of_the_two_stock_pipelines(place):
    whole = place.whole
    assert whole.picture == place.stock()
    assert whole.plan.stages == (Stage("base", BORDER), Stage("refiner", STEPS - BORDER))
    assert [whole.plan.stage_of(number).name for number in (0, BORDER, BORDER + 1)] == ["base", "base", "refiner"]
    assert whole.recipe.refiner.fingerprint == place.library.verified(place.library.find("refiner"))
    assert whole.recipe.model.fingerprint == place.library.verified(place.library.find("base"))
    assert place.run(RECIPE.with_values(refiner="")).picture != whole.picture


@pytest.mark.slow
@pytest.mark.parametrize("kept", [1, 3, BORDER + 1, STEPS, STEPS + 1])
def test_a_resumed_run_gives_the_same_bits_in_both_stages(place, kept):
    again = place.run(RECIPE, tuple(place.whole.steps[:kept]))
    assert again.picture == place.whole.picture
    assert [step.snapshot for step in again.steps] == [step.snapshot for step in place.whole.steps]


@pytest.mark.slow
@pytest.mark.parametrize("pause_at", [BORDER, BORDER + 1])
def test_a_run_pauses_and_resumes_at_the_border(place, pause_at):
    paused = place.run(RECIPE, pause_at=pause_at)
    assert len(paused.steps) == pause_at + 1
    assert paused.expected_steps == STEPS
    assert not paused.plan.is_end(pause_at)
    assert place.run(RECIPE, tuple(paused.steps)).picture == place.whole.picture


@pytest.mark.slow
@pytest.mark.parametrize("after", [2, BORDER, BORDER + 1])
def test_a_branch_from_either_stage_is_the_run_of_its_recipe(place, after):
    recipe = RECIPE.turned(after, guidance_scale=9.0, prompt="a castle at night")
    branch = place.run(recipe, tuple(place.whole.steps[: after + 1]))
    assert branch.picture == place.run(recipe).picture != place.whole.picture


@pytest.mark.slow
def test_a_step_of_either_stage_is_decoded(place):
    async def look(number: int, view: View) -> Pixels:
        request = Request(RECIPE, tuple(place.whole.steps[: number + 1]), environment={"threads": 1})
        return await place.machine.decode(request, number, view)

    assert asyncio.run(look(STEPS, View.ESTIMATE)) == place.whole.picture
    for number in (2, BORDER + 1):
        for view in (View.ESTIMATE, View.GUIDANCE):
            assert asyncio.run(look(number, view)).width == 64


@pytest.mark.slow
def test_what_cannot_be_refined_says_why(place):
    with pytest.raises(RefinerUnfit, match="Choose another refiner"):
        place.run(RECIPE.with_values(refiner="base"))
    with pytest.raises(RefinerAlone, match="Stable Diffusion XL"):
        place.run(RECIPE.with_values(model="refiner", refiner=""))
    with pytest.raises(OutOfRange):
        place.run(RECIPE.with_values(steps=1))
    with pytest.raises(ModelGone, match="gone"):
        place.run(RECIPE.with_values(refiner="gone"), tuple(place.whole.steps[:3]))


def test_the_recipe_is_found_again_in_metadata():
    recipe = replace(RECIPE, refiner=ModelReference("sd_xl_refiner", "7440042bbd" + "0" * 54))
    assert recipe.with_values(model="another").refiner.name == ""
    read = Recipe.from_dict(recipe.to_dict())
    assert read == (recipe, {})
    text = a1111.write(recipe)
    assert "Refiner: sd_xl_refiner [7440042bbd], Refiner switch at: 0.7" in text
    found = metadata.read({"parameters": text})
    assert (found.recipe.refiner.name, found.recipe.sampling.refine_from, found.lost) == ("sd_xl_refiner", 70, ())
    assert "Refiner" not in a1111.write(RECIPE.with_values(refiner=""))
    foreign = metadata.read({"parameters": text.replace("Version: Safelight", "Version: v1.10")})
    assert (foreign.recipe.refiner.name, foreign.recipe.sampling.refine_from) == ("sd_xl_refiner", 70)
