"""The History tab: every run of every session, shown, searched, starred, resumed, deleted and dragged out."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu, QPushButton

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Run
from desktop.generate import artwork_of
from desktop.library.artwork import save_in, write_pixels
from desktop.library.drafts import Drafts
from desktop.library.gallery_index import Query
from desktop.library.journal import path_of, start_of, state
from desktop.library.records import Appender
from desktop.studio.run_history import RunHistory
from desktop.ui.create.history_tab import HistoryTab
from desktop.ui.create.recipe_tab import RecipeTab
from desktop.ui.widgets.endings import badge
from tests.awaited import until
from tests.collection import Collection, settle
from tests.developed import developed, grow
from tests.recorded import pixels, record


class Studio(Collection):
    """What is behind the history."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.history = RunHistory(self.gallery, self.held, self.work, self.notices)

    def finished(self, prompt: str, days: int = 0, run: Run | None = None) -> Run:
        """A recorded run with its picture."""
        run = record(self.recordings.folder, run or Run(Recipe.of(prompt=prompt)))
        picture = replace(artwork_of(run), created=datetime.now().astimezone() - timedelta(days=days))
        self.saved(run, save_in(picture, self.folder / "pictures"))
        return run

    def saved(self, run: Run, path: Path) -> None:
        """The recording tells where the picture is."""
        run.saved_as(path)
        appender = Appender(path_of(self.recordings.folder, run.id), start_of(run.id))
        appender.append([state(Ending.FINISHED, path, False, "")])
        appender.finish()
        appender.close()

    def unfinished(self, prompt: str, ending: Ending) -> Run:
        return record(self.recordings.folder, Run(Recipe.of(prompt=prompt)), last=3, ending=ending)


@pytest.fixture
def studio(qtbot, loop, tmp_path):
    studio = Studio(tmp_path)
    yield studio
    settle(loop, studio)
    studio.gallery.close()
    assert [notice for notice in studio.told if notice.details] == []


@pytest.fixture
def tab(qtbot, loop, studio, theme):
    tab = HistoryTab(studio.history, studio.timeline, studio.work, studio.desk, theme, studio.notices)
    qtbot.addWidget(tab)
    tab.resize(320, 700)
    return tab


def opened(loop, studio, tab) -> None:
    settle(loop, studio, lambda: (tab.show(), tab.activateWindow()))


def shown(tab) -> list[str]:
    model = tab.tiles.model()
    return [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]


def click(tab, row: int, offset: QPoint | None = None) -> None:
    rect = tab.tiles.visualRect(tab.tiles.model().index(row))
    QTest.mouseClick(tab.tiles.viewport(), Qt.MouseButton.LeftButton, pos=rect.topLeft() + offset if offset else rect.center())


def command(tab, name):
    return next(each for each in tab.commands if each.objectName() == name)


def test_the_number_beside_the_mark_of_a_branch_is_the_step_that_it_began_at():
    assert badge("", 0, 0, branched_after=16) == ("git-branch", "16")
    assert badge("", 0, 0, branched_after=-1) == ("git-branch", "")
    assert badge("", 0, 0, branched_after=None) == ("", "")


def test_every_run_of_every_session_is_there_the_newest_tree_first_and_its_branches_with_it(loop, studio, tab):
    root = studio.finished("a fox", days=1)
    studio.unfinished("a boat", Ending.STOPPED)
    studio.unfinished("a fish", Ending.PAUSED)
    studio.unfinished("a castle", Ending.FAILED)
    branch = root.fork(2, root.recipe.turned(2, prompt="a fox at night"))
    studio.finished("", run=branch)
    opened(loop, studio, tab)
    assert shown(tab) == [
        "a fox, finished",
        "a fox at night, finished, branch from step 2",
        "a castle, Failed at step 3 of 5",
        "a fish, Paused at step 3 of 5",
        "a boat, Stopped at step 3 of 5",
    ]
    first, second = (tab.tiles.visualRect(tab.tiles.model().index(row)) for row in (0, 1))
    assert first.top() == second.top()
    assert second.left() > first.left()  # two columns
    tab.grab()


