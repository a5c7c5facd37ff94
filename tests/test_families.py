"""Differences between families are only in desktop/diffusion/families/; a second family proves it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch

from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.families import FAMILIES, STABLE_DIFFUSION, STABLE_DIFFUSION_XL
from desktop.diffusion.families.calls import calls_of
from desktop.diffusion.families.description import NAME, Family
from desktop.diffusion.families.undescribed import PIPELINES, undescribed
from desktop.diffusion.loader import load
from desktop.diffusion.memory import estimate
from desktop.diffusion.prompts import PromptEncoder
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels, Run, Step
from desktop.library.models import Model, ModelLibrary
from desktop.library.tokens import TokenMeter
from desktop.resources import STARTER
from tests import tiny
from tests.engine_runs import events_of, stock_picture_of, weight_bytes

DESKTOP = Path(__file__).parents[1] / "desktop"
CPU = Device("cpu", "", torch.float32)
RECIPE = Recipe.of(prompt="a mouse is playing guitar", sampler="Euler", steps=6, guidance_scale=4, width=64, height=72, seed=7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save_folder_xl(tmp_path_factory.mktemp("model") / "tiny-xl")


@pytest.fixture(scope="module")
def model(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Model:
    library = ModelLibrary(STARTER, [], tmp_path_factory.mktemp("cache") / "f.json")
    opened = library.open(folder)
    assert library.verified(opened)
    return opened


@pytest.fixture(scope="module")
def engine() -> Engine:
    """One that keeps its model from test to test."""
    return Engine(CPU)


@pytest.fixture(scope="module")
def whole(engine: Engine, folder: Path) -> Run:
    """An uninterrupted run."""
    return generate(engine, folder, RECIPE)


def generate(engine: Engine, folder: Path, recipe: Recipe, history: Sequence[Step] = ()) -> Run:
    run = Run(recipe)
    for event in (*history, *events_of(engine, folder, recipe, history=history)):
        run.record(event)
    return run


def stock_picture(recipe: Recipe, prompts: dict | None = None) -> Pixels:
    prompts = prompts or {"prompt": recipe.prompt.text, "negative_prompt": recipe.prompt.negative or None}
    return stock_picture_of(tiny.pipeline_xl(), recipe, **prompts)


# -- Stable Diffusion XL, from the folder to the picture


def test_the_model_list_has_its_facts(model: Model) -> None:
    assert model.family is STABLE_DIFFUSION_XL
    assert (model.size, model.multiple, model.token_limits, model.sampler) == (64, 8, (77, 77), "Euler")
    assert (model.steps, model.guidance) == (30, 5.0)
    assert model.traits == replace(STABLE_DIFFUSION.traits("", {}), spacing="leading")


def test_the_meter_counts_for_both_text_encoders(model: Model, folder: Path) -> None:
    meter = TokenMeter.of(model)
    assert meter.count("a red cat").count == 5
    assert meter.count("cat " * 80).excess == 5
    short = replace(model, token_limits=(77, 20))
    assert TokenMeter.of(short).count("cat " * 30).limit == 20


def test_memory_is_estimated(folder: Path) -> None:
    pipeline = tiny.pipeline_xl()
    networks = (pipeline.unet, pipeline.vae, pipeline.text_encoder, pipeline.text_encoder_2)
    assert weight_bytes(folder, torch.float32) == pytest.approx(4 * sum(each.num_parameters() for each in networks), rel=0.01)
    assert estimate(folder, RECIPE, CPU).step > 0


def test_the_stock_pipeline_is_loaded(folder: Path) -> None:
    pipeline = load(folder, CPU)
    assert type(pipeline) is diffusers.StableDiffusionXLPipeline
    assert pipeline.watermark is None
    assert (pipeline.tokenizer.model_max_length, pipeline.tokenizer_2.model_max_length) == (77, 77)


@pytest.mark.slow
@pytest.mark.parametrize("negative_prompt", ["", "snow"])
@pytest.mark.parametrize("guidance_scale", [1.0, 4.0])
def test_the_picture_is_the_stock_pipelines_bit_for_bit(engine: Engine, folder: Path, negative_prompt: str, guidance_scale: float) -> None:
    recipe = RECIPE.with_values(negative_prompt=negative_prompt, guidance_scale=guidance_scale)
    assert generate(engine, folder, recipe).picture == stock_picture(recipe)


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, 1, 3, 5])
def test_a_resumed_run_gives_the_same_bits(engine: Engine, folder: Path, whole: Run, after: int) -> None:
    again = generate(engine, folder, RECIPE, history=whole.steps[: after + 1])
    assert again.picture == whole.picture
    assert [step.snapshot for step in again.steps] == [step.snapshot for step in whole.steps]


@pytest.mark.slow
def test_a_branch_takes_another_prompt(engine: Engine, folder: Path, whole: Run) -> None:
    turned = RECIPE.turned(3, prompt="two pandas", guidance_scale=2.0)
    branch = generate(engine, folder, turned, history=whole.steps[:4])
    assert branch.picture == generate(engine, folder, turned).picture != whole.picture


def test_weights_move_the_words_of_both_encoders(engine: Engine, folder: Path, whole: Run) -> None:
    pipeline = tiny.pipeline_xl()
    encoder = PromptEncoder(calls_of(pipeline))
    plain, _, pooled, _ = pipeline.encode_prompt("a red cat", do_classifier_free_guidance=False)
    empty = pipeline.encode_prompt("", do_classifier_free_guidance=False)[0]
    heavy = encoder.encode("a (red:1.5) cat").arguments
    red = 2  # start, a, red
    torch.testing.assert_close(heavy["prompt_embeds"][0, red], empty[0, red] + 1.5 * (plain[0, red] - empty[0, red]))
    assert torch.equal(heavy["prompt_embeds"][0, :red], plain[0, :red])
    assert torch.equal(heavy["pooled_prompt_embeds"], pooled)
    assert torch.equal(encoder.encode("a red cat").arguments["prompt_embeds"], plain)
    weighted = RECIPE.with_values(prompt="a (mouse:1.6) is playing guitar")
    assert generate(engine, folder, weighted).picture != whole.picture


def test_no_negative_prompt_is_zeros_and_an_empty_prompt_is_not(folder: Path) -> None:
    encoder = PromptEncoder(calls_of(tiny.pipeline_xl()))
    nothing = encoder.encode("", is_negative=True).arguments
    assert set(nothing) == {"negative_prompt_embeds", "negative_pooled_prompt_embeds"}
    assert not any(tensor.any() for tensor in nothing.values())
    assert encoder.encode("").arguments["prompt_embeds"].any()


@pytest.mark.slow
def test_an_autoencoder_that_would_overflow_stays_in_single_precision(folder: Path) -> None:
    half = Device("cpu", "", torch.float16)
    assert load(folder, half).vae.dtype == torch.float32
    assert load(folder, half).unet.dtype == torch.float16
    assert weight_bytes(folder, torch.float16) > weight_bytes(folder, torch.float32) / 2


# -- one description for each


MODULAR = [family for family in FAMILIES if issubclass(getattr(diffusers, family.pipeline), diffusers.ModularPipeline)]


@pytest.mark.parametrize("family", MODULAR, ids=lambda family: family.name)
def test_a_description_fits_the_modular_pipeline_of_its_class(family) -> None:
    blocks = getattr(diffusers, getattr(diffusers, family.pipeline).default_blocks_name)()
    specs = {spec.name: spec for spec in blocks.expected_components if not spec.name.startswith("prompt_upsampler")}  # it is not run
    read = {name for name, spec in specs.items() if spec.default_creation_method == "from_pretrained"}
    assert {part.name for part in family.parts if not part.made} == read
    made = {part.name: part.made for part in family.parts if part.made}
    assert made == {name: {"_class_name": specs[name].type_hint.__name__, **specs[name].config} for name in made}
    texts = {"negative_prompt"} if family.capabilities.negative_prompt else set()
    assert {family.steps_key, "width", "height"} | texts <= {each.name for each in blocks.inputs}


@pytest.mark.parametrize("family", [family for family in FAMILIES if family not in MODULAR], ids=lambda family: family.name)
def test_a_description_fits_the_pipeline_of_its_class(family) -> None:
    pipeline = getattr(diffusers, family.pipeline)
    expected, optional = pipeline._get_signature_keys(pipeline)
    assert {part.name for part in family.parts} == set(expected)
    assert set(family.construction) <= set(optional)
    named = {family.denoiser, family.autoencoder, family.scheduler}
    named |= {name for encoder in family.text_encoders for name in (encoder.part, encoder.tokenizer)}
    networks = {family.denoiser, family.autoencoder, *(encoder.part for encoder in family.text_encoders)}
    assert named - {""} <= {part.name for part in family.needed}
    assert networks - {""} <= {part.name for part in family.networks}
    if not family.has_own_samplers and family.enlarges == 1:  # these have further parts for other stages
        assert named - {""} == {part.name for part in family.needed}
        assert networks - {""} == {part.name for part in family.networks}
    accepted = inspect.signature(pipeline.__call__).parameters
    assert set(family.arguments) <= set(accepted)
    assert family.steps_key in accepted
    assert not family.capabilities.guidance or family.guidance_key in accepted
    assert not family.capabilities.negative_prompt or "negative_prompt" in accepted
    assert {variant.part for variant in family.variants} <= {NAME, "", *(part.name for part in family.needed)}


ALLOWED = {
    ("diffusion/seam.py", '"unet"'),  # DENOISERS: the seam works with pipelines of families without a description too
    ("diffusion/preview.py", "latent_channels"),  # a key of the preview decoder's own config
    ("library/foreign/comfyui.py", "CLIPTextEncode"),  # these four are words of other programs' files
    ("library/foreign/comfyui.py", "CLIPVision"),
    ("library/foreign/fooocus.py", '"vae"'),
    ("library/foreign/swarmui.py", '"vae"'),
    ("diffusion/loaded_adapters.py", '"unet"'),  # the attribute by which diffusers' LoRA loader tells its two kinds of pipelines apart
    # A way of learning, not the part of a model:
    *((f"{file}.py", '"vae"') for file in ("learn/ways/side_by_side", "ui/learn/way_pane", "ui/learn/ways", "ui/learn/ways_formulas")),
}


def _networks(family: Family) -> Iterator[str]:
    """The classes of the denoiser and of the text encoders."""
    for part in family.networks:
        if part.name != family.autoencoder:
            yield from part.classes


def test_no_other_module_knows_a_family() -> None:
    """`starter/` and `learn/training/` build and train models of their own, from diffusers' classes."""
    classes = "|".join(sorted({name for family in FAMILIES for name in (family.pipeline, *_networks(family))}))
    names = re.compile(
        rf"{classes}|unet_config|"
        r"StableDiffusion\w*Pipeline|Flux\w*Pipeline|UNet2D\w*|CLIP(Text|Vision|Image|Tokenizer|Feature)\w*|AutoencoderKL|T5\w+"
        r"|STABLE_DIFFUSION\w*|block_out_channels|\bsample_size|(?<![.\w])latent_channels|\.config\.latent_channels"
        r"|force_upcast|time_cond_proj_dim|cross_attention_dim|(?<!\w)(?:in|out)_channels\b|scaling_factor|shift_factor"
        r"|[\"'](?:unet|vae|text_encoder|tokenizer)(?:_\d)?[\"']|<\|\w+\|>|max_position_embeddings"
    )
    found = {
        (path.relative_to(DESKTOP).as_posix(), match.group())
        for path in sorted(DESKTOP.rglob("*.py"))
        if path.relative_to(DESKTOP).parts[0] != "starter" and not {"families", "training"} & set(path.parts)
        for match in names.finditer(path.read_text(encoding="utf-8"))
    }
    assert found == ALLOWED


