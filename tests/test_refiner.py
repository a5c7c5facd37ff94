"""A base model of Stable Diffusion XL with its refiner, and the first two stages of DeepFloyd IF: one run of two stages, from the models
on disk to the picture and back."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from desktop.diffusion import memory, samplers, schedulers
from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import ModelReference, Recipe, Size
from desktop.diffusion.request import Orders, Request
from desktop.diffusion.run import Pixels, Run, Stage, Step, View
from desktop.errors import ModelGone, OutOfRange, RefinerAlone, RefinerUnfit, TurnForbidden
from desktop.library import metadata
from desktop.library.foreign import a1111
from desktop.library.models import ModelLibrary
from desktop.machine import LocalMachine
from desktop.resources import STARTER
from desktop.worker import Worker
from tests import tiny, tiny_families

RECIPE = Recipe.of(
    prompt="a red mouse",
    negative_prompt="snow",
    model="base",
    refiner="refiner",
    refine_from=70,
    sampler="DPM++ 2M",
    steps=6,
    guidance_scale=4.0,
    width=64,
    height=64,
    seed=7,
)


class Place:
    """A machine with a base model and a refiner among its models."""

    recipe = RECIPE
    stages = Stage("base", 4), Stage("refiner", 2)
    branches_after = 2, 4, 5

    def __init__(self, folder: Path) -> None:
        self.base, self.refiner = self.made()
        tiny_families.save(self.base, folder / "base")
        tiny_families.save(self.refiner, folder / "refiner")
        self.library = ModelLibrary(STARTER, [folder / "base", folder / "refiner"], folder / "fingerprints.json")
        self.worker = Worker()
        self.machine = LocalMachine(self.worker, self.library)
        self.machine._engine = Engine(Device("cpu", "", torch.float32))  # as the stock pipelines; by itself it may choose bfloat16
        self.whole = self.run(self.recipe)

    @property
    def border(self) -> int:
        """The last step of the first stage."""
        return self.stages[0].calls

    @property
    def calls(self) -> int:
        return sum(stage.calls for stage in self.stages)

    def made(self) -> tuple[Any, Any]:
        return tiny.pipeline_xl(is_shallow=True), tiny.refiner(is_shallow=True)

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
        recipe = self.recipe
        prompts = {"prompt": recipe.prompt.text, "negative_prompt": recipe.prompt.negative, "guidance_scale": 4.0}
        generator = torch.Generator().manual_seed(recipe.sampling.seed)
        for pipeline in (self.base, self.refiner):
            pipeline.scheduler = schedulers.build(samplers.sampler(recipe.sampling.sampler), pipeline.scheduler.config)
        [image] = self.drawn({**prompts, "num_inference_steps": recipe.sampling.steps, "generator": generator})
        return Pixels(image.width, image.height, image.tobytes())

    def drawn(self, settings: dict[str, Any]) -> Any:
        latents = self.base(**settings, denoising_end=0.7, width=64, height=64, output_type="latent").images
        return self.refiner(**settings, denoising_start=0.7, image=latents).images


class Cascade(Place):
    """A machine with the first two stages of DeepFloyd IF."""

    recipe = RECIPE.with_values(sampler="DDPM", steps=3, height=72)
    stages = Stage("base", 3), Stage("super_res", 3)
    branches_after = 1, 3, 4

    def made(self) -> tuple[Any, Any]:
        torch.manual_seed(0)
        first, second = tiny_families.deepfloyd_if(), tiny_families.deepfloyd_if_second()
        second.register_modules(text_encoder=first.text_encoder, tokenizer=first.tokenizer)  # of which each has a copy
        return first, second

    def drawn(self, settings: dict[str, Any]) -> Any:
        settings |= {"clean_caption": False}
        pictures = self.base(**settings, width=64, height=72, output_type="pt").images
        return self.refiner(**settings, width=256, height=288, image=pictures).images


@pytest.fixture(scope="module", params=[Place, Cascade], ids=["refiner", "cascade"])
def place(request, tmp_path_factory):
    torch.set_num_threads(1)
    place = request.param(tmp_path_factory.mktemp("models"))
    yield place
    place.worker.close()
    assert place.worker.join(5)


@pytest.mark.slow
def test_the_picture_is_that_of_the_two_stock_pipelines(place):
    whole = place.whole
    assert whole.picture == place.stock()
    assert whole.plan.stages == place.stages
    first, second = (stage.name for stage in place.stages)
    assert [whole.plan.stage_of(number).name for number in (0, place.border, place.border + 1)] == [first, first, second]
    assert whole.recipe.refiner.fingerprint == place.library.verified(place.library.find("refiner"))
    assert whole.recipe.model.fingerprint == place.library.verified(place.library.find("base"))
    assert place.run(place.recipe.with_values(refiner="")).picture != whole.picture


@pytest.mark.slow
def test_a_resumed_run_gives_the_same_bits_in_both_stages(place):
    for kept in (1, 3, place.border + 1, place.calls, place.calls + 1):
        again = place.run(place.recipe, tuple(place.whole.steps[:kept]))
        assert again.picture == place.whole.picture
        assert [step.snapshot for step in again.steps] == [step.snapshot for step in place.whole.steps]


@pytest.mark.slow
def test_a_run_pauses_and_resumes_at_the_border(place):
    for pause_at in (place.border, place.border + 1):
        paused = place.run(place.recipe, pause_at=pause_at)
        assert len(paused.steps) == pause_at + 1
        assert paused.expected_steps == place.calls
        assert not paused.plan.is_end(pause_at)
        assert paused.size == Size(place.whole.picture.width, place.whole.picture.height)
        assert place.run(place.recipe, tuple(paused.steps)).picture == place.whole.picture


@pytest.mark.slow
def test_a_branch_from_either_stage_is_the_run_of_its_recipe(place):
    for after in place.branches_after:
        recipe = place.recipe.turned(after, guidance_scale=9.0, prompt="a castle at night")
        branch = place.run(recipe, tuple(place.whole.steps[: after + 1]))
        assert branch.picture == place.run(recipe).picture != place.whole.picture


@pytest.mark.slow
def test_the_finished_picture_is_refined_in_its_own_size(place):
    branch = place.run(place.recipe.turned(place.border + 1, refine=9))
    assert branch.picture != place.whole.picture
    assert branch.size == place.whole.size
    if place.whole.plan.enlarges > 1:
        with pytest.raises(TurnForbidden, match="smaller at this step"):
            place.run(place.recipe.turned(2, refine=9))


@pytest.mark.slow
def test_memory_is_estimated_for_the_size_of_the_second_stage(place):
    files, device = place.library.find("refiner").files, Device("cpu", "", torch.float32)
    enlarged = memory.estimate(files, place.recipe, device).step * place.whole.plan.enlarges**2
    assert memory.of_refiner(files, place.recipe, device).step == enlarged


@pytest.mark.slow
def test_a_step_of_either_stage_is_decoded(place):
    async def look(number: int, view: View) -> Pixels:
        request = Request(place.recipe, tuple(place.whole.steps[: number + 1]), environment={"threads": 1})
        return await place.machine.decode(request, number, view)

    assert asyncio.run(look(place.calls, View.ESTIMATE)) == place.whole.picture
    for number in (2, place.border + 1):
        width = 64 if number == 2 else place.whole.picture.width
        for view in (View.ESTIMATE, View.CHANGE, View.GUIDANCE):
            assert asyncio.run(look(number, view)).width == width


@pytest.mark.slow
def test_what_cannot_be_refined_says_why(place):
    with pytest.raises(RefinerUnfit, match="Choose another refiner"):
        place.run(place.recipe.with_values(refiner="base"))
    with pytest.raises(RefinerAlone, match=place.library.find("base").family.name):
        place.run(place.recipe.with_values(model="refiner", refiner=""))
    with pytest.raises(OutOfRange):
        place.run(place.recipe.with_values(steps=1))
    with pytest.raises(ModelGone, match="gone"):
        place.run(place.recipe.with_values(refiner="gone"), tuple(place.whole.steps[:3]))


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
