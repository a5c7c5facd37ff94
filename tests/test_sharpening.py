"""Shown steps are decoded in full while the machine is idle, the newest first, without delaying a run."""

import pytest

from desktop.diffusion.run import Ending, View
from desktop.errors import NoGuidance
from desktop.generate import RunMaker
from desktop.studio import sharpening
from desktop.studio.notices import Notices
from desktop.studio.sharpening import Sharpening
from desktop.studio.timeline import Timeline
from tests.awaited import settle
from tests.developed import Work, developed, plain
from tests.scripted_machine import ScriptedMachine

SHARP = plain((1, 2, 3), 8)


def picture_of(request, number, view):
    if view is View.GUIDANCE:
        raise NoGuidance
    return SHARP


class Studio:
    def __init__(self) -> None:
        self.machine, self.timeline, self.work, self.notices = ScriptedMachine(), Timeline(), Work(), Notices()
        self.machine.picture_of = picture_of
        self.told = []
        self.notices.listen(self.told.append)
        self.sharpening = Sharpening(RunMaker(self.machine), self.timeline, self.work, self.notices)


@pytest.fixture
async def studio(monkeypatch):
    monkeypatch.setattr(sharpening, "SETTLES", 0)
    return Studio()


async def test_the_shown_step_is_decoded_in_full_once(studio):
    studio.timeline.show(developed(6, done=4))
    await settle()
    assert studio.machine.decoded == [(4, View.ESTIMATE)]
    assert studio.timeline.pixels is SHARP
    assert not studio.timeline.approximate
    studio.timeline.go_to(2)
    await settle()
    studio.timeline.go_to(4)
    await settle()
    assert studio.timeline.pixels is SHARP  # it was kept
    assert studio.machine.decoded == [(4, View.ESTIMATE), (2, View.ESTIMATE)]


async def test_who_scrubs_on_gets_the_newest_only(studio):
    studio.machine.go.clear()
    studio.timeline.show(developed(6, done=4))
    await settle()
    studio.timeline.go_to(1)
    await settle()
    assert studio.machine.cancelled == [(4, View.ESTIMATE)]
    studio.machine.go.set()
    await settle()
    assert studio.timeline.pixels is SHARP
    studio.timeline.go_to(4)
    assert studio.timeline.pixels is not SHARP


async def test_a_run_that_begins_gets_the_machine_at_once(studio):
    studio.machine.go.clear()
    studio.timeline.show(developed(6, done=4))
    await settle()
    studio.work.running = True
    studio.work.changed.emit()
    await settle()
    assert studio.machine.cancelled == [(4, View.ESTIMATE)]
    studio.timeline.go_to(1)
    await settle()
    assert len(studio.machine.decoded) == 1
    studio.machine.go.set()
    studio.work.running = False
    studio.work.changed.emit()
    await settle()
    assert studio.timeline.pixels is SHARP


async def test_the_finished_picture_needs_nothing(studio):
    studio.timeline.show(developed(6))
    await settle()
    assert studio.machine.decoded == []


async def test_two_views_are_filled_in_one_after_the_other(studio):
    studio.timeline.show(developed(6, done=4))
    studio.timeline.choose_view(View.CHANGE)
    assert studio.timeline.is_substitute(studio.timeline.shown[0])
    studio.timeline.choose_second_view(View.NOISY)
    await settle()
    await settle()
    assert studio.machine.decoded[-2:] == [(4, View.CHANGE), (4, View.NOISY)]
    assert (studio.timeline.pixels, studio.timeline.second) == (SHARP, SHARP)
    assert not studio.timeline.is_substitute(studio.timeline.shown[0])


async def test_an_impossible_view_is_reported_once_and_not_retried(studio):
    run = developed(6, done=4)
    studio.timeline.show(run)
    studio.timeline.choose_view(View.GUIDANCE)
    await settle()
    studio.timeline.choose_view(View.ESTIMATE)
    await settle()
    studio.timeline.choose_view(View.GUIDANCE)
    await settle()
    assert studio.machine.decoded.count((4, View.GUIDANCE)) == 1
    assert studio.timeline.has_failed(studio.timeline.shown[0])
    studio.timeline.go_to(3)
    await settle()
    assert studio.machine.decoded.count((3, View.GUIDANCE)) == 1
    assert len(studio.told) == 1  # the reason is the same
    studio.timeline.show(run)  # by now its model may be back
    await settle()
    assert studio.machine.decoded.count((4, View.GUIDANCE)) == 2


async def test_a_compared_run_is_filled_in_too(studio):
    one, two = developed(6, done=4), developed(6, done=2)
    studio.timeline.show(one)
    studio.timeline.compare_with(two)
    await settle()
    await settle()
    assert studio.machine.decoded == [(4, View.ESTIMATE), (2, View.ESTIMATE)]  # it has come to step 2
    assert (studio.timeline.pixels, studio.timeline.second) == (SHARP, SHARP)


async def test_a_paused_run_is_filled_in_while_nothing_runs(studio):
    run = developed(6, done=4)
    studio.work.run, studio.work.running = run, True
    studio.timeline.show(run)
    await settle()
    assert studio.machine.decoded == []
    run.ending, studio.work.running = Ending.PAUSED, False
    studio.work.changed.emit()
    await settle()
    assert studio.timeline.pixels is SHARP


async def test_the_noise_is_decoded_once_for_all_views_but_the_latents(studio):
    studio.timeline.show(developed(6, done=4))
    studio.timeline.go_to(0)
    for view in View:
        studio.timeline.choose_view(view)
        await settle()
    assert studio.machine.decoded == [(0, View.NOISY), (0, View.LATENTS)]
