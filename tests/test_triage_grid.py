"""The grid of several seeds, used by mouse and keys: viewing, selecting, finishing, deciding later."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QShortcut
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Plan, Run
from desktop.studio.generation import Generation
from desktop.studio.notices import Notices
from desktop.studio.queue import Queue
from desktop.studio.timeline import Timeline
from desktop.studio.triage import Triage
from desktop.studio.undo import Undo
from desktop.ui.create.triage_grid import Tile, TriageGrid
from desktop.ui.theme import Theme
from tests.developed import estimate_colour, plain, step

STEPS, UNTIL = 50, 12


class Line:
    """What a triage asks of the generation."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        notices = Notices()
        self.generation = Generation(None, Queue(notices), Timeline(), None, notices, Undo(notices), None, None)
        self.dropped: list[Run] = []
        self.completed: list[Run] = []
        monkeypatch.setattr(self.generation, "discard", self.dropped.append)
        monkeypatch.setattr(self.generation, "complete", self.completed.append)


@pytest.fixture
def line(qapp, monkeypatch) -> Line:
    return Line(monkeypatch)


@pytest.fixture
def triage(line: Line) -> Triage:
    return Triage(line.generation, [Run(Recipe.of(steps=STEPS, width=64, height=64, seed=1000 + number)) for number in range(8)], UNTIL)


@pytest.fixture
def timeline(qapp) -> Timeline:
    return Timeline()


@pytest.fixture
def grid(qtbot, triage: Triage, timeline: Timeline, theme: Theme) -> TriageGrid:
    grid = TriageGrid(triage, timeline, theme)
    qtbot.addWidget(grid)
    grid.resize(640, 560)
    grid.show()
    grid.activateWindow()
    qtbot.waitUntil(grid.isActiveWindow)
    grid.setFocus()
    return grid


def tiles(grid: TriageGrid) -> list[Tile]:
    return grid.findChildren(Tile)


def button(grid: TriageGrid, name: str) -> QPushButton:
    return grid.findChild(QPushButton, name)


def develop(run: Run, number: int) -> None:
    if run.plan is None:
        run.record(Plan(tuple(map(float, range(STEPS))), {}))
    for each in range(len(run.steps), number + 1):
        run.record(step(each, STEPS))
    if number >= UNTIL:
        run.end(Ending.PAUSED)


def colour_in(tile: Tile) -> QColor:
    return tile.grab().toImage().pixelColor(tile.rect().center())


def focused() -> Tile:
    tile = QApplication.focusWidget()
    assert isinstance(tile, Tile)
    return tile


def test_every_tile_grows_with_its_run(grid: TriageGrid, triage: Triage, line: Line):
    first, second, *_ = tiles(grid)
    assert first.accessibleName() == "Seed 1000, not started yet"
    develop(triage.runs[0], 5)
    line.generation.changed.emit()
    assert first.accessibleName() == "Seed 1000, step 5 of 12"
    assert colour_in(first) == QColor(*estimate_colour(5))
    develop(triage.runs[0], 12)
    line.generation.changed.emit()
    assert colour_in(first) == QColor(*estimate_colour(12))
    assert second.accessibleName() == "Seed 1001, not started yet"
    assert grid.findChild(object, "triage_hint").text().startswith("1 of 8 are at step 12.")


def test_exactly_the_chosen_are_finished_and_the_first_of_them_is_shown(qtbot, grid: TriageGrid, triage: Triage, line: Line, timeline):
    for run in triage.runs:
        develop(run, 12)
    for number in (5, 2, 3):
        qtbot.mouseClick(tiles(grid)[number], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(tiles(grid)[3], Qt.MouseButton.LeftButton)
    assert button(grid, "finish_chosen").text() == "Finish 2 selected"
    with qtbot.waitSignal(grid.closed):
        qtbot.mouseClick(button(grid, "finish_chosen"), Qt.MouseButton.LeftButton)
    assert line.completed == [triage.runs[2], triage.runs[5]]
    assert line.dropped == [run for run in triage.runs if run not in line.completed]
    assert timeline.run is triage.runs[2]


def test_nothing_can_be_finished_before_something_is_chosen(grid: TriageGrid):
    assert not button(grid, "finish_chosen").isEnabled()
    tiles(grid)[0].click()
    assert button(grid, "finish_chosen").isEnabled()


def test_all_can_be_chosen_and_none(grid: TriageGrid):
    button(grid, "choose_all").click()
    assert button(grid, "finish_chosen").text() == "Finish 8 selected"
    assert button(grid, "choose_all").text() == "Select none"
    button(grid, "choose_all").click()
    assert not any(tile.isChecked() for tile in tiles(grid))


def test_all_can_be_discarded_after_a_question(qtbot, grid: TriageGrid, triage: Triage, line: Line, timeline: Timeline):
    tiles(grid)[0].click()
    button(grid, "discard_all").click()
    box = grid.findChild(QMessageBox, "discard_question")
    next(answer for answer in box.buttons() if answer.text() == "Keep").click()
    qtbot.waitUntil(lambda: grid.findChild(QMessageBox) is None)
    assert triage.chosen is None
    button(grid, "discard_all").click()
    box = grid.findChild(QMessageBox, "discard_question")
    with qtbot.waitSignal(grid.closed):
        next(answer for answer in box.buttons() if answer.text() == button(grid, "discard_all").text()).click()
    assert (line.completed, line.dropped) == ([], triage.runs)
    assert timeline.run is None


@pytest.mark.parametrize(
    "later",
    [
        lambda qtbot, grid: qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape),
        lambda qtbot, grid: button(grid, "decide_later").click(),
    ],
    ids=["Esc", "the button"],
)
def test_it_can_be_decided_later(qtbot, grid: TriageGrid, triage: Triage, line: Line, later):
    with qtbot.waitSignal(grid.closed):
        later(qtbot, grid)
    assert triage.chosen is None
    assert line.dropped == []


