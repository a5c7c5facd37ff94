"""The first start: examples that develop, the vocabulary, and help."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.library import examples
from desktop.library.models import ModelLibrary
from desktop.resources import STARTER
from installer import record_examples


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
            frames = [step.thumbnail for step in each.steps]
            assert {(frame.width, frame.height, len(frame.data)) for frame in frames} == {(96, 96, 96 * 96 * 3)}
            assert (each.picture.width, each.picture.height) == (256, 256)
    assert sum(path.stat().st_size for path in examples.FOLDER.iterdir()) <= 1.5e6


def test_examples_that_cannot_be_read_are_not_offered(tmp_path: Path):
    assert examples.read_examples(tmp_path) == {"en": (), "zh": ()}
    (tmp_path / "examples.json").write_text('{"examples": [{"name": "mouse", "recipes": {}}]}', encoding="utf-8")
    assert examples.read_examples(tmp_path) == {"en": (), "zh": ()}
