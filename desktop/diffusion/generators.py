"""Torch's global random generators, which a sampler uses if it gets no generator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch


class GlobalStates(NamedTuple):
    """States of the global generators, as uint8 tensors on the CPU."""

    cpu: torch.Tensor
    device: torch.Tensor | None  # of the graphics card; None on the CPU


class GlobalGenerators:
    """The global generators that a run on `device` may draw from: the CPU's, and the one of its graphics card."""

    def __init__(self, device: torch.device) -> None:
        self._module = None if device.type in ("cpu", "meta") else torch.get_device_module(device)

    def states(self) -> GlobalStates:
        return GlobalStates(torch.get_rng_state(), self._module.get_rng_state() if self._module else None)

    def restore(self, states: GlobalStates) -> None:
        torch.set_rng_state(states.cpu)
        if self._module and states.device is not None:
            self._module.set_rng_state(states.device)

    def seed(self, seed: int) -> None:
        """As `torch.manual_seed` does, but for the generators of this run only."""
        torch.default_generator.manual_seed(seed)
        if self._module:
            self._module.manual_seed(seed)

    @contextmanager
    def seeded(self, seed: int) -> Iterator[None]:
        """Seed the generators; restore their states at the end, also after an error."""
        before = self.states()
        self.seed(seed)
        try:
            yield
        finally:
            self.restore(before)
