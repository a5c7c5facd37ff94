"""Weigh the parts of a loaded model, and time them in a stock run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import torch

from ..diffusion.control import Control
from ..diffusion.gates import Gates
from ..diffusion.recipe import Recipe
from .parts import Part, Weight, Work

if TYPE_CHECKING:
    from ..diffusion.families.calls import Calls
    from ..diffusion.loaded_model import LoadedModel


def weigh(model: LoadedModel, recipe: Recipe) -> tuple[Weight, ...]:
    """The parts of `model`; the text encoder gives tokens × width, the others what they make of a picture of `recipe`."""
    calls, size = model.calls, recipe.size
    grid = (calls.latent_channels, size.height // calls.position, size.width // calls.position)
    shapes = {Part.TEXT: _text_shape(calls), Part.DENOISER: grid, Part.DECODER: (3, size.height, size.width)}
    return tuple(
        Weight(part, tuple(type(network).__name__ for network in networks), _parameters(networks), shapes[part])
        for part, networks in _parts(model).items()
        if networks
    )


def run(model: LoadedModel, recipe: Recipe, control: Control, emit: Callable[[Work], None]) -> None:
    """One stock call with `recipe`; emit what each part has done whenever it has been called. Raises `Stop`.

    The prompt is encoded anew, although it may be known.
    """
    encoded = recipe.with_values(prompt=recipe.prompt.text + " ")  # not the one that is remembered; read as the same tokens
    with ExitStack() as hooks:
        for part, networks in _parts(model).items():
            hooks.enter_context(_timed(part, networks, emit))
        hooks.enter_context(Gates([network for networks in _parts(model).values() for network in networks], control))
        prompt, negative = model.encode(encoded, control)
        arguments = model.prepare(encoded, prompt, negative)
        model.pipeline.set_progress_bar_config(disable=True)
        with torch.no_grad():
            model.pipeline(**arguments, generator=torch.Generator("cpu").manual_seed(recipe.sampling.seed))


def _parts(model: LoadedModel) -> Mapping[Part, Sequence[torch.nn.Module]]:
    calls = model.calls
    return {Part.TEXT: calls.text_encoders, Part.DENOISER: [calls.denoiser], Part.DECODER: calls.coders[1:]}


def _parameters(networks: Sequence[torch.nn.Module]) -> int:
    return sum(parameter.numel() for network in networks for parameter in network.parameters())


def _text_shape(calls: Calls) -> tuple[int, ...]:
    if not calls.text_encoders:
        return ()
    config = calls.text_encoders[0].config
    longest = min(int(calls.tokenizers[0].model_max_length), 512)
    return longest, int(getattr(config, "hidden_size", 0) or getattr(config, "d_model", 0))


@contextmanager
def _timed(part: Part, networks: Sequence[torch.nn.Module], emit: Callable[[Work], None]) -> Iterator[None]:
    """Time every call of `networks`."""
    calls, seconds, since = 0, 0.0, 0.0

    def begin(*_: object) -> None:
        nonlocal since
        since = time.perf_counter()

    def end(*_: object) -> None:
        nonlocal calls, seconds
        calls, seconds = calls + 1, seconds + time.perf_counter() - since
        emit(Work(part, calls, seconds))

    handles = [network.register_forward_pre_hook(begin) for network in networks]
    handles += [network.register_forward_hook(end) for network in networks]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
