"""The words that a model knows, from its `vocabulary.json`, the words of a prompt that it does not know, and what is near to them."""

from __future__ import annotations

import logging
import random
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ..diffusion.weights import blanked
from ..errors import ModelIncomplete, SafelightError
from . import inspection

log = logging.getLogger(__name__)

SCHEMA = 1
LANGUAGES = ("en", "zh")
LONG = 40  # characters of a word
MOST_LETTERS = 300  # limit for prompts and words in the file
_LATIN = "A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f"
_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WORDS = f"(?P<latin>[{_LATIN}]+(?:['’][{_LATIN}]+)*)"
_PIECES = f"{_WORDS}|(?P<han>[{_HAN}]+)|(?P<other>[^\x00-\x7f{_LATIN}{_HAN}]+)"  # takes 20 times as long to compile
_PARTS = re.compile(r"[^\W\d_]+|\d+")  # letters and digits, which the tokenizer keeps apart
BETWEEN = "|"  # texts of an entry of the file
SUGGESTED = 2  # words in place of an unknown one
_ALIKE = 0.78  # least similarity of a word that is meant by a misspelt one, 0…1
_ENDINGS = {"s", "t", "re", "ve", "m", "ll", "d"}  # grammar after an apostrophe


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a prompt: characters `start:end` as typed."""

    start: int
    end: int
    text: str


def each_once(spans: Sequence[Span]) -> list[str]:
    """The words at `spans` in order, for display: each once whatever its case, long ones shortened."""
    words: dict[str, str] = {}
    for span in spans:
        words.setdefault(span.text.casefold(), span.text if len(span.text) <= LONG else f"{span.text[:LONG]}…")
    return list(words.values())


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something that can be asked for. The first text of a language goes into a prompt, the others mean the same."""

    texts: Mapping[str, tuple[str, ...]]  # by language, "en" and "zh"


Groups = Mapping[str, Sequence[Phrase]]
Near = Mapping[str, Mapping[str, Sequence[str]]]


class Vocabulary:
    """All words of the captions that a model was trained on, and prompts that it draws well."""

    def __init__(
        self,
        words: Mapping[str, Collection[str]],
        prompts: Mapping[str, Sequence[str]],
        groups: Groups = MappingProxyType({}),
        near: Near = MappingProxyType({}),
    ) -> None:
        """`words` and `prompts` by language, "en" and "zh"; the best prompts first.

        `groups`: what can be asked for, by the name of its group. `near`: by language, words that are not known and texts near to them.
        """
        self.groups = groups
        self._near = {language: dict(near.get(language, {})) for language in LANGUAGES}
        self.prompts = MappingProxyType({language: tuple(prompts[language]) for language in LANGUAGES})
        self._english = frozenset(map(_plain, words["en"]))
        self._chinese = frozenset(words["zh"])
        self._longest: dict[str, int] = {}  # of the Chinese words that begin with a character
        for word in self._chinese:
            self._longest[word[0]] = max(self._longest.get(word[0], 0), len(word))

    @classmethod
    def of(cls, folder: Path) -> Vocabulary | None:
        """The vocabulary of the model in `folder`. None if it has none, or if the file cannot be used, which is logged."""
        try:
            return cls(*_read(document := inspection.read_json(folder, inspection.VOCABULARY)), _groups(document), _near(document))
        except ModelIncomplete:
            return None
        except (SafelightError, ValueError) as problem:
            log.warning("The vocabulary of %s is not used: %s", folder.name, problem)
            return None

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(language for language, words in zip(LANGUAGES, (self._english, self._chinese), strict=True) if words)

    def unknown(self, prompt: str) -> tuple[Span, ...]:
        """The words of `prompt`, without its weights, that the model does not know. Punctuation is never among them.

        English words must be in the vocabulary as they are, in any case. Chinese is split into known words so that the fewest
        characters remain; adjacent remaining characters are one word. Emoji and other scripts are never known.
        """
        return tuple(Span(start, end, prompt[start:end]) for start, end in self._unknown(blanked(prompt)))

    def suggestions(self, unknown: str) -> tuple[str, ...]:
        """Up to two known texts in place of an unknown word: of a near meaning, else of a near spelling."""
        plain = _plain(unknown)
        in_english = self._near["en"]
        for word in (plain, plain.removesuffix("s"), plain.removesuffix("es")):
            if word in in_english:
                return tuple(in_english[word][:SUGGESTED])
        if any(character in unknown for word in self._near["zh"] for character in word):
            for size in range(len(unknown), 0, -1):
                for start in range(len(unknown) - size + 1):
                    if (part := unknown[start : start + size]) in self._near["zh"]:
                        return tuple(unknown.replace(part, text) for text in self._near["zh"][part][:SUGGESTED])
        if len(plain) <= 3:
            return ()
        from difflib import get_close_matches  # here, because no first paint waits for it

        return tuple(get_close_matches(plain, self._english, SUGGESTED, _ALIKE))

    def surprise(self, language: str, besides: Collection[str], chance: random.Random) -> str:
        """A random prompt that the model draws well, none of `besides`."""
        offered = self.prompts[language]
        return chance.choice([prompt for prompt in offered if prompt not in besides] or offered)

    def _unknown(self, text: str) -> Iterator[tuple[int, int]]:
        for piece in re.finditer(_WORDS if text.isascii() else _PIECES, text):
            start, end = piece.span()
            if piece.lastgroup == "latin":
                if not self._knows(_plain(piece.group())):
                    yield start, end
            elif piece.lastgroup == "han":
                yield from ((start + first, start + last) for first, last in self._left_over(piece.group()))
            else:
                yield from ((start + first, start + last) for first, last in _foreign(piece.group()))

    def _knows(self, word: str) -> bool:
        if word in self._english:
            return True
        first, *rest = word.split("'")
        parts = [part for piece in (first, *(ending for ending in rest if ending not in _ENDINGS)) for part in _PARTS.findall(piece)]
        return bool(parts) and parts != [word] and all(part in self._english for part in parts)

    def _left_over(self, run: str) -> Iterator[tuple[int, int]]:
        """The parts of a run of Chinese characters that no known word covers."""
        length = len(run)
        cost = [(0, 0)] * (length + 1)  # of the text from each index on: remaining characters, words
        word_at = [0] * length  # length of the word that starts there, negative if it is unknown; 0: not part of a word
        near = self._near["zh"]
        longest_near = max(map(len, near), default=0)
        for place in reversed(range(length)):
            left, words = cost[place + 1]
            best = left + 1, words
            for size in range(min(self._longest.get(run[place], 0), length - place), 0, -1):
                left, words = cost[place + size]
                if (left, words + 1) < best and run[place : place + size] in self._chinese:
                    best, word_at[place] = (left, words + 1), size
            for size in range(min(longest_near, length - place), 1, -1):  # an unknown word that others are near to stays whole
                left, words = cost[place + size]
                if (left + 1, words) < best and run[place : place + size] in near:
                    best, word_at[place] = (left + 1, words), -size
            cost[place] = best
        place = start = 0
        while place < length:
            size = word_at[place]
            if size > 0:
                if start < place:
                    yield start, place
                start = place + size
            place += abs(size) or 1
        if start < length:
            yield start, length


