"""Worker: the one background thread on which everything that touches torch runs. asyncio only: no Qt, no torch."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import Any, TypeVar

from .diffusion.control import Control, Stop

T = TypeVar("T")


class Worker:
    """Runs one piece of work after another, in the order they were asked for.

    Work is an ordinary function. Cancelling the task that awaits it sets the work's stop flag and then waits
    until the worker has let go, so what follows always finds the thread free.
    """

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        # A daemon, so that quitting never waits for a leaf operation.
        self._thread = threading.Thread(target=self._serve, name="worker", daemon=True)
        self._thread.start()

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """`function(*arguments)` on the worker. It takes no stop flag, so a cancel takes hold when it returns."""
        async with aclosing(self.stream(lambda control, emit: emit(function(*arguments)))) as results:
            return await anext(results)

    async def stream(
        self, function: Callable[[Control, Callable[[Any], None]], None], control: Control | None = None
    ) -> AsyncGenerator[Any, None]:
        """Yield everything that `function(control, emit)` emits on the worker, in order and without loss.

        Ends when the function returns or was stopped; raises what it raised.
        """
        loop = asyncio.get_running_loop()
        control = control or Control()
        emitted: deque[Any] = deque()
        arrived = asyncio.Event()
        done: asyncio.Future[None] = loop.create_future()
        waking = threading.Event()  # set while a wake-up is on its way: a burst of events costs one hop

        def wake() -> None:
            waking.clear()
            arrived.set()

        def emit(event: Any) -> None:
            emitted.append(event)
            if not waking.is_set():
                waking.set()
                _post(loop, wake)

        def finish(error: BaseException | None) -> None:
            if not done.done():
                done.set_result(None) if error is None else done.set_exception(error)
            arrived.set()

        def work() -> None:
            error: BaseException | None = None
            try:
                control.check()
                function(control, emit)
            except Stop:
                pass
            except BaseException as problem:
                error = problem
            _post(loop, finish, error)

        self._work.put(work)
        try:
            while True:
                await arrived.wait()
                arrived.clear()
                while emitted:
                    yield emitted.popleft()
                if done.done():
                    await done
                    return
        finally:
            control.stop()
            with suppress(Exception):  # the loop above has raised it, unless nobody listens any more
                await settled(done)

    def close(self) -> None:
        """Take no more work; the thread ends with what it has. Does not wait."""
        self._work.put(None)

    def join(self, timeout: float) -> bool:
        """Whether the thread has ended within `timeout` seconds of `close`."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            del work  # a finished run's tensors go now, not when the next work comes


async def settled(future: asyncio.Future[T]) -> T:
    """Await `future` to completion, however often the waiting task is cancelled; re-raise a cancellation only afterwards."""
    cancelled = False
    while not future.done():
        try:
            await asyncio.wait([future])
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        if not future.cancelled():
            future.exception()  # marks it as seen
        raise asyncio.CancelledError
    return future.result()


def _post(loop: asyncio.AbstractEventLoop, callback: Callable[..., None], *arguments: Any) -> None:
    try:
        loop.call_soon_threadsafe(callback, *arguments)
    except RuntimeError:  # the loop is closed: the app is leaving, and nobody waits any more
        pass
