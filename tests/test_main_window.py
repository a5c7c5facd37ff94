"""The whole window with all parts, on the offscreen platform."""

import asyncio
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QEnterEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QTreeWidget,
    QWidget,
)

from desktop.app import Session
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Pixels, Run, View
from desktop.library.artwork import Artwork, save_in
from desktop.library.few_steps import Advice
from desktop.library.paths import Folders
from desktop.studio.generation import Job
from desktop.studio.instance import Instance
from desktop.studio.leaving import Leaving
from desktop.studio.notices import NoticeKind
from desktop.ui.create.first_start import FirstStart
from desktop.ui.frame.help_dialog import HelpDialog
from desktop.ui.frame.jobs import Jobs
from desktop.ui.frame.palette import Palette
from desktop.ui.frame.tour import STOPS, Tour
from desktop.ui.gallery.gallery_place import GalleryPlace
from tests import awaited, single
from tests.developed import branched, developed
from tests.foreign_pictures import COMFYUI, png
from tests.loras import pair

PIXELS = Pixels(16, 16, bytes(768))


@pytest.fixture
def session(qtbot, unstyled, loop, tmp_path, monkeypatch):
    monkeypatch.setattr("desktop.studio.autosave.SOON", 3_600_000)  # ms: no test looks at drafts
    folders = Folders.inside(tmp_path)
    instance = Instance(folders.data)
    session = Session(unstyled, folders, instance)
    qtbot.addWidget(session.window)
    session.window.resize(1400, 900)  # the inspector is open
    session.window.show()
    session.window.activateWindow()
    qtbot.waitExposed(session.window)
    yield session
    session._language.install(unstyled, "en")
    session._worker.close()
    assert session._worker.join(5)
    instance.close()


@pytest.fixture
def window(session):
    return session.window


def until(loop, condition):
    loop.run_until_complete(awaited.until(condition))


def drop(window, *paths: Path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    at = QPoint(400, 300)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for part in (window.create_place, window.findChild(QWidget, "rail"), window.findChild(QWidget, "top_bar")):
        enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, mime, buttons, keys)
        QApplication.sendEvent(part, enter)
        assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(at), Qt.DropAction.CopyAction, mime, buttons, keys))


@pytest.mark.slow
def test_a_picture_dropped_anywhere_restores_its_recipe(loop, session, window, tmp_path):
    recipe = Recipe.of(
        prompt="(红苹果:1.2) on a table",
        negative_prompt="blur",
        sampler="Euler a",
        steps=31,
        guidance_scale=4.5,
        width=128,
        height=192,
        seed=77,
    )
    path = save_in(Artwork(PIXELS, recipe, {}, datetime.now().astimezone()), tmp_path / "pictures")
    drop(window, path)
    until(loop, lambda: window.create_place.prompt_panel.recipe().prompt.text == recipe.prompt.text)
    assert window.create_place.prompt_panel.recipe() == recipe
    assert session._timeline.pixels == PIXELS


def test_a_dropped_few_step_lora_sets_what_it_needs_in_one_step(loop, session, window, tmp_path):
    """Its layer fits no model, so the settings are asked for as the row's button does."""
    drop(window, single.header_only(tmp_path / "lcm-lora.safetensors", pair("lora_unet_nowhere", 7, 9)))
    loras, panel = session._loras, window.create_place.prompt_panel
    until(loop, lambda: loras.rows and loras.known(loras.rows[0]))
    assert session.settings.lora_files == (str(tmp_path / "lcm-lora.safetensors"),)
    assert panel.recipe().adapters == ()
    before = panel.recipe().sampling
    loras.advised.emit("lcm-lora", Advice("LCM", 4, guidance_scale=1.5))
    assert panel.recipe().sampling == replace(before, steps=4, guidance_scale=1.5)
    session._undo.undo()
    until(loop, lambda: panel.recipe().sampling == before)


def restored(loop, window, prompt):
    until(loop, lambda: window.create_place.prompt_panel.recipe().prompt.text == prompt)


