"""How the loaded model reads a prompt: its tokens and their neighbours, and what it answers with and without it. On the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from ..diffusion import attention, views
from ..diffusion.control import Control
from ..diffusion.loaded_model import LoadedModel
from ..diffusion.pixels import to_pixels
from ..diffusion.recipe import Recipe
from ..diffusion.run import Step
from ..diffusion.snapshot import read_snapshot, without_variances
from ..errors import QT_TRANSLATE_NOOP, ViewUnknown
from .pixels import array_of

NEAREST = 6  # neighbours of a token
ROWS = 16_384  # of the table that are compared at once, so that the memory for them stays small
NO_TOKENS = QT_TRANSLATE_NOOP(
    "Safelight", "Safelight cannot look into the text encoder of this model. Choose the starter or Stable Diffusion to see its tokens."
)


@dataclass(frozen=True, slots=True)
class Near:
    text: str
    cosine: float


@dataclass(frozen=True, slots=True)
class ReadToken:
    text: str
    id: int
    near: tuple[Near, ...]  # the nearest first; tokens that are written alike are left out


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    tokens: tuple[ReadToken, ...]
    table: int  # tokens in the table
    width: int  # numbers for each
    limit: int  # tokens that the text encoder reads, its marks included
    refusal: str  # why there are no tokens, marked for translation; "" if there are
    no_maps: str  # why there are no word maps, marked for translation; "" if there are
    heat: np.ndarray  # 256×3 uint8: false colours from cold to warm


def read(loaded: LoadedModel, prompt: str, control: Control) -> Reading:
    calls, heat, no_maps = loaded.calls, views.HEAT.numpy(), attention.unfit(loaded.calls)
    whole = [
        parts
        for parts in zip(calls.text_encoders, calls.tokenizers, calls.family.text_encoders, strict=True)
        if parts[2].is_whole and parts[1].is_fast and hasattr(parts[0], "get_input_embeddings")
    ]
    if not whole:
        return Reading((), 0, 0, 0, NO_TOKENS, no_maps, heat)
    network, tokenizer, description = whole[0]
    table = network.get_input_embeddings().weight
    specials = set(tokenizer.all_special_ids)
    tokens = []
    for token in loaded.prompts.tokens(prompt)[0]:
        control.check()
        tokens.append(ReadToken(token.text, token.id, _neighbours(table, tokenizer, token.id, specials)))
    return Reading(tuple(tokens), len(table), table.shape[1], description.limit(tokenizer.model_max_length), "", no_maps, heat)


def _neighbours(table: torch.Tensor, tokenizer: Any, id: int, specials: set[int]) -> tuple[Near, ...]:
    with torch.no_grad():
        wanted = table[id].float()
        cosines = torch.cat([F.cosine_similarity(rows.float(), wanted, dim=-1) for rows in table.split(ROWS)])
        best = cosines.topk(min(8 * NEAREST, len(cosines)))
    found: dict[str, float] = {}
    own = _written(tokenizer, id)
    for cosine, other in zip(best.values.tolist(), best.indices.tolist(), strict=True):
        text = _written(tokenizer, other)
        if other not in specials and text and text.casefold() != own.casefold() and "\ufffd" not in text:
            found.setdefault(text, cosine)
    return tuple(Near(text, cosine) for text, cosine in list(found.items())[:NEAREST])


def _written(tokenizer: Any, id: int) -> str:
    written: str = tokenizer.decode([id]).strip()
    return written


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What the denoiser answers in one step, as the pictures that would follow; H×W×3 uint8, previews."""

    without: np.ndarray
    prompted: np.ndarray
    guided: np.ndarray
    apart: np.ndarray  # where both differ, as heat over the picture
    scale: float
    difference: float  # of both estimates, relative to the strength of the estimate without the prompt


def answers(loaded: LoadedModel, recipe: Recipe, steps: Sequence[Step], number: int, control: Control) -> Answers:
    """Of step `number` of a run; `steps` begin with its starting noise. Raises `NoGuidance` and `ViewUnknown`."""
    record = read_snapshot(steps, number)
    if record.mix is None or record.x0 is None:
        raise ViewUnknown
    both = loaded.predictions(recipe, steps, number, control)
    without, prompted = (without_variances(answer, record.sample) for answer in both)
    grid = loaded.grid_of(recipe)
    apart = views.guidance(record, without, prompted, 1.0, grid)
    assert apart is not None
    of_sample, of_output = record.mix
    estimates = [of_sample * record.sample.float() + of_output * answer.float() for answer in (without, prompted)]
    pictures = loaded.previewer.glimpse(grid(torch.cat([*estimates, record.x0.float()]))).numpy()
    picture = to_pixels(torch.from_numpy(pictures[2].copy()))
    heat = views.heat(apart, picture)
    difference = float((estimates[1] - estimates[0]).square().mean().sqrt() / estimates[0].square().mean().sqrt().clamp(min=1e-9))
    return Answers(
        pictures[0],
        pictures[1],
        pictures[2],
        array_of(heat),
        recipe.sampling.guidance_scale if loaded.is_guided(recipe) else 1.0,
        difference,
    )
