"""Recipes of other programs: from the texts in a picture, beside it or in the clipboard to our recipe, a module per dialect.

Nothing in these texts is trusted: `Recipe.from_values` checks every value, and what does not fit is listed. Sources of the
formats are named in each module.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from . import a1111, comfyui, fooocus, invokeai, stability_matrix, swarmui
from .findings import Found

MOST_TEXT = 1 << 20  # characters of a text that are read
PARAMETERS = "parameters"  # A1111's text; also JSON of SwarmUI and Fooocus
PARAMETERS_JSON = "parameters-json"  # the same as JSON, of Stability Matrix
DREAM = "Dream"  # what was typed into the first versions of InvokeAI
# In a PNG, in the order in which they are tried.
KEYWORDS = (PARAMETERS, PARAMETERS_JSON, "invokeai_metadata", "sd-metadata", "prompt", DREAM)

__all__ = ["KEYWORDS", "MOST_TEXT", "PARAMETERS", "PARAMETERS_JSON", "Found", "is_a1111", "read", "read_text"]

is_a1111 = a1111.is_text


def read(texts: Mapping[str, str]) -> Found | None:
    """The recipe in the texts of a picture, by keyword; None if there is none that is known here."""
    for keyword in KEYWORDS:
        text = texts.get(keyword, "")
        if not text.strip() or len(text) > MOST_TEXT:
            continue
        data = _parsed(text)
        if data is not None:
            found = _from_json(data)
        elif keyword == DREAM:
            found = invokeai.read_dream(text)
        else:
            found = a1111.read(text, stability_matrix.PROGRAM if PARAMETERS_JSON in texts else "") if keyword == PARAMETERS else None
        if found:
            return found
    return None


def read_text(text: str) -> Found | None:
    """The recipe in a text without a keyword: a file beside a picture, or the clipboard. Other words are no recipe."""
    if len(text) > MOST_TEXT:
        return None
    data = _parsed(text)
    if data is not None:
        return _from_json(data)
    return a1111.read(text) if is_a1111(text) else None


def _from_json(data: dict[str, object]) -> Found | None:
    for is_its, read_its in _DIALECTS:
        if is_its(data):
            try:
                return read_its(data)
            except RecursionError:  # nested deeper than any program writes
                return None
    return None


def _parsed(text: str) -> dict[str, object] | None:
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith("{"):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


_DIALECTS = (
    (swarmui.is_metadata, swarmui.read),
    (invokeai.is_metadata, invokeai.read),
    (invokeai.is_earlier, invokeai.read_earlier),
    (fooocus.is_metadata, fooocus.read),
    (stability_matrix.is_metadata, stability_matrix.read),
    (comfyui.is_graph, comfyui.read),
)
