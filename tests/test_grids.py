"""Grids over two settings: the dialog, and the labelled contact sheet that is saved beside the pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton

from desktop.diffusion.families.description import Traits
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels, Run
from desktop.library.artwork import open_artwork, read_pixels
from desktop.library.drafts import UnfinishedGrid
from desktop.library.models import Model
from desktop.studio.generation import Job
from desktop.studio.grids import Grid, Grids, Sheet
from desktop.studio.picture_files import Moved
from desktop.ui.create.contact_sheet import draw
from desktop.ui.create.grid_dialog import GridDialog
from desktop.ui.theme import Theme
from tests.awaited import settle, until
from tests.prompting import STARTER, child, choose
from tests.studio import Studio

RECIPE = Recipe.of(prompt="a mouse", steps=4, width=64, height=64, seed=3)
MODELS = [STARTER, Model("distilled", Path("/models/distilled"), size=128, traits=Traits(guided=False))]


@pytest.fixture
def asked() -> list[Grid]:
    return []


@pytest.fixture
def dialog(qtbot, theme: Theme, asked: list[Grid]) -> GridDialog:
    dialog = GridDialog(lambda: replace(RECIPE, prompt=replace(RECIPE.prompt, text="a {red|blue} fox")), lambda: MODELS, theme, 100)
    qtbot.addWidget(dialog)
    dialog.wanted.connect(asked.append)
    dialog.open()
    return dialog


def note(dialog: QDialog) -> str:
    return child(dialog, QLabel, "grid_note").text()


def test_the_dialog_offers_usual_values_and_makes_each_combination(dialog: GridDialog, asked: list[Grid]):
    assert note(dialog) == "3 × 3 = 9 pictures, 21 steps."
    child(dialog, QLineEdit, "grid_columns_steps").setText("2; 3，3")
    child(dialog, QLineEdit, "grid_rows_guidance_scale").setText("1.5 7")
    child(dialog, QPushButton, "start_grid").click()
    [grid] = asked
    assert (grid.columns, grid.rows) == (("Steps 2", "Steps 3"), ("Guidance 1.5", "Guidance 7.0"))
    assert {each.prompt.text for row in grid.recipes for each in row} == {"a red fox"}
    assert [[(each.sampling.steps, each.sampling.guidance_scale) for each in row] for row in grid.recipes] == [
        [(2, 1.5), (3, 1.5)],
        [(2, 7.0), (3, 7.0)],
    ]
    assert not dialog.isVisible()


def test_prompts_are_lines_and_samplers_are_checked(dialog: GridDialog, asked: list[Grid]):
    choose(child(dialog, QComboBox, "grid_columns"), "Prompt")
    assert child(dialog, QPlainTextEdit, "grid_columns_prompt").toPlainText() == "a red fox\na blue fox"
    choose(child(dialog, QComboBox, "grid_rows"), "Sampler")
    samplers = child(dialog, QListWidget, "grid_rows_sampler")
    assert note(dialog) == "2 × 1 = 2 pictures, 8 steps."  # the one of the prompt panel is checked
    (euler,) = samplers.findItems("Euler", Qt.MatchFlag.MatchExactly)
    euler.setCheckState(Qt.CheckState.Checked)
    child(dialog, QPushButton, "start_grid").click()
    assert (asked[0].columns, asked[0].rows) == (("a red fox", "a blue fox"), ("DDIM", "Euler"))
    dialog.open()
    assert note(dialog) == "2 × 2 = 4 pictures, 16 steps."  # what was checked stays checked


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [
        ("0, 4", "5", "Steps: values are from 1 to 150."),
        ("4, many", "5", "Steps: “many” is not a whole number."),
        ("7.5", "5", "Steps: “7.5” is not a whole number."),
        ("4", "nan", "Guidance: values are from 0.0 to 30.0."),
        ("4", "5", "Choose at least two values of one of the settings."),
        (" ", "5", "Steps: choose at least one value."),
        (", ".join(map(str, range(1, 60))), "1, 2", "These are more than 100 pictures. Remove some values."),
    ],
)
def test_what_cannot_be_made_is_said(dialog: GridDialog, columns: str, rows: str, expected: str):
    child(dialog, QLineEdit, "grid_columns_steps").setText(columns)
    child(dialog, QLineEdit, "grid_rows_guidance_scale").setText(rows)
    assert note(dialog) == expected
    assert not child(dialog, QPushButton, "start_grid").isEnabled()


def test_the_two_settings_differ(dialog: GridDialog):
    choose(child(dialog, QComboBox, "grid_rows"), "Steps")
    assert note(dialog) == "Choose two different settings."


def test_a_sheet_has_room_for_labels_and_keeps_the_pictures_as_they_are(qapp):
    red, tall = Pixels(40, 30, bytes((200, 10, 10)) * 1200), Pixels(20, 50, bytes((10, 10, 200)) * 1000)
    sheet = draw(Sheet("一只狐狸 " * 60, ("DDIM", "a very long label " * 9), ("Steps 4", "Steps 8"), ((red, tall), (None, red))))
    assert sheet.width > 2 * 40
    assert sheet.height > 2 * 50
    pixels = [sheet.data[place : place + 3] for place in range(0, len(sheet.data), 3)]
    assert len(pixels) == sheet.width * sheet.height
    assert pixels.count(bytes((200, 10, 10))) == 2 * 1200
    assert pixels.count(bytes((10, 10, 200))) == 1000


@pytest.fixture
def studio(model, tmp_path):
    studio = Studio(model, tmp_path)
    yield studio
    studio.close()


class Sheets:
    """Grids in a studio, and what they save."""

    def __init__(self, studio: Studio) -> None:
        self.grids = Grids(studio.generation, studio.recordings, studio.notices, self.draw)
        self.saved: list[Path] = []
        self.drawn: list[Sheet] = []
        self.grids.saved.connect(self.saved.append)

    def draw(self, sheet: Sheet) -> Pixels:
        self.drawn.append(sheet)
        return draw(sheet)

    @property
    def made(self) -> list[list[bool]]:
        """Which pictures the newest sheet has."""
        return [[picture is not None for picture in row] for row in self.drawn[-1].pictures]


def four() -> Grid:
    recipes = tuple(tuple(RECIPE.with_values(steps=steps, seed=seed) for steps in (1, 2)) for seed in (3, 4))
    return Grid("a mouse", ("Steps 1", "Steps 2"), ("Seed 3", "Seed 4"), recipes)


@pytest.mark.slow
async def test_a_labelled_contact_sheet_is_saved_beside_the_pictures(qapp, studio: Studio):
    sheets = Sheets(studio)
    sheets.grids.make(four())
    studio.generation.remove(studio.generation.up_next[-1])  # the last picture is not made
    await until(lambda: sheets.saved)
    [path] = sheets.saved
    assert sheets.made == [[True, True], [True, False]]
    assert "-grid-a mouse" in path.name
    assert len(list(path.parent.glob("*.png"))) == 4
    sheet = open_artwork(path)
    assert sheet.recipe is None
    others = [read_pixels(each) for each in path.parent.glob("*.png") if each != path]
    rows = [sheet.pixels.data[3 * sheet.pixels.width * y :][: 3 * sheet.pixels.width] for y in range(sheet.pixels.height)]
    assert all(any(other.data[: 3 * other.width] in row for row in rows) for other in others)
    assert sheets.grids.unfinished == ()


@pytest.mark.slow
async def test_a_grid_gets_its_sheet_after_a_restart(qapp, model, tmp_path, studio: Studio):
    """Also of a picture that was saved just before the program was killed, so that only its recording tells of it."""
    sheets = Sheets(studio)
    sheets.grids.make(four())
    await until(lambda: studio.generation.run and studio.generation.run.path)
    studio.generation.pause()
    await studio.idle()
    waiting, [grid] = studio.generation.drafts, sheets.grids.unfinished
    assert grid.pictures
    assert len(waiting) == 4 - len(grid.pictures)
    again = Studio(model, tmp_path)
    try:
        after = Sheets(again)
        again.generation.restore(waiting)
        after.grids.restore([replace(grid, pictures={})])
        after.grids.look()
        assert after.saved == []
        again.generation.resume_queue()
        await until(lambda: after.saved)
        assert after.made == [[True, True], [True, True]]
        assert after.drawn[-1].columns == ("Steps 1", "Steps 2")
    finally:
        again.close()


@pytest.mark.slow
async def test_a_sheet_that_was_not_saved_before_the_end_is_saved_at_the_next_start(qapp, studio: Studio):
    run = Run(RECIPE.with_values(steps=1))
    await studio.generate(run)
    other = Run(RECIPE)  # removed from the queue
    sheets = Sheets(studio)
    sheets.grids.restore([UnfinishedGrid("a mouse", ("1", "2"), ("3",), ((run.id, other.id),))])
    sheets.grids.look()
    await until(lambda: sheets.saved)
    assert sheets.made == [[True, False]]
    sheets.grids.look()
    await settle()
    assert len(sheets.saved) == 1


@pytest.mark.slow
async def test_pictures_that_come_back_by_an_undo_get_a_sheet(qapp, studio: Studio):
    sheets = Sheets(studio)
    studio.generation.hold([Job(Run(RECIPE))])  # else the grid starts at once
    sheets.grids.make(four())
    studio.generation.queue.hold_all()
    await studio.idle()
    studio.generation.clear()
    await until(lambda: not sheets.grids.unfinished)
    assert sheets.saved == []
    studio.undo.undo()
    await until(lambda: studio.generation.up_next)
    assert len(sheets.grids.unfinished) == 1
    studio.generation.resume_queue()
    await until(lambda: sheets.saved)
    assert sheets.made == [[True, True], [True, True]]


@pytest.mark.slow
async def test_a_picture_that_was_renamed_is_on_the_sheet_and_a_deleted_one_is_missing(qapp, studio: Studio):
    sheets = Sheets(studio)
    sheets.grids.make(four())
    await until(lambda: len(studio.generation.up_next) == 1)
    first, second, *_ = sheets.grids.unfinished[0].pictures.values()
    target = first.with_name("renamed.png")
    first.rename(target)
    second.unlink()
    sheets.grids.follow([Moved(first, target)])
    await until(lambda: sheets.saved)
    assert sheets.made == [[True, False], [True, True]]


def test_a_cell_without_a_picture_says_so(qapp):
    red = Pixels(90, 60, bytes((200, 10, 10)) * 5400)
    whole, missing = (
        draw(Sheet("", ("1",), ("2", "3"), ((red,), (other,)))) for other in (Pixels(90, 60, bytes((28, 24, 23)) * 5400), None)
    )
    assert (whole.width, whole.height) == (missing.width, missing.height)
    assert whole != missing
