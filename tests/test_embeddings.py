"""Embeddings (textual inversion): what a name stands for is what the stock pipeline reads, and without it every run is exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler
from safetensors.torch import load_file, save_file

from desktop.diffusion import embeddings
from desktop.diffusion.adapters import Adapter, Source
from desktop.diffusion.branching import legs
from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.embeddings import Names
from desktop.diffusion.engine import Engine
from desktop.diffusion.families import FLUX
from desktop.diffusion.families.calls import calls_of
from desktop.diffusion.loaded_embeddings import LoadedEmbeddings
from desktop.diffusion.offload import Offload
from desktop.diffusion.prompts import PromptEncoder
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import Event, Pixels, Previews, Step
from desktop.diffusion.weights import parse
from desktop.errors import EmbeddingDamaged, EmbeddingMadeFor, EmbeddingUnfit, EmbeddingUnknown, EmbeddingUntaken, SafelightError
from desktop.library import embedding_file
from desktop.library.adapters import AdapterLibrary
from desktop.library.models import Model, ModelLibrary
from desktop.library.tokens import TokenMeter
from desktop.resources import STARTER
from tests import tiny
from tests.engine_runs import Accelerator

SD, XL = partial(tiny.pipeline, is_shallow=True), partial(tiny.pipeline_xl, is_shallow=True)
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
    return studio_of(tmp_path_factory.mktemp("embeddings"), SD, files)


@pytest.fixture(scope="module")
def studio_xl(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    files = {"EasyToy": {"clip_g": vectors(3, seed=2), "clip_l": vectors(3)}, "half": {"emb_params": vectors(2)}}
    return studio_of(tmp_path_factory.mktemp("embeddings_xl"), XL, files)


def stock(studio: Studio, make: Callable[[], Any]) -> Any:
    """The stock pipeline with the embedding, as diffusers loads it: of a token with capitals it would read the first vector only."""
    pipeline = make()
    if hasattr(pipeline, "text_encoder_2"):
        for key, number in (("clip_l", ""), ("clip_g", "_2")):
            tensor = load_file(studio.files["EasyToy"])[key]
            parts = {"tokenizer": getattr(pipeline, f"tokenizer{number}"), "text_encoder": getattr(pipeline, f"text_encoder{number}")}
            pipeline.load_textual_inversion(tensor, token="easytoy", **parts)
    else:
        pipeline.load_textual_inversion(str(studio.files["EasyToy"].parent), weight_name="EasyToy.safetensors", token="easytoy")
    return pipeline


# -- exact


@pytest.mark.parametrize(("kind", "make"), [("studio", SD), ("studio_xl", XL)], ids=["SD", "SDXL"])
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


def test_taking_them_off_gives_tokenizers_and_tables_back(studio_xl: Studio) -> None:
    """Also after others, and in an old config, which would take a vector for the end of the text."""
    pipeline = XL()
    pipeline.text_encoder_2.eos_token_id = 2
    calls = calls_of(pipeline)
    before = [*calls.tokenizers, *(encoder.get_input_embeddings() for encoder in calls.text_encoders)]
    tables = [table.weight.clone() for table in before[2:]]
    length, recipe = len(calls.tokenizers[0]), studio_xl.recipe(prompt=WITH)
    loaded, prompts = LoadedEmbeddings(calls), PromptEncoder(calls)
    loaded.sources = studio_xl.sources(recipe)
    plain = prompts.encode("a mouse").arguments["pooled_prompt_embeds"]
    for _ in range(2):
        loaded.use(recipe.embeddings)
        prompts.names, prompts.adapters = loaded.names, loaded.in_use
        pooled = prompts.encode(WITH).arguments["pooled_prompt_embeds"]
        right = stock(studio_xl, XL).encode_prompt(WITH.lower(), do_classifier_free_guidance=False)[2]
        assert torch.equal(pooled, right)
        loaded.use(())
        prompts.names, prompts.adapters = loaded.names, loaded.in_use
    now = [*calls.tokenizers, *(encoder.get_input_embeddings() for encoder in calls.text_encoders)]
    assert all(each is other for each, other in zip(now, before, strict=True))
    assert all(torch.equal(table.weight, kept) for table, kept in zip(now[2:], tables, strict=True))
    assert (len(calls.tokenizers[0]), pipeline.text_encoder_2.eos_token_id) == (length, 2)
    assert torch.equal(prompts.encode("a mouse").arguments["pooled_prompt_embeds"], plain)
    with pytest.raises(EmbeddingUnknown):
        loaded.use([Adapter("gone", 1.0, "0" * 64)])


def test_the_file_that_cannot_be_read_is_named(studio: Studio, tmp_path: Path) -> None:
    """It may have changed after it was checked. The tokenizers and tables are given back then, too."""
    calls = calls_of(SD())
    table, recipe = calls.text_encoders[0].get_input_embeddings(), studio.recipe(prompt="EasyToy and one")
    loaded, damaged = LoadedEmbeddings(calls), tmp_path / "one.safetensors"
    damaged.write_bytes(bytes(64))
    sources = studio.sources(recipe)
    loaded.sources = {key: replace(source, path=damaged) if source.vectors == 1 else source for key, source in sources.items()}
    with pytest.raises(EmbeddingDamaged, match=r"one\.safetensors"):
        loaded.use(recipe.embeddings)
    assert (calls.text_encoders[0].get_input_embeddings(), bool(loaded.names)) == (table, False)


def test_weights_of_words_reach_every_vector(studio: Studio) -> None:
    """As compel reads them in the stock pipeline that has the embedding."""
    from compel import Compel, DiffusersTextualInversionManager

    pipeline = stock(studio, SD)
    compel = Compel(pipeline.tokenizer, pipeline.text_encoder, DiffusersTextualInversionManager(pipeline))
    expected = compel("a mouse, (easytoy)1.3 is (playing)0.8 guitar")
    calls = calls_of(SD())
    loaded, prompts, recipe = LoadedEmbeddings(calls), PromptEncoder(calls), studio.recipe(prompt=WITH)
    loaded.sources = studio.sources(recipe)
    loaded.use(recipe.embeddings)
    prompts.names = loaded.names
    encoded = prompts.encode("a mouse, (EasyToy:1.3) is (playing:0.8) guitar")
    assert torch.allclose(encoded.arguments["prompt_embeds"], expected, rtol=0, atol=1e-5)
    tokens, words = prompts.tokens("a mouse, (EasyToy:1.3) is")
    assert [(word.text, word.tokens) for word in words[2:]] == [(",", (3,)), ("EasyToy", (4, 5, 6)), ("is", (7,))]
    assert {token.text for token in tokens[3:6]} == {"EasyToy"}
    long = prompts.encode(", ".join(["snow"] * 37 + ["EasyToy, guitar"]))
    assert long.truncated == "EasyToy, guitar"


def on(rung: Offload) -> Engine:
    engine = Engine(Accelerator("cuda", "", torch.float32))
    engine._ran_out = "print", 0, rung
    return engine


@pytest.fixture(scope="module")
def resident(studio: Studio) -> list[Pixels]:
    """With the embedding, and without."""
    engine = on(Offload.TILED)
    return [studio.pixels(recipe, engine) for recipe in (studio.recipe(prompt=WITH), RECIPE)]


@pytest.mark.slow
@pytest.mark.parametrize("rung", [Offload.MODEL, Offload.GROUP, Offload.DISK, Offload.SEQUENTIAL])
def test_every_rung_reads_them_and_takes_them_off(
    rung: Offload, studio: Studio, resident: list[Pixels], monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr("desktop.diffusion.placement.DISK", tmp_path)
    engine, recipe = on(rung), studio.recipe(prompt=WITH)
    events = studio.run(recipe, engine=engine)
    for made, expected in zip((events[-1].pixels, studio.pixels(RECIPE, engine)), resident, strict=True):
        near = pytest.approx(np.frombuffer(expected.data, np.uint8), abs=3 if rung is Offload.DISK else 0)
        assert np.frombuffer(made.data, np.uint8) == near
    assert studio.run(recipe, [event for event in events if isinstance(event, Step)][:3], engine)[-1] == events[-1]


def test_a_branch_may_name_one(studio: Studio) -> None:
    named = studio.recipe(prompt=WITH)
    turned = RECIPE.turned(1, prompt=WITH, embeddings=named.embeddings)
    events = studio.run(turned)
    assert events[-1] not in (studio.run(RECIPE)[-1], studio.run(named)[-1])
    steps = [event for event in events if isinstance(event, Step)]
    assert [step.snapshot for step in steps[:2]] == [event.snapshot for event in studio.run(RECIPE) if isinstance(event, Step)][:2]
    assert studio.run(turned, steps[:3])[-1] == events[-1]
    assert Recipe.from_dict(turned.to_dict()) == (turned, {})
    assert "embeddings" not in RECIPE.to_dict()


def test_one_that_does_not_fit_is_refused_by_name(studio: Studio, studio_xl: Studio) -> None:
    problems = {each.listed.name: each.problem for each in studio.library.embeddings_for(studio.model)}
    assert {name: type(problem) for name, problem in problems.items() if problem} == {"wide": EmbeddingMadeFor}
    [half] = [each for each in studio_xl.library.embeddings_for(studio_xl.model) if each.problem]
    assert (half.listed.name, type(half.problem)) == ("half", EmbeddingUnfit)
    others = studio.library.embeddings_for(replace(studio.model, family=FLUX))
    assert {type(each.problem) for each in others} == {EmbeddingUntaken}
    with pytest.raises(EmbeddingMadeFor):
        studio.library.embedding_source(Adapter("wide"), studio.model)
    with pytest.raises(EmbeddingUnknown):
        studio.library.embedding_source(Adapter("EasyToy", 1.0, "0" * 64), studio.model)


# -- names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a toy", ["toy"]),
        ("TOY, <toy> and embedding:toy.", ["toy"]),
        ("toys, toy-car, my_toy, 2toy", []),
        ("(toy:1.2), cat (2), <cat>", ["toy", "cat (2)"]),
        ("猫，toy，雪", ["toy"]),
        ("", []),
    ],
)
def test_a_name_is_a_whole_word(text: str, found: list[str]) -> None:
    assert Names({"toy": 2, "Toy": 9, "cat (2)": 1}).found([text]) == found


def test_texts_are_expanded_and_told_back() -> None:
    names = Names({"toy": 2, "a": 1})
    expanded = names.expanded("embedding:Toy \ue000 is a")
    assert expanded == "\ue000\ue001 \ufffd is \ue002"
    assert names.contracted(expanded) == "toy \ufffd is a"
    assert [(piece.start, len(piece.vectors)) for piece in names.pieces("b toy c")] == [(0, 0), (2, 2), (5, 0)]


@pytest.mark.parametrize("prompt", ["a mouse, EasyToy", "(EasyToy:1.2) snow", "snow, " * 37 + "EasyToy, snow", "easytoys", "EasyToy " * 30])
def test_the_meter_counts_their_vectors(prompt: str, studio: Studio) -> None:
    meter = TokenMeter.of(studio.model)
    assert meter is not None
    meter.names = names = Names({"EasyToy": 3})
    tokenizer = tiny.tokenizer()
    tokenizer.add_tokens(list(names.tokens("EasyToy")))
    counted = meter.count(prompt)
    pieces = [tokenizer(names.expanded(each.text), add_special_tokens=False).input_ids for each in parse(prompt)]
    assert counted.count == sum(map(len, pieces)) + 2
    assert (counted.cut is None) == (counted.count <= tiny.TOKENS)
    if counted.cut is not None:
        assert meter.count(prompt[: counted.cut]).count <= tiny.TOKENS


# -- files

GOOD: dict[str, tuple[dict[str, tuple[int, ...]], tuple[int, tuple[int, ...], str, str]]] = {
    "A1111": ({"emb_params": (8, 768)}, (8, (768,), "Stable Diffusion 1", "")),
    "A1111 as tensors": ({"string_to_param.*": (2, 1024), "step": (1,)}, (2, (1024,), "Stable Diffusion 2", "")),
    "kohya XL": ({"clip_g": (4, 1280), "clip_l": (4, 768)}, (4, (768, 1280), "Stable Diffusion XL", "")),
    "FLUX.1": ({"t5xxl": (4, 4096), "clip_l": (4, 768)}, (4, (768, 4096), "FLUX.1", "")),
    "SD 3": ({"clip_g": (2, 1280), "clip_l": (2, 768), "t5xxl": (2, 4096)}, (2, (768, 1280, 4096), "Stable Diffusion 3", "")),
    "diffusers": ({"<cat-toy>": (768,)}, (1, (768,), "Stable Diffusion 1", "cat-toy")),
    "diffusers, several": ({"<cat-toy>": (5, 32)}, (5, (32,), "", "cat-toy")),
    "kohya XL, refiner": ({"clip_g": (3, 1280)}, (3, (1280,), "", "")),
}
BAD = {
    "too many": {"emb_params": (76, 768)},
    "unequal": {"clip_l": (2, 768), "clip_g": (3, 1280)},
    "none": {"emb_params": (0, 768)},
    "two": {"<a>": (768,), "<b>": (768,)},
    "no vectors": {"emb_params": (1, 2, 768)},
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_file_is_known_by_its_header(name: str, tmp_path: Path) -> None:
    shapes, (count, widths, family, token) = GOOD[name]
    file = embedding_file.read(write(tmp_path / "x.safetensors", {key: torch.zeros(shape) for key, shape in shapes.items()}))
    assert (file.vectors, file.widths, file.family, file.token) == (count, widths, family, token)


@pytest.mark.parametrize("name", [*BAD, "pickle", "damaged", "missing"])
def test_a_bad_file_is_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    path = tmp_path / ("x.pt" if name == "pickle" else "x.safetensors")
    if name in BAD:
        write(path, {key: torch.zeros(shape) for key, shape in BAD[name].items()})
    elif name != "missing":
        path.write_bytes(b"\x80\x02.")
    with pytest.raises(SafelightError) as error:
        embedding_file.read(path)
    assert str(error.value).count(". ") == 1
    assert path.name in str(error.value)


def test_those_of_other_programs_are_found_where_these_keep_them(tmp_path: Path) -> None:
    """A file that can carry code is listed with the reason, unless there is a safe one of its name."""
    (tmp_path / "models/Stable-diffusion").mkdir(parents=True)
    for name in ("neg/easy", "both"):
        write(tmp_path / f"embeddings/{name}.safetensors", {"emb_params": torch.zeros(2, 768)})
    write(tmp_path / "embeddings/learned_embeds-steps-500.safetensors", {"<cat-toy>": torch.zeros(768)})
    for name in ("both", "old"):
        (tmp_path / f"embeddings/{name}.pt").write_bytes(b"pickle")
    library = AdapterLibrary([], [tmp_path], tmp_path / "cache.json")
    library.read()
    assert library.adapters == ()
    told = {each.name: str(each.problem or "") for each in library.embeddings}
    assert told.keys() == {"both", "cat-toy", "old", "easy"}
    assert [name for name, problem in told.items() if problem] == ["old"]
    assert "can carry code" in told["old"]
