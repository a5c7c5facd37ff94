"""Recipes as text in pictures: our JSON, our A1111 text, and the texts of other programs."""

import json
from dataclasses import asdict, replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop import __version__
from desktop.diffusion.adapters import Adapter
from desktop.diffusion.fields import FIELDS, MOST_GUIDANCE, MOST_SEED, MOST_SIDE, MOST_STEPS
from desktop.diffusion.recipe import ModelReference, Prompt, Recipe
from desktop.diffusion.samplers import SAMPLERS
from desktop.library.foreign import Found, a1111
from desktop.library.foreign.findings import Findings
from desktop.library.metadata import Story, from_json, read, to_json

MOMENT = datetime(2026, 11, 22, 10, 45, 12).astimezone()
RECIPE = Recipe.of(
    prompt="a mouse, playing (guitar:1.2)",
    negative_prompt="blurry",
    sampler="DPM++ 2M Karras",
    steps=30,
    guidance_scale=7.5,
    width=512,
    height=768,
    seed=42,
)
FLAT = {field.key: RECIPE.value(field.key) for field in FIELDS if field.part}  # as schemas 1 and 2 store it

numbers = {
    "steps": st.integers(1, MOST_STEPS),
    "guidance_scale": st.floats(0, MOST_GUIDANCE),
    "seed": st.integers(0, MOST_SEED),
    "width": st.integers(64, MOST_SIDE),
    "height": st.integers(64, MOST_SIDE),
    "sampler": st.sampled_from([each.name for each in SAMPLERS]),
}
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
line = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), max_size=40).map(str.strip)
prompts = st.lists(line.filter(lambda text: not text.startswith("Negative prompt:")), max_size=3).map("\n".join).map(str.strip)


def test_the_text_is_what_a1111_writes():
    assert a1111.write(RECIPE) == (
        "a mouse, playing (guitar:1.2)\n"
        "Negative prompt: blurry\n"
        "Steps: 30, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, Seed: 42, Size: 512x768, Model: starter, RNG: CPU, "
        f"Version: Safelight {__version__}"
    )


@pytest.mark.slow
@given(st.builds(Recipe.of, prompt=prompts, negative_prompt=prompts, model=words.map(str.strip), **numbers))
def test_a_recipe_is_restored_from_its_a1111_text(recipe):
    assert a1111.read(a1111.write(recipe, {"Saved step": "3 of 50"})) == Found("", recipe, ())


@given(
    st.builds(Recipe.of, prompt=words, negative_prompt=words, model=words, **numbers), st.tuples(st.integers(), st.integers()) | st.none()
)
def test_a_recipe_is_restored_from_our_json(recipe, step):
    story = from_json(to_json(recipe, {"torch": "2.13", "threads": 2}, MOMENT, step, "abc"))
    assert story == Story(recipe, (), {"torch": "2.13", "threads": 2}, MOMENT, step, "abc")


TURNED = (
    RECIPE.turned(10, prompt="a \ud83c cat")
    .turned(20, sampler="k_dpmpp_2m", noise_seed=4)
    .turned(12, refine=9)
    .turned(15, guidance_scale=3)
)


def test_turns_are_restored_from_our_json():
    story = from_json(to_json(TURNED, {}, MOMENT, None, ""))
    assert story.lost == ()
    assert [turn.after for turn in story.recipe.turns] == [10, 20, 12, 15]
    assert [turn.changes for turn in story.recipe.turns] == [
        {"prompt": "a \ufffd cat"},
        {"sampler": "DPM++ 2M", "noise_seed": 4},
        {"refine": 9},
        {"guidance_scale": 3},
    ]


def test_the_a1111_text_has_the_last_settings_and_mentions_turns():
    found = a1111.read(a1111.write(TURNED))
    recipe, lost = found.recipe, found.lost
    assert (recipe.prompt.text, recipe.sampling.guidance_scale, recipe.sampling.seed, recipe.turns) == ("a \ufffd cat", 3, 42, ())
    assert lost == ("Turned after: 10; 20; 12; 15",)