def test_finished_runs_are_there_wherever_their_pictures_are(loop, studio, tab):
    """One is in the gallery, one was moved elsewhere, one was saved elsewhere, and one was deleted by another program."""
    _, moved, lost = (studio.finished(prompt, days=days) for days, prompt in enumerate(("here", "moved", "lost"), 1))
    elsewhere = record(studio.recordings.folder, Run(Recipe.of(prompt="elsewhere")))
    studio.saved(elsewhere, save_in(artwork_of(elsewhere), studio.folder / "elsewhere"))
    moved.path.rename(studio.folder / "moved.png")
    lost.path.unlink()
    opened(loop, studio, tab)
    left = "its picture was deleted or moved; its steps are kept"
    assert shown(tab) == ["elsewhere, finished", f"lost, {left}", f"moved, {left}", "here, finished"]
    assert [entry.has_picture for entry in studio.history.entries] == [True, False, False, True]
    index = tab.tiles.model().index(0)
    assert tab.tiles.model().flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    assert [Path(url.toLocalFile()) for url in tab.tiles.model().mimeData([index]).urls()] == [elsewhere.path]
    assert [item.prompt for item in studio.gallery.items] == ["here"]
    settle(loop, studio, lambda: click(tab, 2))
    assert (studio.timeline.run.id, len(studio.timeline.steps), studio.timeline.run.picture) == (moved.id, 6, moved.picture)
    assert not command(tab, "history_resume").isEnabled()
    moved_back = studio.folder / "moved.png"
    settle(loop, studio, lambda: (moved_back.rename(moved.path), studio.gallery.look()))
    assert {entry.prompt for entry in studio.history.entries if entry.has_picture} == {"elsewhere", "here", "moved"}
    assert sorted(shown(tab)) == ["elsewhere, finished", "here, finished", f"lost, {left}", "moved, finished"]
    row = shown(tab).index(f"lost, {left}")
    tab.tiles.setCurrentIndex(tab.tiles.model().index(row))
    settle(loop, studio, lambda: QTest.keyClick(tab.tiles, Qt.Key.Key_Delete))
    assert f"lost, {left}" not in shown(tab)
    settle(loop, studio, studio.undo.undo)
    assert f"lost, {left}" in shown(tab)


def test_a_run_whose_picture_is_gone_is_deleted_from_the_canvas_too(loop, studio, tab):
    run = studio.finished("a fox")
    run.path.unlink()
    opened(loop, studio, tab)
    settle(loop, studio, lambda: click(tab, 0))
    settle(loop, studio, lambda: studio.desk.trash.delete_pictures([studio.timeline.run.path]))
    assert shown(tab) == []
    settle(loop, studio, studio.undo.undo)
    assert shown(tab) == ["a fox, its picture was deleted or moved; its steps are kept"]
    settle(loop, studio, lambda: click(tab, 0))
    assert len(studio.timeline.steps) == 6


def test_a_click_shows_a_run_with_all_its_steps(loop, studio, tab):
    finished, stopped = studio.finished("a fox", days=1), studio.unfinished("a boat", Ending.STOPPED)
    opened(loop, studio, tab)
    settle(loop, studio, lambda: click(tab, 1))
    assert (studio.timeline.run.id, len(studio.timeline.steps)) == (finished.id, 6)
    settle(loop, studio, lambda: click(tab, 0))
    assert (studio.timeline.run.id, len(studio.timeline.steps)) == (stopped.id, 4)
    assert tab.tiles.current.run == stopped.id


def test_arrows_and_enter_show_a_run_and_the_selection_follows_what_is_shown(loop, studio, tab):
    old, new = studio.finished("old", days=1), studio.finished("new")
    opened(loop, studio, tab)
    tab.tiles.setFocus()
    QTest.keyClick(tab.tiles, Qt.Key.Key_Right)
    QTest.keyClick(tab.tiles, Qt.Key.Key_Right)
    settle(loop, studio, lambda: QTest.keyClick(tab.tiles, Qt.Key.Key_Return))
    assert studio.timeline.run.id == old.id
    settle(loop, studio, lambda: studio.desk.show_run(new))
    assert tab.tiles.current.run == new.id


