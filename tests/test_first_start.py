"""The first start: examples that develop, the vocabulary, and help."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.library import examples
from desktop.library.models import ModelLibrary
from desktop.library.vocabulary import Vocabulary
from desktop.resources import STARTER
from desktop.starter.vocabulary import vocabulary
from installer import record_examples


@pytest.fixture(scope="module")
def known() -> Vocabulary:
    found = Vocabulary.of(STARTER)
    assert found is not None
    return found


def test_the_examples_were_made_with_the_bundled_model(tmp_path: Path):
    models = ModelLibrary(STARTER, [], tmp_path / "fingerprints.json")
    index = json.loads((examples.FOLDER / "examples.json").read_text(encoding="utf-8"))
    assert index["fingerprint"] == models.verified(models.starter), "run installer/record_examples.py"


def test_there_are_six_examples_in_each_language_within_their_size():
    found = examples.read_examples()
    assert {language: [each.name for each in shown] for language, shown in found.items()} == {
        language: list(record_examples.EXAMPLES) for language in ("en", "zh")
    }
    for language, shown in found.items():
        for each in shown:
            prompts, seed = record_examples.EXAMPLES[each.name]
            assert (each.recipe.prompt.text, each.recipe.sampling.seed) == (prompts[language], seed), "run installer/record_examples.py"
            assert len(each.steps) == each.recipe.sampling.steps + 1 == 51
            signal = [step.alpha_cumprod for step in each.steps]
            assert signal == sorted(signal)
            assert signal[0] < 0.01 < 0.99 < signal[-1]
            frames = [step.thumbnail for step in each.steps]
            assert {(frame.width, frame.height, len(frame.data)) for frame in frames} == {(96, 96, 96 * 96 * 3)}
            assert (each.picture.width, each.picture.height) == (256, 256)
    assert sum(path.stat().st_size for path in examples.FOLDER.iterdir()) <= 1.5e6


def test_examples_that_cannot_be_read_are_not_offered(tmp_path: Path):
    assert examples.read_examples(tmp_path) == {"en": (), "zh": ()}
    (tmp_path / "examples.json").write_text('{"examples": [{"name": "mouse", "recipes": {}}]}', encoding="utf-8")
    assert examples.read_examples(tmp_path) == {"en": (), "zh": ()}


def test_the_bundled_vocabulary_is_the_one_that_the_starter_writes():
    written = json.loads((STARTER / "vocabulary.json").read_text(encoding="utf-8"))
    assert written == vocabulary(2)


def test_everything_in_the_vocabulary_browser_is_known(known: Vocabulary):
    for entries in known.groups.values():
        for entry in entries:
            assert [known.unknown(entry.texts[language][0]) for language in ("en", "zh")] == [(), ()]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unknown", "suggested"),
    [
        ("garden", ("meadow",)),
        ("Gardens", ("meadow",)),
        ("eagle", ("bird", "owl")),
        ("penguim", ("penguin", "penguins")),
        ("花园", ("草地", "花丛")),
        ("漂流瓶花园", ("漂流瓶草地", "漂流瓶花丛")),
        ("xyzzy", ()),
        ("赛博", ()),
        ("🦊", ()),
    ],
)
def test_near_words_are_suggested_for_unknown_ones(known: Vocabulary, unknown: str, suggested: tuple[str, ...]):
    assert [span.text for span in known.unknown(unknown)] == [unknown]
    assert known.suggestions(unknown) == suggested


def test_an_unknown_chinese_word_stays_whole(known: Vocabulary):
    assert [span.text for span in known.unknown("花园里的老鼠，花丛")] == ["花园"]


def test_every_suggestion_is_known(known: Vocabulary):
    written = json.loads((STARTER / "vocabulary.json").read_text(encoding="utf-8"))["near"]
    for language in ("en", "zh"):
        for word, texts in written[language].items():
            assert known.unknown(word), word
            assert [known.unknown(text) for text in texts.split("|")] == [()] * len(texts.split("|"))
