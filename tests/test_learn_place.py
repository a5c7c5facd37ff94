"""The place Learn in the window: guesses before answers, the reader's picture, and stations that are saved and shared."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QTextDocument
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QMenu, QPushButton, QToolButton

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels
from desktop.library import artwork
from desktop.library.lessons_file import Finding, Kept, LessonsFile
from desktop.resources import STARTER
from desktop.studio.lessons import Subject
from desktop.ui.learn.learn_place import LearnPlace
from desktop.ui.learn.reading import source_of, text_of
from desktop.ui.learn.station import Station
from desktop.ui.learn.stations import STATIONS, TOUR, Entry
from desktop.ui.widgets.left_panel import NARROWEST
from tests.awaited import until
from tests.collection import settle
from tests.lessons import LearnStudio, learn_studio, show_learn

SCROLL_BAR = 10  # px


@pytest.fixture
def studio(loop, tmp_path, theme):
    with learn_studio(loop, STARTER, tmp_path, theme, Recipe(), Kept()) as studio:
        yield studio


@pytest.fixture
def place(qtbot, loop, studio):
    return show_learn(qtbot, loop, studio)


def text(place: LearnPlace, name: str) -> str:
    return place.findChild(QLabel, name).text()


def button(place: LearnPlace, name: str) -> QPushButton:
    return place.findChild(QPushButton, name)


def findings(place: LearnPlace) -> list[str]:
    return [shown.text() for place_ in range(9) if (shown := place.findChild(QLabel, f"learn_finding_{place_}")) and shown.isVisible()]


def test_the_first_station_opens_with_the_bundled_picture(place, studio):
    assert place.station.KEY == "add_noise"
    assert studio.lessons.subject.name == ""
    assert place.station.sum.pictures[0].image is not None
    assert place.station.film.places[0] > 0


def test_a_guess_is_kept_beside_the_answer_of_this_run(qtbot, place, studio):
    assert "half" in text(place, "learn_guess_question")
    place.guess._number.setValue(500)
    qtbot.mouseClick(button(place, "learn_guess_look"), Qt.MouseButton.LeftButton)
    assert findings(place) == ["Half of the picture's power is gone at t = 355. You guessed: 500."]
    assert text(place, "learn_guess_count") == "1 / 3"
    [finding] = studio.lessons.findings("add_noise")
    assert (finding.guess, finding.guessed, finding.values["t"]) == ("half", 500, 355)


def test_the_answer_follows_the_schedule(qtbot, place):
    button(place, "learn_schedule_cosine").click()
    qtbot.mouseClick(button(place, "learn_guess_skip"), Qt.MouseButton.LeftButton)
    assert findings(place) == ["Half of the picture's power is gone at t = 497."]


def test_jump_and_chain_are_compared_and_the_ghost_is_averaged(loop, place, studio, monkeypatch):
    monkeypatch.setattr("desktop.learn.forward.COPIES", 300)
    button(place, "learn_guess_skip").click()
    place.findChild(QPushButton, "learn_guess_choice_1").click()
    settle(loop, studio, button(place, "learn_guess_look").click)
    assert findings(place)[1].startswith("They have the same distribution: at t = 355 the noise is 0.0")
    assert findings(place)[1].endswith("You guessed: They have the same distribution.")
    settle(loop, studio, button(place, "learn_guess_skip").click)
    assert "At t = 1000 the factor of the picture is 0.0683." in findings(place)[2]
    assert not button(place, "learn_guess_look").isVisible()
    button(place, "learn_ask_again").click()
    assert findings(place) == []
    assert text(place, "learn_guess_count") == "0 / 3"
    settle(loop, studio, studio.undo.undo)
    assert len(findings(place)) == 3


def test_the_film_and_the_keys_move_t(qtbot, place):
    station = place.station
    station.go_to(400)
    qtbot.keyClick(station.film, Qt.Key.Key_Right)
    assert text(place, "learn_add_noise_sum_number_2").startswith("410")
    qtbot.keyClick(station.film, Qt.Key.Key_End)
    assert text(place, "learn_add_noise_sum_number_0").startswith("0.068")
    qtbot.keyClick(station.film, Qt.Key.Key_Home)
    assert text(place, "learn_add_noise_sum_number_0").startswith("1.000")


def test_a_formula_with_the_numbers_of_this_moment_is_copied_as_latex(place):
    place.station.go_to(400)
    place.findChild(QToolButton, "learn_formula_copy_1").click()
    assert QGuiApplication.clipboard().text() == r"x_{400} = 0.653\,x_0 + 0.758\,\epsilon"


def test_another_picture_is_dropped_and_taken_back(qtbot, loop, place, studio, tmp_path):
    path = tmp_path / "green.png"
    Image.new("RGB", (300, 200), (0, 200, 0)).save(path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    drop = QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    settle(loop, studio, lambda: place.dropEvent(drop))
    assert studio.lessons.subject.name == "green"
    assert (studio.lessons.subject.square(8) == (0, 200, 0)).all()
    assert studio.lessons.kept.picture == str(path)
    settle(loop, studio, studio.undo.undo)
    assert studio.lessons.subject.name == ""


def test_a_phone_picture_is_taken_upright(loop, place, studio, tmp_path):
    path = tmp_path / "phone.jpg"
    picture, exif = Image.new("RGB", (300, 200), "blue"), Image.Exif()
    picture.paste("red", (0, 0, 100, 200))
    exif[0x0112] = 6  # the camera was turned to the left: the left edge of the stored picture is its top
    picture.save(path, exif=exif)
    settle(loop, studio, lambda: place.take(path))
    pixels = studio.lessons.subject.pixels
    assert (pixels.width, pixels.height) == (200, 300)
    assert (artwork.describe(path).width, artwork.describe(path).height) == (200, 300)
    square = studio.lessons.subject.square(20)
    assert square[0, :, 0].min() > 200
    assert square[-1, :, 2].min() > 200


def test_a_picture_that_cannot_be_read_changes_nothing(loop, place, studio, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    settle(loop, studio, lambda: place.take(path))
    assert studio.lessons.subject.name == ""
    assert "broken.png" in str(studio.told[-1].values)


@pytest.mark.parametrize("size", [(1, 400), (400, 1)])
def test_a_picture_of_one_line_is_taken(loop, place, studio, tmp_path, size):
    path = tmp_path / "line.png"
    Image.new("RGB", size, (9, 9, 9)).save(path)
    settle(loop, studio, lambda: place.take(path))
    assert studio.lessons.subject.square(16).shape == (16, 16, 3)


def test_a_picture_of_16_bits_keeps_its_greys(loop, place, studio, tmp_path):
    path = tmp_path / "deep.png"
    Image.fromarray(np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (64, 1))).save(path)
    settle(loop, studio, lambda: place.take(path))
    square = studio.lessons.subject.square(64)
    assert np.abs(square[0, :, 0].astype(int) - np.linspace(0, 255, 64)).max() <= 1


def test_a_photo_of_100_megapixels_is_too_large_and_not_damaged(loop, place, studio, tmp_path):
    path = tmp_path / "huge.jpg"
    Image.new("L", (10_000, 10_000)).save(path)
    settle(loop, studio, lambda: place.take(path))
    assert "too large" in str(studio.told[-1].values)
    assert studio.lessons.subject.is_bundled


def test_a_station_is_saved_and_opened_elsewhere(loop, place, studio, tmp_path):
    button(place, "learn_schedule_own").click()
    place.station.own.changed.emit([(0.25, 0.8), (0.5, 0.5), (0.75, 0.2), (1.0, 0.0)])
    place.station.go_to(321)
    settle(loop, studio, button(place, "learn_step_by_step").click)
    path = tmp_path / "mine.station.json"
    place._command("save_station").trigger()
    dialog = place.window().findChild(QFileDialog, "learn_file_dialog")
    settle(loop, studio, lambda: dialog.fileSelected.emit(str(path)))
    dialog.close()
    assert json.loads(path.read_text())["settings"]["heights"] == [0.8, 0.5, 0.2, 0.0]
    place.station.go_to(1)
    button(place, "learn_schedule_linear").click()
    button(place, "learn_one_jump").click()
    settle(loop, studio, lambda: place.take(path))
    assert place.station.settings()["t"] == 321
    assert button(place, "learn_step_by_step").isChecked()
    assert place.station.settings()["schedule"] == "own"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"safelight_station": 1, "station": "nowhere", "settings": {}}', b"[" * 100_000, b"\xff\xfe"],
    ids=["empty", "other", "unknown", "nested", "binary"],
)
def test_a_file_without_a_station_is_refused(loop, place, studio, tmp_path, content):
    path = tmp_path / "x.station.json"
    path.write_bytes(content)
    settle(loop, studio, lambda: place.take(path))
    assert "has no station of Learn" in studio.told[-1].template


def test_settings_that_make_no_sense_are_left_out(loop, place, studio, tmp_path):
    path = tmp_path / "x.station.json"
    wrong = {"schedule": 7, "heights": [0, 1, 2, 3], "steps": 10**9, "t": -5, "seed": True, "stepwise": 1}
    path.write_text(json.dumps({"safelight_station": 1, "station": "add_noise", "settings": wrong}))
    settle(loop, studio, lambda: place.take(path))
    usual = {"schedule": "scaled_linear", "heights": [0.9, 0.6, 0.25, 0.02], "steps": 1000, "t": 0, "seed": 7}
    usual |= {"stepwise": False, "latents": False}
    assert place.station.settings() == usual


def test_playing_stops_when_the_place_is_left(qtbot, loop, place):
    place.station.go_to(0)
    place.station._play.trigger()
    loop.run_until_complete(until(lambda: place.station._t > 20))
    place.hide()
    at = place.station._t
    loop.run_until_complete(asyncio.sleep(0.05))
    assert place.station._t == at


def test_the_buttons_beside_the_title_take_the_colours_of_the_theme(place, theme):
    play = button(place, "learn_add_noise_play_button")
    before = play.icon().cacheKey()
    theme.choose("light")
    assert play.icon().cacheKey() != before


def test_tab_goes_through_the_place_from_left_to_right(place):
    order, widget = [], button(place, "learn_from_file")
    while not order or widget.objectName() != order[0]:
        order.append(widget.objectName())
        widget = widget.nextInFocusChain()
    expected = ("from_file", "schedule_linear", "steps", "add_noise_play_button", "add_noise_renew_button", "more", "add_noise_film")
    expected += ("formula_copy_0", "guess_look", "one_jump", "next_button")
    assert [name for name in order if name in {f"learn_{each}" for each in expected}] == [f"learn_{each}" for each in expected]


def test_a_button_shows_the_icon_of_what_it_does_now(place):
    play = button(place, "learn_add_noise_play_button")
    before = play.icon().cacheKey()
    play.click()
    assert play.icon().cacheKey() != before
    play.click()
    assert play.icon().cacheKey() == before


def test_what_was_found_is_kept_on_disk(tmp_path):
    kept = Kept("add_noise", "/a/b.png", {"add_noise": (Finding("half", 500, "At {t}.", {"t": 355}),)}, {"add_noise": {"t": 3}})
    LessonsFile(tmp_path / "learn.json").save(kept)
    assert LessonsFile(tmp_path / "learn.json").load() == (kept, None)
    damaged = Kept(findings={"add_noise": (Finding("half", None, "At {missing}.", {}), Finding("x", 1, "{t.__class__.x}", {"t": 1}))})
    LessonsFile(tmp_path / "other.json").save(damaged)
    assert LessonsFile(tmp_path / "other.json").load()[0].findings == {"add_noise": ()}


def made(entry: Entry, studio: LearnStudio, qtbot) -> Station:
    """A station outside of the place. It and its panels have no parent, and are deleted after the test."""
    station = entry.make(studio.tools)
    for part in (station, station.controls, station.side):
        if part is not None:
            qtbot.addWidget(part)
    return station


@pytest.mark.parametrize("entry", STATIONS, ids=lambda entry: entry.key)
def test_every_station_has_texts_questions_and_sources(entry, studio, qtbot):
    station = made(entry, studio, qtbot)
    assert station.KEY == entry.key
    assert len(station.GUESSES) == entry.questions > 0
    assert station.controls is None or station.controls.minimumSizeHint().width() <= NARROWEST - SCROLL_BAR
    for place in station.SOURCES:
        source, line = source_of(place)
        assert line > 1
        assert source.lstrip().startswith(("def", "class", "@", "async"))
    for language, least in (("en", 900), ("zh_CN", 300)):
        prose = (Path(source_of.__code__.co_filename).parent / f"{entry.key}.{language}.md").read_text(encoding="utf-8")
        assert len(prose) >= least
        document = QTextDocument()
        document.setMarkdown(prose)
        assert "*" not in document.toPlainText(), "an emphasis that does not end: in Chinese, punctuation stays outside of it"
    assert text_of(entry.key)


def test_the_source_of_a_computation_is_shown(qtbot, place):
    place.reading.code.set_open(True)
    button(place, "learn_source_noised").click()
    dialog = place.window().findChild(QDialog, "source_learn/forward.py noised")
    assert "np.float32(schedule.signal(timestep)) * picture" in dialog.findChild(object, "source").toPlainText()
    dialog.close()


def test_replacing_the_schedule_changes_what_is_shown(place, monkeypatch):
    place.station.go_to(400)
    before = place.station.sum.pictures[2].image.copy()
    monkeypatch.setattr("desktop.learn.forward.noised", lambda picture, noise, schedule, timestep: np.zeros_like(picture))
    place.station.go_to(400)
    assert place.station.sum.pictures[2].image != before


@pytest.mark.qt_log_ignore("This plugin does not support")  # menus, offscreen
def test_the_picture_in_create_and_the_newest_ones_are_offered(loop, place, studio, tmp_path):
    saved = studio.pictures / "boat.png"
    Image.new("RGB", (64, 64), (1, 2, 3)).save(saved)
    studio.tools.pictures.add_step(saved)
    studio.tools.pictures.add_step(tmp_path / "gone.png")
    settle(loop, studio, button(place, "learn_from_gallery").click)
    menu = place.findChild(QMenu, "learn_pictures_menu")
    in_create, _, boat = menu.actions()
    assert not in_create.isEnabled()
    assert boat.text() == "boat"
    settle(loop, studio, boat.trigger)
    assert studio.lessons.subject.name == "boat"
    menu.close()


def test_a_picture_made_without_a_prompt_is_not_taken_for_the_bundled_one(place, studio, tmp_path):
    studio.lessons.use(Subject("", Pixels(1, 1, bytes(3)), tmp_path / "a.png"))
    assert studio.lessons.kept.picture == str(tmp_path / "a.png")
    assert place._subject_name.accessibleName() == "The picture in Create"


def test_the_tour_goes_through_all_stations_in_the_order_of_the_article(place):
    assert sorted(TOUR) == sorted(entry.key for entry in STATIONS)
    place._command("tour").trigger()
    visited = [place.station.KEY]
    for _ in TOUR[1:]:
        place._command("next").trigger()
        visited.append(place.station.KEY)
    assert tuple(visited) == TOUR


def test_each_of_the_twelve_common_beliefs_is_met_by_a_question(studio, qtbot):
    met = set()
    for entry in STATIONS:
        station = made(entry, studio, qtbot)
        met |= {guess.belief for guess in station.GUESSES}
    assert met - {0} == set(range(1, 13))