def test_the_selection_is_kept_when_the_grid_is_reopened(qtbot, grid: TriageGrid, triage: Triage, timeline, theme):
    for number in (1, 4, 1):
        tiles(grid)[number].click()
    grid.close()
    again = TriageGrid(triage, timeline, theme)
    qtbot.addWidget(again)
    assert [tile.isChecked() for tile in tiles(again)] == [number == 4 for number in range(8)]
    assert button(again, "finish_chosen").text() == "Finish 1 selected"


def test_it_can_be_done_by_keys_alone(qtbot, grid: TriageGrid, triage: Triage, line: Line):
    assert focused().run is triage.runs[0]
    qtbot.keyClick(focused(), Qt.Key.Key_Right)
    qtbot.keyClick(focused(), Qt.Key.Key_Space)
    assert focused().accessibleName() == "Seed 1001, not started yet, selected"
    qtbot.keyClick(focused(), Qt.Key.Key_Down)
    columns = triage.runs.index(focused().run) - 1
    assert [tile.y() for tile in tiles(grid)].count(tiles(grid)[0].y()) == columns
    qtbot.keyClick(focused(), Qt.Key.Key_End)
    qtbot.keyClick(focused(), Qt.Key.Key_Right)
    assert focused().run is triage.runs[-1]
    qtbot.keyClick(focused(), Qt.Key.Key_Home)
    qtbot.keyClick(focused(), Qt.Key.Key_Up)
    assert focused().run is triage.runs[0]
    qtbot.keyClick(focused(), Qt.Key.Key_Tab)  # past the other tiles
    assert QApplication.focusWidget().objectName() == "choose_all"
    button(grid, "finish_chosen").setFocus()
    qtbot.keyClick(button(grid, "finish_chosen"), Qt.Key.Key_Space)
    assert line.completed == [triage.runs[1]]


def test_the_keys_of_the_window_do_not_reach_in(qtbot, grid: TriageGrid):
    pressed = []
    for key in ("Space", "Left", "Right", "Esc", "Home"):
        QShortcut(key, grid, lambda key=key: pressed.append(key))
    with qtbot.waitSignal(grid.closed):
        for key in (Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Escape):
            qtbot.keyClick(focused(), key)
    assert pressed == []
    assert [tile.isChecked() for tile in tiles(grid)][:3] == [False, True, False]


@pytest.mark.slow
@pytest.mark.parametrize(
    "look",
    [lambda qtbot, tile: qtbot.keyClick(tile, Qt.Key.Key_Return), lambda qtbot, tile: double_click(qtbot, tile)],
    ids=["Enter", "a double-click"],
)
def test_looking_closer_chooses_nothing(qtbot, grid: TriageGrid, triage: Triage, timeline: Timeline, look):
    develop(triage.runs[4], 7)
    with qtbot.waitSignal(grid.look_requested):
        look(qtbot, tiles(grid)[4])
    assert (timeline.run, timeline.index) == (triage.runs[4], 7)
    assert not tiles(grid)[4].isChecked()


def double_click(qtbot, tile: Tile) -> None:
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)  # as a mouse does it
    qtbot.mouseDClick(tile, Qt.MouseButton.LeftButton)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(300, 430), (640, 560), (3000, 1700), (240, 200)])
@pytest.mark.parametrize(("count", "width", "height"), [(2, 64, 64), (7, 64, 128), (16, 192, 64)])
def test_the_tiles_are_as_large_as_fit_and_as_the_picture_is_shaped(qtbot, line: Line, timeline, theme, size, count, width, height):
    runs = [Run(Recipe.of(width=width, height=height, seed=4294967280 + number)) for number in range(count)]
    grid = TriageGrid(Triage(line.generation, runs, UNTIL), timeline, theme)
    qtbot.addWidget(grid)
    grid.resize(*size)
    grid.show()
    room = tiles(grid)[0].parentWidget().rect()
    places = [tile.geometry() for tile in tiles(grid)]
    if size[0] > 240:
        assert all(room.contains(place) for place in places)
        assert all((place.width() - 8) / (place.height() - 8) == pytest.approx(width / height, rel=0.15) for place in places)
    assert not any(one.intersected(other).width() > 0 for one in places for other in places if one != other)
    assert len({place.size().toTuple() for place in places}) == 1
    used = (
        max(place.right() for place in places) - min(place.left() for place in places) + 1,
        max(place.bottom() for place in places) - min(place.top() for place in places) + 1,
    )
    if size[0] > 240:
        assert used[0] > room.width() - 40 or used[1] > room.height() - 40
    grid.grab()


def test_a_finished_picture_takes_the_place_of_the_estimate(grid: TriageGrid, triage: Triage, line: Line):
    develop(triage.runs[0], STEPS)
    triage.runs[0].picture, triage.runs[0].ending = plain((1, 2, 250), 64), Ending.FINISHED
    line.generation.changed.emit()
    assert colour_in(tiles(grid)[0]) == QColor(1, 2, 250)


def test_everything_explains_itself(grid: TriageGrid):
    for control in (*tiles(grid), *grid.findChildren(QPushButton)):
        assert control.objectName()
        assert control.accessibleName()
        assert control.toolTip()
