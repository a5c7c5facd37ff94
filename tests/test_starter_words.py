"""Names of things, captions in both languages, the tokenizer and the vocabulary."""

import random
from pathlib import Path

import pytest
from transformers import CLIPTokenizer

from desktop.starter import english
from desktop.starter.captions import LANGUAGES, cut, describe, words
from desktop.starter.tokenizer import train
from desktop.starter.vocabulary import PROMPTS, vocabulary
from desktop.starter.world import Scene, World, all_things, things

TIERS = tuple(sorted({thing.tier for thing in all_things().values()}))


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    chance = random.Random(1)
    return [World(tier).imagine(chance) for tier in TIERS for _ in range(3000)]


def test_no_two_things_share_a_name_or_a_synonym():
    for names in (
        [(thing.en, *thing.en_others) for thing in all_things().values()],
        [(thing.zh, *thing.zh_others) for thing in all_things().values()],
    ):
        said = [name.lower() for group in names for name in group]
        assert sorted(name for name in set(said) if said.count(name) > 1) == []


def test_every_thing_except_unique_ones_has_a_plural():
    assert {thing.en for thing in all_things().values() if not thing.plural} == {
        "Earth",
        "Mount Fuji",
        "Tokyo Tower",
        "Statue of Liberty",
        "Kaaba",
        "Santa Claus",
        "Mrs. Claus",
    }
    assert [thing.en for thing in all_things().values() if not thing.measure] == []


def test_the_world_has_many_things_of_all_kinds():
    assert len(things(3)) >= 700
    assert {thing.kind for thing in things(3)} == {
        "animal",
        "person",
        "plant",
        "food",
        "vehicle",
        "building",
        "music",
        "sport",
        "clothing",
        "tool",
        "nature",
        "thing",
    }


def test_seventy_two_favourites_come_first():
    assert len(things(1)) == 72


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_vocabulary_holds_every_word_of_every_caption(language, scenes):
    chance = random.Random(2)
    known = words(language, TIERS[-1])
    said = {word for scene in scenes for run in cut(describe(scene, language, chance), known) for word in run}
    written = vocabulary(TIERS[-1])[language]
    assert said - set(written) == set()
    assert all(word and word == word.strip().lower() for word in written)


@pytest.mark.parametrize("language", LANGUAGES)
def test_captions_of_the_favourites_need_only_their_own_words(language):
    chance, world, known = random.Random(3), World(1), words(language, 1)
    for _ in range(2000):
        text = describe(world.imagine(chance), language, chance)
        assert all(word in known for run in cut(text, known) for word in run), text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ["a mouse is playing guitar", "mouse playing a guitar", "a mouse and a guitar"]),
        ("zh", ["老鼠在弹吉他", "老鼠弹吉他", "弹吉他的老鼠"]),
    ],
)
def test_captions_vary_in_wording(language, wanted):
    by_name = {thing.en: thing.key for thing in things(1)}
    scene = Scene.read(
        {"ground": "blue", "arrangement": "with", "things": [by_name["mouse"], by_name["guitar"]], "count": 1, "size": None, "seed": 0}
    )
    said = {describe(scene, language, random.Random(seed)) for seed in range(20_000)}
    assert {text for text in wanted if text not in said} == set()


@pytest.mark.parametrize(
    ("language", "json", "wanted"),
    [
        (
            "en",
            {"ground": "night_sky", "arrangement": "above", "things": ["1F680", "1F3F0"], "count": 1},
            "a rocket above a castle at night",
        ),
        ("en", {"ground": "beach", "arrangement": "alone_ground", "things": [], "count": 0}, "a blissful beautiful beach"),
        ("zh", {"ground": "beach", "arrangement": "alone_ground", "things": [], "count": 0}, "极乐美丽的沙滩"),
        ("zh", {"ground": "snow", "arrangement": "several", "things": ["1F43C"], "count": 3}, "三只熊猫在雪地里"),
        ("zh", {"ground": "night_sky", "arrangement": "one", "things": ["1F98A"], "count": 1}, "夜空下的狐狸"),
        ("zh", {"ground": "blue", "arrangement": "one", "things": ["1F34E"], "count": 1}, "一个红苹果，蓝色背景"),
    ],
)
def test_captions_include_the_suggested_prompts(language, json, wanted):
    scene = Scene.read(json | {"size": None, "seed": 0})
    assert any(describe(scene, language, random.Random(seed)) == wanted for seed in range(40_000))


