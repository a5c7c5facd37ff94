"""Twelve kills of real runs; `python -m tests.kills` does two hundred."""

import pytest

from tests.kills import RECIPES, SPREAD, kill_often


@pytest.mark.end_to_end
@pytest.mark.slow
@pytest.mark.timeout(900)  # takes half a minute, much longer on a busy machine
def test_nothing_is_lost_and_no_bit_changes_whenever_the_process_is_killed(tmp_path):
    report = kill_often(tmp_path, 12, [RECIPES[0], RECIPES[4], RECIPES[5]])
    print(report)
    assert sum(report.kills.values()) >= 12
    assert all(report.kills[phase] for phase in SPREAD)
    assert report.resumed >= 4
    assert report.pictures >= 3
