"""Unknown words of a prompt are found, in both languages, and no others."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.library.models import ModelLibrary
from desktop.library.vocabulary import Vocabulary, each_once

from .kits import model_folder, write_json

LEARNED = {
    "schema": 1,
    "en": ["a", "the", "is", "playing", "guitar", "mouse", "mice", "fox", "cat", "cats", "castle", "t", "shirt", "3", "d", "it"],
    "zh": ["的", "一", "只", "一只", "三只", "猫", "猫咪", "熊", "熊猫", "雪地", "在", "里", "沙滩", "美丽", "极乐"],
    "things": [{"en": "mouse", "zh": "老鼠", "plural": "mice", "measure": "只"}],
    "grounds": [{"en": "in the snow", "zh": "在雪地里"}],
    "prompts": {"en": ["a mouse is playing guitar", "a fox", "the castle"], "zh": ["极乐美丽的沙滩", "三只熊猫在雪地里"]},
}


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    folder = tmp_path_factory.mktemp("model")
    write_json(folder / "vocabulary.json", LEARNED)
    found = Vocabulary.of(folder)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("prompt", "unknown"),
    [
        ("", []),
        ("A mouse is PLAYING Guitar.", []),
        ("cyberpunk mice, a neon-lit castle!", ["cyberpunk", "neon", "lit"]),
        ("guitars and foxes", ["guitars", "and", "foxes"]),  # the vocabulary has other plurals
        ("the fox's castle, it's the cats' t-shirt", []),
        ("don’t", ["don’t"]),
        ("3 cats, 12 mice, 3D, 4K", ["12", "4K"]),
        ("café cafe\u0301", ["café", "cafe\u0301"]),
        ("极乐美丽的沙滩", []),
        ("一只赛博朋克熊猫，在雪地里。", ["赛博朋克"]),
        ("熊猫咪", []),  # 熊 and 猫咪, not 熊猫 and something unknown
        ("cat猫castle", []),
        ("a fox 🦊🦊 ❤️ 👩\u200d🚀 👍🏽", ["🦊🦊", "❤️", "👩\u200d🚀", "👍🏽"]),
        ("лиса, ثعلب 여우 キツネ", ["лиса", "ثعلب", "여우", "キツネ"]),
        ("नमस्ते fox สวัสดี", ["नमस्ते", "สวัสดี"]),
        ("猫の😀猫", ["の", "😀"]),
        ("ｆｏｘ ①", ["ｆｏｘ", "①"]),
        ("“fox” — ‘cat’ … （猫）、。！？～＋ ·「」 _ #@&*+=<>|~^`$%/\\", []),
    ],
)
def test_what_was_never_learned_is_named(vocabulary: Vocabulary, prompt: str, unknown: list[str]) -> None:
    assert [span.text for span in vocabulary.unknown(prompt)] == unknown


@pytest.mark.parametrize(
    ("prompt", "unknown"),
    [
        ("(cyberpunk:1.3) fox", [(1, 10)]),
        ("[a (neon) fox]", [(4, 8)]),
        (r"\(neon\) ((fox))", [(2, 6)]),
        ("🦊 (赛博:1.2)朋克", [(0, 1), (3, 5), (10, 12)]),  # a word ends where its weight does
    ],
)
def test_weights_are_no_words_and_places_are_those_of_the_typed_text(vocabulary: Vocabulary, prompt: str, unknown: list) -> None:
    assert [(span.start, span.end) for span in vocabulary.unknown(prompt)] == unknown


@given(st.text(st.sampled_from("(mouse[:1.2])\\ 猫赛🦊е́'’\n\ud800") | st.characters(exclude_categories=()), max_size=40))
def test_word_positions_are_ordered_for_any_prompt(vocabulary: Vocabulary, prompt: str) -> None:
    end = 0
    for span in vocabulary.unknown(prompt):
        assert end <= span.start < span.end
        assert prompt[span.start : span.end] == span.text
        assert span.text.strip()
        end = span.end


def test_words_are_listed_once_and_shortened(vocabulary: Vocabulary) -> None:
    assert each_once(vocabulary.unknown("Neon fox, neon 赛博 NEON 赛博 " + "x" * 50)) == ["Neon", "赛博", "x" * 40 + "…"]


# -- surprises


def test_a_surprise_is_of_the_wanted_language_and_never_what_is_there(vocabulary: Vocabulary) -> None:
    chance, seen = random.Random(7), [""]
    for _ in range(40):
        seen.append(vocabulary.surprise("zh", {seen[-1]}, chance))
        assert seen[-1] != seen[-2]
    assert set(seen[1:]) == set(LEARNED["prompts"]["zh"])
    assert vocabulary.unknown(" ".join(seen)) == ()


# -- the file


def test_a_model_brings_its_vocabulary_and_the_languages_of_it(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "small world")
    library = ModelLibrary(tmp_path / "none", [], tmp_path / "fingerprints.json")
    assert (library.open(folder).vocabulary, library.open(folder).languages) == (None, ("en",))
    write_json(folder / "vocabulary.json", LEARNED)
    model = library.open(folder)
    assert model.vocabulary is not None
    assert model.vocabulary.prompts["en"][0] == "a mouse is playing guitar"
    assert model.languages == ("en", "zh")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[" * 10_000,
        b"{}",
        b'{"schema": true, "en": [], "zh": [], "prompts": {"en": [], "zh": []}}',
        b'{"schema": 2, "words": {}}',
        b'{"schema": 1, "en": "mouse", "zh": [], "prompts": {"en": [], "zh": []}}',
        b'{"schema": 1, "en": [7], "zh": [], "prompts": {"en": [], "zh": []}}',
        b'{"schema": 1, "en": [""], "zh": [], "prompts": {"en": [], "zh": []}}',
        b'{"schema": 1, "en": [], "zh": [], "prompts": {"en": ["a\\nb"], "zh": []}}',
        b'{"schema": 1, "en": [], "zh": [], "prompts": {"en": [], "zh": []}, "groups": {"animal": [{"en": 7, "zh": "a"}]}}',
        b'{"schema": 1, "en": [], "zh": [], "prompts": {"en": [], "zh": []}, "groups": ["animal"]}',
        b'{"schema": 1, "en": [], "zh": [], "prompts": {"en": [], "zh": []}, "near": {"en": {"garden": ""}}}',
        b'{"schema": 1, "en": [], "zh": [], "prompts": {"en": [], "zh": []}, "near": {"en": ["garden"]}}',
        b'{"schema": 1, "en": ["' + b"x" * 1000 + b'"], "zh": [], "prompts": {"en": [], "zh": []}}',
    ],
    ids=lambda content: content[:30].decode(errors="replace"),
)
def test_a_file_that_cannot_be_used_is_as_if_it_were_not_there(tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes) -> None:
    folder = model_folder(tmp_path / "model")
    (folder / "vocabulary.json").write_bytes(content)
    library = ModelLibrary(tmp_path / "none", [], tmp_path / "fingerprints.json")
    model = library.open(folder)
    assert model.vocabulary is None
    assert "The vocabulary of model is not used" in caplog.text
    assert library.verified(model)  # and it can be used


def test_the_fingerprint_of_a_model_is_that_of_what_draws(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "model")
    library = ModelLibrary(tmp_path / "none", [], tmp_path / "fingerprints.json")
    without = library.verified(library.open(folder))
    document: dict[str, Any] = LEARNED | {"zh": []}
    write_json(folder / "vocabulary.json", document)
    assert library.verified(library.open(folder)) == without
