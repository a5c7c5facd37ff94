"""Starting the window without a display: one line of error, status 1, no traceback and no abort."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.end_to_end


def start(environment: dict[str, str], data: Path) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run(
        [sys.executable, "-m", "desktop", "--data", data],
        cwd=ROOT,
        env=bare | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "there is no display"),
        ({"DISPLAY": ":77777"}, "the display :77777 does not answer"),
        ({"DISPLAY": "localhost:77"}, "the display localhost:77 does not answer"),  # the other end of an ssh that has gone
        ({"DISPLAY": "nonsense"}, "the display nonsense does not answer"),
        ({"WAYLAND_DISPLAY": "wayland-77"}, "the display wayland-77 does not answer"),
        ({"QT_QPA_PLATFORM": "xcb", "DISPLAY": ""}, "there is no display"),
        ({"QT_QPA_PLATFORM": "xcb", "DISPLAY": ":77777"}, "the display :77777 does not answer"),
    ],
)
def test_without_a_display_it_names_the_way_that_needs_none(environment, said, tmp_path):
    ended = start(environment, tmp_path / "data")
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"safelight: {said}")
    assert "--headless" in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_is_refused_in_plain_words(tmp_path):
    (tmp_path / "file").touch()
    ended = start({"QT_QPA_PLATFORM": "offscreen"}, tmp_path / "file" / "data")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "it is not a folder" in ended.stderr
