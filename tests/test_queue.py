"""The queue: order, hold, priority, and undoing a removal."""

import asyncio
from dataclasses import dataclass

import pytest

from desktop.studio.notices import Notices
from desktop.studio.queue import Line, Queue


@dataclass(frozen=True)
class Painting:
    name: str


@dataclass(frozen=True)
class Training:
    name: str


class Studio:
    """Two kinds of work on one machine."""

    def __init__(self) -> None:
        self.queue, self.done, self.go = Queue(Notices()), [], asyncio.Event()
        self.go.set()
        self.at_work = 0
        for kind in (Painting, Training):
            self.queue.register(kind, self.perform)

    async def perform(self, work) -> None:
        self.at_work += 1
        assert self.at_work == 1
        await self.go.wait()
        self.done.append(work.name)
        self.at_work -= 1


@pytest.fixture
async def studio():
    return Studio()


async def test_work_of_any_kind_is_done_in_order_one_at_a_time(studio):
    studio.queue.add(Painting("a"), Training("b"))
    studio.queue.add(Painting("c"))
    await studio.queue.idle()
    assert studio.done == ["a", "b", "c"]


async def test_what_is_first_goes_before_what_is_due_and_the_front_before_the_back(studio):
    studio.go.clear()
    studio.queue.add(Painting("at work"), Painting("due"))
    await asyncio.sleep(0)
    studio.queue.add(Painting("sooner"), Painting("soon"), front=True)
    studio.queue.add(Training("first"), line=Line.FIRST)
    assert [work.name for work in studio.queue] == ["first", "sooner", "soon", "due"]
    studio.go.set()
    await studio.queue.idle()
    assert studio.done == ["at work", "first", "sooner", "soon", "due"]


async def test_held_work_waits_for_its_release(studio):
    studio.queue.add(Painting("a"), Painting("b"), line=Line.HELD)
    await studio.queue.idle()
    assert studio.done == []
    assert studio.queue.is_holding
    studio.queue.release(lambda work: Painting(work.name.upper()))
    await studio.queue.idle()
    assert studio.done == ["A", "B"]
    assert not studio.queue.is_holding


async def test_everything_that_waits_can_be_held_in_its_order(studio):
    studio.go.clear()
    studio.queue.add(Painting("at work"), Painting("due"))
    await asyncio.sleep(0)
    studio.queue.add(Painting("held"), line=Line.HELD)
    studio.queue.add(Painting("first"), line=Line.FIRST)
    studio.queue.hold_all()
    assert [work.name for work in studio.queue.line(Line.HELD)] == ["first", "due", "held"]
    studio.go.set()
    await studio.queue.idle()
    assert studio.done == ["at work"]


async def test_a_removal_can_be_undone_at_its_place(studio):
    studio.go.clear()
    one, two, three = Painting("one"), Painting("two"), Painting("three")
    studio.queue.add(Painting("at work"), one, two, three)
    await asyncio.sleep(0)
    removal = studio.queue.remove(two)
    assert [work.name for work in studio.queue] == ["one", "three"]
    assert studio.queue.remove(two) is None
    studio.queue.put_back(removal)
    assert [work.name for work in studio.queue] == ["one", "two", "three"]


async def test_a_removal_is_undone_also_where_the_queue_is_empty_by_now(studio):
    studio.go.clear()
    studio.queue.add(Painting("at work"), Painting("a"), Painting("b"))
    await asyncio.sleep(0)
    removal = studio.queue.remove(next(work for work in studio.queue if work.name == "b"))
    studio.go.set()
    await studio.queue.idle()
    studio.queue.put_back(removal)
    await studio.queue.idle()
    assert studio.done == ["at work", "a", "b"]


async def test_work_can_be_taken_out_and_replaced(studio):
    studio.queue.add(Painting("a"), Painting("b"), Painting("c"), line=Line.HELD)
    assert studio.queue.take(lambda work: work.name == "a") == Painting("a")
    assert studio.queue.take(lambda work: work.name == "a") is None
    studio.queue.replace(Painting("b"), Painting("d"), Painting("e"))
    assert [work.name for work in studio.queue] == ["d", "e", "c"]


async def test_nobody_waits_for_work_that_yields(studio):
    studio.queue.register(Training, studio.perform, yields=True)
    studio.go.clear()
    studio.queue.add(Training("long"))
    await asyncio.sleep(0)
    assert not studio.queue.is_serving
    await studio.queue.idle()
    assert studio.done == []
    studio.queue.add(Painting("short"))
    assert studio.queue.is_serving
    waiting = asyncio.ensure_future(studio.queue.idle())
    await asyncio.sleep(0)
    assert not waiting.done()
    studio.go.set()
    await waiting
    assert studio.done == ["long", "short"]


async def test_work_that_is_added_when_the_queue_has_just_become_idle_is_done(studio):
    added = []

    def add_once():
        if studio.done and not added:
            added.append(True)
            studio.queue.add(Training("b"))

    studio.queue.changed.connect(add_once)
    studio.queue.add(Painting("a"))
    await studio.queue.idle()
    await studio.queue.idle()
    assert studio.done == ["a", "b"]