def paste_into(qtbot, window, widget):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    widget.setFocus()
    qtbot.keyClick(widget, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.slow
def test_ctrl_v_restores_the_recipe_of_a_copied_file_or_text(loop, qtbot, session, window, tmp_path):
    place, panel = window.create_place, window.create_place.prompt_panel
    picture = png(prompt=COMFYUI)(tmp_path)
    for widget in (place.canvas, panel.prompt):
        panel.prompt.set_text("before")
        files = QMimeData()
        files.setUrls([QUrl.fromLocalFile(str(picture))])
        QApplication.clipboard().setMimeData(files)
        paste_into(qtbot, window, widget)
        restored(loop, window, "a fox")
    QApplication.clipboard().setText("a cat\nSteps: 24, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512")
    paste_into(qtbot, window, place.canvas)
    restored(loop, window, "a cat")
    assert panel.recipe().sampling.steps == 24
    told = []
    session._notices.told.connect(told.append)
    QApplication.clipboard().setText("just words")
    paste_into(qtbot, window, place.canvas)
    until(loop, lambda: told)
    assert told[0].template.startswith("The clipboard contains no recipe.")
    assert panel.prompt.toPlainText() == "a cat"


@pytest.mark.slow
def test_the_parameters_of_a_picture_pasted_into_the_prompt_restore_its_recipe_and_are_undone_there(loop, qtbot, window):
    panel = window.create_place.prompt_panel
    panel.prompt.set_text("mine")
    QApplication.clipboard().setText("a cat\nNegative prompt: dog\nSteps: 24, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 512x512")
    paste_into(qtbot, window, panel.prompt)
    restored(loop, window, "a cat")
    assert (panel.negative_prompt.toPlainText(), panel.recipe().sampling.seed) == ("dog", 1)
    qtbot.keyClick(panel.prompt, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.prompt.toPlainText() == "mine"
    QApplication.clipboard().setText("three, plain: words")
    panel.prompt.selectAll()
    paste_into(qtbot, window, panel.prompt)
    assert panel.prompt.toPlainText() == "three, plain: words"


@pytest.mark.slow
def test_only_the_first_of_several_dropped_pictures_is_opened_with_a_notice(loop, session, window, tmp_path):
    told = []
    session._notices.told.connect(told.append)
    made = [
        save_in(Artwork(PIXELS, Recipe.of(prompt=prompt), {}, datetime.now().astimezone()), tmp_path / "pictures")
        for prompt in ("one", "two")
    ]
    drop(window, *made)
    until(loop, lambda: window.create_place.prompt_panel.recipe().prompt.text == "one")
    assert told[0].values == {"file": made[0].name}


@pytest.mark.slow
def test_a_recipe_of_a_model_that_is_not_here_is_restored_but_for_the_model(loop, session, window, tmp_path):
    told = []
    session._notices.told.connect(told.append)
    recipe = Recipe.of(prompt="a fox", model="dreams", seed=5)
    drop(window, save_in(Artwork(PIXELS, recipe, {}, datetime.now().astimezone()), tmp_path / "pictures"))
    until(loop, lambda: told)
    assert window.create_place.prompt_panel.recipe().prompt.text == "a fox"
    assert window.create_place.prompt_panel.recipe().model.name == "starter"
    assert "dreams" in str(told[0].values["lost"])


@pytest.mark.slow
def test_a_dropped_folder_is_opened_as_a_model(loop, session, window, tmp_path):
    told = []
    session._notices.told.connect(told.append)
    (tmp_path / "nothing").mkdir()
    drop(window, tmp_path / "nothing")
    until(loop, lambda: told)
    assert "model" in told[0].template


@pytest.mark.slow
def test_a_dropped_file_of_weights_is_opened_as_a_model(loop, session, window, tmp_path):
    told = []
    session._notices.told.connect(told.append)
    drop(window, single.stable_diffusion(tmp_path / "dreamy.safetensors"))
    until(loop, lambda: window.create_place.prompt_panel.recipe().model.name == "dreamy" and not session._notices._tasks)
    assert session.settings.model_folders == (str(tmp_path / "dreamy.safetensors"),)
    drop(window, single.header_only(tmp_path / "style.safetensors", {"lora_unet_mid.lora_down.weight": (8, 320)}))
    until(loop, lambda: told and not session._notices._tasks)
    assert told[0].values == {"file": "style.safetensors", "holding": "a LoRA"}


@pytest.mark.slow
def test_the_arrow_keys_scrub_unless_a_text_field_has_focus(qtbot, session, window):
    session._timeline.show(developed(10), follow=False)
    window.create_place.canvas.setFocus()
    qtbot.keyClick(window.create_place.canvas, Qt.Key.Key_Left)
    assert session._timeline.index == 9
    qtbot.keyClick(window.create_place.canvas, Qt.Key.Key_Home)
    assert session._timeline.index == 0
    window.create_place.prompt_panel.prompt.setFocus()
    qtbot.keyClick(window.create_place.prompt_panel.prompt, Qt.Key.Key_Right)
    assert session._timeline.index == 0


def test_keys_compare_and_magnify(qtbot, session, window):
    place, timeline = window.create_place, session._timeline
    timeline.show(developed(10), follow=False)
    place.canvas.setFocus()
    qtbot.keyClick(place.canvas, Qt.Key.Key_Backslash)
    assert timeline.second_view is View.NOISY
    qtbot.keyClick(place.canvas, Qt.Key.Key_Z)
    assert place.canvas.loupe_shown
    loupe = place.canvas_area.pills.findChild(QToolButton, "loupe")
    assert loupe.isChecked()
    loupe.click()
    assert not place.canvas.loupe_shown
    qtbot.keyClick(place.canvas, Qt.Key.Key_Z)
    assert place.canvas.loupe_shown
    place.compare_button.click()
    assert not timeline.is_double


def test_keys_zoom_the_picture_wherever_the_focus_is_but_not_what_is_typed_or_the_timeline(qtbot, session, window):
    place, timeline = window.create_place, session._timeline
    timeline.show(developed(50), follow=False)
    canvas, strip, prompt = place.canvas, place.timeline_bar.filmstrip, place.prompt_panel.prompt
    fit = canvas.zoom
    for focused in (canvas, window.findChild(QToolButton, "rail_settings")):
        focused.setFocus()
        qtbot.keyClick(focused, Qt.Key.Key_Plus)
        assert canvas.zoom == pytest.approx(1.25 * fit)
        qtbot.keyClick(focused, Qt.Key.Key_Minus)
        assert canvas.zoom == pytest.approx(fit)
        qtbot.keyClick(focused, Qt.Key.Key_1)
        assert canvas.zoom == 1.0
        qtbot.keyClick(focused, Qt.Key.Key_0)
        assert canvas.fits
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Plus)
    assert strip.grid.zoom > 1
    prompt.setFocus()
    qtbot.keyClicks(prompt, "+1")
    assert canvas.fits
    assert prompt.toPlainText().endswith("+1")
    window.findChild(QAction, "enlarge_picture").trigger()
    assert not canvas.fits


@pytest.mark.slow
def test_keys_of_a_place_work_from_the_rail_and_not_in_another_place(qtbot, session, window):
    session._timeline.show(developed(10), follow=False)
    settings = window.findChild(QToolButton, "rail_settings")
    settings.setFocus()
    qtbot.keyClick(settings, Qt.Key.Key_N)
    assert session._timeline.view is View.NOISY
    places, other = window.findChild(QStackedWidget, "places"), QPushButton("another place")
    places.addWidget(other)
    places.setCurrentWidget(other)
    for focused in (other, settings):
        focused.setFocus()
        qtbot.keyClick(focused, Qt.Key.Key_E)
        assert session._timeline.view is View.NOISY
    places.setCurrentWidget(window.create_place)
    window.create_place.canvas.setFocus()
    qtbot.keyClick(window.create_place.canvas, Qt.Key.Key_E)
    assert session._timeline.view is View.ESTIMATE


@pytest.mark.slow
def test_the_gallery_is_shown_and_left_by_key_with_its_notices_folders_and_stars(qtbot, loop, session, window, tmp_path):
    path = save_in(Artwork(PIXELS, Recipe.of(prompt="a fox"), {"run": "run-1"}, datetime.now().astimezone()), tmp_path / "pictures")
    ctrl_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_2, ctrl_shift)
    place = window.findChild(GalleryPlace)
    assert place.isVisible()
    assert not window.create_place.isVisible()
    session._notices.tell(NoticeKind.WARNING, "Something is told.")
    assert place.rect().translated(place.mapTo(window.centralWidget(), QPoint())).contains(window.tray.geometry())
    assert place.grid.hasFocus()
    until(loop, lambda: not session._notices._tasks)  # the thumbnails too: a task must not go on between two calls of `until`
    assert [item.path for item in session._gallery.items] == [path]
    place.folders_changed.emit([tmp_path / "others"])
    assert session.settings.gallery_folders == (str(tmp_path / "others"),)
    session._notices.spawn(session._restore_stars())
    until(loop, lambda: not session._notices._tasks)
    session._stars.set(["run-1"], True)
    session._notices.spawn(session._stars_autosave.now())
    until(loop, lambda: not session._notices._tasks)
    assert "run-1" in (tmp_path / "stars.json").read_text()
    place.grid.go_to(session._gallery.items[0])
    qtbot.keyClick(place.grid, Qt.Key.Key_R)
    until(loop, lambda: window.create_place.prompt_panel.recipe().prompt.text == "a fox")
    assert window.create_place.isVisible()
    until(loop, lambda: not session._notices._tasks)
    session._gallery.close()


