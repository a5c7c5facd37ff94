"""Gates: modules of a model before which a run checks for a stop. A slow machine keeps more of them than a fast one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch.utils.hooks import RemovableHandle

from .control import Control

LONGEST = 0.05  # most seconds between two gates; measured again at twice that, so that a run stops within 0.2 s
AHEAD = 3  # most gates that Python may be ahead of a GPU; without a limit a whole step is queued before a stop is seen

# By model and shape of its input: the modules that keep their gates, and the seconds of the longest single operation.
_KNOWN: WeakKeyDictionary[torch.nn.Module, dict[torch.Size, tuple[tuple[torch.nn.Module, ...], float]]] = WeakKeyDictionary()


class Gates:
    """While open, modules call `control.check()` before they run.

    The first call of a model with inputs of one shape has a gate before every operation and is timed. Later calls and runs
    keep only the gates needed to have at most `LONGEST` between two of them: on a fast machine the gate of the model itself,
    on a slow one those of its blocks or of operations in the blocks. Only a single operation can take longer.
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
    """The gates of one model, and the measured times between them."""

    def __init__(self, model: torch.nn.Module, control: Control) -> None:
        self._model, self._control = model, control
        self._own: list[RemovableHandle] = []
        self._inner: dict[torch.nn.Module, RemovableHandle] = {}
        self._passed: list[tuple[torch.nn.Module, float]] = []  # in this call: every gate and when
        self._longest = 0.0  # seconds between two gates of the last call
        self._least = 0.0  # seconds of the longest single operation
        self._measuring = self._begun = False
        self._shape: torch.Size | None = None  # of the model's input
        self._queue: deque[torch.cuda.Event] = deque()

    def open(self) -> None:
        self._own = [self._model.register_forward_pre_hook(self._enter), self._model.register_forward_hook(self._leave)]

    def close(self) -> None:
        for handle in (*self._own, *self._inner.values()):
            handle.remove()
        self._inner.clear()

    def _measure(self) -> None:
        modules = (module for module in self._model.modules() if module is not self._model and module not in self._inner)
        self._inner.update((module, module.register_forward_pre_hook(self._pass)) for module in modules)
        self._measuring = True

    def _begin(self, args: tuple[Any, ...]) -> None:
        """Use the gates that an earlier call measured for inputs of this shape."""
        self._begun = True
        self._shape = args[0].shape if args and isinstance(args[0], torch.Tensor) else None
        known = _KNOWN.get(self._model, {}).get(self._shape) if self._shape else None
        if known is None:
            self._measure()
        else:
            kept, self._least = known
            self._inner = {module: module.register_forward_pre_hook(self._pass) for module in kept}

    def _enter(self, model: torch.nn.Module, args: tuple[Any, ...]) -> None:
        """Do not count the time since the model's last call."""
        if not self._begun:
            self._begin(args)
        elif not self._measuring and self._longest > 2 * max(LONGEST, self._least):
            self._measure()
        self._passed.clear()
        self._pass(model, args)

    def _pass(self, module: torch.nn.Module, args: tuple[Any, ...]) -> None:
        self._control.check()
        self._bound_run_ahead()
        self._passed.append((module, time.perf_counter()))

    def _leave(self, model: torch.nn.Module, args: tuple[Any, ...], output: Any) -> None:
        self._passed.append((model, time.perf_counter()))
        self._longest = max(following - at for (_, at), (_, following) in pairwise(self._passed))
        if self._measuring and len(self._passed) > 2:  # a replayed call runs no modules
            self._thin_out()

    def _thin_out(self) -> None:
        """Keep a gate only if its neighbours would be more than `LONGEST` apart without it."""
        kept, last = set(), self._passed[0][1]
        for (module, at), (_, following) in pairwise(self._passed):
            if following - last > LONGEST:
                kept.add(module)
                last = at
        for module in [module for module in self._inner if module not in kept]:
            self._inner.pop(module).remove()
        self._least, self._measuring = self._longest, False
        if self._shape:
            _KNOWN.setdefault(self._model, {})[self._shape] = tuple(self._inner), self._least

    def _bound_run_ahead(self) -> None:
        if not torch.cuda.is_initialized():
            return
        event = torch.cuda.Event()
        event.record()
        self._queue.append(event)
        if len(self._queue) > AHEAD:
            self._queue.popleft().synchronize()