def test_articles_and_plurals():
    assert [english.article(noun) for noun in ("owl", "unicorn", "hourglass", "umbrella", "mouse", "UFO", "X-ray", "igloo")] == [
        "an owl",
        "a unicorn",
        "an hourglass",
        "an umbrella",
        "a mouse",
        "a UFO",
        "an X-ray",
        "an igloo",
    ]
    assert [english.plural(noun) for noun in ("bunny", "monkey", "slice of pizza", "snowman", "torch", "box")] == [
        "bunnies",
        "monkeys",
        "slices of pizza",
        "snowmen",
        "torches",
        "boxes",
    ]
    plural = {thing.en: thing.plural for thing in all_things().values()}
    assert [plural[name] for name in ("mouse", "fish", "butterfly", "grapes", "cactus")] == [
        "mice",
        "fish",
        "butterflies",
        "bunches of grapes",
        "cacti",
    ]


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_suggested_prompts_are_many_and_use_known_words(language, tier):
    written = vocabulary(tier)
    known = frozenset(written[language])
    assert len(written["prompts"][language]) == len(set(written["prompts"][language])) >= 200
    assert [prompt for prompt in PROMPTS[language] if prompt in written["prompts"][language]][:40] == list(PROMPTS[language][:40])
    assert [prompt for prompt in written["prompts"][language] if not all(word in known for run in cut(prompt, known) for word in run)] == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    chance, world = random.Random(4), World(1)
    folder = tmp_path_factory.mktemp("tokenizer")
    train((describe(world.imagine(chance), language, chance) for _ in range(8000) for language in LANGUAGES), folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer(folder) -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(folder)


@pytest.mark.slow
def test_the_files_for_older_libraries_give_the_same_tokens(folder, tokenizer):
    older = CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    for text in (*PROMPTS["en"], *PROMPTS["zh"], "naïve 🦊 лиса キツネ", "x" * 300):
        assert tokenizer(text).input_ids == older(text).input_ids


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_most_words_are_one_token_and_captions_fit(language, tokenizer):
    chance, world, known = random.Random(5), World(1), words(language, 1)
    captions = [describe(world.imagine(chance), language, chance) for _ in range(3000)]
    lengths = sorted(len(ids) for ids in tokenizer(captions).input_ids)
    assert lengths[int(0.999 * len(lengths))] <= 32
    said = {word for caption in captions for run in cut(caption, known) for word in run}
    whole = [word for word in said if len(tokenizer.tokenize(word + ("𠀀" if language == "zh" else ""))) in (1, 5)]
    assert len(whole) >= 0.95 * len(said)  # the rare character of four bytes keeps a Chinese word from being the last of its run


def test_chinese_is_tokenized_word_by_word(tokenizer):
    def read(text: str) -> list[str]:
        spans = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True).offset_mapping
        return [text[start:end] for start, end in spans]

    assert read("老鼠在弹吉他") == ["老鼠", "在", "弹", "吉他"]
    assert read("三只熊猫在雪地里") == ["三", "只", "熊猫", "在", "雪地", "里"]
    assert read("一个红苹果，蓝色背景") == ["一", "个", "红苹果", "，", "蓝色", "背景"]


def test_any_text_is_tokenized_and_long_text_is_truncated(tokenizer):
    assert tokenizer.model_max_length == 32
    for text in ("", "🦊🦊", "лиса", "キツネ", "\u0000\ufffd", "ꙮ"):
        ids = tokenizer(text).input_ids
        assert (ids[0], ids[-1]) == (tokenizer.bos_token_id, tokenizer.eos_token_id)
        assert tokenizer.unk_token_id not in ids[1:-1]
    assert tokenizer.decode(tokenizer("fox 🦊", add_special_tokens=False).input_ids) == "fox 🦊"
    long = tokenizer("word " * 500, truncation=True).input_ids
    assert (len(long), long[-1]) == (32, tokenizer.eos_token_id)
