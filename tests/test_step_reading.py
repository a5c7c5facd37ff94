"""Steps on disk are shown without file access on the GUI thread: thumbnails at once, pictures once they are read."""

import asyncio
import sys
import threading

import pytest

from desktop.diffusion.run import Run, View
from desktop.library.journal import path_of
from desktop.library.recording import read_pictures
from desktop.library.recordings import Recordings
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notices
from desktop.studio.probe import Probe
from desktop.studio.stars import Stars
from desktop.studio.step_reading import StepReading
from desktop.studio.timeline import READ_AHEAD, Timeline
from desktop.ui.create.canvas import Canvas
from desktop.ui.create.filmstrip import Filmstrip
from desktop.ui.create.lanes import Lanes
from desktop.ui.theme import Theme
from tests import recorded
from tests.awaited import settle, until
from tests.developed import Work

SIDE = 256  # px of a preview; thumbnails have 128
opened: list[str] | None = None  # files that the main thread opens while this is a list


def watch(event: str, arguments: tuple) -> None:
    if event == "open" and opened is not None and threading.current_thread() is threading.main_thread():
        opened.append(str(arguments[0]))


sys.addaudithook(watch)  # cannot be removed again


@pytest.fixture
def opened_by_gui():
    global opened
    opened = []
    yield opened
    opened = None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="module")
def made(folder) -> Run:
    return recorded.record(folder, calls=20, side=SIDE)


@pytest.fixture
def stored(folder, made) -> Run:
    return Recordings(folder, 1 << 30).open(made.id).run


@pytest.fixture
def reading():
    return StepReading(Notices())


@pytest.fixture
def timeline(reading):
    return Timeline(HeldRuns(1 << 30), reading)


def is_read(timeline: Timeline, number: int) -> bool:
    return timeline._reading.pictures(timeline.run.steps[number]) is not None


async def test_scrubbing_a_run_on_disk_opens_no_file_on_the_gui_thread(qtbot, timeline, stored, opened_by_gui):
    theme, work = Theme(), Work()
    strip = Filmstrip(timeline, work, theme)
    views = [Canvas(timeline, work, theme, Probe(None, timeline, work, Notices())), strip, Lanes(timeline, work, Stars(), theme, strip)]
    for view in views:
        qtbot.addWidget(view)
        view.resize(400, 300)
    timeline.show(stored)
    for view in views:
        view.grab()
    await until(lambda: timeline.pixels.width == stored.picture.width)
    timeline.go_to(19)
    await until(lambda: timeline.pixels.width == SIDE)
    opened_by_gui.clear()  # modules are imported at the first paint and the first read
    for view in (View.ESTIMATE, View.NOISY):
        timeline.choose_view(view)
        for number in (*range(20, -1, -1), *range(0, 20, 7)):
            timeline.go_to(number)
            for widget in views:
                widget.grab()
            await asyncio.sleep(0.002)
        await until(lambda: timeline.pixels.width == SIDE)
    assert opened_by_gui == []
    read_pictures(stored.steps[3])
    assert opened_by_gui != []  # so the test would have seen it


async def test_the_thumbnail_is_shown_at_once_and_the_picture_when_it_is_read(timeline, stored):
    changed = []
    timeline.show(stored)
    timeline.go_to(9)
    timeline.current_changed.connect(lambda: changed.append(timeline.pixels.width))
    assert timeline.pixels is stored.steps[9].thumbnail
    await until(lambda: timeline.pixels.width == SIDE)
    assert changed == [SIDE]
    timeline.choose_view(View.NOISY)
    assert timeline.pixels.width == SIDE  # both are read together


async def test_who_scrubs_slowly_sees_no_thumbnail(timeline, stored):
    timeline.show(stored)
    timeline.go_to(10)
    for distance in (1, 1, 1, -1, -1, -1, -1, -1, 1, 2, READ_AHEAD):
        await until(lambda: all(is_read(timeline, number) for number in range(timeline.index, timeline.index + READ_AHEAD + 1)))
        await until(lambda: all(is_read(timeline, number) for number in range(timeline.index - READ_AHEAD, timeline.index)))
        timeline.go_by(distance)
        assert timeline.pixels.width == SIDE


async def test_who_scrubs_fast_gets_the_step_where_he_stops_first(timeline, reading, stored):
    order = []
    reading.arrived.connect(lambda step: order.append(step.number))
    timeline.show(stored)
    for number in range(19, 1, -1):
        timeline.go_to(number)
    await until(lambda: timeline.pixels.width == SIDE)
    assert 2 in order[:2]  # before it only the one that was already being read
    assert len(order) <= 2  # one may have been on its way


async def test_pictures_beyond_the_budget_are_read_again(made, folder):
    each = 2 * SIDE * SIDE * 3
    reading = StepReading(Notices(), budget=3 * each)
    steps = Recordings(folder, 1 << 30).open(made.id).run.steps
    for number in (1, 2, 3, 4):
        reading.want([steps[number]])
        await until(lambda number=number: reading.pictures(steps[number]))
    assert [reading.pictures(steps[number]) is not None for number in (1, 2, 3, 4)] == [False, True, True, True]
    reading.want([steps[1]])
    await until(lambda: reading.pictures(steps[1]))
    assert reading.pictures(steps[1]).noisy.width == SIDE


async def test_of_a_recording_that_vanishes_the_thumbnails_stay(tmp_path, timeline):
    run = recorded.record(tmp_path, calls=6, side=SIDE)
    stored = Recordings(tmp_path, 1 << 30).open(run.id).run
    path_of(tmp_path, run.id).unlink()
    timeline.show(stored)
    timeline.go_to(3)
    await until(lambda: all(is_read(timeline, number) for number in range(7)))
    await settle()
    assert timeline.pixels is stored.steps[3].thumbnail
    timeline.choose_view(View.NOISY)
    assert timeline.pixels is None


async def test_compared_runs_are_both_read(timeline, stored, folder, made):
    timeline.show(stored)
    timeline.compare_with(Recordings(folder, 1 << 30).open(made.id).run)
    timeline.go_to(5)
    await until(lambda: timeline.pixels.width == timeline.second.width == SIDE)
