"""An export in a real window, by keyboard alone: from a prompt to an animation on disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.screen import Program, Screen, wait_for

# The limit is for a start of the whole program on a loaded machine.
pytestmark = [pytest.mark.end_to_end, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    screen = Screen()
    try:
        program = Program(screen, tmp_path_factory.mktemp("export") / "data")
        yield program
        program.clear_away()
    finally:
        screen.close()


def exports(program: Program) -> list[Path]:
    return list((program.data / "pictures").glob("*-steps*"))


def test_a_picture_that_developed_becomes_an_animation(program: Program) -> None:
    program.key("ctrl+e")
    program.says("notice_text", "There are no steps to export. Generate the picture first.")
    wait_for(lambda: program.ready, "the libraries are loaded", patience=120)
    program.key("ctrl+Return")
    [picture] = wait_for(program.pictures, "the picture is saved")
    program.key("ctrl+e")
    wait_for(lambda: program.focused == "export_format", "the dialog is open")
    program.key("Down")
    wait_for(lambda: "about" in program.control("export_facts")["name"], "its size is known")
    program.key("Return")
    wait_for(lambda: program.focused == "fileNameEdit", "the place is asked for")
    program.key("Return")
    [path] = wait_for(lambda: exports(program), "it is exported")
    assert path.name == f"{picture.stem}-steps.webp"
    with Image.open(path) as image:
        assert (image.format, image.n_frames, image.info["loop"]) == ("WEBP", 51, 0)
    wait_for(lambda: not program.sees("export_format"), "the dialog is gone")


def test_escape_leaves_the_dialog_and_writes_nothing(program: Program) -> None:
    before = len(exports(program))
    program.key("ctrl+e")
    wait_for(lambda: program.focused == "export_format", "the dialog is open")
    program.key("Escape")
    wait_for(lambda: not program.sees("export_format"), "the dialog is gone")
    assert len(exports(program)) == before
