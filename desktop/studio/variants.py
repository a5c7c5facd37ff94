"""Variants: the prompts that `{a|b}` in a prompt, or several lines, stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

_CHOICE = re.compile(r"\{([^{}|]*(?:\|[^{}|]*)+)\}")


def variants(prompt: str, most: int) -> list[str]:
    """Each combination of the choices in `prompt`, the last choice changing fastest; at most `most`, each once.

    Without choices, `prompt` itself. A choice within another is read alone.
    """
    parts = _CHOICE.split(prompt)  # text and choices by turns
    options = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    return list(dict.fromkeys("".join(chosen) for chosen in islice(product(*options), most)))


def variants_of_lines(text: str, most: int) -> list[str]:
    """The variants of each line of `text` that is not empty; at most `most`."""
    return list(dict.fromkeys(islice(_of_lines(text, most), most)))


def _of_lines(text: str, most: int) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip():
            yield from variants(line.strip(), most)