def _read(document: Mapping[str, object]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Words and prompts by language; raises `ValueError` for any other content."""
    match document:
        case {"schema": bool()}:
            pass
        case {"schema": int(schema)} if schema > SCHEMA:
            raise ValueError(f"{inspection.VOCABULARY} was written by a later version")
        case {"schema": 1, "en": list(english), "zh": list(chinese), "prompts": {"en": list(in_english), "zh": list(in_chinese)}}:
            words, prompts = (english, chinese), (in_english, in_chinese)
            texts = [text for part in (*words, *prompts) for text in part]
            if _are_sound(texts):
                return dict(zip(LANGUAGES, words, strict=True)), dict(zip(LANGUAGES, prompts, strict=True))
    raise ValueError(f"{inspection.VOCABULARY} has invalid contents")


def _groups(document: Mapping[str, object]) -> Groups:
    """The groups; none if the file has none. Raises `ValueError` for any other content."""
    try:
        groups = document.get("groups", {})
        if not isinstance(groups, dict):
            raise TypeError
        _check([entry[language] for entries in groups.values() for entry in entries for language in LANGUAGES])
        return {
            name: [Phrase({language: tuple(entry[language].split(BETWEEN)) for language in LANGUAGES}) for entry in entries]
            for name, entries in groups.items()
        }
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{inspection.VOCABULARY} has invalid groups") from error


def _near(document: Mapping[str, object]) -> Near:
    """The near words; none if the file has none. Raises `ValueError` for any other content."""
    try:
        every = document.get("near", {})
        if not isinstance(every, dict):
            raise TypeError
        near = {language: every.get(language, {}) for language in LANGUAGES}
        _check([text for words in near.values() for text in words.values()])
        return {language: {word: tuple(texts.split(BETWEEN)) for word, texts in words.items()} for language, words in near.items()}
    except (AttributeError, TypeError) as error:
        raise ValueError(f"{inspection.VOCABULARY} has invalid near words") from error


def _check(texts: Sequence[object]) -> None:
    if not _are_sound(texts):
        raise ValueError(f"{inspection.VOCABULARY} has invalid contents")


def _are_sound(texts: Sequence[object]) -> bool:
    """Whether all are printable strings of some length. Without a loop in Python, because the first paint waits for it."""
    try:
        return "".join(texts).isprintable() and all(map(str.strip, texts)) and max(map(len, texts), default=0) <= MOST_LETTERS  # type: ignore[arg-type]
    except TypeError:
        return False


def _plain(word: str) -> str:
    return (word if word.isascii() else unicodedata.normalize("NFC", word).replace("’", "'")).lower()


def _foreign(run: str) -> Iterator[tuple[int, int]]:
    """Words of other scripts, emoji and other signs in a run that is neither Latin nor Chinese, split at punctuation."""
    start, kind = 0, ""
    for place, character in enumerate(run):
        found = _kind(character)
        if found == "joined" or found == kind:
            continue
        if kind:
            yield start, place
        start, kind = place, found
    if kind:
        yield start, len(run)


def _kind(character: str) -> str:
    """ "letter", "sign", "joined" (belongs to the character before it), or "" (separates words)."""
    category = unicodedata.category(character)
    if category[0] in "LN":
        return "letter"
    if category[0] == "M" or category == "Cf" or "\U0001f3fb" <= character <= "\U0001f3ff":  # a skin colour modifier
        return "joined"
    if category[0] in "PZ" or category == "Cc" or "\uff01" <= character <= "\uff5e" or "\uffe0" <= character <= "\uffe6":
        return ""  # including the full-width forms of + = ~ $
    return "sign"
