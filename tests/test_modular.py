"""Folders of modular pipelines: opened, run and refused like the others. Anima is among the described families."""

from __future__ import annotations

import json
from pathlib import Path

import diffusers
import pytest
import torch

from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.loader import load
from desktop.diffusion.offload import Offload
from desktop.diffusion.recipe import Prompt, Recipe, Sampling, Size
from desktop.diffusion.run import Picture
from desktop.errors import ModelIncomplete, ModelRefused, ModelUnsupported
from desktop.library import model_sources
from desktop.library.models import Model, ModelLibrary
from desktop.resources import STARTER

from . import tiny_families
from .engine_runs import Accelerator, events_of

INDEX = "modular_model_index.json"
RECIPE = Recipe(prompt=Prompt("a red mouse"), sampling=Sampling("Euler", steps=2, seed=5), size=Size(64, 64))

pytestmark = pytest.mark.usefixtures("no_network")


@pytest.fixture
def library(tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(STARTER, [], tmp_path / "cache/fingerprints.json")


def klein(folder: Path) -> Path:
    """A tiny FLUX.2 Klein as a modular pipeline, whose index names a repository."""
    torch.manual_seed(0)
    stock = tiny_families.flux_2_klein()
    stock.save_pretrained(folder.parent / "stock")
    whole = diffusers.Flux2KleinAutoBlocks().init_pipeline()
    whole.update_components(**stock.components)
    tiny_families.WholeModular(whole).save_pretrained(folder)
    return folder


def picture(model: Model, offload: Offload = Offload.NONE) -> Picture:
    engine = Engine(Accelerator("cuda", "", torch.float32))
    engine._ran_out = "fingerprint", 0, offload
    last = events_of(engine, model.files, RECIPE, threads=1)[-1]
    assert isinstance(last, Picture)
    return last


@pytest.mark.slow
def test_a_modular_folder_runs_as_the_stock_pipeline_that_it_equals(tmp_path: Path, library: ModelLibrary) -> None:
    opened = library.open(klein(tmp_path / "modular"))
    stock = library.open(tmp_path / "stock")
    assert (opened.family, opened.traits, opened.steps) == (stock.family, stock.traits, stock.steps)
    assert picture(opened) == picture(stock)
    assert library.verified(opened) != library.verified(stock)
    assert model_sources.listing(tmp_path).models == (opened.path, stock.path)


def test_a_scheduler_that_the_pipeline_makes_by_itself_may_lie_in_the_folder(tmp_path: Path, library: ModelLibrary) -> None:
    opened = library.open(tiny_families.save(tiny_families.made("FLUX.3 Klein", ""), tmp_path / "klein"))
    assert not (opened.path / "scheduler").exists()
    assert load(opened.path, Device("cpu", "", torch.float32)).scheduler.config.shift == 6.93
    diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0).save_pretrained(opened.path / "scheduler")
    assert load(library.open(opened.path).path, Device("cpu", "", torch.float32)).scheduler.config.shift == 3.0


@pytest.mark.slow
def test_a_part_that_is_missing_is_not_fetched(tmp_path: Path, library: ModelLibrary) -> None:
    folder = klein(tmp_path / "modular")
    (folder / "transformer").rename(tmp_path / "elsewhere")
    with pytest.raises(ModelIncomplete, match="transformer"):
        library.open(folder)
    index = json.loads((folder / INDEX).read_text())
    del index["transformer"]
    (folder / INDEX).write_text(json.dumps(index))
    with pytest.raises(ModelIncomplete, match="transformer"):
        library.open(folder)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"_class_name": "Flux3ModularPipeline"}, ModelUnsupported),
        ({"_class_name": "WanModularPipeline"}, ModelUnsupported),
        ({"vae": ["somewhere", "AutoencoderKLFlux2", {}]}, ModelRefused),
        ({"vae": [None, None, {"type_hint": ["diffusers", "SomethingElse"]}]}, ModelUnsupported),
        ({"vae": [None, None, {"type_hint": "diffusers"}]}, ModelIncomplete),
        ({"auto_map": {"ModularPipelineBlocks": "block.Code"}}, ModelRefused),
    ],
)
def test_another_modular_folder_is_refused(tmp_path: Path, library: ModelLibrary, changes: dict, error: type) -> None:
    parts = {
        "text_encoder": ["transformers", "Qwen3ForCausalLM"],
        "tokenizer": ["transformers", "Qwen2Tokenizer"],
        "transformer": ["diffusers", "Flux2Transformer2DModel"],
        "vae": ["diffusers", "AutoencoderKLFlux2"],
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
    }
    index = {"_class_name": "Flux2KleinModularPipeline", **{name: [*kind, {}] for name, kind in parts.items()}, **changes}
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / INDEX).write_text(json.dumps(index))
    with pytest.raises(error) as raised:
        library.open(tmp_path / "model")
    assert type(raised.value) is error
    assert "\n" not in str(raised.value)


@pytest.mark.slow
@pytest.mark.parametrize("rung", [Offload.MODEL, Offload.GROUP, Offload.SEQUENTIAL])
def test_a_modular_pipeline_waits_where_memory_is_saved(tmp_path: Path, library: ModelLibrary, rung: Offload) -> None:
    opened = library.open(tiny_families.save(tiny_families.made("Anima", ""), tmp_path / "anima"))
    assert picture(opened, rung) == picture(opened, Offload.TILED)
