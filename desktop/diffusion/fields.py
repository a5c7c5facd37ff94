"""The table of recipe fields: what each is called, how it is edited and said, and what it may hold. Torch-free, Qt-free.

The prompt panel, the branch panel, the twins dialog, the lineage texts and the metadata of pictures are all made from
this table. To add a field, add its value to a part of the recipe (recipe.py) and one entry here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from ..errors import QT_TRANSLATE_NOOP
from .adapters import LEAST_WEIGHT, MOST_WEIGHT, read_all

if TYPE_CHECKING:
    from .families.description import Family, Traits

MOST_STEPS = 150
MOST_GUIDANCE = 30.0
MOST_SEED = 2**32 - 1  # as in A1111, so that a seed means the same in both programs
LEAST_SIDE, MOST_SIDE = 64, 2048  # px


class Editor(StrEnum):
    """How a field is edited."""

    PROMPT = "prompt"  # some lines of text that the text encoders read
    NUMBER = "number"  # an integer
    DECIMAL = "decimal"  # one digit after the point
    SIDE = "side"  # width or height, which are edited together
    SEED = "seed"  # an integer that can be rolled
    SAMPLER = "sampler"  # one of `samplers.SAMPLERS`
    MODEL = "model"  # one of the model library
    REFINER = "refiner"  # one of the refiners for the model in the library; "" for none
    ADAPTERS = "adapters"  # LoRAs, each with a weight
    EMBEDDINGS = "embeddings"  # not edited: those that the prompts name

    @property
    def type(self) -> type[str] | type[int] | type[float]:
        """The type of the value; of LoRAs and embeddings, that of their weights."""
        match self:
            case Editor.PROMPT | Editor.SAMPLER | Editor.MODEL | Editor.REFINER:
                return str
            case Editor.DECIMAL | Editor.ADAPTERS | Editor.EMBEDDINGS:
                return float
            case _:
                return int


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a recipe, or one change that a branch can make. Strings are English, marked for translation."""

    key: str  # in `Turn.changes`, `Recipe.value` and the data of schemas 1 and 2
    editor: Editor
    caption: str
    explanation: str
    said: str  # the field in a few words, with places {value} and {after}, the step after which a branch changed it
    part: str = ""  # of the recipe; "" for a change that only a branch can make
    attribute: str = ""  # of that part; "" where the part itself is the value
    least: float = -math.inf
    most: float = math.inf
    usual_most: float = math.inf  # the end of a slider; larger values can be typed
    step: float = 1  # of one press on an arrow key
    unit: str = ""  # after a number
    said_empty: str = ""  # instead of `said` where a text is empty
    differs: str = ""  # one sentence about two pictures that differ in this field
    infotext: str = ""  # key in the text that A1111 reads
    may_branch: bool = False  # whether a branch may change it
    may_differ: bool = False  # whether twins may differ in it
    needs: str = ""  # key of another field; without a value there, this one has no effect
    later: str = ""  # the explanation in the branch panel, where it holds from a step on; else `explanation`
    is_used: Callable[[Family, Traits], bool] = lambda family, traits: True  # by a model of this family with these traits

    def say(self, value: object, after: int = 0) -> tuple[str, Mapping[str, object]]:
        """The template to be translated that says `value`, and what fills its places."""
        return self.said if value or not self.said_empty else self.said_empty, {"value": value, "after": after}

    def typed(self, value: object) -> object:
        """`value`, as it was read from JSON, in the type of this field. Raises TypeError, ValueError or OverflowError."""
        if self.editor in (Editor.ADAPTERS, Editor.EMBEDDINGS):
            return read_all(value)
        kind = self.editor.type
        if kind is str:
            if not isinstance(value, str):
                raise TypeError
            return value
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError
        if kind is int and value != int(value):
            raise ValueError
        return kind(value)

    def allows(self, value: object) -> bool:
        """Whether a number, or every weight, is within the bounds; NaN is not. Texts have none."""
        if isinstance(value, tuple):
            return all(self.least <= adapter.weight <= self.most for adapter in value)
        return isinstance(value, str) or (isinstance(value, (int, float)) and self.least <= value <= self.most)


