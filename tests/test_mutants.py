"""A few of the damaged and hostile files of `python -m tests.mutants`."""

from pathlib import Path

import pytest

from tests import mutants


@pytest.mark.slow
def test_mutated_pictures_and_sidecars_open_or_are_refused(tmp_path: Path):
    for number in range(400):
        mutants.check(tmp_path, number)
