"""Every described family: a tiny pipeline of it, in its real format on disk, is opened, run, resumed and decoded by the real code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch

from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.families import FAMILIES
from desktop.diffusion.families.calls import calls_of
from desktop.diffusion.families.description import Defaults
from desktop.diffusion.families.undescribed import PIPELINES
from desktop.diffusion.insight import measured
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import Pixels, Run, View
from desktop.diffusion.snapshot import read_snapshot
from desktop.library.models import Model, ModelLibrary
from desktop.library.tokens import TokenMeter
from desktop.resources import STARTER
from tests import tiny_families
from tests.engine_runs import events_of

torch.set_num_threads(1)

CPU = Device("cpu", "", torch.float32)
pytestmark = pytest.mark.filterwarnings("ignore:`callback:FutureWarning")  # of a pipeline that calls another in a deprecated way
PROMPT, NEGATIVE = "a red mouse, on the beach", "snow"
STEPS = 3


@dataclass(frozen=True)
class Bench:
    """One family at work."""

    pipeline: Any  # the stock one, in memory
    model: Model
    engine: Engine
    recipe: Recipe
    whole: Run  # an uninterrupted run

    def run(self, recipe: Recipe, kept: int = 0) -> Run:
        """A run that resumes after `kept` - 1 steps of the uninterrupted one."""
        history = self.whole.steps[:kept]
        return _recorded(recipe, [*history, *events_of(self.engine, self.model.path, recipe, history=history, threads=1)])

    def stock(self, recipe: Recipe) -> Pixels:
        """The picture of the stock pipeline, called plainly."""
        family = self.model.family
        accepted = inspect.signature(type(self.pipeline).__call__).parameters
        negative = {"negative_prompt": recipe.prompt.negative} if "negative_prompt" in accepted else {}
        prompt = {"prompt": recipe.prompt.text} if family.capabilities.prompt else {}
        arguments = calls_of(self.pipeline, family).arguments(recipe) | prompt | negative
        arguments.pop("output_type", None)
        if not family.capabilities.negative_prompt:
            arguments.pop("negative_prompt", None)
        torch.manual_seed(recipe.sampling.seed)
        [image] = self.pipeline(**arguments, generator=torch.Generator().manual_seed(recipe.sampling.seed)).images
        return Pixels(image.width, image.height, image.convert("RGB").tobytes())


def _tall(model: Model) -> int:
    """A height, other than the width where it may be chosen."""
    if not model.family.capabilities.size:
        return tiny_families.SIDE
    return tiny_families.TALL if tiny_families.TALL % model.multiple == 0 else 2 * max(tiny_families.SIDE, model.multiple)


def _recorded(recipe: Recipe, events: list[Any]) -> Run:
    run = Run(recipe)
    for event in events:
        run.record(event)
    return run


@pytest.fixture(scope="module", params=tiny_families.MAKERS, ids=" ".join)
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, no_network_in_module: None) -> Iterator[Bench]:
    pipeline = tiny_families.made(*request.param)
    folder = tmp_path_factory.mktemp("model") / "tiny"
    tiny_families.save(pipeline, folder)
    library = ModelLibrary(STARTER, [], folder.parent / "fingerprints.json")
    model = library.open(folder)
    assert library.verified(model)
    assert model.family.name == request.param[0]
    recipe = Recipe.of(
        prompt=PROMPT,
        negative_prompt=NEGATIVE,
        sampler=model.sampler,
        steps=STEPS,
        guidance_scale=max(model.guidance, 3.0) if model.traits.guidance else 1.0,
        width=max(tiny_families.SIDE, model.multiple),
        height=_tall(model),
        seed=7,
    )
    engine = Engine(CPU)
    whole = _recorded(recipe, events_of(engine, folder, recipe, threads=1))
    yield Bench(pipeline, model, engine, recipe, whole)
    engine.free()


@pytest.mark.slow
def test_the_picture_is_the_stock_pipelines_bit_for_bit(bench: Bench) -> None:
    assert bench.whole.picture == bench.stock(bench.recipe)


@pytest.mark.slow
@pytest.mark.parametrize("kept", [1, 2, STEPS, STEPS + 1])
def test_a_resumed_run_gives_the_same_bits(bench: Bench, kept: int) -> None:
    again = bench.run(bench.recipe, kept)
    assert again.picture == bench.whole.picture
    assert [step.snapshot for step in again.steps] == [step.snapshot for step in bench.whole.steps]


@pytest.mark.slow
def test_a_picture_is_made_in_bfloat16_too(bench: Bench) -> None:
    engine = Engine(Device("cpu", "", torch.bfloat16))
    made = _recorded(bench.recipe, events_of(engine, bench.model.path, bench.recipe, threads=1)).picture
    engine.free()
    assert made is not None
    assert bench.whole.picture is not None
    assert (made.width, made.height) == (bench.whole.picture.width, bench.whole.picture.height)


@pytest.mark.slow
def test_previews_have_the_shape_and_roughly_the_colours_of_the_picture(bench: Bench) -> None:
    size, position = bench.recipe.size, bench.engine._loaded.calls.position
    last_stage = bench.whole.steps if not bench.model.family.has_own_samplers else bench.whole.steps[-1:]
    for step in last_stage:
        assert (step.noisy.width, step.noisy.height) == (size.width // position, size.height // position)
        assert step.thumbnail is not None
    if bench.model.family.has_own_samplers and not bench.model.family.is_described:
        return  # its sampler may not tell the estimate, and the map is a guess
    last = Pixels(size.width, size.height, bench.whole.picture.data)
    assert _colours(bench.whole.steps[-1].estimate) == pytest.approx(
        _colours(last), abs=60
    )  # a decoder with random weights is far from linear


def _colours(pixels: Pixels) -> list[float]:
    """Mean red, green and blue."""
    return torch.frombuffer(bytearray(pixels.data), dtype=torch.uint8).view(-1, 3).float().mean(0).tolist()


@pytest.mark.slow
def test_every_view_of_a_step_is_shown(bench: Bench) -> None:
    recipe, steps, size = bench.recipe, tuple(bench.whole.steps), bench.recipe.size
    number = 2 if not bench.model.family.has_own_samplers else len(steps) - 2  # in the last stage
    request = Request(recipe, steps, environment={"threads": 1})

    def view(number: int, kind: View) -> Pixels:
        return bench.engine.decode(request, bench.model.path, "fingerprint", number, kind, Control())

    assert view(len(steps) - 1, View.ESTIMATE) == bench.whole.picture
    is_known = steps[number].estimate is not None  # else only what is really there is shown
    for kind in set(View) - {View.GUIDANCE, View.LATENTS} if is_known else {View.NOISY}:
        assert (view(number, kind).width, view(number, kind).height) == (size.width, size.height)
    if not is_known:
        return
    calls = bench.engine._loaded.calls
    values = bench.engine.values(request, bench.model.path, "fingerprint", number, 0.99, 0.0)
    assert (values.columns, values.rows) == (size.width // calls.position, size.height // calls.position)
    shown = calls.grid(read_snapshot(steps, number).noisy, size)
    assert values.channels[View.NOISY] == shown[0, :, 0, -1].tolist()
    assert len(values.channels[View.NOISY]) == calls.latent_channels
    now, before = (calls.grid(read_snapshot(steps, each).x0, size) for each in (number, number - 1))
    assert steps[number].layout == pytest.approx(measured(now, before, None)[1], rel=1e-4)


@pytest.mark.slow
def test_the_meter_counts_as_the_text_encoder_reads(bench: Bench) -> None:
    meter = TokenMeter.of(bench.model)
    if not bench.model.family.text_encoders:  # nothing to read, or nobody has said what reads it
        assert meter is None
        return
    assert meter is not None
    limit = meter.count("").limit
    most = PROMPT * 300
    told = meter.count(most)
    if limit > len(most):  # it reads everything
        assert told.cut is None
        return
    assert told.cut is not None
    events = bench.run(bench.recipe.with_values(prompt=most, steps=2))
    assert events.plan.truncated == most[told.cut :].strip()
    assert told.limit == limit


@pytest.mark.slow
def test_a_prompt_is_encoded_once(bench: Bench) -> None:
    calls = []
    pipeline = bench.engine._loaded.pipeline
    hooks = [encoder.register_forward_pre_hook(lambda *_: calls.append(1)) for encoder in bench.engine._loaded.calls.text_encoders]
    try:
        bench.run(bench.recipe)
        assert calls == []
        bench.run(bench.recipe.with_values(prompt="two pandas", seed=8))
        assert bool(calls) is bool(bench.model.family.text_encoders)
    finally:
        for hook in hooks:
            hook.remove()
    assert pipeline is bench.engine._loaded.pipeline


def test_every_family_has_its_tiny_pipeline() -> None:
    alone = {family.name for family in FAMILIES if not family.refines}  # a refiner has its tiny pipeline in test_refiner.py
    assert alone == {name for name, variant in tiny_families.MAKERS if variant != "not described"}


PACKAGED_PARTS = ("AltDiffusion", "KandinskyCombined", "KolorsPAG", "StableUnCLIP", "VersatileDiffusionTextToImage", "WuerstchenCombined")
# Those that take no picture and are refused nevertheless.
LEFT_OUT = {
    **dict.fromkeys(PACKAGED_PARTS, "parts in packages of their own"),
    **dict.fromkeys(("SemanticStableDiffusion", "StableDiffusionModelEditing", "StableDiffusionPix2PixZero"), "for editing"),
    **dict.fromkeys(("StableDiffusionPanorama", "StableDiffusionParadigms"), "a step is not one call of the scheduler"),
    "StableDiffusionSAG": "reads the attention of calls that a replay does not make",
    "StableDiffusionLDM3D": "a picture and its depth",
    "WuerstchenPrior": "makes no picture",
    **dict.fromkeys(("Cosmos2TextToImage", "PRX", "PRXPixel"), "needs a package that we do not have"),
}
WITHOUT_THEIRS = ("GlmImage", "OmniGen", "StableCascadeCombined")  # take pictures too, and need none
OF_PICTURES = re.compile("image|video|frame|audio")


def test_what_runs_without_a_description_is_what_diffusers_has_for_a_prompt_alone() -> None:
    told = {}
    for name in {each for each in dir(diffusers) if each.endswith("Pipeline")} - {family.pipeline for family in FAMILIES}:
        kind, short = getattr(diffusers, name), name.removesuffix("Pipeline")
        if not (isinstance(kind, type) and issubclass(kind, diffusers.DiffusionPipeline)):
            continue
        given = {each.name: each.default for each in inspect.signature(kind.__call__).parameters.values() if each.name != "self"}
        needed = {each for each, default in given.items() if default is inspect.Parameter.empty} - {"kwargs"}
        pictures = [each for each in given if OF_PICTURES.search(each) and "ip_adapter" not in each and each != "num_images_per_prompt"]
        makes_pictures = {"prompt", "width", "num_images_per_prompt"} <= given.keys() and needed <= {"prompt"}
        if makes_pictures and (not pictures or short in WITHOUT_THEIRS):
            scale = given.get("guidance_scale", given.get("prior_guidance_scale"))
            told[short] = Defaults(given["num_inference_steps"], scale or 5.0, given["height"] or 0)
    assert told.keys() - PIPELINES.keys() == LEFT_OUT.keys()
    assert {name: told[name] for name in PIPELINES} == PIPELINES


def test_a_description_is_short() -> None:
    """A new family costs at most 60 lines. The first one also describes what others share with it."""
    folder = Path(inspect.getfile(calls_of)).parent
    general = {"__init__", "calls", "description", "layouts", "undescribed", "undescribed_calls", "stable_diffusion"}
    lengths = {path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in folder.glob("*.py") if path.stem not in general}
    assert {name: length for name, length in lengths.items() if length > 60} == {}
