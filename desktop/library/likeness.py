"""Likeness: which pictures are made like another one, judged by their recipes."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise

from .gallery_index import Item, plain

ALIKE = 0.5  # share of the pairs of letters that two similar prompts have in common


class Likeness(StrEnum):
    """What an item has in common with another one, the strongest first."""

    SAME = "same"  # it is that item
    PROMPT = "prompt"  # both prompts
    NOISE = "noise"  # seed, size and model: both started from the same noise
    WORDS = "words"  # most of the prompt


def alike(item: Item, items: Iterable[Item]) -> dict[Likeness, list[Item]]:
    """Those of `items` that are like `item`, each in the strongest likeness only and in their order. Empty groups are left out."""
    groups: dict[Likeness, list[Item]] = {likeness: [] for likeness in Likeness}
    ours = _pairs(item.prompt)
    similar: dict[str, bool] = {}  # by prompt: many items share one
    for other in items:
        if other.id == item.id:
            groups[Likeness.SAME].append(other)
        elif not other.has_recipe or not item.has_recipe:
            continue
        elif (other.prompt, other.negative) == (item.prompt, item.negative):
            groups[Likeness.PROMPT].append(other)
        elif (other.seed, other.width, other.height, other.model) == (item.seed, item.width, item.height, item.model):
            groups[Likeness.NOISE].append(other)
        else:
            if other.prompt not in similar:
                theirs = _pairs(other.prompt)
                similar[other.prompt] = len(ours & theirs) >= ALIKE * len(ours | theirs)
            if similar[other.prompt]:
                groups[Likeness.WORDS].append(other)
    return {likeness: found for likeness, found in groups.items() if found}


def _pairs(prompt: str) -> frozenset[str]:
    """The pairs of adjacent letters, which serve Chinese, that has no spaces, as well as English."""
    text = "".join(letter for letter in plain(prompt) if letter.isalnum())
    return frozenset(map("".join, pairwise(text)))
