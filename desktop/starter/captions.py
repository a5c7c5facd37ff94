"""What a scene is called in words, as people would type it: true of the picture, and seldom twice the same."""

import re
from functools import cache
from random import Random
from typing import Literal

from . import chinese, english
from .world import Scene

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

LONGEST = 8  # characters of a Chinese word
_RUN = re.compile(r"[^\W\d_]+|\d")  # letters up to a space or a mark, or one digit, as CLIP's tokenizer splits them
_FIELD = re.compile(r"\{\d?\}")  # what a pattern leaves open
_HAN = re.compile(r"[\u4e00-\u9fff]")


def describe(scene: Scene, language: Language, chance: Random) -> str:
    """A caption of this scene. `chance` decides its wording, nothing of its meaning."""
    return (english if language == "en" else chinese).caption(scene, chance)


@cache
def words(language: Language, tier: int) -> frozenset[str]:
    """Every word that a caption of things up to this tier can contain, in lower case."""
    if language == "zh":
        said = [word.lower() for word in chinese.words(tier)]
        return frozenset("1234").union(said, *(re.findall("[a-z]+|[^a-z]+", word) for word in said))  # t恤, and what is Chinese in it
    return frozenset(run for text in english.words(tier) for run in _RUN.findall(_FIELD.sub(" ", text).lower()))


def cut(text: str, known: frozenset[str]) -> list[list[str]]:
    """The runs of letters of a text, each in its words: a Chinese run is cut into few words, as many of them `known` as can be."""
    return [_cut(run, known) if _HAN.search(run) else [run] for run in _RUN.findall(text.lower())]


def _cut(run: str, known: frozenset[str]) -> list[str]:
    cost, begins = [0], [0]  # up to each place in the run: 1 a word, 1000 an unknown character; where the last word begins
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