@pytest.mark.parametrize(
    "turns",
    [
        None,
        3,
        "later",
        [3],
        [{"after": 3}],
        [{"after": 3, "changes": {}}],
        [{"after": 3, "changes": {"seed": 1}}],
        [{"after": "3", "changes": {"prompt": "x"}}],
        [{"after": 3, "changes": {"prompt": 1}}],
        [{"after": 0, "changes": {"refine": 1}}],
        [{"after": 3, "changes": {"refine": 1, "prompt": "x"}}],
        [{"after": 3, "changes": {"sampler": "Quantum"}}],
        [{"after": 3, "changes": {"guidance_scale": 99}}],
        [{"after": 9, "changes": {"prompt": "x"}}, {"after": 9, "changes": {"prompt": "y"}}],
        [{"after": 3, "changes": {"noise_seed": -1}}],
        [{"after": -1, "changes": {"prompt": "x"}}],
        [{"after": 3, "changes": {"refine": 1}}] * 101,
    ],
)
def test_with_one_impossible_turn_all_turns_are_lost(turns):
    story = from_json(json.dumps({"recipe": RECIPE.to_dict() | {"turns": turns}}))
    assert story.recipe == RECIPE
    assert len(story.lost) == 1
    assert story.lost[0].startswith("turns")


def test_schema_1_is_read():
    story = from_json(json.dumps({"recipe": {"schema": 1, **FLAT}}))
    assert (story.recipe, story.lost) == (RECIPE, ())


def test_schema_2_is_read():
    turns = [{"after": 3, "changes": {"prompt": "a cat"}}, {"after": 5, "changes": {"refine": 1}}]
    story = from_json(json.dumps({"recipe": {"schema": 2, **FLAT, "turns": turns}}))
    assert (story.recipe, story.lost) == (RECIPE.turned(3, prompt="a cat").turned(5, refine=1), ())


def test_the_fingerprint_of_the_model_is_kept():
    recipe = replace(RECIPE, model=ModelReference("dreams", "8f2c"))
    story = from_json(to_json(recipe, {}, MOMENT, None, ""))
    assert (story.recipe.model.name, story.recipe.model.fingerprint, story.lost) == ("dreams", "8f2c", ())


ADAPTED = RECIPE.with_values(
    adapters=(Adapter("ink: blue", 0.65, "a" * 64, "32fb5c9a5d2c"), Adapter("felt", -0.5), Adapter("水彩", 0.0, short_hash="0123456789ab"))
)


def test_adapters_are_restored_from_our_json_in_their_order():
    turned = ADAPTED.turned(3, adapters=(Adapter("felt", 1.0), Adapter("水彩 \ud83c", 2.0, "b" * 64)))
    story = from_json(to_json(turned, {}, MOMENT, None, ""))
    assert story.lost == ()
    assert [asdict(adapter) for adapter in story.recipe.adapters] == [asdict(adapter) for adapter in ADAPTED.adapters]
    assert story.recipe.final.adapters == (Adapter("felt", 1.0), Adapter("水彩 \ufffd", 2.0))
    assert story.recipe.at(3).adapters == ADAPTED.adapters


@pytest.mark.parametrize(
    "adapters",
    [
        "ink",
        [3],
        [{"name": "ink"}],
        [{"name": "", "weight": 1}],
        [{"name": "ink", "weight": "1"}],
        [{"name": "ink", "weight": 11}],
        [{"name": "ink", "weight": float("nan")}],
        [{"name": "ink", "weight": 1, "path": "/etc/passwd"}],
        [{"name": "ink", "weight": 1, "fingerprint": "../x"}],
        [{"name": "ink", "weight": 1, "short_hash": 7}],
        [{"name": "ink", "weight": 1}] * 33,
    ],
)
def test_with_one_impossible_adapter_all_are_lost(adapters):
    good = {"name": "ink", "weight": 1}
    story = from_json(json.dumps({"recipe": RECIPE.to_dict() | {"adapters": [good, *adapters] if type(adapters) is list else adapters}}))
    assert story.recipe == RECIPE
    assert [entry.partition(":")[0] for entry in story.lost] == ["adapters"]


def test_schema_3_has_no_adapters():
    data = RECIPE.to_dict() | {"schema": 3}
    del data["adapters"]
    assert from_json(json.dumps({"recipe": data})) == Story(RECIPE)


def test_adapters_are_in_the_a1111_text_as_a1111_writes_them():
    text = a1111.write(ADAPTED)
    prompt, *_, last = text.split("\n")
    assert prompt == RECIPE.prompt.text + " <lora:ink blue:0.65> <lora:felt:-0.5> <lora:水彩:0>"
    assert 'Lora hashes: "ink blue: 32fb5c9a5d2c, 水彩: 0123456789ab"' in last
    found = a1111.read(text)
    assert (found.recipe.prompt, found.lost) == (RECIPE.prompt, ())
    assert [(each.name, each.weight, each.short_hash) for each in found.recipe.adapters] == [
        ("ink blue", 0.65, "32fb5c9a5d2c"),
        ("felt", -0.5, ""),
        ("水彩", 0.0, "0123456789ab"),
    ]


