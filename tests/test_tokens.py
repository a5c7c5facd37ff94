"""The token meter counts like the tokenizer of transformers."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.diffusion import weights
from desktop.diffusion.families.stable_diffusion import CLIP_BPE
from desktop.errors import ModelFileDamaged
from desktop.library.models import Model, ModelLibrary
from desktop.library.tokens import TokenMeter
from desktop.resources import STARTER

from .kits import change_json, model_folder

PROMPTS = [
    "",
    " ",
    "a",
    "a mouse is playing guitar",
    "极乐美丽的沙滩",
    "三只熊猫在雪地里",
    "a rocket above a castle at night",
    "A ROCKET, ABOVE; a castle!!!",
    "don't you'll it's we've I'm he'd they're",
    "x" * 300,
    "fox " * 100,
    "狐狸" * 60,
    "🐼🎸🏖️👩\u200d👩\u200d👧🇨🇳" * 10,
    "cafe\u0301 café Å ﬁ ß İ ſ",
    "1234567890 3.14 ½ ²",
    "line\none\ttwo\u00a0three\u3000four",
    "a\u200bb",
    "<|startoftext|> a <|endoftext|> b",
    "한국어 テスト العربية עברית ไทย",
    "…—–“”‘’",
    "a  b   c",
    "\x00\x01 a",
    "snow_flake-like a/b\\c ^_^ :-)",
    "the,a.an of",
    "(a mouse:1.2) is (playing",
    "[guitar]",
    r"a \(real\) mouse",
]
PIECES = [
    *"abc xyz  \t\n’s,.!?0123éÉüßİﬁ한國語テスト极乐美丽的沙滩🎸🐭👩🇨🇳Å",
    "\u0301",
    "\u200d",
    " the ",
    "'s",
    "n't",
    "<|endoftext|>",
    "mouse",
    "(",
    ")",
    "[",
    "]",
    ":1.2)",
    "\\(",
    "guitar ",
]


def random_prompts(count: int) -> list[str]:
    dice = random.Random(3)
    return ["".join(dice.choice(PIECES) for _ in range(dice.randrange(90))) for _ in range(count)]


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return ModelLibrary(STARTER, [], tmp_path_factory.mktemp("cache") / "f.json").starter


@pytest.fixture(scope="module", params=["tokenizer.json of the starter", "tokenizer.json", "vocab and merges", "padded with !"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, starter: Model) -> tuple[TokenMeter, object]:
    """A meter, and transformers' tokenizer read from the same folder."""
    from transformers import CLIPTokenizer

    from .tiny import tokenizer

    folder = tmp_path_factory.mktemp("model")
    if request.param == "tokenizer.json of the starter":
        return TokenMeter.of(starter), CLIPTokenizer.from_pretrained(STARTER / "tokenizer")
    tokens = tokenizer()
    if request.param == "padded with !":  # as Stable Diffusion 2 has it: "!" is a special token then
        tokens.add_special_tokens({"pad_token": "!"})
    tokens.save_pretrained(folder / "tokenizer")
    if request.param == "vocab and merges":
        tokens.backend_tokenizer.model.save(str(folder / "tokenizer"))
        (folder / "tokenizer/tokenizer.json").unlink()
    model = replace(starter, name="tiny", path=folder, token_limits=(77,))
    return TokenMeter.of(model), CLIPTokenizer.from_pretrained(folder / "tokenizer")


def ids(tokenizer, prompt: str) -> list[int]:
    """What compel hands to the encoder: fragment after fragment, without marks; one fragment is a stock call."""
    fragments = [fragment.text for fragment in weights.parse(prompt)]
    return [token for text in fragments for token in tokenizer(text, verbose=False, add_special_tokens=False)["input_ids"]]


@pytest.mark.slow
def test_counts_are_those_of_transformers(pair) -> None:
    meter, tokenizer = pair
    for prompt in PROMPTS + random_prompts(400):
        assert meter.count(prompt).count == len(ids(tokenizer, prompt)) + CLIP_BPE.marks, prompt


def test_a_plain_prompt_counts_as_a_stock_call_does(pair) -> None:
    meter, tokenizer = pair
    for prompt in PROMPTS[:20]:
        assert meter.count(prompt).count == len(tokenizer(prompt, verbose=False)["input_ids"]), prompt


