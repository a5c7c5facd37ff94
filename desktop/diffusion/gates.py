"""Gates: the places inside a model where the user's stop takes hold, dense enough for a slow machine, cheap on a fast one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import torch
from torch.utils.hooks import RemovableHandle

from .control import Control

LONGEST = 0.05      # seconds that may lie between two gates; measured again once it is twice that: a stop takes hold within 0.2 s
AHEAD = 3           # gates that Python may be ahead of a GPU, whose queue would otherwise take a whole step before we look up


class Gates:
    """While open, modules call `control.check()` on their way.

    The first call of a model goes through a gate before every operation, and is timed. After that only as many stay as
    are needed for no two to lie more than `LONGEST` apart: on a fast machine the model's own, on a slow one those of its
    blocks or of the operations in them. Only a single operation can be longer.
    """

    def __init__(self, models: Iterable[torch.nn.Module], control: Control) -> None:
        self._gated = [_Gated(model, control) for model in models]

    def __enter__(self) -> Gates:
        for gated in self._gated:
            gated.open()
        return self

    def __exit__(self, *_: object) -> None:
        for gated in self._gated:
            gated.close()


class _Gated:
    """One model, its gates, and what is known of the time between them."""

    def __init__(self, model: torch.nn.Module, control: Control) -> None:
        self._model, self._control = model, control
        self._entrance: RemovableHandle | None = None
        self._inner: dict[torch.nn.Module, RemovableHandle] = {}
        self._passed: list[tuple[torch.nn.Module, float]] | None = None    # while measuring: every gate and when
        self._shortest_possible = 0.0                                       # the longest operation that was measured
        self._last = 0.0
        self._longest = 0.0
        self._measured = False
        self._queue: deque[torch.cuda.Event] = deque()

    def open(self) -> None:
        self._entrance = self._model.register_forward_pre_hook(self._enter)

    def close(self) -> None:
        self._clear()
        if self._entrance:
            self._entrance.remove()

    def _clear(self) -> None:
        for handle in self._inner.values():
            handle.remove()
        self._inner.clear()

    def _enter(self, model: torch.nn.Module, args: tuple[Any, ...]) -> None:
        """The model's own gate. What has passed since its last call belongs to others, so that is never counted."""
        self._control.check()
        self._bound_run_ahead()
        if self._passed:
            self._thin_out(self._passed)
        elif not self._measured or self._longest > 2 * max(LONGEST, self._shortest_possible):
            self._clear()
            self._inner = {module: module.register_forward_pre_hook(self._pass) for module in self._model.modules() if module is not model}
            self._passed = []
        self._longest = 0.0
        self._last = time.perf_counter()
        if self._passed is not None:
            self._passed.append((model, self._last))

    def _pass(self, module: torch.nn.Module, args: tuple[Any, ...]) -> None:
        self._control.check()
        self._bound_run_ahead()
        now = time.perf_counter()
        self._longest = max(self._longest, now - self._last)
        self._last = now
        if self._passed is not None:
            self._passed.append((module, now))

    def _thin_out(self, passed: list[tuple[torch.nn.Module, float]]) -> None:
        """Keep a gate only where leaving it out would put more than `LONGEST` between its neighbours."""
        kept, last = set(), passed[0][1]
        for (module, at), (_, following) in pairwise(passed):
            if following - last > LONGEST:
                kept.add(module)
                last = at
        for module in [module for module in self._inner if module not in kept]:
            self._inner.pop(module).remove()
        self._shortest_possible = self._longest
        self._measured, self._passed = True, None

    def _bound_run_ahead(self) -> None:
        if not torch.cuda.is_initialized():
            return
        event = torch.cuda.Event()
        event.record()
        self._queue.append(event)
        if len(self._queue) > AHEAD:
            self._queue.popleft().synchronize()