@pytest.mark.slow
def test_panels_hide_and_come_back_by_key(qtbot, window):
    for key, panel in (
        (Qt.Key.Key_1, window.create_place.prompt_panel),
        (Qt.Key.Key_2, window.create_place.inspector),
        (Qt.Key.Key_3, window.create_place.timeline_bar),
    ):
        for visible in (False, True):
            qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
            assert panel.isVisible() is visible


def test_a_tab_of_the_inspector_is_shown_by_key_and_by_name_also_while_the_panel_is_hidden(qtbot, window):
    inspector = window.create_place.inspector
    assert inspector.recipe.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert inspector.step.isVisible()
    assert {"Recipe", "Step", "Reuse all", "Generate again"} <= {action.text() for action in window.create_place.actions()}
    window.findChild(QAction, "show_recipe_tab").trigger()
    assert inspector.recipe.isVisible()


def test_the_history_is_shown_by_key_searched_by_key_and_shows_a_run_in_the_window(qtbot, loop, session, window, tmp_path):
    path = save_in(Artwork(PIXELS, Recipe.of(prompt="a fox"), {"run": "run-1"}, datetime.now().astimezone()), tmp_path / "pictures")
    place = window.create_place

    async def history():
        qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        await awaited.until(lambda: not session._notices._tasks)
        assert place.inspector.history.isVisible()
        assert window.focusWidget().objectName() == "history_search"
        assert {"History", "Search the history…", "Delete the selected run"} <= {action.text() for action in place.actions()}
        qtbot.keyClick(window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
        assert place.inspector.history.tiles.hasFocus()
        qtbot.keyClick(place.inspector.history.tiles, Qt.Key.Key_Down)
        qtbot.keyClick(place.inspector.history.tiles, Qt.Key.Key_Return)
        await awaited.until(lambda: session._timeline.run and session._timeline.run.path == path)
        await awaited.until(lambda: not session._notices._tasks)

    loop.run_until_complete(history())
    session._gallery.close()


def test_reuse_fills_the_left_panel_and_undo_restores_it(loop, session, window, qtbot):
    panel = window.create_place.prompt_panel
    panel.set_recipe(Recipe.of(prompt="mine", steps=30, seed=1))
    session._timeline.show(developed(10, recipe=Recipe.of(prompt="theirs", steps=10, seed=2)))
    window.findChild(QAction, "reuse_prompt").trigger()
    assert (panel.recipe().prompt.text, panel.recipe().sampling.steps, panel.recipe().sampling.seed) == ("theirs", 30, 1)
    window.findChild(QAction, "reuse_seed").trigger()
    assert panel.recipe().sampling.seed == 2
    window.findChild(QAction, "reuse_all").trigger()
    until(loop, lambda: panel.recipe().sampling.steps == 10)
    session._undo.undo()
    until(loop, lambda: panel.recipe().sampling.steps == 30 and not session._notices._tasks)


@pytest.mark.slow
def test_full_screen_leaves_the_canvas_and_its_timeline(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert window.create_place.canvas.isVisible()
    assert window.create_place.timeline_bar.isVisible()
    assert not window.create_place.prompt_panel.isVisible()
    assert not window.create_place.inspector.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.create_place.prompt_panel.isVisible()


@pytest.mark.slow
def test_full_screen_that_the_window_manager_ended_is_over(qtbot, window):
    rail = window.findChild(QWidget, "rail")
    qtbot.keyClick(window, Qt.Key.Key_F11)
    assert not rail.isVisible()
    window.showNormal()
    assert rail.isVisible()
    assert window.create_place.prompt_panel.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    assert window.create_place.prompt_panel.isVisible()


@pytest.mark.slow
def test_closing_while_nothing_runs_asks_nothing(qtbot, window):
    window.close_confirmed.disconnect()  # the session would leave
    with qtbot.waitSignal(window.close_confirmed) as closing:
        window.close()
    assert closing.args == [Leaving.PAUSE]


@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_closing_in_mid_run_asks_once(qtbot, session, window, monkeypatch):
    monkeypatch.setattr(type(session._generation), "running", property(lambda self: True))
    window.close_confirmed.disconnect()
    window.close()
    window.close()
    [box] = window.findChildren(QMessageBox)
    finish = next(button for button in box.buttons() if box.buttonRole(button) is QMessageBox.ButtonRole.AcceptRole)
    with qtbot.waitSignal(window.close_confirmed) as closing:
        finish.click()
    assert closing.args == [Leaving.FINISH]


def offered(box: QMessageBox) -> set[str]:
    return {button.text() for button in box.buttons() if button.isVisible()}


@pytest.mark.slow
def test_a_run_that_ends_while_closing_is_asked_leaves_only_closing_to_ask(session, window, monkeypatch):
    running = True
    monkeypatch.setattr(type(session._generation), "running", property(lambda self: running))
    closing = []
    window.close_confirmed.disconnect()
    window.close_confirmed.connect(closing.append)
    window.close()
    [box] = window.findChildren(QMessageBox)
    session._generation.changed.emit()
    assert offered(box) == {"Finish, then close", "Pause and close", "Discard and close", "Keep open"}
    running = False
    session._generation.changed.emit()
    assert box.text() == "No picture is being generated any more."
    assert offered(box) == {"Close", "Keep open"}
    next(button for button in box.buttons() if button.text() == "Close").click()
    assert closing == [Leaving.PAUSE]


@pytest.mark.slow
def test_a_recent_picture_shows_its_steps_while_the_run_is_held(loop, session, window, tmp_path):
    run = developed(6)
    run.ending, run.path = Ending.FINISHED, save_in(Artwork(PIXELS, Recipe(), {}, datetime.now().astimezone()), tmp_path / "pictures")
    session._held.hold(run)
    session._pictures.add(run)
    show = session._desk.show_recent
    session._notices.spawn(show(session._pictures.recent[0]))
    until(loop, lambda: session._timeline.run is run)
    session._held.budget = 0
    session._held.hold(developed(1))
    session._notices.spawn(show(session._pictures.recent[0]))
    until(loop, lambda: session._timeline.run is not run)
    assert session._timeline.steps == []
    assert session._timeline.pixels == PIXELS


@pytest.mark.slow
def test_the_language_changes_while_the_window_is_open(qapp, session, window):
    generate = window.findChild(QPushButton, "generate")
    assert generate.text().startswith("Generate")
    session._use(type(session.settings)(language="zh_CN"))
    qapp.processEvents()
    assert generate.text().startswith("生成")
    session._use(type(session.settings)(language="en"))
    qapp.processEvents()
    assert generate.text().startswith("Generate")


def test_a_picture_without_a_place_on_disk_is_not_closed_away(session, window, qtbot):
    run = developed()
    run.path = None
    session._pictures.add(run)
    closing = []
    window.close_confirmed.disconnect()  # the test ends the session itself
    window.close_confirmed.connect(closing.append)
    window.close()
    box = window.findChild(QMessageBox, "unsaved_question")
    assert closing == []
    box.close()
    window.close()
    box = next(box for box in window.findChildren(QMessageBox, "unsaved_question") if box.isVisible())
    next(button for button in box.buttons() if button.text() == "Discard and close").click()
    assert closing == [Leaving.PAUSE]


@pytest.mark.slow
def test_what_is_saved_elsewhere_is_what_was_on_the_canvas_when_asked(loop, session, window, tmp_path):
    asked, other = developed(), developed()
    session._timeline.show(asked)
    window.create_place.shown_picture.ask_where_to_save()
    until(loop, lambda: window.findChild(QDialog, "save_picture"))
    saved = []
    session._desk.save_step = lambda *wanted: saved.append(wanted) or asyncio.sleep(0)
    session._timeline.show(other)  # the next picture begins while the dialog is open
    dialog = window.findChild(QDialog, "save_picture")
    dialog.findChild(QLineEdit, "save_name").setText(str(tmp_path / "x.png"))
    dialog.findChild(QPushButton, "start_save").click()
    until(loop, lambda: saved)
    assert [(run is asked, path) for run, _, path, _ in saved] == [(True, tmp_path / "x.png")]


@pytest.mark.slow
def test_the_layout_is_kept_without_closing(session, window, qtbot, tmp_path):
    layout = tmp_path / "window.ini"
    layout.touch()
    window.findChild(QAction, "show_inspector").trigger()
    qtbot.waitUntil(lambda: "show_inspector=false" in layout.read_text(), timeout=3000)
    window.findChild(QAction, "show_inspector").trigger()


@pytest.mark.slow
def test_an_idle_window_requests_no_layout(qtbot, qapp, window):
    """A layout request must not cause another one, which would keep a CPU core busy."""

    class Counting(QObject):
        requests = 0

        def eventFilter(self, watched, event):
            self.requests += event.type() is QEvent.Type.LayoutRequest
            return False

    qtbot.wait(200)
    counting = Counting()
    qapp.installEventFilter(counting)
    qtbot.wait(300)
    qapp.removeEventFilter(counting)
    assert counting.requests < 10


@pytest.mark.slow
def test_closing_while_a_run_is_stopping_asks_nothing(qtbot, session, window, monkeypatch):
    monkeypatch.setattr(type(session._generation), "running", property(lambda self: True))
    session._generation.stopping = True
    window.close_confirmed.disconnect()
    with qtbot.waitSignal(window.close_confirmed) as closing:
        window.close()
    assert closing.args == [Leaving.PAUSE]


@pytest.mark.slow
def test_what_was_put_off_can_still_be_chosen_from_when_a_newer_choice_is_made(qtbot, session, window):
    triages = []
    for count in (2, 3):
        triages.append(session._generation.choose_among([developed(10, done=5) for _ in range(count)], 5))
        assert not window.create_place.canvas.isVisible()
        window.findChild(QPushButton, "decide_later").click()
    older, newer = triages
    chip = window.findChild(QPushButton, "back_to_seeds")
    assert chip.text() == "3 of 3 seeds"
    chip.click()
    assert not window.create_place.canvas.isVisible()
    assert not chip.isVisible()
    newer.finish([])
    window.findChild(QPushButton, "decide_later").click()
    assert window.create_place.canvas.isVisible()
    assert chip.text() == "2 of 2 seeds"
    older.finish([])
    assert not chip.isVisible()


@pytest.mark.slow
@pytest.mark.qt_log_ignore("This plugin does not support raise")
def test_a_dialog_that_is_open_comes_forward(window):
    for _ in range(2):
        window.findChild(QAction, "about").trigger()
    assert len(window.findChildren(QDialog, "about")) == 1


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="the files are those of Linux")
def test_the_first_start_offers_the_applications_menu_once(loop, session, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    told = []
    session._notices.told.connect(told.append)
    loop.run_until_complete(session._offer_launcher())
    assert told == []  # this is a start with --data
    session._folders = Folders.default()
    for _ in range(2):
        loop.run_until_complete(session._offer_launcher())
        assert [notice.kind for notice in told] == [NoticeKind.OFFER]
        assert session.settings.launcher_offered


def test_a_place_is_chosen_from_the_rail_and_by_key(qtbot, session, window):
    rail = window.findChild(QToolButton, "rail_create")
    assert rail.isChecked()
    qtbot.mouseClick(rail, Qt.MouseButton.LeftButton)
    qtbot.keyClick(window.create_place.canvas, Qt.Key.Key_Exclam, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert rail.isChecked()
    assert window.findChild(QStackedWidget, "places").currentWidget() is window.create_place


def test_the_model_in_the_top_bar_is_that_of_the_prompt_panel(session, window):
    chip = window.findChild(QPushButton, "model_chip")
    assert chip.accessibleName() == "Model: Starter"


@pytest.mark.slow
def test_jobs_open_the_queue_by_button_and_by_key(qtbot, session, window):
    session._generation.hold([Job(Run(Recipe.of(prompt="a fox")))])
    jobs, button = window.findChild(Jobs), window.findChild(QToolButton, "rail_jobs")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert jobs.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not jobs.isVisible()
    qtbot.keyClick(window.create_place.canvas, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert jobs.isVisible()
    assert jobs.isAncestorOf(QApplication.focusWidget())


def test_the_title_of_the_window_tells_how_far_the_run_is(session, window):
    assert window.windowTitle() == "Safelight"
    run = developed(50, done=20)
    session._generation._job, session._generation.run = Job(run), run
    session._generation.changed.emit()
    assert window.windowTitle() == "40 % · Safelight"
    session._generation._job = None
    session._generation.changed.emit()
    assert window.windowTitle() == "Safelight"


@pytest.mark.slow
def test_the_job_chip_brings_back_the_run_that_is_made(qtbot, session, window):
    run = developed(50, done=20)
    session._timeline.show(developed(3))
    session._generation._job, session._generation.run = Job(run), run
    session._generation.changed.emit()
    qtbot.mouseClick(window.findChild(QPushButton, "job_show"), Qt.MouseButton.LeftButton)
    assert session._timeline.run is run
    qtbot.mouseClick(window.findChild(QAbstractButton, "job"), Qt.MouseButton.LeftButton)
    assert window.findChild(Jobs).isVisible()
    session._generation._job = None


def test_the_palette_opens_while_typing_and_names_every_command(qtbot, session, window):
    prompt = window.create_place.prompt_panel.prompt
    prompt.setFocus()
    before = prompt.toPlainText()
    qtbot.keyClick(prompt, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.findChild(Palette)
    assert palette.isVisible()
    assert prompt.toPlainText() == before
    names = {action.text() for action in (*window.actions(), *window.create_place.actions())}
    assert {"Generate", "Stop", "Step back", "Noisy", "Pin this recording", "Settings", "Create", "Captions"} <= names
    nameless = [action.objectName() for action in (*window.actions(), *window.create_place.actions()) if not action.text()]
    assert nameless == ["play_or_pause_while_typing"]  # another key of Play, pause or resume


@pytest.mark.slow
def test_the_palette_walks_through_the_steps_also_from_the_prompt(qtbot, session, window):
    session._timeline.show(developed(10), follow=False)
    window.create_place.prompt_panel.prompt.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    search = window.findChild(QLineEdit, "palette_search")
    qtbot.keyClicks(search, "step back")
    qtbot.keyClick(search, Qt.Key.Key_Return)
    assert session._timeline.index == 9
    assert window.create_place.prompt_panel.prompt.hasFocus()


@pytest.mark.slow
def test_sizes_of_panels_are_kept(qtbot, session, window, tmp_path):
    window.findChild(QAction, "widen_left").trigger()
    width = window.create_place.prompt_panel.width()
    assert width == 372
    qtbot.waitUntil(lambda: not window._layout_soon.isActive())  # on a busy machine the layout was kept before, too
    qtbot.waitUntil(lambda: (tmp_path / "window.ini").exists() and "create_columns" in (tmp_path / "window.ini").read_text(), timeout=3000)
    window.findChild(QAction, "usual_sizes").trigger()
    assert window.create_place.prompt_panel.width() == 340
    window._restore_splitters(window.create_place)
    assert window.create_place.prompt_panel.width() == width


@pytest.mark.slow
def test_a_branch_has_the_width_of_the_prompt_panel(qtbot, session, window):
    session._timeline.show(developed(10), follow=False)
    window.create_place.timeline_bar.branch_requested.emit()
    assert window.create_place.branch_panel.isVisible()
    assert not window.create_place.prompt_panel.isVisible()
    assert window.create_place.branch_panel.width() == 340
    window.create_place.branch_panel.closed.emit()
    assert window.create_place.prompt_panel.isVisible()


@pytest.mark.slow
def test_the_inspector_gives_way_in_a_narrow_window_until_it_is_asked_for(qtbot, session, window):
    place = window.create_place
    window.resize(960, 600)
    assert not place.inspector.isVisible()
    qtbot.waitUntil(lambda: place.canvas.width() > 600)
    assert place.prompt_panel.width() == 300
    assert place.panel_choices == dict.fromkeys(("show_prompt", "show_inspector", "show_timeline"), True)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert place.inspector.isVisible()
    window.resize(1400, 800)
    assert place.inspector.isVisible()
    window.resize(960, 600)
    assert not place.inspector.isVisible()
    window.resize(1400, 800)
    assert place.inspector.isVisible()
    assert place.prompt_panel.width() == 340
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    window.resize(960, 600)
    window.resize(1400, 800)
    assert not place.inspector.isVisible()


def test_in_a_narrow_window_the_inspector_opens_over_the_canvas_and_esc_or_a_click_closes_it(qtbot, session, window):
    place, inspector = window.create_place, window.create_place.inspector

    def box(part: QWidget) -> QRect:
        return QRect(part.mapTo(window, QPoint()), part.size())

    def toggle() -> None:
        qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)

    window.resize(1340, 800)
    qtbot.waitUntil(lambda: not inspector.isVisible() and box(place.canvas).right() == window.width() - 1)
    width = place.canvas.width()
    for size in ((1340, 800), (960, 600)):
        window.resize(*size)
        toggle()
        qtbot.waitUntil(lambda: inspector.isVisible() and box(inspector).right() == window.width() - 1)
        assert inspector.width() == 320
        assert box(place.canvas).right() == window.width() - 1  # as wide as without the inspector
        assert box(place.canvas_area).contains(box(inspector))
        assert window.childAt(box(inspector).center()) in (inspector, *inspector.findChildren(QWidget))
        assert window.childAt(box(place.canvas).left() + 30, box(place.canvas).center().y()) is place.canvas  # not under the splitter
        toggle()
        assert not inspector.isVisible()
    window.resize(1340, 800)
    qtbot.waitUntil(lambda: place.canvas.width() == width)
    toggle()
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert inspector.isAncestorOf(window.focusWidget())
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert not inspector.isVisible()
    assert place.canvas.hasFocus()
    toggle()
    window.findChild(QAction, "widen_right").trigger()
    assert inspector.width() == 352
    qtbot.mouseClick(place.canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 200))
    assert not inspector.isVisible()
    qtbot.waitUntil(lambda: place.canvas.width() == width)
    toggle()
    qtbot.waitUntil(lambda: inspector.width() == 352)
    window.resize(1400, 800)
    qtbot.waitUntil(lambda: box(inspector).left() > box(place.canvas).right() and inspector.width() == 320)
    window.resize(1340, 800)
    assert not inspector.isVisible()


def test_the_bar_of_the_comparison_is_visible_only_with_two_pictures(session, window):
    place, compare = window.create_place, window.findChild(QAction, "compare")
    session._timeline.show(developed(8))
    for size in ((1400, 900), (960, 600)):
        window.resize(*size)
        assert not place.compare_bar.isVisible()
        compare.trigger()
        assert place.compare_bar.isVisible()
        compare.trigger()
        assert not place.compare_bar.isVisible()


def test_in_the_smallest_window_the_picture_has_the_room_of_caption_and_film(qtbot, session, window):
    place, captions = window.create_place, window.findChild(QAction, "show_captions")
    session._timeline.show(developed(50))
    window.resize(1400, 900)
    qtbot.waitUntil(place.canvas_area.caption.isVisible)
    usual = place.timeline_bar.height()
    window.resize(960, 600)
    qtbot.waitUntil(lambda: place.canvas._stage.halves()[0].frame.height() >= 420)
    assert place.timeline_bar.height() <= 122
    assert not place.canvas_area.caption.isVisible()
    assert not captions.isEnabled()
    window.resize(1400, 900)
    qtbot.waitUntil(lambda: place.timeline_bar.height() == usual)
    assert place.canvas_area.caption.isVisible()
    assert captions.isEnabled()


def test_f6_goes_through_the_regions_and_returns_to_what_had_the_focus(qtbot, session, window):
    place = window.create_place
    regions = place.canvas_area, place.timeline_bar, place.inspector, window.findChild(QWidget, "rail"), place.prompt_panel
    place.prompt_panel.prompt.setFocus()
    for region in regions:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_F6)
        assert region.isAncestorOf(window.focusWidget())
    assert place.prompt_panel.prompt.hasFocus()
    for region in reversed(regions[:-1]):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
        assert region.isAncestorOf(window.focusWidget())


@pytest.mark.parametrize(("screen", "is_maximised"), [((1920, 1080), False), ((1366, 720), True), ((683, 384), True)])
def test_the_first_window_fits_the_screen(session, window, monkeypatch, screen, is_maximised):
    class Small:
        def availableGeometry(self) -> QRect:
            return QRect(0, 0, *screen)

    monkeypatch.setattr(type(window), "screen", lambda self: Small())
    window._layout.remove("geometry")
    window.restore_geometry()
    assert window.isMaximized() is is_maximised
    assert window.minimumWidth() <= screen[0]
    assert window.minimumHeight() <= screen[1]


@pytest.mark.slow
def test_notices_are_never_shown_over_the_picture(qtbot, session, window):
    place = window.create_place
    session._notices.tell(NoticeKind.WARNING, "Something that takes more than a few words is told, so that it needs several lines.")

    def over(part: QWidget) -> bool:
        tray = QRect(window.tray.mapTo(window, QPoint()), window.tray.size())
        return part.isVisible() and QRect(part.mapTo(window, QPoint()), part.size()).intersects(tray)

    for size, panel in (((1600, 900), place.inspector), ((960, 600), place.prompt_panel)):
        window.resize(*size)
        qtbot.waitUntil(lambda panel=panel: over(panel) and not over(place.canvas))
        assert not over(window.findChild(QPushButton, "generate"))
        assert not over(window.findChild(QWidget, "star_shown_button"))
    for panel in (place.inspector, place.prompt_panel):  # opened over the canvas, and closed again
        qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda panel=panel: over(panel) and (place.inspector.isVisible() or not over(place.canvas)))
    qtbot.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(lambda: over(place.timeline_bar) and not over(place.canvas))


@pytest.mark.slow
def test_undo_works_by_key_wherever_the_focus_is_and_leaves_text_fields_theirs(loop, session, window, qtbot):
    panel, generation = window.create_place.prompt_panel, session._generation
    generation.hold([Job(Run(Recipe.of(prompt="one"))), Job(Run(Recipe.of(prompt="two")))])
    generation.remove(generation.up_next[0])
    command = window.findChild(QAction, "undo")
    assert command.text() == "Undo removing “one” from the queue"

    def press(focused: QWidget, *modifiers: Qt.KeyboardModifier) -> list[str]:
        focused.setFocus()
        qtbot.waitUntil(focused.hasFocus)
        qtbot.keyClick(
            focused, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | (modifiers[0] if modifiers else Qt.KeyboardModifier.NoModifier)
        )
        loop.run_until_complete(awaited.settle())
        return [job.recipe.prompt.text for job in generation.up_next]

    assert press(window.create_place.canvas) == ["one", "two"]
    assert press(window.create_place.canvas, Qt.KeyboardModifier.ShiftModifier) == ["two"]
    panel.prompt.setPlainText("")  # with nothing to undo
    assert press(panel.prompt) == ["one", "two"]
    generation.remove(generation.up_next[1])
    qtbot.keyClicks(panel.prompt, "fox")
    assert press(panel.prompt) == ["one"]  # undoes the typing
    assert panel.prompt.toPlainText() == ""
    assert press(panel.prompt) == ["one", "two"]


@pytest.mark.slow
def test_a_filled_in_recipe_is_undone(loop, session, window):
    panel = window.create_place.prompt_panel
    panel.prompt.set_text("mine")
    session._desk.recipe_opened.emit(Recipe.of(prompt="theirs", seed=9, model="starter"))
    assert panel.recipe().prompt.text == "theirs"
    session._undo.undo()
    loop.run_until_complete(awaited.settle())
    assert panel.recipe().prompt.text == "mine"


@pytest.mark.slow
def test_a_branch_is_deleted_by_key_and_comes_back(loop, session, window, qtbot):
    root = developed(10)
    branch = branched(root, 4, prompt="fox")
    for run in (root, branch):
        session._held.hold(run)
    session._timeline.show(branch)
    lanes = window.create_place.timeline_bar.lanes
    lanes.setFocus()
    qtbot.keyClick(lanes, Qt.Key.Key_Delete)
    until(loop, lambda: session._timeline.run is root and not session._notices._tasks)
    assert not lanes.isVisible()
    assert window.findChild(QAction, "undo").text() == "Undo deleting the run “fox”"
    session._undo.undo()
    until(loop, lambda: session._timeline.run is branch and not session._notices._tasks)
    assert lanes.isVisible()


def show_examples(loop, window) -> FirstStart:
    loop.run_until_complete(window.create_place.show_examples(focus=True))
    return window.findChild(FirstStart)


@pytest.mark.slow
def test_an_example_develops_in_its_tile_and_in_the_timeline_under_the_pointer_and_by_key(qtbot, loop, session, window):
    first = show_examples(loop, window)
    timeline, filmstrip = session._timeline, window.create_place.timeline_bar.filmstrip
    assert not window.create_place.canvas.isVisible()
    assert first.tiles[0].hasFocus()
    assert filmstrip.places == 51
    until(loop, lambda: timeline.index > 1)
    qtbot.keyClick(first.tiles[0], Qt.Key.Key_Down)
    assert first.tiles[3].hasFocus()
    assert timeline.steps is first.tiles[3].example.steps
    QApplication.sendEvent(first.tiles[1], QEnterEvent(QPointF(9, 9), QPointF(9, 9), QPointF(9, 9)))
    assert timeline.steps is first.tiles[1].example.steps
    assert timeline.run is None
    QApplication.sendEvent(first.tiles[1], QEvent(QEvent.Type.Leave))
    assert (filmstrip.places, timeline.index) == (0, 0)


@pytest.mark.slow
def test_with_reduced_motion_an_example_does_not_play(qtbot, loop, session, window):
    session._theme.reduce_motion = True
    first = show_examples(loop, window)
    loop.run_until_complete(asyncio.sleep(0.1))
    assert session._timeline.index == 50
    assert len(first.tiles[0]._shown()) == 3


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "is_shown"), [("first_start_tour", True), ("first_start_no_tour", False)])
def test_the_first_start_offers_the_tour_until_it_is_answered(qtbot, loop, session, window, answer, is_shown):
    loop.run_until_complete(session._welcome())
    first = window.findChild(FirstStart)
    qtbot.mouseClick(first.findChild(QPushButton, answer), Qt.MouseButton.LeftButton)
    tour = window.findChild(Tour)
    assert (tour is not None and tour.isVisible()) is is_shown
    assert session.settings.tour_answered
    assert not any(button.isVisible() for button in first.findChildren(QPushButton))
    for show in (session._welcome, window.create_place.show_examples):  # at the next start, and from Help
        loop.run_until_complete(show())
        assert not any(button.isVisible() for button in window.create_place.canvas_area._first.findChildren(QPushButton))


