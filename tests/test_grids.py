"""Grids over two settings: the dialog, and the labelled contact sheet that is saved beside the pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton

from desktop.diffusion.families.description import Traits
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels
from desktop.library.artwork import open_artwork, read_pixels
from desktop.library.models import Model
from desktop.studio.grids import Grid, Grids, Sheet
from desktop.ui.create.contact_sheet import draw
from desktop.ui.create.grid_dialog import GridDialog
from desktop.ui.theme import Theme
from tests.awaited import until
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
        ("4, many", "5", "Steps: “many” is not a number."),
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
    grid = Grid("一只狐狸 " * 60, ("DDIM", "a very long label " * 9), ("Steps 4", "Steps 8"), ())
    sheet = draw(Sheet(grid, ((red, tall), (None, red))))
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


@pytest.mark.slow
async def test_a_labelled_contact_sheet_is_saved_beside_the_pictures(qapp, studio: Studio):
    grids = Grids(studio.generation, studio.notices, draw)
    sheets: list[Path] = []
    grids.saved.connect(sheets.append)
    recipes = tuple(tuple(RECIPE.with_values(steps=steps, seed=seed) for steps in (1, 2)) for seed in (3, 4))
    grids.make(Grid("a mouse", ("Steps 1", "Steps 2"), ("Seed 3", "Seed 4"), recipes))
    studio.generation.remove(studio.generation.up_next[-1])  # the last picture is not made
    await until(lambda: sheets)
    [path] = sheets
    assert "-grid-a mouse" in path.name
    assert len(list(path.parent.glob("*.png"))) == 4
    sheet = open_artwork(path)
    assert sheet.recipe is None
    others = [read_pixels(each) for each in path.parent.glob("*.png") if each != path]
    rows = [sheet.pixels.data[3 * sheet.pixels.width * y :][: 3 * sheet.pixels.width] for y in range(sheet.pixels.height)]
    assert all(any(other.data[: 3 * other.width] in row for row in rows) for other in others)
