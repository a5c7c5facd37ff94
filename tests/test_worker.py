"""The worker thread: order, no lost events, prompt stop, errors."""

import asyncio
import threading
import time
from contextlib import aclosing

import pytest

from desktop.diffusion.control import Control
from desktop.worker import Worker


@pytest.fixture
def worker():
    worker = Worker()
    yield worker
    worker.close()
    assert worker.join(2)


async def test_work_runs_on_the_worker_and_returns_its_value(worker):
    thread = await worker.run(threading.current_thread)
    assert thread.name == "worker"
    assert thread is not threading.current_thread()


async def test_a_burst_arrives_complete_and_in_order(worker):
    def count(control, emit):
        for i in range(10_000):
            emit(i)

    async with aclosing(worker.stream(count)) as numbers:
        assert [number async for number in numbers] == list(range(10_000))


async def test_what_is_emitted_arrives_before_the_work_ends(worker):
    seen = threading.Event()

    def wait_for_the_reader(control, emit):
        emit("first")
        assert seen.wait(5)

    async with aclosing(worker.stream(wait_for_the_reader)) as events:
        async for event in events:
            assert event == "first"
            seen.set()


async def test_work_is_done_one_after_another_in_the_order_asked(worker):
    order = []

    def work(number):
        time.sleep(0.01)
        order.append(number)

    await asyncio.gather(*(worker.run(work, number) for number in range(5)))
    assert order == [0, 1, 2, 3, 4]


async def test_an_error_reaches_the_caller_and_the_worker_continues(worker):
    def fail(control, emit):
        emit(1)
        raise ValueError("broken")

    seen = []

    async def watch():
        async with aclosing(worker.stream(fail)) as events:
            async for event in events:
                seen.append(event)

    with pytest.raises(ValueError, match="broken"):
        await watch()
    assert seen == [1]
    assert await worker.run(lambda: "alive") == "alive"


async def test_cancelling_stops_at_the_next_gate_and_waits_for_the_worker(worker):
    left = threading.Event()
    started = asyncio.Event()

    def endless(control: Control, emit):
        emit("started")
        try:
            while True:
                control.check()
                time.sleep(0.001)
        finally:
            time.sleep(0.05)
            left.set()

    async def watch():
        async with aclosing(worker.stream(endless)) as events:
            async for _ in events:
                started.set()

    task = asyncio.ensure_future(watch())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left.is_set()
    assert await worker.run(lambda: "alive") == "alive"


async def test_work_cancelled_while_it_waits_never_begins(worker):
    gate = threading.Event()
    began = []
    first = asyncio.ensure_future(worker.run(gate.wait, 5))
    second = asyncio.ensure_future(worker.run(began.append, 1))
    await asyncio.sleep(0.02)
    second.cancel()
    await asyncio.sleep(0.02)
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await second
    await first
    assert began == []


async def test_cancelling_again_while_waiting_for_the_worker_does_not_leave_it_behind(worker):
    left = threading.Event()

    def stubborn(control, emit):
        emit(1)
        time.sleep(0.2)
        left.set()

    async def watch():
        async with aclosing(worker.stream(stubborn)) as events:
            async for _ in events:
                pass

    task = asyncio.ensure_future(watch())
    await asyncio.sleep(0.05)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.01)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left.is_set()
