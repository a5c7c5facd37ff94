"""What a scene is called in words, as people would type it: true of the picture, and seldom twice the same."""

import re
from functools import cache
from random import Random
from typing import Literal

from . import chinese, english
from .world import Scene

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

LONGEST = 8     # characters of a Chinese word
_RUN = re.compile(r"[^\W\d_]+|\d")     # letters up to a space or a mark, or one digit, as CLIP's tokenizer splits them
_FIELD = re.compile(r"\{\d?\}")          # what a pattern leaves open
_HAN = re.compile(r"[\u4e00-\u9fff]")


def describe(scene: Scene, language: Language, chance: Random) -> str:
    """A caption of this scene. `chance` decides its wording, nothing of its meaning."""
    return (english if language == "en" else chinese).caption(scene, chance)


@cache
def words(language: Language, tier: int) -> frozenset[str]:
    """Every word that a caption of things up to this tier can contain, in lower case."""
    if language == "zh":
        return frozenset(word.lower() for word in chinese.words(tier)) | frozenset("1234")
    return frozenset(run for text in english.words(tier) for run in _RUN.findall(_FIELD.sub(" ", text).lower()))


def cut(text: str, known: frozenset[str]) -> list[list[str]]:
    """The runs of letters of a text, each in its words: a Chinese run is cut into few words, as many of them `known` as can be."""
    return [_cut(run, known) if _HAN.search(run) else [run] for run in _RUN.findall(text.lower())]


def _cut(run: str, known: frozenset[str]) -> list[str]:
    best: list[tuple[int, int, list[str]]] = [(0, 0, [])]     # up to each place in the run: unknown characters, words, the words
    for end in range(1, len(run) + 1):
        unknown, count, words = best[end - 1]
        options = [(unknown + (run[end - 1] not in known), count + 1, [*words, run[end - 1]])]
        for start in range(max(0, end - LONGEST), end - 1):
            if (word := run[start:end]) in known:
                unknown, count, words = best[start]
                options.append((unknown, count + 1, [*words, word]))
        best.append(min(options))
    return best[-1][2]