# In the order of A1111's text, which must begin with the steps.
FIELDS: tuple[Field, ...] = (
    Field(
        "prompt",
        Editor.PROMPT,
        QT_TRANSLATE_NOOP("Safelight", "Prompt"),
        QT_TRANSLATE_NOOP("Safelight", "What the picture shows. Ctrl+↑/↓ weighs the selected words, Alt+↑/↓ brings earlier prompts back."),
        QT_TRANSLATE_NOOP("Safelight", "prompt: {value}"),
        "prompt",
        "text",
        said_empty=QT_TRANSLATE_NOOP("Safelight", "no prompt"),
        may_branch=True,
        may_differ=True,
        later=QT_TRANSLATE_NOOP("Safelight", "What the picture shows, from this step on."),
        is_used=lambda family, traits: family.capabilities.prompt,
    ),
    Field(
        "negative_prompt",
        Editor.PROMPT,
        QT_TRANSLATE_NOOP("Safelight", "Things to avoid"),
        QT_TRANSLATE_NOOP("Safelight", "What to keep out of the picture."),
        QT_TRANSLATE_NOOP("Safelight", "things to avoid: {value}"),
        "prompt",
        "negative",
        said_empty=QT_TRANSLATE_NOOP("Safelight", "nothing to avoid"),
        may_branch=True,
        may_differ=True,
        later=QT_TRANSLATE_NOOP("Safelight", "What to keep out of the picture, from this step on."),
        is_used=lambda family, traits: family.capabilities.negative_prompt and traits.guided,
    ),
    Field(
        "steps",
        Editor.NUMBER,
        QT_TRANSLATE_NOOP("Safelight", "Steps"),
        QT_TRANSLATE_NOOP("Safelight", "The number of denoising steps. More steps take longer and can show more detail."),
        QT_TRANSLATE_NOOP("Safelight", "{value} steps"),
        "sampling",
        "steps",
        1,
        MOST_STEPS,
        differs=QT_TRANSLATE_NOOP("Safelight", "The two are compared by step number, so the one with fewer steps is always further along."),
        infotext="Steps",
        may_differ=True,
    ),
    Field(
        "sampler",
        Editor.SAMPLER,
        QT_TRANSLATE_NOOP("Safelight", "Sampler"),
        QT_TRANSLATE_NOOP("Safelight", "The method that removes the noise, step by step."),
        QT_TRANSLATE_NOOP("Safelight", "sampler {value}"),
        "sampling",
        "sampler",
        infotext="Sampler",
        may_branch=True,
        may_differ=True,
        later=QT_TRANSLATE_NOOP("Safelight", "The method that removes the noise in the remaining steps."),
    ),
    Field(
        "guidance_scale",
        Editor.DECIMAL,
        QT_TRANSLATE_NOOP("Safelight", "Guidance"),
        QT_TRANSLATE_NOOP("Safelight", "How closely the picture follows the prompt. 1 turns guidance off; very high values look harsh."),
        QT_TRANSLATE_NOOP("Safelight", "guidance {value}"),
        "sampling",
        "guidance_scale",
        0,
        MOST_GUIDANCE,
        15,
        0.5,
        infotext="CFG scale",
        may_branch=True,
        may_differ=True,
        later=QT_TRANSLATE_NOOP("Safelight", "How closely the picture follows the prompt, from this step on."),
        is_used=lambda family, traits: traits.guidance,
    ),
    Field(
        "seed",
        Editor.SEED,
        QT_TRANSLATE_NOOP("Safelight", "Seed"),
        QT_TRANSLATE_NOOP("Safelight", "Chooses the starting noise. The same seed and settings give the same picture again."),
        QT_TRANSLATE_NOOP("Safelight", "seed {value}"),
        "sampling",
        "seed",
        0,
        MOST_SEED,
        differs=QT_TRANSLATE_NOOP("Safelight", "Another seed starts from other noise and gives a different picture from the first step."),
        infotext="Seed",
        may_differ=True,
    ),
    Field(
        "width",
        Editor.SIDE,
        QT_TRANSLATE_NOOP("Safelight", "Width"),
        QT_TRANSLATE_NOOP("Safelight", "Width of the picture in pixels."),
        QT_TRANSLATE_NOOP("Safelight", "width {value} px"),
        "size",
        "width",
        LEAST_SIDE,
        MOST_SIDE,
    ),
    Field(
        "height",
        Editor.SIDE,
        QT_TRANSLATE_NOOP("Safelight", "Height"),
        QT_TRANSLATE_NOOP("Safelight", "Height of the picture in pixels."),
        QT_TRANSLATE_NOOP("Safelight", "height {value} px"),
        "size",
        "height",
        LEAST_SIDE,
        MOST_SIDE,
    ),
    Field(
        "model",
        Editor.MODEL,
        QT_TRANSLATE_NOOP("Safelight", "Model"),
        QT_TRANSLATE_NOOP("Safelight", "The model that generates the picture. Each model knows other subjects and styles."),
        QT_TRANSLATE_NOOP("Safelight", "model {value}"),
        "model",
        "name",
        differs=QT_TRANSLATE_NOOP("Safelight", "Only one model is loaded at a time: the second picture is generated after the first."),
        infotext="Model",
        may_differ=True,
    ),
    Field(
        "refiner",
        Editor.REFINER,
        QT_TRANSLATE_NOOP("Safelight", "Refiner"),
        QT_TRANSLATE_NOOP("Safelight", "A second model that makes the last steps, for finer detail."),
        QT_TRANSLATE_NOOP("Safelight", "refiner {value}"),
        "refiner",
        "name",
        said_empty=QT_TRANSLATE_NOOP("Safelight", "no refiner"),
        infotext="Refiner",
    ),
    Field(
        "refine_from",
        Editor.NUMBER,
        QT_TRANSLATE_NOOP("Safelight", "Refine from"),
        QT_TRANSLATE_NOOP("Safelight", "How far the model itself goes, in percent; the refiner makes the rest."),
        QT_TRANSLATE_NOOP("Safelight", "refined from {value}"),
        "sampling",
        "refine_from",
        5,
        95,
        step=5,
        unit=" %",
        infotext="Refiner switch at",
        needs="refiner",
    ),
    Field(
        "adapters",
        Editor.ADAPTERS,
        QT_TRANSLATE_NOOP("Safelight", "LoRA"),
        QT_TRANSLATE_NOOP("Safelight", "Small files that teach the model a subject or a style. Several can work together."),
        QT_TRANSLATE_NOOP("Safelight", "LoRA {value}"),
        "adapters",
        least=LEAST_WEIGHT,
        most=MOST_WEIGHT,
        usual_most=2,
        step=0.05,
        said_empty=QT_TRANSLATE_NOOP("Safelight", "no LoRA"),
        may_branch=True,
        later=QT_TRANSLATE_NOOP("Safelight", "How strongly each LoRA works, from this step on. 0 turns it off."),
    ),
    Field(
        "embeddings",
        Editor.EMBEDDINGS,
        QT_TRANSLATE_NOOP("Safelight", "Embeddings"),
        QT_TRANSLATE_NOOP("Safelight", "Small files that teach the text encoder a word. Write its name in a prompt to use one."),
        QT_TRANSLATE_NOOP("Safelight", "embeddings {value}"),
        "embeddings",
        least=1,
        most=1,
        said_empty=QT_TRANSLATE_NOOP("Safelight", "no embeddings"),
        may_branch=True,
    ),
    Field(
        "noise_seed",  # the noise that the sampler adds in the remaining steps is drawn from this seed
        Editor.SEED,
        QT_TRANSLATE_NOOP("Safelight", "Noise of the remaining steps"),
        QT_TRANSLATE_NOOP(
            "Safelight", "Chooses the noise that the sampler adds in the remaining steps. Leave it empty to keep that noise."
        ),
        QT_TRANSLATE_NOOP("Safelight", "noise seed {value}"),
        least=0,
        most=MOST_SEED,
        may_branch=True,
    ),
    Field(
        "refine",  # the finished latents get noise of this step again, drawn from this seed, and are denoised from there
        Editor.SEED,
        QT_TRANSLATE_NOOP("Safelight", "Seed of the new noise"),
        QT_TRANSLATE_NOOP("Safelight", "Chooses the noise that is added to the picture. Each number gives another variation."),
        QT_TRANSLATE_NOOP("Safelight", "refined from step {after}"),
        least=0,
        most=MOST_SEED,
        may_branch=True,
    ),
)


