"""The gallery in the window: found, looked at, searched and kept in order by mouse and keyboard."""

import json
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QMenu, QMessageBox, QPushButton, QWidget

from desktop.diffusion.fields import named
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Pixels, Run
from desktop.library.artwork import Artwork, save_in
from desktop.ui.gallery.gallery_place import GalleryPlace
from tests import awaited
from tests.collection import Collection, settle
from tests.recorded import record

pytestmark = pytest.mark.slow

NOW = datetime.now().astimezone()
PROMPTS = ("a fox in the snow", "夜空下的狐狸", "an owl", "a fox in the snow", "a castle")


def pixels(number: int) -> Pixels:
    return Pixels(24, 16, bytes([40 * number, 90, 200 - 40 * number]) * (24 * 16))


class Studio(Collection):
    """What is behind the gallery: a folder with five pictures of three days, the first of them today's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        for number, prompt in enumerate(PROMPTS):
            recipe = Recipe.of(prompt=prompt, seed=number, width=64, height=64, sampler="Euler a" if number == 2 else "DDIM")
            self.save(pixels(number), recipe, f"run-{number}", NOW - timedelta(days=number // 2, seconds=number))

    def save(self, shown: Pixels, recipe: Recipe, run: str = "", made: datetime = NOW) -> Path:
        return save_in(Artwork(shown, recipe, {"run": run} if run else {}, made), self.folder / "pictures")


@pytest.fixture
def studio(qtbot, loop, tmp_path):
    studio = Studio(tmp_path)
    yield studio
    settle(loop, studio)
    studio.gallery.close()


@pytest.fixture
def place(qtbot, loop, studio, theme):
    place = GalleryPlace(theme, studio.gallery, studio.desk, studio.notices, studio.undo)
    place.folders_changed.connect(lambda folders: studio.gallery.use_folders([studio.gallery.folders[0], *folders]))
    qtbot.addWidget(place)
    place.resize(1400, 800)
    place.show()
    place.activateWindow()
    qtbot.waitExposed(place)
    place.setFocus()
    settle(loop, studio)
    return place


def prompts(place) -> list[str]:
    return [item.prompt for item in place._gallery.items]


def at(place, number: int) -> QPoint:
    """The middle of a tile, in the viewport."""
    return place.grid.visualRect(place.grid.model().index(number, 0)).center()


def click(qtbot, place, number: int, *keys: Qt.KeyboardModifier) -> None:
    modifiers = keys[0] if keys else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(place.grid.viewport(), Qt.MouseButton.LeftButton, modifiers, at(place, number))


def test_all_pictures_are_shown_by_day_with_their_thumbnails(place):
    assert prompts(place) == list(PROMPTS)
    image = place.grid.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    for number in range(5):
        colour = image.pixelColor((at(place, number).toPointF() * ratio).toPoint())
        expected = pixels(number).data[:3]
        assert all(abs(ours - theirs) < 12 for ours, theirs in zip(colour.getRgb()[:3], expected, strict=True)), number


def test_the_bar_and_the_panel_keep_to_their_places_while_there_is_nothing_to_scroll_or_show(place):
    inner = place.panel.findChild(QWidget, "item_panel_inner")
    assert inner.width() == inner.parentWidget().width()
    bar = place.grid.verticalScrollBar()
    image = bar.grab().toImage()
    assert len({image.pixel(image.width() // 2, y) for y in range(image.height())}) == 1
    place.resize(1400, 200)
    image = bar.grab().toImage()
    assert len({image.pixel(image.width() // 2, y) for y in range(image.height())}) > 1


def test_a_search_and_filters_narrow_what_is_shown_and_esc_removes_them(qtbot, loop, studio, place):
    place.filters.search.setFocus()
    qtbot.keyClicks(place.filters.search, "fox snow")
    settle(loop, studio)
    assert prompts(place) == ["a fox in the snow"] * 2
    place.filters.search.setText("狐")
    settle(loop, studio)
    assert prompts(place) == ["夜空下的狐狸"]
    qtbot.keyClick(place.filters.search, Qt.Key.Key_Escape)
    settle(loop, studio)
    assert len(prompts(place)) == 5
    sampler = place.filters._sampler
    sampler.setCurrentIndex(sampler.findText("Euler a"))
    sampler.activated.emit(sampler.currentIndex())
    settle(loop, studio)
    assert prompts(place) == ["an owl"]
    place.grid.setFocus()
    qtbot.keyClick(place.grid, Qt.Key.Key_Escape)
    settle(loop, studio)
    assert len(prompts(place)) == 5
    assert sampler.currentIndex() == 0


def test_enter_leaves_the_search_for_the_pictures(qtbot, place):
    qtbot.keyClick(place.grid, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert place.filters.search.hasFocus()
    qtbot.keyClick(place.filters.search, Qt.Key.Key_Return)
    assert place.grid.hasFocus()
    assert place.grid.current.prompt == PROMPTS[0]


def test_the_keyboard_moves_selects_and_looks(qtbot, loop, studio, place):
    place.grid.go_to(place._gallery.items[0])
    qtbot.keyClick(place.grid, Qt.Key.Key_Down)
    assert place.grid.current.prompt == PROMPTS[2]  # the next day, in the same column
    qtbot.keyClick(place.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert [item.prompt for item in place.grid.selected] == list(PROMPTS[2:4])
    qtbot.keyClick(place.grid, Qt.Key.Key_End)
    assert place.grid.current.prompt == PROMPTS[4]
    qtbot.keyClick(place.grid, Qt.Key.Key_Return)
    settle(loop, studio)
    assert place.viewer.isVisible()
    assert place.viewer.item.prompt == PROMPTS[4]
    qtbot.keyClick(place.viewer, Qt.Key.Key_Left)
    settle(loop, studio)
    assert place.viewer.item.prompt == PROMPTS[3]
    shown = place.viewer.grab().toImage()
    assert abs(shown.pixelColor(shown.width() // 2, shown.height() // 2).red() - pixels(3).data[0]) < 3
    qtbot.keyClick(place.viewer, Qt.Key.Key_Escape)
    assert place.grid.hasFocus()
    assert place.grid.current.prompt == PROMPTS[3]


def test_several_are_selected_with_the_mouse(qtbot, place):
    click(qtbot, place, 1)
    click(qtbot, place, 3, Qt.KeyboardModifier.ShiftModifier)
    assert [item.seed for item in place.grid.selected] == [1, 2, 3]
    click(qtbot, place, 2, Qt.KeyboardModifier.ControlModifier)
    assert [item.seed for item in place.grid.selected] == [1, 3]
    place.grid.selectAll()
    assert len(place.grid.selected) == 5
    corner = place.grid.visualRect(place.grid.model().index(4, 0)).topLeft()
    qtbot.mouseClick(place.grid.viewport(), Qt.MouseButton.LeftButton, pos=corner + QPoint(8, 8))  # the mark of a tile
    assert [item.seed for item in place.grid.selected] == [0, 1, 2, 3]


def test_the_rubber_band_selects_what_it_touches(qtbot, place):
    viewport = place.grid.viewport()
    start, end = QPoint(4, at(place, 0).y()), at(place, 1)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(viewport, start + QPoint(30, 0))
    qtbot.mouseMove(viewport, end)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    assert [item.seed for item in place.grid.selected] == [0, 1]


def test_pictures_are_dragged_out_as_files(place):
    place.grid.selectAll()
    data = place.grid.model().mimeData(place.grid.selectedIndexes())
    assert [Path(url.toLocalFile()) for url in data.urls()] == [item.path for item in place._gallery.items]


def test_a_star_is_set_by_key_and_by_its_button_and_filtered_by(qtbot, loop, studio, place):
    place.grid.go_to(place._gallery.items[1])
    qtbot.keyClick(place.grid, Qt.Key.Key_S)
    corner = place.grid.visualRect(place.grid.model().index(3, 0)).topRight()
    qtbot.mouseClick(place.grid.viewport(), Qt.MouseButton.LeftButton, pos=corner + QPoint(-34, 12))
    assert place._gallery.stars.keys == {"run-1", "run-3"}
    qtbot.mouseClick(place.filters._switches["starred"], Qt.MouseButton.LeftButton)
    settle(loop, studio)
    assert [item.seed for item in place._gallery.items] == [1, 3]


def test_deleting_selects_the_next_and_undo_restores(qtbot, loop, studio, place):
    place.grid.go_to(place._gallery.items[1])
    qtbot.keyClick(place.grid, Qt.Key.Key_Delete)
    settle(loop, studio)
    assert [item.seed for item in place._gallery.items] == [0, 2, 3, 4]
    assert place.grid.current.seed == 2
    studio.undo.undo()
    settle(loop, studio)
    assert [item.seed for item in place._gallery.items] == [0, 1, 2, 3, 4]
    assert [item.seed for item in place.grid.selected] == [1]
    click(qtbot, place, 3)
    click(qtbot, place, 2, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(place.grid, Qt.Key.Key_Delete)
    settle(loop, studio)
    place.grid.go_to(place._gallery.items[0])
    settle(loop, studio, studio.undo.undo)
    assert [item.seed for item in place.grid.selected] == [2, 3]


def test_keys_act_on_the_tile_with_the_ring_while_none_is_selected(qtbot, loop, studio, place):
    click(qtbot, place, 2)
    click(qtbot, place, 2, Qt.KeyboardModifier.ControlModifier)
    assert place.grid.selected == []
    qtbot.keyClick(place.grid, Qt.Key.Key_S)
    assert place._gallery.stars.keys == {"run-2"}
    qtbot.keyClick(place.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(place.grid, Qt.Key.Key_S)
    assert place._gallery.stars.keys == {"run-2", "run-3"}
    qtbot.keyClick(place.grid, Qt.Key.Key_Delete)
    settle(loop, studio)
    assert [item.seed for item in place._gallery.items] == [0, 1, 2, 4]
    assert place.grid.current.seed == 4


def test_the_panel_is_as_wide_as_the_user_wants_and_has_as_much_of_the_name_as_fits(qtbot, loop, studio, place):
    name = f"{'w' * 30} end.png"
    studio.save(pixels(1), Recipe.of(prompt="long", seed=9), "run-9").rename(studio.folder / "pictures" / name)
    settle(loop, studio, place._gallery.look)
    place.grid.go_to(next(item for item in place._gallery.items if item.prompt == "long"))
    settle(loop, studio)
    place.resize(2000, 800)  # so wide that the filters have room beside the panel
    file = place.panel.findChild(QLabel, "item_file")
    assert place.panel.width() == 320
    assert "…" in file.text()
    room = place.grid.width()
    grip = place.panel.parentWidget().handle(1)
    assert place.childAt(grip.mapTo(place, grip.rect().center())) is grip
    qtbot.mousePress(grip, Qt.MouseButton.LeftButton)
    qtbot.mouseMove(grip, grip.rect().center() - QPoint(160, 0))
    qtbot.mouseRelease(grip, Qt.MouseButton.LeftButton, pos=grip.rect().center())
    assert place.panel.width() == pytest.approx(480, abs=4)
    qtbot.waitUntil(lambda: abs(place.grid.width() - (room - 160)) <= 4)
    assert file.text() == name
    qtbot.mouseDClick(grip, Qt.MouseButton.LeftButton)
    assert place.panel.width() == 320


def test_the_trash_is_looked_into_and_things_are_restored_or_deleted_for_good(qtbot, loop, studio, place):
    def seeds() -> list[int]:
        settle(loop, studio)
        return [item.seed for item in place._gallery.items]

    for number in (1, 1):
        place.grid.go_to(place._gallery.items[number])
        qtbot.keyClick(place.grid, Qt.Key.Key_Delete)
        assert number not in seeds()
    switch = place.filters._switches["trashed"]
    assert "2" in switch.text()
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    assert seeds() == [1, 2]
    place.grid.go_to(place._gallery.items[0])
    assert not any(place._command(name).isEnabled() for name in ("open", "reuse", "alike", "star", "rename", "move", "show_file"))
    qtbot.mouseClick(place.findChild(QPushButton, "gallery_restore_button"), Qt.MouseButton.LeftButton)
    assert seeds() == [2]
    studio.undo.undo()
    assert seeds() == [1, 2]
    place.grid.go_to(place._gallery.items[1])
    qtbot.keyClick(place.grid, Qt.Key.Key_Delete)
    question = place.findChild(QMessageBox, "delete_question")
    [cancel] = [button for button in question.buttons() if button.text() == "Cancel"]
    cancel.click()
    assert seeds() == [1, 2]
    place._command("trash").trigger()
    [question] = [box for box in place.findChildren(QMessageBox, "delete_question") if box.isVisible()]
    [delete] = [button for button in question.buttons() if button.text() == "Delete for good"]
    delete.click()
    assert seeds() == [1]
    place._command("all").trigger()
    assert seeds() == [0, 3, 4]


def test_deleting_in_the_viewer_shows_the_next_picture(qtbot, loop, studio, place):
    place._view_item(place._gallery.items[4])
    settle(loop, studio)
    qtbot.keyClick(place.viewer, Qt.Key.Key_Delete)
    settle(loop, studio)
    assert place.viewer.item.seed == 3
    assert len(place._gallery.items) == 4


def test_a_picture_is_renamed_in_a_dialog(qtbot, loop, studio, place):
    place.grid.go_to(place._gallery.items[0])
    qtbot.keyClick(place.grid, Qt.Key.Key_F2)
    dialog = place.findChild(QInputDialog, "rename_picture")
    dialog.setTextValue("my fox")
    dialog.accept()
    settle(loop, studio)
    assert place._gallery.items[0].path.name == "my fox.png"
    assert place.grid.current.seed == 0


def test_reuse_gives_the_recipe_to_create(qtbot, loop, studio, place):
    recipes = []
    studio.desk.recipe_opened.connect(recipes.append)
    place.grid.go_to(place._gallery.items[2])
    with qtbot.waitSignal(place.create_wanted):
        qtbot.keyClick(place.grid, Qt.Key.Key_R)
    settle(loop, studio)
    assert [recipe.prompt.text for recipe in recipes] == ["an owl"]
    assert studio.timeline.pixels == pixels(2)


def test_two_pictures_are_compared_in_create(qtbot, loop, studio, place):
    click(qtbot, place, 0)
    assert not place._command("compare").isEnabled()
    click(qtbot, place, 4, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(place.create_wanted):
        qtbot.keyClick(place.grid, Qt.Key.Key_Backslash)
    settle(loop, studio)
    assert studio.timeline.pixels == pixels(0)
    assert studio.timeline.second == pixels(4)


def test_more_like_this_says_what_is_alike(qtbot, loop, studio, place):
    place.grid.go_to(place._gallery.items[0])
    qtbot.keyClick(place.grid, Qt.Key.Key_L)
    settle(loop, studio)
    assert [[item.seed for item in group.items] for group in place._gallery.groups] == [[0], [3]]
    assert "a fox in the snow" in place._alike.text()
    qtbot.mouseClick(place._all, Qt.MouseButton.LeftButton)
    settle(loop, studio)
    assert len(place._gallery.items) == 5


def test_an_unfinished_run_opens_with_its_steps(qtbot, loop, studio, place):
    recorded = record(studio.recordings.folder, Run(Recipe.of(prompt="a stopped mouse")), last=3, ending=Ending.STOPPED)
    place._gallery.look()
    settle(loop, studio)
    item = place._gallery.items[0]
    assert (item.prompt, item.ending, item.step) == ("a stopped mouse", Ending.STOPPED, 3)
    assert place.filters._switches["unfinished"].text().endswith("1")
    place.grid.go_to(item)
    qtbot.keyClick(place.grid, Qt.Key.Key_O)
    settle(loop, studio)
    assert studio.timeline.run.id == recorded.id
    assert len(studio.timeline.steps) == 4


def test_the_film_of_a_tile_runs_under_the_pointer(qtbot, loop, studio, place):
    record(studio.recordings.folder, Run(Recipe.of(prompt="a stopped mouse")), last=3, ending=Ending.STOPPED)
    place._gallery.look()
    settle(loop, studio)
    place.grid._hover(0)  # a real pointer would bring up a tooltip, about which this platform complains
    film = place.grid._film
    loop.run_until_complete(awaited.until(lambda: film.is_playing))
    loop.run_until_complete(awaited.until(lambda: not film.is_playing))
    assert film.place == (3, 3)
    place.grid._hover(None)
    assert film.place == (0, 0)


def test_a_new_picture_comes_in_without_moving_what_is_looked_at(qtbot, loop, studio, place, tmp_path):
    place.resize(1000, 500)
    place.filters.slider.setValue(240)
    QApplication.processEvents()
    bar = place.grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place.grid.go_to(place._gallery.items[3])
    before = at(place, 3)
    studio.save(pixels(1), Recipe.of(prompt="new"))
    place._gallery.look()
    settle(loop, studio)
    assert prompts(place)[0] == "new"
    assert place.grid.current.seed == 3
    assert at(place, 4) == before


def test_folders_are_watched(loop, studio, place, tmp_path):
    studio.save(pixels(1), Recipe.of(prompt="new"))
    loop.run_until_complete(awaited.until(lambda: "new" in prompts(place)))


def test_other_folders_are_added_and_removed_with_undo(loop, studio, place, tmp_path):
    other = tmp_path / "other"
    save_in(Artwork(pixels(1), Recipe.of(prompt="theirs"), {}, NOW), other)
    place._add_folder(str(other))
    settle(loop, studio)
    assert "theirs" in prompts(place)
    place.filters.folders.menu().aboutToShow.emit()
    [remove] = [action for action in place.filters.folders.menu().actions() if action.text().startswith("Remove")]
    remove.trigger()
    settle(loop, studio)
    assert "theirs" not in prompts(place)
    studio.told[-1].actions[0].run()
    settle(loop, studio)
    assert "theirs" in prompts(place)


def test_what_is_wrong_with_a_folder_is_one_sentence(loop, studio, place, tmp_path):
    place._add_folder(str(tmp_path / "gone"))
    settle(loop, studio)
    assert place._problems.isVisible()
    assert place._problems.text().count("gone") == 1
    assert len(prompts(place)) == 5


def test_a_file_that_is_no_picture_is_said_and_harms_nothing(loop, studio, place, tmp_path):
    (tmp_path / "pictures" / "bad.png").write_bytes(b"no picture")
    place._gallery.look()
    settle(loop, studio)
    place.grid.go_to(next(item for item in place._gallery.items if item.problem))
    assert "bad.png" in place.panel._problem.text()
    assert place.panel._problem.isVisible()
    place._view_item(place.grid.current)
    settle(loop, studio)
    assert "bad.png" in place.viewer._stage._text


def test_the_menu_holds_only_what_is_possible(qtbot, place, monkeypatch):
    shown = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: shown.append([action.objectName() for action in menu.actions()]))
    for select in (lambda: click(qtbot, place, 0), place.grid.selectAll):
        select()
        QApplication.sendEvent(place.grid, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint()))
    one, several = map(set, shown)
    assert {"gallery_reuse", "gallery_rename", "gallery_trash"} <= one
    assert "gallery_compare" not in one
    assert "gallery_move" in several
    assert "gallery_rename" not in several


def test_files_and_prompts_are_copied(qtbot, place):
    place.grid.go_to(place._gallery.items[1])
    qtbot.keyClick(place.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().mimeData()
    assert isinstance(copied, QMimeData)
    assert [Path(url.toLocalFile()) for url in copied.urls()] == [place.grid.current.path]
    qtbot.keyClick(place.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().text() == PROMPTS[1]


def test_the_size_of_the_tiles_follows_slider_wheel_and_keys(qtbot, place):
    before = place.grid.visualRect(place.grid.model().index(0, 0)).width()
    place.filters.slider.setValue(240)
    assert place.grid.visualRect(place.grid.model().index(0, 0)).width() > before
    qtbot.keyClick(place.grid, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert place.grid.tile_side == 228
    point = QPointF(at(place, 0))
    wheel = QWheelEvent(
        point,
        place.grid.viewport().mapToGlobal(point),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(place.grid.viewport(), wheel)
    assert place.filters.slider.value() == place.grid.tile_side == 216


@pytest.mark.parametrize("width", [960, 1280, 1600])
def test_nothing_in_the_bar_overlaps_at_any_width(place, width):
    place.resize(width - 52, 600)
    QApplication.processEvents()
    shown = [
        child for child in place.filters.children() if child.isWidgetType() and child.isVisible() and child.y() >= 0 and child.width() > 1
    ]
    shown = sorted((child for child in shown if not isinstance(child, QMenu)), key=lambda child: child.x())
    for left, right in pairwise(shown):
        assert left.geometry().right() < right.geometry().left(), (left.objectName(), right.objectName())


def test_every_control_has_a_name_for_screen_readers(qtbot, place):
    place.grid.go_to(place._gallery.items[0])
    for button in place.findChildren(QPushButton):
        assert button.objectName()
        assert button.accessibleName() or button.text(), button.objectName()
    index = place.grid.currentIndex()
    assert PROMPTS[0] in index.data(Qt.ItemDataRole.AccessibleTextRole)
    place.grid.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Clear)
    assert place.grid.accessibleName()


def test_the_panel_tells_the_recipe_with_the_captions_of_the_prompt_panel(loop, studio, place):
    place.grid.go_to(next(item for item in place._gallery.items if item.prompt == "an owl"))
    settle(loop, studio)
    fact = {key: place.panel.findChild(QLabel, f"fact_{key}") for key in ("model", "size", "sampler", "steps", "guidance_scale", "seed")}
    assert [fact[key].text() for key in fact] == ["Starter", "24 × 16", "Euler a", "50", "3.5", "2"]
    shown = {label.text() for label in place.panel.findChildren(QLabel) if label.isVisible()}
    assert shown >= {named(key).caption for key in fact if key != "size"}
    assert named("negative_prompt").caption not in shown


def test_what_of_a_recipe_could_not_be_read_is_listed_by_its_captions(loop, studio, place):
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    path = studio.save(pixels(1), Recipe.of(prompt="a lamp"))
    with Image.open(path) as image:
        image.load()
        data = json.loads(image.text["safelight"])
        data["recipe"]["sampling"] |= {"guidance_scale": 900, "steps": -4}
        words = PngInfo()
        words.add_itxt("safelight", json.dumps(data))
        image.save(path, pnginfo=words)
    place._gallery.look()
    settle(loop, studio)
    place.grid.go_to(next(item for item in place._gallery.items if item.lost))
    settle(loop, studio)
    assert place.panel._problem.text() == "Could not be read: Steps: -4, Guidance: 900"
