"""The playhead follows the newest step until the user scrubs."""

import pytest

from desktop.diffusion.run import View
from desktop.studio.timeline import Timeline
from tests.developed import branched, developed, grow, plain


@pytest.fixture
def timeline():
    return Timeline()


def told(signal):
    calls = []
    signal.connect(lambda *arguments: calls.append(arguments))
    return calls


def test_a_new_step_is_shown_when_it_arrives(timeline):
    run = developed(10, done=0)
    timeline.show(run)
    for _ in range(3):
        grow(run)
        timeline.refresh()
    assert timeline.index == timeline.current.number == 3
    assert timeline.following


def test_scrubbing_back_stops_following_and_stays(timeline):
    run = developed(10, done=5)
    timeline.show(run)
    timeline.go_to(2)
    told_current = told(timeline.current_changed)
    grow(run)
    timeline.refresh()
    assert timeline.index == 2
    assert not timeline.following
    assert told_current == []  # nothing new to paint


def test_going_to_the_newest_follows_again(timeline):
    run = developed(10, done=5)
    timeline.show(run)
    timeline.go_to(2)
    timeline.follow()
    grow(run)
    timeline.refresh()
    assert timeline.index == 6


def test_there_is_nothing_before_the_noise_nor_after_the_newest(timeline):
    timeline.go_by(1)
    timeline.show(developed(10, done=5))
    timeline.go_to(99)
    assert timeline.index == 5
    timeline.go_by(-99)
    assert timeline.index == 0


def test_every_move_is_signalled_once(timeline):
    timeline.show(developed(10, done=5))
    moved, following = told(timeline.current_changed), told(timeline.following_changed)
    timeline.go_to(1)
    timeline.go_to(1)
    timeline.go_to(2)
    assert len(moved) == 2
    assert len(following) == 1


def test_the_views(timeline):
    run = developed(10, done=5)
    timeline.show(run)
    assert timeline.pixels is run.steps[5].estimate
    timeline.choose_view(View.NOISY)
    assert timeline.pixels is run.steps[5].noisy
    timeline.choose_view(View.ESTIMATE)
    timeline.go_to(0)
    assert timeline.pixels is run.steps[0].noisy  # the noise has no estimate


def test_at_the_end_the_picture_is_shown_and_it_is_not_approximate(timeline):
    run = developed(4, approximate=True)
    timeline.show(run)
    assert timeline.pixels is run.picture
    assert not timeline.approximate
    timeline.go_by(-1)
    assert timeline.pixels is run.steps[3].estimate
    assert timeline.approximate


def test_the_finished_picture_emits_a_change_although_the_playhead_does_not_move(timeline):
    run = developed(4, done=4)
    timeline.show(run)
    moved = told(timeline.current_changed)
    run.picture = developed(4).picture
    timeline.refresh()
    assert moved
    assert timeline.pixels is run.picture


def test_a_picture_without_steps_is_shown(timeline):
    run = developed(4)
    run.steps.clear()
    timeline.show(run, follow=False)
    assert timeline.pixels is run.picture
    assert timeline.current is None


def test_without_a_run_there_is_nothing(timeline):
    timeline.show(developed(4))
    timeline.show(None)
    assert timeline.pixels is None
    assert not timeline.steps
    assert timeline.calls == 0


def test_the_picture_is_compared_with_one_other_at_a_time(timeline):
    one, two = developed(10, done=5), developed(10, done=3)
    timeline.show(one)
    timeline.choose_second_view(View.NOISY)
    assert [shown.view for shown in timeline.shown] == [View.ESTIMATE, View.NOISY]
    timeline.compare_with(two)
    assert timeline.second_view is None
    assert [(shown.run, shown.step.number) for shown in timeline.shown] == [(one, 5), (two, 3)]
    assert timeline.second is two.steps[3].estimate
    timeline.choose_second_view(View.CHANGE)
    assert timeline.compare is None


def test_choosing_the_compared_view_swaps_the_two(timeline):
    timeline.show(developed(10, done=5))
    timeline.choose_second_view(View.NOISY)
    timeline.choose_view(View.NOISY)
    assert (timeline.view, timeline.second_view) == (View.NOISY, View.ESTIMATE)


def test_switching_keeps_the_step_and_the_comparison(timeline):
    one, two, three = developed(10, done=5), developed(10, done=3), developed(10, done=9)
    timeline.show(one)
    timeline.compare_with(two)
    timeline.go_to(4)
    timeline.switch(three)
    assert (timeline.run, timeline.compare, timeline.index, timeline.following) == (three, two, 4, False)
    timeline.switch(two)
    assert (timeline.run, timeline.compare, timeline.index, timeline.following) == (two, three, 3, True)


def test_what_the_step_did_not_bring_along_is_stood_in_for(timeline):
    run = developed(10, done=5)
    timeline.show(run)
    timeline.choose_view(View.CHANGE)
    assert timeline.is_substitute(timeline.shown[0])
    assert timeline.pixels is run.steps[5].estimate
    timeline.sharpen(timeline.shown[0], heat := plain((9, 9, 9)))
    assert not timeline.is_substitute(timeline.shown[0])
    assert timeline.pixels is heat
    timeline.go_to(0)  # noise is noise in every view,
    assert not timeline.is_substitute(timeline.shown[0])
    timeline.choose_view(View.LATENTS)  # but not in its channels
    assert timeline.is_substitute(timeline.shown[0])


# -- two pictures


def test_the_run_seen_before_is_compared_first(held):
    timeline = Timeline(held)
    one, two = developed(10, done=5), developed(10, done=5)
    for run in (one, two):
        held.hold(run)
        timeline.show(run)
    timeline.show_double()
    assert (timeline.run, timeline.compare) == (two, one)
    timeline.show_single()
    assert not timeline.is_double
    timeline.choose_second_view(View.CHANGE)
    timeline.show_single()
    timeline.show_double()
    assert timeline.second_view is View.CHANGE  # what was beside it last


def test_without_a_run_seen_before_a_branch_is_compared_else_a_view(held):
    timeline = Timeline(held)
    run = developed(10, done=5)
    held.hold(run)
    timeline.show_double()
    assert not timeline.is_double
    timeline.show(run)
    timeline.choose_view(View.NOISY)
    timeline.show_double()
    assert timeline.second_view is View.ESTIMATE
    timeline.show_single()
    branch = branched(run, 3, 8)
    held.hold(branch)
    other = Timeline(held)
    other.show(run)
    other.show_double()
    assert other.compare is branch


def test_a_deleted_run_is_not_compared_again(held):
    timeline = Timeline(held)
    one, two = developed(10, done=5), developed(10, done=5)
    for run in (one, two):
        held.hold(run)
        timeline.show(run)
    held.drop(one)
    timeline.show_double()
    assert (timeline.compare, timeline.second_view) == (None, View.NOISY)


def test_the_halves_are_swapped_rather_than_the_same(timeline):
    one, two = developed(10, done=5), developed(10, done=8)
    timeline.show(one)
    timeline.put(two, 1)
    timeline.put(one, 1)
    assert (timeline.run, timeline.compare) == (two, one)
    timeline.put(one, 0)
    assert (timeline.run, timeline.compare) == (one, two)
