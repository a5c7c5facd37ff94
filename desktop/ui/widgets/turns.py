"""What was changed where a branch leaves its parent, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ...diffusion.recipe import Recipe, Turn
from ...diffusion.run import Run
from ..language import decimal, tr


def changed(run: Run) -> str:
    """What sets `run` apart from the run it branched from."""
    turns = run.recipe.turns
    if run.branched_after is None:
        return tr("Safelight", "the beginning")
    if not turns or turns[-1].after != run.branched_after:
        return tr("Safelight", "as before")
    return changes_of(turns[-1])


def changes_of(turn: Turn) -> str:
    """The settings that `turn` changes."""
    return _joined(turn.changes, turn.after)


def differing(recipe: Recipe, other: Recipe) -> str:
    """What `recipe` has otherwise than `other`, as runs that began each on their own are told apart; "" where they are alike."""
    ours, theirs = asdict(recipe.final), asdict(other.final)
    return _joined({name: value for name, value in ours.items() if value != theirs[name]})


def _joined(changes: Mapping[str, Any], after: int = 0) -> str:
    return " · ".join(_said(name, value, after) for name, value in changes.items())


def _said(name: str, value: Any, after: int) -> str:
    match name:
        case "prompt" if value:
            return tr("Safelight", "prompt: {prompt}").format(prompt=value)
        case "prompt":
            return tr("Safelight", "no prompt")
        case "negative_prompt" if value:
            return tr("Safelight", "negative prompt: {prompt}").format(prompt=value)
        case "negative_prompt":
            return tr("Safelight", "no negative prompt")
        case "guidance_scale":
            return tr("Safelight", "guidance {scale}").format(scale=decimal(value, 1))
        case "sampler":
            return tr("Safelight", "sampler {sampler}").format(sampler=value)
        case "noise_seed":
            return tr("Safelight", "noise seed {seed}").format(seed=value)
        case "refine":
            return tr("Safelight", "refined from step {number}").format(number=after)
        case "seed":
            return tr("Safelight", "seed {seed}").format(seed=value)
        case "steps":
            return tr("Safelight", "{steps} steps").format(steps=value)
        case "model":
            return tr("Safelight", "model {model}").format(model=value)
        case "width":
            return tr("Safelight", "width {width} px").format(width=value)
        case _:
            return tr("Safelight", "height {height} px").format(height=value)
