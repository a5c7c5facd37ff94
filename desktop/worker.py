"""Worker: the background thread for everything that uses torch. asyncio only: no Qt, no torch."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import TypeVar

from .diffusion.control import Control, Stop

T = TypeVar("T")


class Worker:
    """Runs functions one after another, in the order of the calls.

    Cancelling the task that awaits a function sets its stop flag, then waits until the function has returned, so the
    thread is free afterwards.
    """

    def __init__(self) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        # A daemon thread, so that the process can exit during a long torch operation.
        self._thread = threading.Thread(target=self._serve, name="worker", daemon=True)
        self._thread.start()

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Return `function(*arguments)`, called on the worker. It has no stop flag, so a cancellation takes effect when it returns."""

        def work(control: Control, emit: Callable[[T], None]) -> None:
            emit(function(*arguments))

        async with aclosing(self.stream(work)) as results:
            return await anext(results)

    async def stream(
        self, function: Callable[[Control, Callable[[T], None]], None], control: Control | None = None
    ) -> AsyncGenerator[T, None]:
        """Yield everything that `function(control, emit)` emits on the worker, in order.

        Ends when the function returns or is stopped; raises what the function raises.
        """
        loop = asyncio.get_running_loop()
        control = control or Control()
        emitted: deque[T] = deque()
        arrived = asyncio.Event()
        done: asyncio.Future[None] = loop.create_future()
        waking = threading.Event()  # set while a wake-up is scheduled, so that a burst of events needs only one

        def wake() -> None:
            waking.clear()
            arrived.set()

        def emit(event: T) -> None:
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
            with suppress(Exception):  # already raised by the loop above, unless the caller closed the generator
                await settled(done)

    def close(self) -> None:
        """Accept no more work; the thread ends after the queued work. Does not wait."""
        self._work.put(None)

    def join(self, timeout: float) -> bool:
        """After `close`: wait up to `timeout` seconds; return whether the thread has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            del work  # frees the tensors of a finished run now


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


def _post(loop: asyncio.AbstractEventLoop, callback: Callable[..., None], *arguments: object) -> None:
    try:
        loop.call_soon_threadsafe(callback, *arguments)
    except RuntimeError:  # the loop is closed: the program is exiting
        pass
