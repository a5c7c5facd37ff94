"""Embeddings (textual inversion): what a name stands for is what the stock pipeline reads, and without it every run is exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler
from safetensors.torch import save_file

from desktop.diffusion import embeddings
from desktop.diffusion.adapters import Source
from desktop.diffusion.branching import legs
from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.embeddings import Names
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import Event, Pixels, Previews, Step
from desktop.library.adapters import AdapterLibrary
from desktop.library.models import Model, ModelLibrary
from desktop.resources import STARTER
from tests import tiny

CPU = Device("cpu", "", torch.float32)
RECIPE = Recipe.of(
    prompt="a mouse is playing guitar", negative_prompt="snow", sampler="DDIM", steps=3, guidance_scale=4, width=64, height=64, seed=7
)
WITH = "a mouse, EasyToy is playing guitar"  # a prompt with an embedding of three vectors


def vectors(count: int, width: int = tiny.WIDTH, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, width, generator=torch.Generator().manual_seed(seed))


def write(path: Path, tensors: Mapping[str, torch.Tensor], **metadata: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(dict(tensors), path, metadata or None)
    return path


@dataclass(frozen=True)
class Studio:
    """A model folder with embeddings, and an engine that keeps the model from test to test."""

    models: ModelLibrary
    library: AdapterLibrary
    engine: Engine
    files: Mapping[str, Path]

    @property
    def model(self) -> Model:
        return self.models.find("tiny")

    def recipe(self, **changes: str) -> Recipe:
        """`RECIPE` with these texts, and the embeddings that they name."""
        recipe = RECIPE.with_values(**changes)
        by_name = {each.listed.name: each.adapter for each in self.library.embeddings_for(self.model) if each.adapter}
        named = Names({name: 1 for name in by_name}).found((recipe.prompt.text, recipe.prompt.negative))
        return recipe.with_values(embeddings=tuple(by_name[name] for name in named))

    def sources(self, recipe: Recipe) -> dict[str, Source]:
        every = [each for leg in legs(recipe) for each in leg.recipe.embeddings]
        return {embeddings.key(each): self.library.embedding_source(each, self.model) for each in every}

    def run(self, recipe: Recipe, history: Sequence[Step] = (), engine: Engine | None = None) -> list[Event]:
        events: list[Event] = []
        request = Request(recipe, tuple(history), Previews.OFF, environment={"threads": 1})
        (engine or self.engine).generate(request, self.model.files, "print", Control(), events.append, self.sources(recipe))
        return events

    def pixels(self, recipe: Recipe, engine: Engine | None = None) -> Pixels:
        return self.run(recipe, engine=engine)[-1].pixels


def studio_of(folder: Path, make: Callable[[], Any], files: Mapping[str, Mapping[str, torch.Tensor]]) -> Studio:
    make().save_pretrained(folder / "tiny")
    written = {name: write(folder / f"{name}.safetensors", tensors) for name, tensors in files.items()}
    library = AdapterLibrary(list(written.values()), [], folder / "adapters.json")
    library.read()
    return Studio(ModelLibrary(STARTER, [folder / "tiny"], folder / "fingerprints.json"), library, Engine(CPU), written)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    files = {"EasyToy": {"emb_params": vectors(3)}, "one": {"<one-toy>": vectors(1, seed=1)[0]}, "wide": {"emb_params": vectors(2, 768)}}
    return studio_of(tmp_path_factory.mktemp("embeddings"), tiny.pipeline, files)


@pytest.fixture(scope="module")
def studio_xl(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    files = {"EasyToy": {"clip_g": vectors(3, seed=2), "clip_l": vectors(3)}, "half": {"emb_params": vectors(2)}}
    return studio_of(tmp_path_factory.mktemp("embeddings_xl"), tiny.pipeline_xl, files)


def stock(studio: Studio, make: Callable[[], Any]) -> Any:
    """The stock pipeline with the embedding, as diffusers loads it: of a token with capitals it would read the first vector only."""
    pipeline = make()
    if hasattr(pipeline, "text_encoder_2"):
        for key, number in (("clip_l", ""), ("clip_g", "_2")):
            tensor = embedding_tensor(studio.files["EasyToy"], key)
            parts = {"tokenizer": getattr(pipeline, f"tokenizer{number}"), "text_encoder": getattr(pipeline, f"text_encoder{number}")}
            pipeline.load_textual_inversion(tensor, token="easytoy", **parts)
    else:
        pipeline.load_textual_inversion(str(studio.files["EasyToy"].parent), weight_name="EasyToy.safetensors", token="easytoy")
    return pipeline


def embedding_tensor(path: Path, key: str) -> torch.Tensor:
    from safetensors.torch import load_file

    return load_file(path)[key]


# -- exact


@pytest.mark.parametrize(("kind", "make"), [("studio", tiny.pipeline), ("studio_xl", tiny.pipeline_xl)], ids=["SD", "SDXL"])
def test_a_name_is_what_the_stock_pipeline_reads(kind: str, make: Callable[[], Any], request: pytest.FixtureRequest) -> None:
    studio: Studio = request.getfixturevalue(kind)
    recipe = studio.recipe(prompt=WITH, negative_prompt="snow, easytoy")
    assert [each.name for each in recipe.embeddings] == ["EasyToy"]
    pipeline = stock(studio, make)
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config)
    torch.set_num_threads(1)
    made = pipeline(
        WITH.lower(),
        negative_prompt="snow, easytoy",
        num_inference_steps=3,
        guidance_scale=4,
        width=64,
        height=64,
        generator=torch.Generator().manual_seed(7),
    ).images[0]
    base = studio.pixels(RECIPE.with_values(prompt=WITH))
    events = studio.run(recipe)
    assert events[-1].pixels == Pixels(made.width, made.height, made.tobytes())
    assert events[-1].pixels != base
    assert studio.pixels(RECIPE.with_values(prompt=WITH)) == base
    steps = [event for event in events if isinstance(event, Step)]
    for cut in (1, 3):
        assert studio.run(recipe, steps[: cut + 1])[-1] == events[-1]
