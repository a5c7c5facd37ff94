"""The changes that set a branch apart from its parent, or two recipes from each other, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...diffusion import fields
from ...diffusion.recipe import Recipe, Turn
from ...diffusion.run import Run
from ..language import tr
from .field_control import written


def changed(run: Run) -> str:
    """The changes that set `run` apart from the run it branched from."""
    turns = run.recipe.turns
    if run.branched_after is None:
        return tr("Safelight", "Original")
    if not turns or turns[-1].after != run.branched_after:
        return tr("Safelight", "unchanged")
    return changes_of(turns[-1])


def short(run: Run) -> str:
    """A name for `run` among the branches of its tree: the user's own, else its changes; of a prompt that was extended, what was added."""
    if run.name:
        return run.name
    turns = run.recipe.turns
    if run.branched_after is None or not turns or turns[-1].after != run.branched_after or set(turns[-1].changes) != {"prompt"}:
        return changed(run)
    prompt = run.recipe.final.prompt.text
    before = replace(run.recipe, turns=turns[:-1]).final.prompt.text
    added = prompt.removeprefix(before)
    return (added.strip(" ,，") if added.startswith((" ", ",", "，")) else prompt) or changed(run)


def changes_of(turn: Turn) -> str:
    """The settings that `turn` changes."""
    return _joined(turn.changes, turn.after)


def differing(recipe: Recipe, other: Recipe) -> str:
    """The values of `recipe` that differ from those of `other`; "" where none do."""
    ours, theirs = recipe.final, other.final
    parts = [field.key for field in fields.FIELDS if field.part and ours.has_effect(field)]
    return _joined({key: ours.value(key) for key in parts if ours.value(key) != theirs.value(key)})


def _joined(changes: Mapping[str, object], after: int = 0) -> str:
    return " · ".join(_said(key, value, after) for key, value in changes.items())


def _said(key: str, value: object, after: int) -> str:
    field = fields.named(key)
    template, values = field.say(written(field, value), after)
    return tr("Safelight", template).format(**values)