@pytest.mark.slow
def test_enter_makes_the_example_and_the_examples_give_way_to_the_run(qtbot, loop, session, window):
    first = show_examples(loop, window)
    example = first.tiles[0].example
    qtbot.keyClick(first.tiles[0], Qt.Key.Key_Return)
    until(loop, lambda: session._timeline.run is not None)
    session._generation.stop()
    made = session._timeline.run.recipe
    assert (made.prompt, made.sampling) == (example.recipe.prompt, example.recipe.sampling)
    assert window.create_place.canvas.isVisible()
    until(loop, lambda: not session._generation.running)


@pytest.mark.slow
def test_esc_leaves_the_examples_for_what_was_shown(qtbot, loop, session, window):
    run = developed(3)
    session._timeline.show(run)
    first = show_examples(loop, window)
    assert session._timeline.run is None
    qtbot.keyClick(first.tiles[0], Qt.Key.Key_Escape)
    assert session._timeline.run is run
    assert window.create_place.canvas.isVisible()


@pytest.mark.slow
def test_help_shows_every_key_of_the_window_and_finds_it_in_both_languages(qtbot, session, window):
    qtbot.keyClick(window, Qt.Key.Key_F1)
    dialog = window.findChild(HelpDialog)
    keys, search = dialog.findChild(QTreeWidget, "help_keys"), dialog.findChild(QLineEdit, "help_search")
    groups = [keys.topLevelItem(row) for row in range(keys.topLevelItemCount())]
    items = [group.child(row) for group in groups for row in range(group.childCount())]
    listed = {item.text(0): item.text(1) for item in items}
    named = [action for action in (*window.create_place.actions(), *window.actions()) if action.text() and not action.shortcut().isEmpty()]
    assert len(named) > 30
    for action in named:
        assert action.shortcut().toString(QKeySequence.SequenceFormat.NativeText) in listed[action.text()]
    assert listed["Zoom the timeline"] == "Alt+wheel, Ctrl+wheel, +, −"  # handled by the widget itself
    assert listed["Earlier and later prompts"] == "Alt+↑, Alt+↓"
    assert listed["Remove a line of the queue"] == "Del"
    assert len(listed) == len(items)  # each once
    assert listed["Play, pause or resume"] == "Space"  # also while the prompt has the focus and the key is left to it
    for words in ("full scr", "全屏"):
        search.setText(words)
        assert [item.text(1) for item in items if not item.isHidden()] == ["F11"]


