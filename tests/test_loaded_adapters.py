"""LoRAs in runs: what they add is right in every layout, and with or without them every run is exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler
from safetensors.torch import save_file

from desktop.diffusion import memory
from desktop.diffusion.adapters import DENOISER, TEXT_ENCODERS, Adapter, Source
from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.families.calls import calls_of
from desktop.diffusion.loaded_adapters import LoadedAdapters
from desktop.diffusion.offload import Offload, needed
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import Event, Picture, Pixels, Plan, Previews, Step, View
from desktop.errors import AdapterMadeFor, AdapterUnfit, AdapterUnknown, AdapterUnloadable
from desktop.library import adapter_file
from desktop.library.adapters import AdapterLibrary
from desktop.library.models import ModelLibrary
from desktop.resources import STARTER
from tests import loras, single, tiny, tiny_families
from tests.engine_runs import Accelerator

CPU = Device("cpu", "", torch.float32)
RECIPE = Recipe.of(
    prompt="a mouse is playing guitar", negative_prompt="snow", sampler="DDIM", steps=4, guidance_scale=4, width=64, height=64, seed=7
)


@dataclass(frozen=True)
class Studio:
    """A tiny model folder with three LoRAs, and an engine that keeps the model from test to test."""

    models: ModelLibrary
    library: AdapterLibrary
    engine: Engine
    files: dict[str, Path]

    def adapter(self, name: str, weight: float) -> Adapter:
        [listed] = [each for each in self.library.adapters if each.name == name]
        return self.library.identified(listed, weight)

    def recipe(self, **weights: float) -> Recipe:
        """`RECIPE` with these LoRAs, in this order."""
        return RECIPE.with_values(adapters=tuple(self.adapter(name, weight) for name, weight in weights.items()))

    def sources(self, recipe: Recipe) -> dict[str, Source]:
        model = self.models.find("tiny")
        every = (recipe.adapters, *(turn.changes.get("adapters", ()) for turn in recipe.turns))
        return {each.key: self.library.source(each, model) for adapters in every for each in adapters if each.weight}

    def run(self, recipe: Recipe, history: Sequence[Step] = (), engine: Engine | None = None) -> list[Event]:
        events: list[Event] = []
        request = Request(recipe, tuple(history), Previews.OFF, environment={"threads": 1})
        folder = self.models.find("tiny").files
        (engine or self.engine).generate(request, folder, "print", Control(), events.append, self.sources(recipe))
        return events

    def pixels(self, recipe: Recipe, engine: Engine | None = None) -> Pixels:
        return self.run(recipe, engine=engine)[-1].pixels


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("loras")
    pipeline = tiny.pipeline()
    pipeline.save_pretrained(folder / "tiny")
    files = {
        "ink": loras.write(folder / "ink.safetensors", pipeline, "kohya", seed=1).path,
        "felt": loras.write(folder / "felt.safetensors", pipeline, "diffusers", seed=2, text=False).path,
        "wash": loras.write(folder / "wash.safetensors", pipeline, "ComfyUI", seed=3, alpha=1.0).path,
    }
    models = ModelLibrary(STARTER, [folder / "tiny"], folder / "fingerprints.json")
    library = AdapterLibrary(list(files.values()), [], folder / "adapters.json")
    library.read()
    return Studio(models, library, Engine(CPU), files)


# -- what they add


@pytest.mark.slow
@pytest.mark.parametrize("make", [tiny.pipeline, tiny.pipeline_xl])
def test_every_layout_adds_what_it_says_to_every_layer(make: Any, tmp_path: Path) -> None:
    pipeline = make(is_shallow=True)
    texts = [name for name in ("text_encoder", "text_encoder_2") if hasattr(pipeline, name)]
    model = {
        part: adapter_file.layers_of({name: tuple(value.shape) for name, value in getattr(pipeline, of).state_dict().items()})
        for part, of in ((DENOISER, "unet"), *zip(TEXT_ENCODERS, texts, strict=False))
    }
    adapters = LoadedAdapters(calls_of(pipeline))
    latents = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    words = torch.randn(1, 77, pipeline.unet.config.cross_attention_dim, generator=torch.Generator().manual_seed(2))
    more = {"added_cond_kwargs": {"text_embeds": torch.ones(1, 32), "time_ids": torch.ones(1, 6)}} if len(texts) > 1 else {}

    def computed(pipeline: Any) -> list[torch.Tensor]:
        with torch.no_grad():
            seen = pipeline.unet(latents, 500, words, **more).sample
            return [seen, *(getattr(pipeline, name)(torch.arange(77)[None])[0] for name in texts)]

    base = computed(pipeline)
    for layout in loras.LAYOUTS:
        made = loras.write(tmp_path / f"{layout}.safetensors", pipeline, layout, dtype=torch.float16)
        file = adapter_file.read(made.path)
        fit = adapter_file.fit(file, model)
        assert (fit.matched, fit.total) == (file.total, sum(map(len, made.delta.values()))), layout
        adapters.sources = {"x": Source(made.path, layout, adapter_file.renamed(file, model), fit.matched)}
        adapters.use([Adapter("x", 0.7)])
        by_hand = make(is_shallow=True)
        for part, layers in made.delta.items():
            modules = dict(getattr(by_hand, part).named_modules())
            for name, added in layers.items():
                modules[name].weight.data += 0.7 * added
        for with_it, expected, without in zip(computed(pipeline), computed(by_hand), base, strict=True):
            assert torch.allclose(with_it, expected, rtol=0, atol=1e-5), layout
            assert not torch.allclose(with_it, without, rtol=0, atol=1e-2), layout
        adapters.use([])
        assert all(torch.equal(now, before) for now, before in zip(computed(pipeline), base, strict=True)), layout


@pytest.mark.slow
@pytest.mark.parametrize("family", [("FLUX.1", "dev"), ("Stable Diffusion 3", ""), ("Krea 2", ""), ("Qwen-Image", "")], ids=" ".join)
@pytest.mark.parametrize(
    ("prefix", "halves", "alpha"),
    [
        ("transformer.", ("lora_A", "lora_B"), None),
        ("diffusion_model.", ("lora_down", "lora_up"), 1.0),
        ("lora_transformer_", ("lora_down", "lora_up"), 1.0),
    ],
    ids=["diffusers", "ComfyUI", "kohya"],
)
def test_transformers_take_names_of_diffusers_in_every_layout(
    family: tuple[str, str], prefix: str, halves: tuple[str, str], alpha: float | None, tmp_path: Path
) -> None:
    pipeline = tiny_families.made(*family)
    network, generator = pipeline.transformer, torch.Generator().manual_seed(0)
    tensors, delta = {}, {}
    for name, module in network.named_modules():
        if isinstance(module, torch.nn.Linear) and loras.ATTENTION_OF_TRANSFORMERS.search(name):
            down = torch.randn(2, module.in_features, generator=generator) * loras.STRENGTH
            up = torch.randn(module.out_features, 2, generator=generator) * loras.STRENGTH
            words = f"{prefix}{name.replace('.', '_') if prefix.endswith('_') else name}"
            tensors |= {f"{words}.{half}.weight": matrix for half, matrix in zip(halves, (down, up), strict=True)}
            tensors |= {f"{words}.alpha": torch.tensor(alpha)} if alpha else {}
            delta[name] = up @ down * (alpha / 2 if alpha else 1)
    save_file(tensors, tmp_path / "ink.safetensors")
    file = adapter_file.read(tmp_path / "ink.safetensors")
    before = {name: value.clone() for name, value in network.state_dict().items()}
    model = {DENOISER: adapter_file.layers_of({name: tuple(value.shape) for name, value in before.items()})}
    fit = adapter_file.fit(file, model)
    assert (fit.matched, fit.total, fit.is_sure) == (len(delta), len(delta), True)
    adapters = LoadedAdapters(calls_of(pipeline))
    adapters.sources = {"ink": Source(file.path, "ink", adapter_file.renamed(file, model), fit.matched)}
    adapters.use([Adapter("ink", 0.7)])
    modules = dict(network.named_modules())
    for name, added in delta.items():
        given = torch.randn(3, added.shape[1], generator=generator)
        torch.testing.assert_close(modules[name](given), modules[name].base_layer(given) + 0.7 * given @ added.T, atol=1e-5, rtol=0)
    adapters.use([])
    assert before.keys() == network.state_dict().keys()
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Already found a `peft_config`")
def test_a_run_with_several_is_that_of_the_stock_pipeline(studio: Studio) -> None:
    stock = tiny.pipeline()
    stock.scheduler = DDIMScheduler.from_config(stock.scheduler.config, clip_sample=False)
    for name in ("ink", "felt"):
        stock.load_lora_weights(studio.files[name].parent, weight_name=studio.files[name].name, adapter_name=name)
    stock.set_adapters(["ink", "felt"], [0.8, -0.5])
    [image] = stock(
        prompt=RECIPE.prompt.text,
        negative_prompt=RECIPE.prompt.negative,
        num_inference_steps=RECIPE.sampling.steps,
        width=64,
        height=64,
        guidance_scale=4.0,
        generator=torch.Generator().manual_seed(7),
    ).images
    assert studio.pixels(studio.recipe(ink=0.8, felt=-0.5)) == Pixels(64, 64, image.tobytes())


# -- exactness


@pytest.mark.slow
def test_each_set_gives_the_same_picture_whatever_was_loaded_before(studio: Studio) -> None:
    recipes = [RECIPE, studio.recipe(ink=0.8), studio.recipe(ink=0.8, wash=1.0), studio.recipe(wash=1.0, ink=0.8), studio.recipe(ink=0.3)]
    alone = [studio.pixels(recipe, Engine(CPU)) for recipe in recipes]
    assert len({pixels.data for pixels in alone}) >= 4  # the order changes low bits at most
    for index in (1, 0, 2, 4, 3):
        assert studio.pixels(recipes[index]) == alone[index], index


def test_strength_0_is_the_model_alone_bit_for_bit(studio: Studio) -> None:
    alone = studio.run(RECIPE)
    with_it = studio.run(studio.recipe(ink=0.0, felt=0.0))
    assert [event.snapshot for event in with_it if isinstance(event, Step)] == [
        event.snapshot for event in alone if isinstance(event, Step)
    ]
    assert with_it[-1] == alone[-1]


def test_the_number_of_threads_does_not_depend_on_them(studio: Studio) -> None:
    studio.run(studio.recipe(ink=1.0))
    model = studio.engine._loaded
    assert model.work(RECIPE) < model.calls.denoiser.num_parameters() * model.calls.positions(RECIPE)
    studio.run(RECIPE)
    assert model.work(RECIPE) == model.calls.denoiser.num_parameters() * model.calls.positions(RECIPE)


@pytest.mark.slow
@pytest.mark.parametrize("turned", [{"ink": 0.0, "felt": -0.5}, {"felt": 0.5, "ink": 0.8}])
def test_a_branch_changes_weights_and_resumes_exactly_from_every_step(studio: Studio, turned: dict[str, float]) -> None:
    parent = studio.recipe(ink=0.8, felt=-0.5)
    first = [event for event in studio.run(parent) if isinstance(event, Step)]
    recipe = parent.turned(2, adapters=studio.recipe(**turned).adapters)
    branch = studio.run(recipe, first[:3])
    whole = studio.run(recipe)
    assert branch[-1] == whole[-1] != studio.run(parent)[-1]
    steps = [event for event in whole if isinstance(event, Step)]
    assert [step.snapshot for step in steps[:3]] == [step.snapshot for step in first[:3]]
    for cut in range(len(steps)):
        assert studio.run(recipe, steps[: cut + 1])[-1] == whole[-1], cut


def test_the_guidance_of_a_step_is_computed_with_them(studio: Studio) -> None:
    recipe = studio.recipe(ink=0.8)
    steps = [event for event in studio.run(recipe) if isinstance(event, Step)]
    folder = studio.models.find("tiny").files

    def heat(recipe: Recipe) -> Pixels:
        request = Request(recipe, tuple(steps[:3]), environment={"threads": 1})
        return studio.engine.decode(request, folder, "print", 2, View.GUIDANCE, Control(), studio.sources(recipe))

    assert heat(recipe) != heat(RECIPE)
    assert heat(recipe) == heat(recipe)


# -- what is refused


def test_one_that_is_not_here_is_named(studio: Studio) -> None:
    model = studio.models.find("tiny")
    for lacking in (Adapter("dreams"), Adapter("ink", 1.0, "0" * 64), Adapter("dreams", short_hash="0" * 12)):
        with pytest.raises(AdapterUnknown, match=lacking.name):
            studio.library.source(lacking, model)
    with pytest.raises(AdapterUnknown, match="dreams"):
        studio.engine.generate(
            Request(RECIPE.with_values(adapters=(Adapter("dreams"),))), model.files, "print", Control(), lambda event: None
        )
    assert isinstance(studio.run(RECIPE)[-1], Picture)


def test_one_of_another_family_is_refused_before_anything_is_loaded(studio: Studio, tmp_path: Path) -> None:
    layers = loras.pair("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", 320, 768)
    library = AdapterLibrary([single.header_only(tmp_path / "dreams.safetensors", layers)], [], tmp_path / "hashes.json")
    [listed] = library.read()
    with pytest.raises(AdapterMadeFor, match="“dreams” was made for Stable Diffusion 1 and does not fit the model tiny"):
        library.source(library.identified(listed), studio.models.find("tiny"))
    other = single.header_only(tmp_path / "other.safetensors", loras.pair("lora_unet_foo", 7, 9))
    with pytest.raises(AdapterUnfit, match="none of its layers"):
        library.source(library.identified(library.open(other)), studio.models.find("tiny"))


def test_a_failure_leaves_the_model_without_any(studio: Studio) -> None:
    """A file that promises more layers than the libraries find."""
    recipe = studio.recipe(felt=1.0, ink=1.0)
    sources = {key: replace(source, matched=source.matched + 1) for key, source in studio.sources(recipe).items()}
    folder = studio.models.find("tiny").files
    with pytest.raises(AdapterUnloadable, match="“felt” could not be added to the model: some of its layers found no place"):
        studio.engine.generate(Request(recipe, environment={"threads": 1}), folder, "print", Control(), lambda event: None, sources)
    assert studio.pixels(RECIPE) == studio.pixels(RECIPE, Engine(CPU))


def test_the_plan_says_what_was_used(studio: Studio) -> None:
    [plan] = [event for event in studio.run(studio.recipe(ink=0.8)) if isinstance(event, Plan)]
    assert plan.environment["model_fingerprint"] == "print"


# -- while weights wait elsewhere


@pytest.fixture(scope="module")
def resident(studio: Studio) -> dict[int, list[bytes]]:
    """The steps of runs with 0, 1 and 2 LoRAs, all weights on the device."""
    engine = on(Offload.TILED)
    return {len(recipe.adapters): steps_of(studio.run(recipe, engine=engine)) for recipe in some(studio)}


@pytest.mark.slow
@pytest.mark.parametrize("rung", [Offload.MODEL, Offload.GROUP, Offload.DISK, Offload.SEQUENTIAL])
def test_every_rung_adds_them_takes_them_off_and_resumes(
    rung: Offload, studio: Studio, resident: dict[int, list[bytes]], monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr("desktop.diffusion.placement.DISK", tmp_path)
    engine = on(rung)
    for recipe in some(studio):
        events = studio.run(recipe, engine=engine)
        if rung is Offload.DISK:  # its convolutions have their weights in another order
            expected = np.frombuffer(studio.pixels(recipe, studio.engine).data, np.uint8)
            assert np.frombuffer(events[-1].pixels.data, np.uint8) == pytest.approx(expected, abs=3)
        else:
            assert steps_of(events) == resident[len(recipe.adapters)]
    again = studio.run(recipe, [event for event in events if isinstance(event, Step)][:3], engine)
    assert again[-1] == events[-1]
    assert engine._loaded is not None
    assert engine._loaded.offload is rung


def on(rung: Offload) -> Engine:
    engine = Engine(Accelerator("cuda", "", torch.float32))
    engine._ran_out = "print", 0, rung
    return engine


def some(studio: Studio) -> list[Recipe]:
    return [studio.recipe(ink=0.8), RECIPE, studio.recipe(ink=0.3, felt=-0.5)]


def steps_of(events: Sequence[Event]) -> list[bytes]:
    return [event.snapshot for event in events if isinstance(event, Step)]


def test_the_estimate_counts_them_once(studio: Studio) -> None:
    recipe = studio.recipe(ink=0.8).turned(2, adapters=studio.recipe(ink=0.2).adapters)
    files, sources = studio.models.find("tiny").files, studio.sources(recipe)
    without, needs = memory.estimate(files, RECIPE, CPU), memory.estimate(files, recipe, CPU, sources.values())
    studio.run(recipe)
    assert studio.engine._loaded is not None
    counted, loaded = needs.resident - without.resident, studio.engine._loaded.adapters.size
    assert 0 < loaded <= counted <= 1.01 * loaded  # beside the matrices there is one more number in each layer
    for rung in (Offload.NONE, Offload.MODEL, Offload.GROUP, Offload.DISK):
        assert needed(needs, rung) == needed(without, rung) + counted, rung
    studio.run(RECIPE)
    assert studio.engine._loaded.adapters.size == 0
