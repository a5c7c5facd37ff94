"""The time left counts down; it grows only when steps get slower."""

from itertools import pairwise

import pytest

from desktop.studio.pace import Pace


class Watch:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def watch():
    return Watch()


def run(pace, watch, *seconds):
    """Steps of so many seconds pass; the time left after each."""
    left = []
    for each in seconds:
        watch.now += each
        pace.add(each)
        left.append(pace.left)
    return left


def test_before_the_first_step_the_time_left_is_unknown(watch):
    assert Pace(10, watch).left is None


def test_even_steps_count_down(watch):
    assert run(Pace(4, watch), watch, 2.0, 2.0, 2.0, 2.0) == pytest.approx([6.0, 4.0, 2.0, 0.0])


def test_it_counts_down_inside_a_long_step_and_never_below_zero(watch):
    pace = Pace(2, watch)
    run(pace, watch, 5.0)
    watch.now += 3
    assert pace.left == pytest.approx(2.0)
    watch.now += 30
    assert pace.left == 0


def test_one_slow_step_does_not_make_it_grow(watch):
    pace = Pace(50, watch)
    left = run(pace, watch, *[1.0] * 10, 4.0, *[1.0] * 10)
    assert all(later <= earlier for earlier, later in pairwise(left))
    assert not pace.slower


def test_it_grows_when_steps_got_slower_and_says_so(watch):
    pace = Pace(50, watch)
    before = run(pace, watch, *[1.0] * 10)[-1]
    after = run(pace, watch, *[3.0] * 6)
    assert pace.slower
    assert max(after) > before


def test_when_the_steps_recover_so_does_the_word(watch):
    pace = Pace(80, watch)
    run(pace, watch, *[1.0] * 10, *[3.0] * 8, *[1.0] * 8)
    assert not pace.slower


def test_a_slow_first_step_is_soon_forgotten(watch):
    pace = Pace(50, watch)
    left = run(pace, watch, 5.0, *[1.0] * 6)
    assert left[-1] == pytest.approx(43.0, abs=1.0)