def test_enter_shows_the_newest_run_of_a_list_that_had_the_focus_before_it_was_filled(loop, studio, tab):
    studio.finished("old", days=1)
    new = studio.finished("new")
    settle(loop, studio, lambda: (tab.show(), tab.activateWindow(), tab.tiles.setFocus()))
    assert tab.tiles.hasFocus()
    settle(loop, studio, lambda: QTest.keyClick(tab.tiles, Qt.Key.Key_Return))
    assert studio.timeline.run.id == new.id


def test_stopped_and_paused_runs_are_resumed(loop, studio, tab):
    studio.finished("a fox", days=1)
    stopped = studio.unfinished("a boat", Ending.STOPPED)
    opened(loop, studio, tab)
    settle(loop, studio, lambda: click(tab, 0))
    settle(loop, studio, command(tab, "history_resume").trigger)
    assert [run.id for run in studio.work.resumed] == [stopped.id]
    studio.work.running = False
    settle(loop, studio, lambda: click(tab, 1))
    assert not command(tab, "history_resume").isEnabled()


def test_what_is_made_now_and_what_is_only_in_memory_is_there_too(loop, studio, tab):
    studio.finished("a fox", days=1)
    run = developed(5, done=2)
    run.begin()
    opened(loop, studio, tab)
    studio.work.run, studio.work.running = run, True
    settle(loop, studio, studio.work.changed.emit)
    assert shown(tab)[0] == "a red apple, Running, step 2 of 5"
    tab.grab()
    grow(run)
    studio.work.changed.emit()
    assert shown(tab)[0] == "a red apple, Running, step 3 of 5"
    run.picture = pixels(1)
    run.end(Ending.FINISHED)
    studio.work.running = False
    settle(loop, studio, lambda: (studio.held.hold(run), studio.work.ended.emit(run)))
    assert shown(tab)[0] == "a red apple, Not saved yet, only in memory"
    tab.grab()
    settle(loop, studio, lambda: click(tab, 0))
    assert studio.timeline.run is run


def test_search_stars_and_unfinished(loop, studio, tab):
    studio.finished("a fox in the snow", days=1)
    studio.finished("夜空下的狐狸", days=2)
    studio.unfinished("a fox in the rain", Ending.STOPPED)
    held = developed(5, done=2, recipe=Recipe.of(prompt="a snow man"))
    held.end(Ending.STOPPED)
    settle(loop, studio, lambda: studio.held.hold(held))
    opened(loop, studio, tab)
    search = tab.findChild(QLineEdit, "history_search")

    def found(text: str) -> set[str]:
        search.setText(text)
        settle(loop, studio, lambda: QTest.keyClick(search, Qt.Key.Key_Return))
        return {words.partition(",")[0] for words in shown(tab)}

    assert found("snow") == {"a fox in the snow", "a snow man"}
    assert found('"a snow"') == {"a snow man"}  # in memory only
    assert found('"the snow"') == {"a fox in the snow"}
    assert found('"snow a"') == set()
    assert found("狐狸") == {"夜空下的狐狸"}
    assert found("nothing at all") == set()
    tab.grab()
    assert len(found("")) == 4
    tab.tiles.setFocus()
    tab.tiles.setCurrentIndex(tab.tiles.model().index(0))
    QTest.keyClick(tab.tiles, Qt.Key.Key_S)
    click(tab, 1, QPoint(tab.tiles.cell - 14, 14))  # on the star of the tile
    assert len(studio.stars.keys) == 2
    starred, which = tab.findChild(QPushButton, "history_starred"), tab.findChild(QComboBox, "history_which")
    settle(loop, studio, lambda: QTest.mouseClick(starred, Qt.MouseButton.LeftButton))
    assert len(shown(tab)) == 2
    settle(loop, studio, lambda: (QTest.mouseClick(starred, Qt.MouseButton.LeftButton), QTest.keyClick(which, Qt.Key.Key_Down)))
    assert {words.partition(",")[0] for words in shown(tab)} == {"a fox in the rain", "a snow man"}


def point(tab, row: int, x: float) -> None:
    """Move the pointer over a tile to the share `x` of its width. A real pointer would bring up a tooltip."""
    tiles = tab.tiles
    rect = tiles.visualRect(tiles.model().index(row))
    at = QPointF(rect.left() + 4 + x * (rect.width() - 8), rect.center().y())
    none = Qt.MouseButton.NoButton
    tiles.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, at, tiles.viewport().mapToGlobal(at), none, none, Qt.KeyboardModifier(0)))