def test_nothing_before_the_cut_is_lost_and_nothing_after_it_is_read(pair) -> None:
    meter, tokenizer = pair
    for prompt in PROMPTS + random_prompts(200):
        tokens = meter.count(prompt)
        assert (tokens.cut is not None) == (tokens.count > tokens.limit)
        if tokens.cut is not None and weights.plain(prompt) == prompt:
            stock = tokenizer(prompt, truncation=True, max_length=tokens.limit, return_offsets_mapping=True, verbose=False)
            full = tokenizer(prompt, return_offsets_mapping=True, verbose=False)
            assert stock["input_ids"][:-1] == full["input_ids"][: tokens.limit - 1]
            assert tokens.cut == full["offset_mapping"][tokens.limit - 1][0]


@pytest.mark.parametrize(
    ("prompt", "unread"),
    [
        ("fox " * 29 + "fox cat dog", "cat dog"),
        ("fox " * 29 + "(fox cat:1.2) dog", "cat:1.2) dog"),
        ("(fox:1.3) " * 30 + "cat", "cat"),
        ("fox " * 28 + r"\(fox cat\) dog", None),
    ],
)
def test_the_cut_is_an_index_in_the_prompt_as_typed(starter: Model, prompt: str, unread: str | None) -> None:
    meter = TokenMeter.of(starter)
    tokens = meter.count(prompt)
    one = meter.count("fox").count - CLIP_BPE.marks
    assert one == 1
    assert tokens.limit == 32
    if unread is not None:
        assert prompt[tokens.cut :] == unread
    else:
        assert prompt[tokens.cut :].startswith("cat")
    assert tokens.excess == tokens.count - 32


def test_weights_are_not_counted(starter: Model) -> None:
    meter = TokenMeter.of(starter)
    assert meter.count("a (red:1.3) [fox] ((at)) night").count == meter.count("a red fox at night").count


def test_a_weight_in_the_middle_of_a_word_makes_two_words(pair) -> None:
    meter, tokenizer = pair
    assert meter.count("gui(tar:1.2)").count == len(ids(tokenizer, "gui")) + len(ids(tokenizer, "tar")) + CLIP_BPE.marks


def test_half_a_character_from_an_input_method_counts(starter: Model) -> None:
    tokens = TokenMeter.of(starter).count("fox \ud83e fox" + " \ud83e" * 40)
    assert tokens.count > tokens.limit


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("tokenizer/vocab.json", '{"a</w>": "zero"}'),
        ("tokenizer/vocab.json", "[]"),
        ("tokenizer/vocab.json", '{"a</w>": -1}'),
        ("tokenizer/merges.txt", "one two\n"),
        ("tokenizer/merges.txt", "one\n"),
        ("tokenizer/tokenizer.json", "{}"),
        ("tokenizer/tokenizer.json", '{"model": []}'),
        ("tokenizer/tokenizer.json", '{"model": {"vocab": {"a": 0}, "merges": [["b", "c"]]}}'),
        ("tokenizer/tokenizer.json", '{"model": {"vocab": {"a": 0}, "merges": []}, "added_tokens": [{"id": 1}]}'),
        ("tokenizer/tokenizer_config.json", '{"pad_token": 7}'),
        ("tokenizer/tokenizer_config.json", '{"added_tokens_decoder": [1]}'),
    ],
)
def test_a_tokenizer_that_makes_no_sense_is_damage(tmp_path: Path, starter: Model, file: str, content: str) -> None:
    folder = model_folder(tmp_path / "model")
    (folder / file).write_text(content)
    with pytest.raises(ModelFileDamaged, match="tokenizer/"):
        TokenMeter.of(replace(starter, path=folder))


def test_the_limit_is_the_models(tmp_path: Path, starter: Model) -> None:
    folder = shutil.copytree(STARTER, tmp_path / "other")
    change_json(folder / "text_encoder/config.json", max_position_embeddings=20)
    library = ModelLibrary(STARTER, [folder], tmp_path / "f.json")
    assert TokenMeter.of(library.find("other")).count("fox").limit == 20