def test_statistics_of_the_latents_are_undone_as_the_stock_pipeline_does() -> None:
    """Playground 2.5: an autoencoder with a mean and a deviation for every channel, and a noise process of its own."""
    pipeline = tiny.pipeline_xl(is_shallow=True, is_edm=True)
    calls = calls_of(pipeline)
    asked = {"prompt": "a fox", "num_inference_steps": 2, "height": 64, "width": 64}

    def made(kind: str) -> Any:
        return pipeline(**asked, generator=torch.Generator().manual_seed(1), output_type=kind).images

    latents = made("latent")
    [stock], [ours] = made("pil"), calls.images(calls.decode(latents).detach())
    assert ours.tobytes() == stock.tobytes()
    pictures = torch.rand(1, 3, 64, 64) * 2 - 1
    mean, deviation = (torch.tensor(tiny.PLAYGROUND[name]).view(1, -1, 1, 1) for name in ("latents_mean", "latents_std"))
    with torch.no_grad():
        expected = (pipeline.vae.encode(pictures).latent_dist.mode() - mean) * pipeline.vae.config.scaling_factor / deviation
        torch.testing.assert_close(calls.encode(pictures), expected)


def test_the_descriptions_say_which_pipelines_take_loras_and_embeddings():
    parts = {"unet": ["diffusers", "X"], "vae": ["diffusers", "AutoencoderKL"], "scheduler": ["diffusers", "DDPMScheduler"]}
    for family in (*FAMILIES, *(undescribed({"_class_name": f"{name}Pipeline"} | parts) for name in PIPELINES)):
        pipeline = getattr(diffusers, family.pipeline)
        assert hasattr(pipeline, "load_lora_weights") == family.capabilities.loras, family.name
        assert hasattr(pipeline, "load_textual_inversion") or not family.capabilities.embeddings, family.name
