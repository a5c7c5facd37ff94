"""Values are read one position at a time, the newest first, and never while a run is active."""

import asyncio

import pytest

from desktop.diffusion.run import LatentValues, View
from desktop.errors import StepNotKept
from desktop.studio.notices import Notices
from desktop.studio.probe import Probe
from desktop.studio.timeline import Timeline
from tests.awaited import settle
from tests.developed import Work, developed


class Studio:
    def __init__(self) -> None:
        self.timeline, self.work = Timeline(), Work()
        self.asked = []
        self.go = asyncio.Event()
        self.go.set()
        self.lost = False
        self.probe = Probe(self.read, self.timeline, self.work, Notices())
        self.timeline.show(developed(6, done=4))

    async def read(self, run, number, x, y):
        self.asked.append((number, x, y))
        await self.go.wait()
        if self.lost:
            raise StepNotKept
        return LatentValues(int(16 * x), int(16 * y), 16, 16, {View.NOISY: [float(number)]})


@pytest.fixture
async def studio():
    return Studio()


async def test_the_values_are_read_where_one_looks_and_follow_the_step(studio):
    studio.probe.point_at(0.5, 0.25)
    await settle()
    assert (studio.probe.values.column, studio.probe.values.row) == (8, 4)
    studio.timeline.go_to(2)
    await settle()
    assert studio.probe.values.channels == {View.NOISY: [2.0]}
    studio.timeline.choose_view(View.NOISY)  # the same numbers
    await settle()
    assert studio.asked == [(4, 0.5, 0.25), (2, 0.5, 0.25)]


async def test_who_moves_on_gets_the_newest_place_only(studio):
    studio.go.clear()
    for x in (0.1, 0.2, 0.3, 0.4):
        studio.probe.point_at(x, 0.5)
        await settle()
    assert studio.asked == [(4, 0.1, 0.5)]
    studio.go.set()
    await settle()
    assert studio.asked == [(4, 0.1, 0.5), (4, 0.4, 0.5)]
    assert studio.probe.values.column == 6


async def test_nothing_is_requested_while_a_run_is_active(studio):
    studio.probe.point_at(0.5, 0.5)
    await settle()
    studio.work.running = True
    studio.work.changed.emit()
    assert studio.probe.values is not None  # they still hold
    studio.probe.point_at(0.7, 0.5)
    await settle()
    assert studio.probe.waits
    assert studio.probe.values is None  # never those of another place
    studio.work.running = False
    studio.work.changed.emit()
    await settle()
    assert studio.probe.values.column == 11
    assert len(studio.asked) == 2


async def test_the_picture_beside_has_values_of_its_own(studio):
    studio.timeline.compare_with(developed(6, done=3))
    studio.probe.point_at(0.5, 0.5, beside=True)
    await settle()
    assert studio.asked == [(3, 0.5, 0.5)]


async def test_values_that_were_not_kept_are_reported(studio):
    studio.lost = True
    studio.probe.point_at(0.5, 0.5)
    await settle()
    assert studio.probe.failed
    assert studio.probe.values is None
    assert len(studio.asked) == 1


async def test_nothing_is_read_while_the_values_are_hidden(studio):
    studio.timeline.go_to(1)
    studio.probe.point_at(0.5, 0.5)
    await settle()
    studio.probe.release()
    studio.timeline.go_to(2)
    await settle()
    assert studio.asked == [(1, 0.5, 0.5)]
