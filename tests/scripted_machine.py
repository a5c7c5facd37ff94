"""A fake `desktop.machine.Machine`, driven by a script. Its events are real; its steps need no computation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from desktop.diffusion.control import Control, Stop
from desktop.diffusion.families.description import Traits
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import Event, LatentValues, Phase, Picture, Pixels, Plan, Step, View
from desktop.diffusion.working_memory import Hardware

PIXELS = Pixels(1, 1, b"abc")


def plain_step(request: Request, number: int) -> Step:
    return Step(number, 999.0 - number, 1.0, 0.5, 0.01, 0.0, PIXELS, PIXELS, PIXELS, False, b"x" * 100)


class ScriptedMachine:
    """Makes a step whenever `go` is set, or for each release of `permits` where there are any."""

    def __init__(
        self, calls: int | None = 3, make_step: Callable[[Request, int], Step] = plain_step, permits: asyncio.Semaphore | None = None
    ) -> None:
        """`calls`: steps of every run; None for as many as its recipe says."""
        self.is_ready = True
        self.go = asyncio.Event()
        self.go.set()
        self.fails: BaseException | None = None  # the next call raises it
        self.environment: dict[str, object] = {}  # of its plans
        self.requests: list[Request] = []  # begun
        self.made: list[Recipe] = []  # finished
        self.decoded: list[tuple[int, View]] = []
        self.cancelled: list[tuple[int, View]] = []  # decodes that were given up
        self.picture_of: Callable[[Request, int, View], Pixels] = lambda request, number, view: PIXELS
        self.freed = 0
        self.device: Hardware | None = None
        self.traits: Traits | None = Traits()  # of every model; None: there is no model
        self._calls, self._make_step, self._permits = calls, make_step, permits
        self._at_work = 0

    async def prepare(self) -> None:
        self.is_ready = True

    async def generate(self, request: Request, control: Control) -> AsyncGenerator[Event, None]:
        self.requests.append(request)
        self._at_work += 1
        assert self._at_work == 1, "there is one machine"
        try:
            self._fail()
            async for event in self._events(request, control):
                yield event
        except Stop:
            pass
        finally:
            self._at_work -= 1

    async def _events(self, request: Request, control: Control) -> AsyncGenerator[Event, None]:
        calls = request.recipe.sampling.steps if self._calls is None else self._calls
        yield Phase.DENOISING
        yield Plan(tuple(float(calls - number) for number in range(calls)), dict(self.environment))
        for number in range(len(request.history), calls + 1):
            await self._permitted()
            yield self._make_step(request, number)
            control.after_step(number, calls)
        yield Picture(self.picture_of(request, calls, View.ESTIMATE))
        self.made.append(request.recipe)

    async def decode(self, request: Request, number: int, view: View) -> Pixels:
        self._fail()
        self.decoded.append((number, view))
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.append((number, view))
            raise
        return self.picture_of(request, number, view)

    async def values(self, request: Request, number: int, x: float, y: float) -> LatentValues:
        self._fail()
        return LatentValues(0, 0, 1, 1, {View.NOISY: [float(number)]})

    async def free(self) -> None:
        self.freed += 1

    async def hardware(self) -> Hardware | None:
        return self.device

    def traits_of(self, name: str) -> Traits | None:
        return self.traits

    async def _permitted(self) -> None:
        if self._permits is not None:
            await self._permits.acquire()
        else:
            await self.go.wait()
            await asyncio.sleep(0)

    def _fail(self) -> None:
        if self.fails is not None:
            fails, self.fails = self.fails, None
            raise fails