def named(key: str) -> Field:
    """The field with this key. Raises KeyError."""
    for field in FIELDS:
        if field.key == key:
            return field
    raise KeyError(key)


# The refiner where it enlarges the picture.
UPSCALER = replace(
    named("refiner"),
    caption=QT_TRANSLATE_NOOP("Safelight", "Upscaler"),
    explanation=QT_TRANSLATE_NOOP("Safelight", "A second model that enlarges the picture, in as many steps of its own."),
)


@dataclass(frozen=True, slots=True)
class Captions:
    """Fields listed in a sentence, each with its value if it has one: "Model: dreams, Steps: 900"."""

    entries: tuple[tuple[str, str], ...]  # caption, marked for translation; value or ""

    @classmethod
    def of(cls, lost: Iterable[str]) -> Captions:
        """Captions for entries like "steps: 900" or "turns". An unknown name, for example another program's, stays as it is."""
        captions = {field.key: field.caption for field in FIELDS} | _OTHER_CAPTIONS
        entries: dict[tuple[str, str], None] = {}  # a set that keeps the order
        for entry in lost:
            key, _, value = entry.partition(": ")
            entries[captions.get(key, key), "" if key in _OTHER_CAPTIONS else value] = None
        return cls(tuple(entries))

    def worded(self, translate: Callable[[str], str]) -> str:
        return ", ".join(f"{translate(caption)}: {value}" if value else translate(caption) for caption, value in self.entries)

    def __str__(self) -> str:
        return self.worded(str)


