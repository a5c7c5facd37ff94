"""What other programs keep beside a LoRA file about its use: A1111's `name.json`, and `name.civitai.info` of Civitai Helper. Torch-free.

A1111 keeps what its user typed ("sd version", "activation text", "preferred weight"); `.civitai.info` is a version of a model as
Civitai's API describes it ("baseModel", "trainedWords"). Sources: stable-diffusion-webui `ui_extra_networks_user_metadata.py` and
`extensions-builtin/Lora/ui_edit_user_metadata.py`; Stable-Diffusion-Webui-Civitai-Helper `civitai.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..diffusion.adapters import LEAST_WEIGHT, MOST_WEIGHT
from . import safe_file

MOST = 4 << 20  # bytes; `.civitai.info` lists the pictures of the LoRA
ENDINGS = (".json", ".civitai.info")  # that of the user comes first
VERSIONS = {  # of A1111 and Civitai, by their first letters
    "sdxl": "Stable Diffusion XL",
    "pony": "Stable Diffusion XL",
    "illustrious": "Stable Diffusion XL",
    "noobai": "Stable Diffusion XL",
    "sd1": "Stable Diffusion 1",
    "sd2": "Stable Diffusion 2",
    "sd3": "Stable Diffusion 3",
}


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What is said of a LoRA; empty values are unknown."""

    weight: float | None = None
    words: tuple[str, ...] = ()
    family: str = ""
    hint: str = ""


def places(path: Path) -> tuple[Path, ...]:
    """The files beside the LoRA at `path` that may tell about it."""
    return tuple(path.with_name(path.stem + ending) for ending in ENDINGS)


def read(path: Path) -> Sidecar:
    """What is said of the LoRA at `path`; of two that say something else, the first counts. A file that makes no sense says nothing."""
    found = [_said(document) for place in places(path) if (document := _document(place))]
    return Sidecar(
        next((each.weight for each in found if each.weight is not None), None),
        next((each.words for each in found if each.words), ()),
        next((each.family for each in found if each.family), ""),
        next((each.hint for each in found if each.hint), ""),
    )


def weight_of(value: object) -> float | None:
    """A strength that may be recommended; None for no number, and for 0, which stands for none."""
    try:
        number = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else 0.0
    except ValueError:
        return None
    return number if math.isfinite(number) and number and LEAST_WEIGHT <= number <= MOST_WEIGHT else None


def _said(document: Mapping[str, object]) -> Sidecar:
    words, trained = document.get("activation text"), document.get("trainedWords")
    every = [words] if isinstance(words, str) else trained if isinstance(trained, list) else []
    version = next((value for key in ("sd version", "baseModel") if isinstance(value := document.get(key), str)), "")
    plain = version.lower().replace(" ", "")
    notes = document.get("notes")
    return Sidecar(
        weight_of(document.get("preferred weight")),
        tuple(part for word in every if isinstance(word, str) for part in word.split(",")),
        next((family for begin, family in VERSIONS.items() if plain.startswith(begin)), ""),
        notes if isinstance(notes, str) else "",
    )


def _document(path: Path) -> Mapping[str, object] | None:
    try:
        document = json.loads(safe_file.read(path, MOST))
    except (OSError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
