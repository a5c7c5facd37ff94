"""File names for pictures: any prompt becomes a name that is valid on every system."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from ..diffusion.recipe import Recipe
from ..diffusion.weights import plain

TEMPLATE = "{time}-{seed}-{words}"  # in a folder per day
PLACES = ("date", "time", "seed", "words", "model", "sampler", "steps", "width", "height", "number")
MOST_BYTES = 200  # of UTF-8 for a whole name; file systems end at 255, some network folders sooner
MOST_WORDS, MOST_WORD_LETTERS = 8, 60  # of the prompt

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)  # device names on Windows
_ZWNJ, _ZWJ = "\u200c", "\u200d"  # invisible, but needed in Persian words and joined emoji


def picture_name(template: str, recipe: Recipe, created: datetime, number: int) -> str:
    """`template` with its {places} filled, as a safe file name without suffix. Unknown places are kept as text."""
    values = {
        "date": f"{created:%Y-%m-%d}",
        "time": f"{created:%H%M%S}",
        "seed": recipe.sampling.seed,
        "words": first_words(recipe.prompt.text),
        "model": recipe.model.name,
        "sampler": recipe.sampling.sampler,
        "steps": recipe.sampling.steps,
        "width": recipe.size.width,
        "height": recipe.size.height,
        "number": f"{number:04d}",
    }
    return safe_name(re.sub(r"\{(\w+)\}", lambda place: str(values.get(place[1], place[0])), template))


def of_step(stem: str, step: tuple[int, int] | None) -> str:
    """The name of a saved step, as (number, last number), of the picture that is named `stem`; that of the picture itself for None."""
    return f"{stem}-step-{step[0]}" if step else stem


def first_words(prompt: str) -> str:
    """The beginning of the prompt, without weights."""
    words = " ".join(_FORBIDDEN.sub(" ", plain(prompt[:1000])).split()[:MOST_WORDS])
    if len(words) <= MOST_WORD_LETTERS:
        return words
    whole, _, _ = words[: MOST_WORD_LETTERS + 1].rpartition(" ")
    return whole or words[:MOST_WORD_LETTERS]  # Chinese has no spaces


def safe_name(text: str, most: int = MOST_BYTES) -> str:
    """`text` as a file name of at most `most` bytes, in its own script, without path separators."""
    text = unicodedata.normalize("NFC", _FORBIDDEN.sub(" ", text[: 4 * MOST_BYTES]))
    text = "".join(letter for letter in " ".join(text.split()) if _visible(letter))
    text = _shorten(text.strip(" .-" + _ZWNJ + _ZWJ), most).rstrip(" .-")
    if _RESERVED.match(text):
        text = _shorten(f"_{text}", most).rstrip(" .-")
    return text or "picture"


def _visible(letter: str) -> bool:
    return letter in (_ZWNJ, _ZWJ) or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")  # control characters, bidi marks, surrogates


def _shorten(text: str, most: int) -> str:
    """`text` cut to at most `most` bytes of UTF-8, but not between a letter and its accent or inside a joined emoji."""
    fitting = len(text.encode()[:most].decode(errors="ignore"))
    cut = fitting
    while 0 < cut < len(text) and (_belongs_to_previous(text[cut]) or text[cut - 1] == _ZWJ):
        cut -= 1
    return text[: cut or fitting]


def _belongs_to_previous(letter: str) -> bool:
    return letter in (_ZWNJ, _ZWJ) or unicodedata.category(letter) in ("Mn", "Mc", "Me") or "\U0001f3fb" <= letter <= "\U0001f3ff"