# Names in files that are not fields.
_OTHER_CAPTIONS = {
    "turns": QT_TRANSLATE_NOOP("Safelight", "Branches"),
    "model.fingerprint": QT_TRANSLATE_NOOP("Safelight", "Model"),
    "refiner.fingerprint": QT_TRANSLATE_NOOP("Safelight", "Refiner"),
    "parameters": QT_TRANSLATE_NOOP("Safelight", "Metadata"),
    "safelight": QT_TRANSLATE_NOOP("Safelight", "Metadata"),
    "recipe": QT_TRANSLATE_NOOP("Safelight", "Recipe"),
    "schema": QT_TRANSLATE_NOOP("Safelight", "Recipe"),
    "seed_locked": QT_TRANSLATE_NOOP("Safelight", "Seed"),
    "pictures": QT_TRANSLATE_NOOP("Safelight", "Number of pictures"),
    "up_next": QT_TRANSLATE_NOOP("Safelight", "Queue"),
    "run": QT_TRANSLATE_NOOP("Safelight", "Queue"),
    "pauses_after": QT_TRANSLATE_NOOP("Safelight", "Pause after"),
    "grids": QT_TRANSLATE_NOOP("Safelight", "Grid over two settings"),
    "history": QT_TRANSLATE_NOOP("Safelight", "Prompt history"),
    "loras": QT_TRANSLATE_NOOP("Safelight", "LoRA"),
    "settings": QT_TRANSLATE_NOOP("Safelight", "Settings of models"),
}
