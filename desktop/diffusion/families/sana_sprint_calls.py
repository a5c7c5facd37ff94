"""The torch calls of Sana Sprint."""

from __future__ import annotations

from typing import Any

from ..recipe import Recipe
from .calls import Calls


class SanaSprintCalls(Calls):
    def arguments(self, recipe: Recipe) -> dict[str, Any]:
        """The stock call has a middle timestep for two steps, and refuses it for any other number."""
        given = super().arguments(recipe)
        return given if recipe.sampling.steps == 2 else {**given, "intermediate_timesteps": None}


CALLS = SanaSprintCalls