def test_the_steps_of_a_run_play_under_the_pointer_and_follow_it(loop, studio, tab):
    root = studio.finished("a fox", days=1)
    studio.finished("", run=root.fork(2, root.recipe.turned(2, prompt="a fox at night")))
    lost = studio.finished("a boat", days=2)
    lost.path.unlink()
    opened(loop, studio, tab)
    film, row = tab.tiles._film, {entry.prompt: row for row, entry in enumerate(studio.history.entries)}

    async def pointed(row: int) -> None:
        point(tab, row, 0.5)
        await until(lambda: film.is_playing)
        tab.grab()
        await until(lambda: not film.is_playing)

    for prompt in row:  # a branch begins with the steps that it shares
        loop.run_until_complete(pointed(row[prompt]))
        assert film.place == (5, 5)
    point(tab, row["a fox"], 0.5)
    assert not film.shows(lost.id)
    loop.run_until_complete(until(lambda: film.is_playing))
    for x, step in ((0.0, 0), (0.01, 0), (0.5, 3), (0.99, 5), (1.0, 5)):
        point(tab, row["a fox"], x)
        assert film.place == (step, 5)
        assert not film.is_playing
    QApplication.sendEvent(tab.tiles.viewport(), QEvent(QEvent.Type.Leave))
    assert not film.shows(root.id)


def test_the_film_is_of_memory_for_a_run_at_work_and_stands_still_with_reduced_motion(loop, studio, tab, theme):
    run = developed(5, done=3)
    run.begin()
    opened(loop, studio, tab)
    studio.work.run, studio.work.running = run, True
    settle(loop, studio, studio.work.changed.emit)
    theme.reduce_motion = True
    film = tab.tiles._film
    point(tab, 0, 0.2)
    loop.run_until_complete(until(lambda: film.place[1]))
    assert film.place == (0, 3)
    point(tab, 0, 0.6)
    assert film.place == (2, 3)
    assert not film.is_playing
    tab.grab()
    tab.hide()
    assert film.place == (0, 0)


def test_arrow_keys_play_the_steps_of_the_tile_that_they_come_to(loop, studio, tab):
    studio.finished("a fox", days=1)
    boat = studio.finished("a boat")
    opened(loop, studio, tab)
    tab.tiles.setFocus()
    tab.tiles.setCurrentIndex(tab.tiles.model().index(1))
    film = tab.tiles._film
    QTest.keyClick(tab.tiles, Qt.Key.Key_Left)
    loop.run_until_complete(until(lambda: film.is_playing))
    assert film.shows(boat.id)


def test_delete_goes_through_the_trash_and_the_next_one_is_selected(loop, studio, tab):
    for days, prompt in enumerate(("new", "middle", "old")):
        studio.finished(prompt, days=days)
    opened(loop, studio, tab)
    tab.tiles.setFocus()
    tab.tiles.setCurrentIndex(tab.tiles.model().index(1))
    settle(loop, studio, lambda: QTest.keyClick(tab.tiles, Qt.Key.Key_Delete))
    assert shown(tab) == ["new, finished", "old, finished"]
    assert tab.tiles.current.prompt == "old"
    settle(loop, studio, studio.undo.undo)
    assert shown(tab) == ["new, finished", "middle, finished", "old, finished"]


def test_pictures_are_dragged_out_as_files_and_runs_without_one_are_not(loop, studio, tab):
    finished = studio.finished("a fox", days=1)
    studio.unfinished("a boat", Ending.STOPPED)
    opened(loop, studio, tab)
    model = tab.tiles.model()
    unfinished, picture = model.index(0), model.index(1)
    assert not model.flags(unfinished) & Qt.ItemFlag.ItemIsDragEnabled
    assert model.flags(picture) & Qt.ItemFlag.ItemIsDragEnabled
    assert [url.toLocalFile() for url in model.mimeData([picture]).urls()] == [str(finished.path)]
    assert model.supportedDragActions() == Qt.DropAction.CopyAction


