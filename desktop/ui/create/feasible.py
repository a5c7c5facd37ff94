"""Whether a recipe can be made with its model, before it is queued."""

from __future__ import annotations

from collections.abc import Sequence

from ...diffusion.recipe import Recipe
from ...diffusion.samplers import sampler, unfit
from ...library.models import Model, by_name
from ..language import sentence, tr


def why_not(recipe: Recipe, models: Sequence[Model]) -> str:
    """Why `recipe` does not work with its model; "" if it does, or if the model is not one of `models`."""
    model = by_name(models, recipe.model.name)
    if model is None:
        return ""
    if model.problem:
        return sentence(model.problem.template, model.problem.values)
    if reason := unfit(sampler(recipe.sampling.sampler), model.traits):
        return tr("Safelight", "{sampler} does not work with this model: {reason}.").format(
            sampler=recipe.sampling.sampler, reason=tr("Safelight", reason)
        )
    size = recipe.size
    if size.width % model.multiple or size.height % model.multiple or max(size.width, size.height) > model.most_side:
        return tr("Safelight", "This model cannot generate pictures of {width} × {height}.").format(width=size.width, height=size.height)
    return ""