@pytest.mark.slow
def test_help_leads_to_the_tour_the_examples_the_vocabulary_the_log_and_about(qtbot, session, window):
    for link, opened in (("about", "about"), ("show_vocabulary", "vocabulary"), ("take_tour", "tour")):
        window.findChild(QAction, "help").trigger()
        window.findChild(QPushButton, f"help_{link}").click()
        assert window.findChild(QWidget, opened).isVisible()
    window.findChild(QAction, "help").trigger()
    assert window.findChild(QPushButton, "help_show_examples").isEnabled()
    assert window.findChild(QPushButton, "help_open_log").isEnabled()


@pytest.mark.slow
def test_the_tour_goes_from_control_to_control_and_esc_ends_it(qtbot, session, window):
    window.create_place.prompt_panel.prompt.setFocus()
    window.findChild(QAction, "take_tour").trigger()
    tour = window.findChild(Tour)
    button = tour.findChild(QPushButton, "tour_next")
    assert button.hasFocus()
    seen = []
    while tour.isVisible():
        seen.append(tour.findChild(QLabel, "tour_title").text())
        control = window.findChild(QWidget, STOPS[len(seen) - 1].control)
        shown = QRect(control.mapTo(window, QPoint()), control.size())
        if shown.width() < 600:  # else there is no room beside it
            assert not shown.intersects(QRect(tour.mapTo(window, QPoint()), tour.size()))
        qtbot.keyClick(button, Qt.Key.Key_Return if len(seen) % 2 else Qt.Key.Key_Space)
    assert seen == [stop.title for stop in STOPS]
    assert window.create_place.prompt_panel.prompt.hasFocus()
    window.findChild(QAction, "take_tour").trigger()
    qtbot.keyClick(button, Qt.Key.Key_Escape)
    assert not tour.isVisible()
