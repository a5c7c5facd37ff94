r"""Weights in the prompts of other programs, rewritten in ours (`diffusion/weights.py`), which is that of A1111.

| | A1111, Forge, sd.cpp | ComfyUI, SwarmUI, Fooocus, krita | InvokeAI (compel) |
|---|---|---|---|
| `(x)` | ×1.1 | ×1.1 | ×1 |
| `[x]` | ÷1.1 | plain text | plain text |
| `(x:1.3)` | ×1.3 | 1.3, whatever is around it | plain text |
| `(x)1.3`, `x++`, `x-` | plain text | plain text | ×1.3, ×1.1², ×0.9 |
| `(x` without a partner | ×1.1 up to the end | plain text | plain text |

Sources: stable-diffusion-webui `prompt_parser.py`, ComfyUI `sd1_clip.py`, compel `prompt_parser.py`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from ...diffusion import weights
from ...errors import QT_TRANSLATE_NOOP
from ..restored import said

LORA = QT_TRANSLATE_NOOP("Safelight", "LoRA")
SYNTAX = QT_TRANSLATE_NOOP("Safelight", "Prompt syntax")
EMBEDDING = QT_TRANSLATE_NOOP("Safelight", "Embedding")

MOST_LETTERS = 20_000  # of a prompt; the text encoders read some 300
MOST_WORK = 500_000  # brackets × characters of a prompt, which bounds the time to read it
MOST_NESTED = 50  # brackets around a word
MOST_LISTED = 8  # peculiarities of one prompt

_ADAPTER = re.compile(r"<(?:lora|lyco|hypernet):([^<>]{1,200})>")
_LORA = re.compile(r"<(?:lora|lyco):([^<>:]{1,200})(?::(-?(?:\d{1,3}\.?\d{0,8}|\.\d{1,8})))?>")  # one weight: for all parts of the model
_TAG = re.compile(r"<[a-z]+(?:\[[^\]<>]{0,80}\])?:[^<>]{1,200}>")  # SwarmUI's <random:…>, <segment:…> and others
_EDITING = re.compile(r"\[[^\[\]]{0,200}(?::\s*[\d.]+\s*|\|[^\[\]]{0,200})\]")  # [from:to:when], [one|other]
_KEYWORD = re.compile(r"\b(?:BREAK|AND)\b")
_EMBEDDING = re.compile(r"\bembedding:([^\s,():<>]{1,200})|<embed(?:ding)?:([^<>]{1,200})>")  # of ComfyUI; of SwarmUI
_OPERATOR = re.compile(r"\)\.(?:and|blend|swap|attend|add|withLora)\(")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)")

Fragments = list[tuple[str, float]]


class Untranslatable(Exception):
    """The weights of a prompt cannot be said in our grammar."""


def translated(prompt: str, grammar: Grammar) -> tuple[str, tuple[str, ...]]:
    """`prompt` in our grammar, and what in it has no effect here. Adapters are taken out; other peculiarities stay as text.

    Raises `Untranslatable` for a prompt that is too long or nested too deeply to be read at all.
    """
    brackets = sum(map(prompt.count, "()[]"))
    if len(prompt) > MOST_LETTERS or brackets * len(prompt) > MOST_WORK:
        raise Untranslatable
    lost = [said(LORA, name.replace(":", " ")) for name in _ADAPTER.findall(prompt)]
    if lost:
        prompt = _ADAPTER.sub("", prompt).strip()
    lost += [said(SYNTAX, found) for found in itertools.islice(grammar.peculiarities(prompt), MOST_LISTED)]
    try:
        prompt = _in_ours(prompt, grammar.read(prompt))
    except (Untranslatable, RecursionError):
        lost.append(said(SYNTAX, prompt))
    return prompt, tuple(dict.fromkeys(lost))


def without_adapters(prompt: str) -> tuple[str, list[tuple[str, float]]]:
    """`prompt` without the LoRAs that it names with at most one weight, and these with their weights, in order."""
    found = [(name.strip(), float(weight or 1)) for name, weight in _LORA.findall(prompt)]
    return (_LORA.sub("", prompt).strip() if found else prompt), found


def with_plain_embeddings(prompt: str, name_of: Callable[[str], str]) -> tuple[str, list[str]]:
    """`prompt` with the plain names of the embeddings that it marks as such, and these names; `name_of` is that of a file."""
    names: list[str] = []

    def plain(found: re.Match[str]) -> str:
        names.append(name_of(found[1] or found[2]))
        return weights.escaped(names[-1])

    return _EMBEDDING.sub(plain, prompt), names


def _in_ours(prompt: str, fragments: Fragments) -> str:
    """A prompt that means `fragments` here: `prompt` itself if it does, else one with the weights spelled out."""
    merged = _merged(fragments)
    if _merged((fragment.text, fragment.weight) for fragment in weights.parse(prompt)) == merged:
        return prompt
    return "".join(map(_spelled, merged))


def _spelled(fragment: tuple[str, float]) -> str:
    text, weight = fragment
    text = weights.escaped(text)
    if not 0 <= weight <= 100:  # NaN too; a negative weight has no meaning here
        raise Untranslatable
    return text if weight == 1 else f"({text}:{f'{weight:.4f}'.rstrip('0').rstrip('.')})"


def _merged(fragments: Sequence[tuple[str, float]] | Iterator[tuple[str, float]]) -> Fragments:
    """Fragments of which adjacent ones differ in weight; none is empty."""
    kept = ((text, round(weight, 4)) for text, weight in fragments if text)
    return [("".join(text for text, _ in group), weight) for weight, group in itertools.groupby(kept, key=lambda each: each[1])]


# -- A1111


def _read_a1111(prompt: str) -> Fragments:
    fragments: Fragments = []
    opened: list[tuple[str, int]] = []  # bracket, index of the first fragment inside

    def multiply(first: int, factor: float) -> None:
        fragments[first:] = [(text, weight * factor) for text, weight in fragments[first:]]

    for found in re.finditer(r"\\[()\[\]\\]|[(\[]|:\s*([+-]?[\d.]+)\s*\)|[)\]]|\\|[^\\()\[\]:]+|:", prompt):
        token, number = found[0], found[1]
        rounds = next((index for index in reversed(range(len(opened))) if opened[index][0] == "("), None)
        squares = next((index for index in reversed(range(len(opened))) if opened[index][0] == "["), None)
        if token in ("(", "["):
            opened.append((token, len(fragments)))
            if len(opened) > MOST_NESTED:
                raise Untranslatable
        elif number is not None and rounds is not None:
            if not _NUMBER.fullmatch(number):
                raise Untranslatable
            multiply(opened.pop(rounds)[1], float(number))
        elif token == ")" and rounds is not None:
            multiply(opened.pop(rounds)[1], weights.EMPHASIS)
        elif token == "]" and squares is not None:
            multiply(opened.pop(squares)[1], 1 / weights.EMPHASIS)
        else:
            fragments.append((token[1:] if len(token) == 2 and token[0] == "\\" else token, 1.0))
    for bracket, first in opened:  # without a partner: up to the end
        multiply(first, weights.EMPHASIS if bracket == "(" else 1 / weights.EMPHASIS)
    return fragments


# -- ComfyUI


def _read_comfyui(prompt: str) -> Fragments:
    hidden = prompt.replace(r"\)", "\0\1").replace(r"\(", "\0\2")
    fragments = _weighted(hidden, 1.0, MOST_NESTED)
    return [(text.replace("\0\1", ")").replace("\0\2", "("), weight) for text, weight in fragments]


def _weighted(text: str, around: float, depth: int) -> Fragments:
    if not depth:
        raise Untranslatable
    fragments: Fragments = []
    for part in _outermost(text):
        if len(part) < 2 or part[0] != "(" or part[-1] != ")":
            fragments.append((part, around))
            continue
        inside, weight = part[1:-1], around * weights.EMPHASIS
        words, mark, number = inside.rpartition(":")
        if words and mark and _NUMBER.fullmatch(number.strip()):
            inside, weight = words, float(number)
        fragments += _weighted(inside, weight, depth - 1)
    return fragments


def _outermost(text: str) -> Iterator[str]:
    """The parts of `text`: its outermost brackets with all they hold, and what is between them."""
    level = start = 0
    for index, letter in enumerate(text):
        if letter == "(":
            if level == 0:
                yield text[start:index]
                start = index
            level += 1
        elif letter == ")":
            level -= 1
            if level == 0:
                yield text[start : index + 1]
                start = index + 1
    yield text[start:]


# -- compel


def _read_compel(prompt: str) -> Fragments:
    if _OPERATOR.search(prompt) or re.search(r'"[-+\d.]', prompt):
        raise Untranslatable
    fragments: Fragments = []
    opened: list[int] = []  # indices of the first fragments inside brackets
    suffix = re.compile(r"\++|-+|\d+\.?\d*|\.\d+")
    word = re.compile(r"(?:\\.|[^\s()\\+-]|[+-]+(?![+\-\s(),.]|$))+")  # a sign at the end is no part of it
    position = 0

    def factor() -> float:
        nonlocal position
        if found := suffix.match(prompt, position):
            position = found.end()
            signs = found[0]
            return float(signs) if signs[0] not in "+-" else 1.1 ** len(signs) if signs[0] == "+" else 0.9 ** len(signs)
        return 1.0

    while position < len(prompt):
        if prompt[position] == "(":
            opened.append(len(fragments))
            position += 1
            if len(opened) > MOST_NESTED:
                raise Untranslatable
        elif prompt[position] == ")" and opened:
            position += 1
            first, weight = opened.pop(), factor()
            fragments[first:] = [(text, each * weight) for text, each in fragments[first:]]
        elif found := word.match(prompt, position):
            position = found.end()
            text = re.sub(r"\\(.)", r"\1", found[0])
            signed = position < len(prompt) and prompt[position] in "+-"
            fragments.append((text, factor() if signed else 1.0))
        else:
            fragments.append((prompt[position], 1.0))
            position += 1
    if opened:  # compel reads such a prompt as plain text
        return [(prompt, 1.0)]
    return fragments


class Grammar(Enum):
    """How a program reads the weights in a prompt."""

    A1111 = (_read_a1111, (_EDITING, _KEYWORD))
    COMFYUI = (_read_comfyui, (_TAG,))
    COMPEL = (_read_compel, ())

    def __init__(self, read: Callable[[str], Fragments], peculiar: tuple[re.Pattern[str], ...]) -> None:
        self._read = read
        self._peculiar = peculiar

    def read(self, prompt: str) -> Fragments:
        """The texts of `prompt` with their weights, in order. Raises `Untranslatable`."""
        return self._read(prompt)

    def peculiarities(self, prompt: str) -> Iterator[str]:
        """What in `prompt` this program understands and we do not."""
        return (found[0] for pattern in self._peculiar for found in pattern.finditer(prompt))
