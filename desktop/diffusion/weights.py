r"""Weights in a prompt, in AUTOMATIC1111's grammar: `(x)` ×1.1, `[x]` ÷1.1, `(x:1.3)` ×1.3; nested marks multiply.

`\(`, `\)`, `\[`, `\]` and `\\` mean the character itself. Brackets without a partner are plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

EMPHASIS = 1.1
MOST_WEIGHT = 2.0  # limit for the keys; far higher weights turn the encoder's output into noise
_OPENING = {")": "(", "]": "["}
_NUMBER = re.compile(r":\s*(\d+\.?\d*|\.\d+)\s*\Z")
_WORD = re.compile(r"\w+(?:[’'-]\w+)*")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of the prompt with one weight; `start:end` is its place in the prompt as typed."""

    text: str  # without marks and escapes
    weight: float
    start: int
    end: int


def parse(prompt: str) -> tuple[Fragment, ...]:
    """Split the prompt where the weight changes; adjacent fragments differ in weight."""
    fragments = []
    for weight, group in groupby(_characters(prompt), key=lambda character: character.weight):
        characters = list(group)
        text = "".join(character.text for character in characters)
        fragments.append(Fragment(text, weight, characters[0].start, characters[-1].end))
    return tuple(fragments)


def unweighted(prompt: str) -> tuple[Fragment, ...]:
    """The whole prompt as it is typed, for a model that reads marks as plain text."""
    return (Fragment(prompt, 1.0, 0, len(prompt)),) if prompt else ()


def escaped(text: str) -> str:
    """`text` as it is typed in a prompt, so that none of its characters is a mark."""
    return re.sub(r"[\\()\[\]]", r"\\\g<0>", text)


def plain(prompt: str) -> str:
    """The prompt as the text encoder reads it, without marks."""
    return "".join(character.text for character in _characters(prompt))


def blanked(prompt: str) -> str:
    """The prompt with a space for every mark and escape; all other characters keep their index."""
    if not any(mark in prompt for mark in "([\\"):
        return prompt
    letters = [" "] * len(prompt)
    for character in _characters(prompt):
        letters[character.end - 1] = character.text
    return "".join(letters)


def typed_index(prompt: str, index: int) -> int:
    """Convert an index into `plain(prompt)` to an index into the prompt as typed."""
    characters = _characters(prompt)
    return characters[index].start if index < len(characters) else len(prompt)


def adjust(prompt: str, start: int, end: int, step: float) -> tuple[str, int, int]:
    """Add `step` (±0.1) to the weight of the selected words, or of the word at the cursor; returns the new selection.

    Marks are written as `(words:1.1)` and removed at 1.0. A selection that cannot have a weight is returned unchanged.
    """
    first, last = _words(prompt, start, end)
    words = prompt[first:last]
    if plain(f"({words}:1)") != plain(words) or not words:  # empty, or only one bracket of a pair
        return prompt, start, end
    before, weight, after = _marks_around(prompt, first, last)
    weight = round(min(max(weight + step, 0.0), MOST_WEIGHT), 2)
    opening, closing = ("", "") if weight == 1 else ("(", f":{weight:g})")
    adjusted = prompt[:before] + opening + words + closing + prompt[after:]
    if plain(adjusted) != plain(prompt):  # a backslash precedes it
        return prompt, start, end
    first = before + len(opening)
    return adjusted, first, first + len(words)


def _words(prompt: str, start: int, end: int) -> tuple[int, int]:
    """The selection without surrounding spaces; if empty, the word at the cursor."""
    if start == end:
        return next((match.span() for match in _WORD.finditer(prompt) if match.start() <= start <= match.end()), (start, start))
    selected = prompt[start:end]
    return start + len(selected) - len(selected.lstrip()), start + len(selected.rstrip())


def _marks_around(prompt: str, start: int, end: int) -> tuple[int, float, int]:
    """Start and end of the round brackets directly around `start:end`, and their weight; 1.0 without brackets."""
    closing = re.match(r"(?::\s*(\d+\.?\d*|\.\d+)\s*)?\)", prompt[end:])
    if closing is None or not prompt[:start].endswith("("):
        return start, 1.0, end
    if plain(prompt[start - 1 : end + closing.end()]) != plain(prompt[start:end]):
        return start, 1.0, end
    return start - 1, float(closing[1] or EMPHASIS), end + closing.end()


@dataclass(slots=True)
class _Character:
    text: str
    start: int
    end: int
    weight: float = 1.0


@dataclass(slots=True)
class _Bracket:
    mark: str
    index: int  # of its own character in the list of characters


def _characters(prompt: str) -> list[_Character]:
    characters: list[_Character] = []
    brackets: list[_Bracket] = []
    scopes: list[tuple[int, int, float]] = []  # characters first:last, factor
    marks: set[int] = set()  # indices of characters that are marks, not text
    position = 0
    while position < len(prompt):
        mark = prompt[position]
        if mark == "\\" and prompt[position + 1 : position + 2] in tuple("()[]\\"):
            characters.append(_Character(prompt[position + 1], position, position + 2))
            position += 2
            continue
        if mark in "([":
            brackets.append(_Bracket(mark, len(characters)))
        elif mark in ")]" and any(bracket.mark == _OPENING[mark] for bracket in brackets):
            while brackets[-1].mark != _OPENING[mark]:
                brackets.pop()  # its partner is missing: plain text
            opened = brackets.pop()
            factor, last = EMPHASIS if mark == ")" else 1 / EMPHASIS, len(characters)
            number = _NUMBER.search(prompt, characters[opened.index].end, position) if mark == ")" else None
            if number:
                factor = float(number[1])
                while characters[last - 1].start >= number.start():
                    last -= 1
            scopes.append((opened.index, last, factor))
            marks |= {opened.index, *range(last, len(characters) + 1)}
        characters.append(_Character(mark, position, position + 1))
        position += 1
    for first, last, factor in scopes:
        for character in characters[first:last]:
            character.weight = round(character.weight * factor, 6)  # (a) in [ ] is 1 again, not 1.0000000000000002
    return [character for index, character in enumerate(characters) if index not in marks]
