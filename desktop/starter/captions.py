"""Captions of scenes as people would type them: correct for the picture, with varied wording."""

import re
from functools import cache
from random import Random
from typing import Literal

from . import chinese, english
from .world import Scene

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

LONGEST = 8  # characters of a Chinese word
_RUN = re.compile(r"[^\W\d_]+|\d")  # a run of letters or one digit, as CLIP's tokenizer splits text
_FIELD = re.compile(r"\{\d?\}")  # a placeholder of a pattern
_HAN = re.compile(r"[\u4e00-\u9fff]")


def describe(scene: Scene, language: Language, chance: Random) -> str:
    """Return a caption of the scene. `chance` selects the wording, not the meaning."""
    return (english if language == "en" else chinese).caption(scene, chance)


@cache
def words(language: Language, tier: int) -> frozenset[str]:
    """All words that captions of things up to this tier can contain, in lower case."""
    if language == "zh":
        said = [word.lower() for word in chinese.words(tier)]
        return frozenset("1234").union(said, *(re.findall("[a-z]+|[^a-z]+", word) for word in said))  # t恤, and its Chinese part
    return frozenset(run for text in english.words(tier) for run in _RUN.findall(_FIELD.sub(" ", text).lower()))


def cut(text: str, known: frozenset[str]) -> list[list[str]]:
    """Split a text into runs of letters, and each run into words.

    A Chinese run is split into as few words as possible, with as few unknown characters as possible.
    """
    return [_cut(run, known) if _HAN.search(run) else [run] for run in _RUN.findall(text.lower())]


def _cut(run: str, known: frozenset[str]) -> list[str]:
    cost, begins = [0], [0]  # up to each position of the run: 1 for a word, 1001 for an unknown character; start of the last word
    for end in range(1, len(run) + 1):
        least, begin = cost[end - 1] + (1 if run[end - 1] in known else 1001), end - 1
        for start in range(max(0, end - LONGEST), end - 1):
            if cost[start] < least - 1 and run[start:end] in known:
                least, begin = cost[start] + 1, start
        cost.append(least)
        begins.append(begin)
    words, end = [], len(run)
    while end:
        words.append(run[begins[end] : end])
        end = begins[end]
    return words[::-1]
