"""Undo: changes are undone and redone in order, told, and never lost or done twice."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.studio.notices import NoticeKind, Notices
from desktop.studio.queue import Line, Queue
from desktop.studio.undo import MOST, Change, Undo, between
from tests.awaited import settle


class Shelf:
    """Things that are put on a shelf, by changes."""

    def __init__(self) -> None:
        self.notices, self.told, self.gone = Notices(), [], []
        self.notices.listen(self.told.append)
        self.notices.withdrawn.connect(self.gone.append)
        self.undo = Undo(self.notices)
        self.things: list[str] = []

    def change(self, thing: str) -> Change:
        self.things.append(thing)
        return Change("putting {thing}", "{thing} is here.", between(self.things.pop, lambda: self.things.append(thing)), {"thing": thing})


@pytest.fixture
async def shelf():
    return Shelf()


async def test_changes_are_undone_and_redone_in_order(shelf):
    for thing in "abc":
        shelf.undo.record(shelf.change(thing))
    shelf.undo.undo()
    shelf.undo.undo()
    await settle()
    assert (shelf.things, shelf.undo.last.values, shelf.undo.undone.values) == (["a"], {"thing": "a"}, {"thing": "b"})
    shelf.undo.redo()
    await settle()
    assert shelf.things == ["a", "b"]
    shelf.undo.record(shelf.change("d"))
    assert shelf.undo.undone is None
    for _ in range(5):
        shelf.undo.undo()
    await settle()
    assert shelf.things == []
    assert shelf.undo.last is None


async def test_the_notice_of_a_change_undoes_it_and_leaves_with_the_next_notice(shelf):
    shelf.undo.record(shelf.change("a"))
    [first] = shelf.told
    assert first.kind is NoticeKind.UNDO
    shelf.undo.record(shelf.change("b"))
    assert shelf.gone == [first]
    shelf.told[-1].actions[0].run()
    await settle()
    assert shelf.things == ["a"]
    assert shelf.told[-1].kind is NoticeKind.DONE  # leaves by itself: nothing is lost
    assert shelf.told[-1].values["change"].values == {"thing": "b"}
    shelf.told[-1].actions[0].run()
    await settle()
    assert shelf.things == ["a", "b"]
    offer = shelf.told[-1]
    shelf.notices.tell(NoticeKind.DONE, "Saved.")
    assert offer in shelf.gone


async def test_what_is_undone_while_a_change_is_at_work_waits_for_it(shelf):
    may_go = asyncio.Event()

    async def put() -> Change:
        await may_go.wait()
        return shelf.change("slow")

    shelf.undo.perform(put())
    shelf.undo.undo()
    await settle()
    may_go.set()
    await settle()
    assert shelf.things == []
    assert shelf.undo.undone is not None


async def test_what_cannot_be_undone_is_told_and_forgotten(shelf):
    async def fail() -> None:
        raise OSError("no")

    shelf.undo.record(shelf.change("a"))
    shelf.undo.record(Change("failing", "It failed.", fail))
    shelf.undo.undo()
    await settle()
    assert shelf.told[-1].kind is NoticeKind.ERROR
    assert shelf.undo.undone is None
    shelf.undo.undo()
    await settle()
    assert shelf.things == []


async def test_the_oldest_changes_are_forgotten(shelf):
    for number in range(MOST + 5):
        shelf.undo.record(shelf.change(str(number)))
    for _ in range(MOST + 5):
        shelf.undo.undo()
    await settle()
    await asyncio.sleep(0.01)
    assert len(shelf.things) == 5


@pytest.mark.slow
@given(
    st.lists(st.sampled_from(Line), max_size=6),
    st.lists(st.tuples(st.sampled_from(("remove", "move", "undo", "redo")), st.integers(0, 5), st.integers(0, 5)), max_size=12),
)
def test_any_sequence_on_the_queue_can_be_undone(lines, actions):
    """`Queue` and `Undo` alone; nothing is served, since the queue has no loop for it."""

    async def play() -> None:
        notices = Notices()
        undo, queue = Undo(notices), Queue(notices)
        queue._serve_soon = lambda: None
        for number, line in enumerate(lines):
            queue.add(str(number), line=line)
        states = [snapshot(queue)]  # states[k]: after the first k changes
        place = 0
        for action, one, other in actions:
            works = list(queue)
            if action in ("undo", "redo"):
                (undo.undo if action == "undo" else undo.redo)()
                await settle()
                place = min(max(0, place + (1 if action == "redo" else -1)), len(states) - 1)
            elif one < len(works):
                removal = queue.remove(works[one]) if action == "remove" else queue.move(works[one], other)
                undo.record(Change("", "", reverting(queue, works[one], removal, action == "remove")))
                states, place = [*states[: place + 1], snapshot(queue)], place + 1
            assert snapshot(queue) == states[place]
        for _ in range(place):
            undo.undo()
        await settle()
        await settle()
        assert snapshot(queue) == states[0]

    asyncio.run(play())


def snapshot(queue: Queue) -> list[tuple[str, ...]]:
    return [queue.line(line) for line in Line]


def reverting(queue, work, before, is_removal):
    async def revert():
        now = None if is_removal else queue.remove(work)
        queue.put_back(before)

        async def again():
            if is_removal:
                return reverting(queue, work, queue.remove(work), is_removal)
            old = queue.remove(work)
            queue.put_back(now)
            return reverting(queue, work, old, is_removal)

        return again

    return revert