def test_adapters_that_mean_something_else_in_a1111_are_listed():
    found = a1111.read("a <lora:one:0.5:0.9> b <hypernet:two:1> <lora:three:99> <lora:four> c\nSteps: 20, Seed: 1, Size: 64x64")
    assert found.recipe.adapters == (Adapter("four"),)
    assert {"LoRA: one 0.5 0.9", "LoRA: two 1", "LoRA: three 99.0"} <= set(found.lost)


def test_a_recipe_of_a_newer_schema_is_not_read():
    story = from_json(json.dumps({"recipe": RECIPE.to_dict() | {"schema": 6}}))
    assert (story.recipe, story.is_newer) == (None, True)


def test_unknown_and_damaged_values_are_lost_and_the_rest_is_read():
    data = RECIPE.to_dict()
    data |= {"sampling": data["sampling"] | {"eta": 0.5, "steps": "many"}, "size": 7, "model": {"name": "starter", "fingerprint": 7}}
    story = from_json(json.dumps({"recipe": data}))
    assert story.recipe == RECIPE.with_values(steps=50, width=256, height=256)
    assert set(story.lost) == {"sampling.eta: 0.5", "steps: many", "size: 7", "width", "height", "model.fingerprint: 7"}


A1111 = """\
masterpiece, <lora:dark room:0.8>, (a mouse:1.2)
playing guitar
Negative prompt: EasyNegative, (worst quality:2)
bad hands
Steps: 28, Sampler: {sampler}, CFG scale: 7, Seed: 1234567890, Size: 512x768, Model hash: 6ce0161689, \
Model: v1-5-pruned-emaonly, Denoising strength: 0.55, Clip skip: 2, Hires upscale: 1.5, \
Lora hashes: "dark room: 32fb5c9a5d2c, other: 1", Version: v1.9.4"""


@pytest.mark.parametrize(
    ("written", "name", "lost"),
    [
        ("DPM++ 2M, Schedule type: Karras", "DPM++ 2M Karras", ()),
        ("DPM++ 2M, Schedule type: Automatic", "DPM++ 2M Karras", ()),
        ("DPM++ 2M, Schedule type: Uniform", "DPM++ 2M", ()),
        ("DPM++ 2M Karras", "DPM++ 2M Karras", ()),
        ("DPM++ 2M", "DPM++ 2M", ()),
        ("DPM++ 2M SDE Karras", "DPM++ 2M SDE", ("Noise schedule: Karras",)),
        ("Euler a, Schedule type: Automatic", "Euler a", ()),
        ("Euler, Schedule type: Karras", "Euler", ("Noise schedule: Karras",)),
        ("PLMS", "PNDM", ()),
    ],
)
def test_a_text_of_a1111_is_read(written, name, lost):
    found = a1111.read(A1111.format(sampler=written))
    assert found.recipe == Recipe.of(
        prompt="masterpiece, , (a mouse:1.2)\nplaying guitar",
        negative_prompt="EasyNegative, (worst quality:2)\nbad hands",
        model="v1-5-pruned-emaonly",
        sampler=name,
        steps=28,
        guidance_scale=7.0,
        width=512,
        height=768,
        seed=1234567890,
        adapters=(Adapter("dark room", 0.8, short_hash="32fb5c9a5d2c"),),
    )
    assert found.recipe.adapters[0].short_hash == "32fb5c9a5d2c"
    assert (found.program, found.model_hash) == ("A1111", "6ce0161689")
    assert found.lost == (*lost, "Clip skip: 2", "Second pass (hires fix): strength: 0.55; upscale: 1.5")


def test_unknown_values_are_listed_and_the_rest_is_restored():
    found = a1111.read("a mouse\nSteps: 900, Sampler: Restart, CFG scale: many, Seed: 99999999999999, Size: 8x512, Model: m")
    assert found.recipe == Recipe.of(prompt="a mouse", height=512, model="m")
    assert set(found.lost) == {"steps: 900", "sampler: Restart", "guidance_scale: many", "seed: 99999999999999", "width: 8"}
    story = from_json(json.dumps({"recipe": FLAT | {"sampler": "Quantum", "steps": -1, "lora": "dark", "seed": 7}}))
    assert story.recipe == RECIPE.with_values(sampler=Recipe().sampling.sampler, steps=Recipe().sampling.steps, seed=7)
    assert set(story.lost) == {"sampler: Quantum", "steps: -1", "lora: dark"}