def test_an_original_whose_picture_is_deleted_says_why_it_stays_until_undo_brings_the_picture_back(loop, studio, tab):
    root = studio.finished("a fox", days=1)
    studio.finished("", run=root.fork(2, root.recipe.turned(2, prompt="a fox at night")))
    opened(loop, studio, tab)
    tab.tiles.setCurrentIndex(tab.tiles.model().index(shown(tab).index("a fox, finished")))
    settle(loop, studio, lambda: command(tab, "history_delete").trigger())
    index = tab.tiles.model().index(0)
    assert shown(tab)[0] == "a fox, its picture was deleted or moved; its steps are kept: branches need them"
    assert "branches need them" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert not tab.tiles.model().flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    assert studio.told[-1].template == "{file} was moved to the trash. Its steps stay in the history: branches need them."
    tab.grab()
    settle(loop, studio, studio.undo.undo)
    assert shown(tab)[0] == "a fox, finished"


def test_a_saved_step_is_shown_beside_its_run(loop, studio, tab):
    run = studio.finished("a fox")
    save_in(artwork_of(run, 2, run.steps[2].estimate), studio.folder / "pictures")
    opened(loop, studio, tab)
    assert sorted(shown(tab)) == ["a fox, Step 2 of 5", "a fox, finished"]
    row = shown(tab).index("a fox, Step 2 of 5")
    settle(loop, studio, lambda: click(tab, row))
    assert (studio.timeline.run.id, studio.timeline.index) == (run.id, 2)


def test_a_star_given_in_create_is_that_of_the_gallery_also_without_the_steps(loop, studio, tab):
    run = studio.finished("a fox")
    step = save_in(artwork_of(run, 2, run.steps[2].estimate), studio.folder / "pictures")
    foreign = studio.folder / "pictures" / "foreign.png"
    write_pixels(pixels(3), foreign)
    settle(loop, studio, lambda: path_of(studio.recordings.folder, run.id).unlink())
    studio.held.drop(run)
    opened(loop, studio, tab)
    recipe = RecipeTab(studio.timeline, studio.work, studio.desk, studio.stars, tab._theme, studio.notices, Drafts)
    for path in (run.path, step, foreign):
        settle(loop, studio, lambda path=path: studio.notices.spawn(studio.desk.show_picture(path)))
        next(each for each in recipe.commands if each.objectName() == "star_shown").trigger()
    starred: list[Path] = []

    async def search() -> None:
        starred.extend(item.path for item in await studio.gallery.search(Query(starred=True)))

    settle(loop, studio, lambda: studio.notices.spawn(search()))
    assert set(starred) == {run.path, step, foreign}


def test_a_run_is_reused(loop, studio, tab, qtbot):
    studio.unfinished("a boat", Ending.STOPPED)
    opened(loop, studio, tab)
    filled = []
    studio.desk.recipe_opened.connect(filled.append)
    tab.tiles.setCurrentIndex(tab.tiles.model().index(0))
    settle(loop, studio, command(tab, "history_reuse").trigger)
    assert [recipe.prompt.text for recipe in filled] == ["a boat"]


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_the_menu_has_everything_that_can_be_done(loop, studio, tab):
    studio.unfinished("a boat", Ending.STOPPED)
    opened(loop, studio, tab)
    tab.tiles.setCurrentIndex(tab.tiles.model().index(0))
    QApplication.sendEvent(tab.tiles, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0)))
    menu = tab.findChild(QMenu, "history_menu")
    assert [action.objectName() for action in menu.actions()] == [
        "history_show",
        "history_resume",
        "history_reuse",
        "history_star",
        "history_delete",
    ]
    menu.close()


def test_an_empty_history_takes_no_keys(loop, studio, tab):
    opened(loop, studio, tab)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_S, Qt.Key.Key_Down):
        QTest.keyClick(tab.tiles, key)
    assert not any(each.isEnabled() for each in tab.commands)
    tab.grab()


def test_a_hidden_history_catches_up_when_it_is_shown(loop, studio, tab):
    studio.finished("a fox", days=1)
    opened(loop, studio, tab)
    tab.hide()
    run = developed(5, done=2)
    run.end(Ending.STOPPED)
    settle(loop, studio, lambda: studio.held.hold(run))
    assert len(shown(tab)) == 1
    settle(loop, studio, tab.show)
    assert shown(tab) == ["a red apple, Stopped at step 2 of 5", "a fox, finished"]
