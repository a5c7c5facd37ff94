"""Branching: which changes a run can take, and the stretches between them (legs). Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..errors import QT_TRANSLATE_NOOP, SamplerUnknown
from .families.description import Traits
from .recipe import Recipe, Turn
from .run import Plan
from .samplers import alike, sampler, unfit

NO_MODEL = QT_TRANSLATE_NOOP("Safelight", "The model of this run is no longer available. Open its folder again.")
NO_STEP_LEFT = QT_TRANSLATE_NOOP("Safelight", "The run has no steps after this one. Choose an earlier step.")
UNFINISHED = QT_TRANSLATE_NOOP("Safelight", "Only a finished picture can be refined. Finish the run first.")
ONLY_NOISE = QT_TRANSLATE_NOOP("Safelight", "The starting noise contains nothing of the picture. Choose a later step.")
OTHER_SIZE = QT_TRANSLATE_NOOP("Safelight", "The picture was still smaller at this step. Choose a step of the upscaling stage.")
NO_RESTART = QT_TRANSLATE_NOOP("Safelight", "This sampler needs the earlier steps and cannot start in the middle. Choose another one.")
HALF_STEP = QT_TRANSLATE_NOOP("Safelight", "This sampler is in the middle of a step here. Choose the step before or after this one.")
OTHER_MOMENTS = QT_TRANSLATE_NOOP("Safelight", "This sampler uses other noise levels than this run. Choose another one.")
UNFIT = QT_TRANSLATE_NOOP("Safelight", "This sampler does not fit the model. Choose another one.")
UNKNOWN = QT_TRANSLATE_NOOP(
    "Safelight", "This version of Safelight does not have the sampler of the branch. Update Safelight, or remove the branches."
)
NO_NOISE = QT_TRANSLATE_NOOP("Safelight", "This sampler adds no noise in its steps, so a noise seed would change nothing.")


@dataclass(frozen=True, slots=True)
class Leg:
    """The steps between two turns of a run."""

    recipe: Recipe  # the settings of these steps, without turns
    taken: int  # number of turns before it
    turn: Turn | None  # the last of those; None for the first leg
    until: int | None  # its last step; None for the end of the run

    @property
    def is_afresh(self) -> bool:
        """Whether its sampler starts here, without the state of earlier steps."""
        return self.turn is not None and (self.turn.refines or "sampler" in self.turn.changes)


def legs(recipe: Recipe) -> list[Leg]:
    """The legs of `recipe`, ranges of steps with equal settings, in order. A leg before a refinement ends with the run."""
    turns = recipe.turns
    ends = [*(None if turn.refines else turn.after for turn in turns), None]
    return [
        Leg(replace(recipe, turns=turns[:taken]).final, taken, turns[taken - 1] if taken else None, end) for taken, end in enumerate(ends)
    ]


def forbidden(
    recipe: Recipe, calls: int, after: int, changes: Mapping[str, Any], traits: Traits, is_finished: bool = True, enlarged_at: int = 0
) -> str | None:
    """Why a run of `recipe` in `calls` steps cannot be branched with `changes` after step `after`, to be translated; None if it can.

    `enlarged_at`: as in `Plan`.
    """
    held = recipe.final if "refine" in changes else recipe.at(after)
    traits = traits.with_adapters(changes.get("adapters", held.adapters))
    before, chosen = sampler(held.sampling.sampler), sampler(changes.get("sampler", held.sampling.sampler))
    if not 0 <= after < calls:
        return NO_STEP_LEFT
    if "refine" in changes:
        if not is_finished:
            return UNFINISHED
        if after == 0:
            return ONLY_NOISE
        if after <= enlarged_at:
            return OTHER_SIZE
        if chosen.name == "Heun" and after % 2:
            return HALF_STEP
    if chosen != before:
        if unfit(chosen, traits):
            return UNFIT
        if not alike(before, chosen, traits):
            return OTHER_MOMENTS
    if (chosen != before or "refine" in changes) and not chosen.restarts:
        return NO_RESTART
    if "noise_seed" in changes and not chosen.draws:
        return NO_NOISE
    return None


def forbidden_turn(recipe: Recipe, traits: Traits, plan: Plan | None = None, stages: int = 1) -> tuple[Turn, str] | None:
    """The first turn of `recipe` that a run cannot take, and the reason, to be translated; None if it can take all of them.

    `stages`: how often its steps are made, where there is no plan yet; the last time for an enlarged picture, if more than once.
    """
    if plan is not None:
        calls, enlarged_at = plan.calls, plan.enlarged_at
    else:
        once = sampler(recipe.sampling.sampler).calls(recipe.sampling.steps)
        calls, enlarged_at = stages * once, (stages - 1) * once
    for taken, turn in enumerate(recipe.turns):
        before = replace(recipe, turns=recipe.turns[:taken])
        try:
            reason = forbidden(before, calls, turn.after, turn.changes, traits, enlarged_at=enlarged_at)
        except SamplerUnknown:
            reason = UNKNOWN
        if reason:
            return turn, reason
    return None