@pytest.mark.parametrize(
    "text",
    [
        "just words, nothing else",
        "Steps: 20, Sampler: Euler",
        "a: b\nc: d",
        "Negative prompt: only this",
        "Steps: , Sampler: , Seed: ",
        '"',
        "",
    ],
)
def test_an_incomplete_text_is_read(text):
    found = a1111.read(text)
    assert found.recipe.sampling.steps == Recipe().sampling.steps
    assert found.lost


def test_values_with_commas_are_quoted():
    recipe = Recipe.of(prompt="x", model='so "called", model: 1')
    assert 'Model: "so \\"called\\", model: 1"' in a1111.write(recipe)
    assert a1111.read(a1111.write(recipe)).recipe == recipe


def test_our_json_is_preferred_to_a1111s_text():
    ours = to_json(RECIPE, {}, MOMENT, None, "")
    assert read({"parameters": "another\nSteps: 1, Sampler: Euler, Seed: 1", "safelight": ours}).recipe == RECIPE
    damaged = read({"parameters": a1111.write(RECIPE), "safelight": ours[:-9]})
    assert (damaged.recipe, damaged.lost) == (RECIPE, ("safelight",))
    missing = read({"parameters": a1111.write(RECIPE)}, ("safelight",))
    assert (missing.recipe, missing.lost) == (RECIPE, ("safelight",))
    assert read({}, ("parameters",)) == Story(lost=("parameters",))


@pytest.mark.parametrize(
    "texts", [{}, {"parameters": " \n"}, {"parameters": '{"another": {"prompt": "program"}}'}, {"prompt": "{}", "workflow": "{}"}]
)
def test_unknown_metadata_gives_no_recipe(texts):
    assert read(texts).recipe is None


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=5,
)
pieces = st.sampled_from(["Steps: ", "20", ", ", "\n", "Size: 9x9", '"', "\\", ":", "Negative prompt:", "x"])


@pytest.mark.slow
@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from(["recipe", "step", "created", "environment", "pixels_sha256"]), values),
    st.dictionaries(st.sampled_from([*FLAT, *Recipe().to_dict()]), st.just(3) | values),
)
def test_any_json_gives_a_valid_recipe(data, recipe):
    story = from_json(json.dumps(data | {"recipe": recipe}))
    if story.is_newer:
        return
    story.recipe.check(multiple=1)
    assert isinstance(story.environment, dict)
    assert "\0" not in story.recipe.prompt.text
    story.recipe.prompt.text.encode()


@given(st.text(max_size=300) | st.lists(pieces).map("".join))
def test_any_text_is_read(text):
    a1111.read(text).recipe.check(multiple=1)


def test_surrogates_and_zero_bytes_are_removed():
    recipe = Recipe.of(prompt="half \ud83c and \0 zero \ud83c\udfb8")
    assert a1111.write(recipe).startswith("half \ufffd and  zero 🎸")
    assert from_json(to_json(recipe, {}, MOMENT, None, "")).recipe.prompt.text == "half \ufffd and  zero 🎸"


def test_the_hash_of_the_model_is_written_as_a1111_does_and_understood() -> None:
    recipe = Recipe().made_with("0123456789abcdef" * 4)
    text = a1111.write(recipe)
    assert "Model hash: 0123456789, Model: starter" in text
    found = a1111.read(text)
    assert (found.recipe.model.name, found.model_hash) == ("starter", "0123456789")
    assert "Model hash" not in a1111.write(Recipe())


def test_embeddings_are_written_as_a1111_does_and_read_again():
    recipe = Recipe.of(prompt="a fox, EasyToy", embeddings=(Adapter("EasyToy", 1.0, "ab" * 32, "ab" * 6),))
    text = a1111.write(recipe)
    assert 'TI hashes: "EasyToy: abababababab"' in text
    assert a1111.read(text).recipe.embeddings == (Adapter("EasyToy", 1.0, short_hash="ab" * 6),)
    theirs = 'a fox, bad-hands\nNegative prompt: easy\nSteps: 20, Sampler: Euler, TI hashes: "easy: c74b4e810b03, bad-hands: 0123456789"'
    assert [(each.name, each.short_hash) for each in a1111.read(theirs).recipe.embeddings] == [
        ("easy", "c74b4e810b03"),
        ("bad-hands", "0123456789"),
    ]


def test_embeddings_that_other_programs_mark_in_a_prompt_get_their_plain_names():
    findings = Findings("ComfyUI")
    findings.prompts(r"a fox, embedding:faces\bad.pt, (embedding:easy:1.2)", "<embed:toy>, embedding:easy")
    found = findings.found()
    assert found.recipe.prompt == Prompt("a fox, bad, (easy:1.2)", "toy, easy")
    assert [each.name for each in found.recipe.embeddings] == ["bad", "easy", "toy"]
