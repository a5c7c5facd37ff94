"""The export dialog: choices, preview, and keyboard use."""

import asyncio
import itertools
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QDoubleSpinBox, QFileDialog, QLabel, QWidget

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Run, View
from desktop.library.export import Format, Timing
from desktop.studio.exporting import Exporting
from desktop.studio.notices import Notices
from desktop.ui.create.export_dialog import PREVIEW, ExportDialog, Preview
from desktop.ui.theme import Theme
from tests import awaited
from tests.developed import developed, estimate_colour

CONTROLS = (
    "export_format",
    "export_view",
    "export_in_full",
    "export_size",
    "export_numbers",
    "export_seconds",
    "export_hold",
    "export_ease_out",
    "export_loop",
)


@pytest.fixture
def exporting(qapp, tmp_path) -> Exporting:
    return Exporting(None, Notices(), lambda: tmp_path)


@pytest.fixture
async def show(exporting: Exporting, theme: Theme, parent: QWidget):
    """Opens the dialog for a run."""
    theme.reduce_motion = True
    shown: list[ExportDialog] = []

    def show(run: Run) -> ExportDialog:
        dialog = ExportDialog(exporting, exporting.proof(run, PREVIEW), theme, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        dialog.open()
        shown.append(dialog)
        return dialog

    yield show
    for dialog in shown:
        dialog.close()
    await asyncio.sleep(0.05)


async def until(condition: Callable[[], bool]) -> None:
    """Qt runs beside."""
    await awaited.until(lambda: QApplication.processEvents() or condition())


def choice(dialog: ExportDialog, name: str) -> QComboBox:
    return dialog.findChild(QComboBox, f"export_{name}")


def choose(dialog: ExportDialog, name: str, index: int) -> None:
    """By keyboard, as far as that goes from where it is."""
    box = choice(dialog, name)
    while box.currentIndex() != index:
        before = box.currentIndex()
        QTest.keyClick(box, Qt.Key.Key_Down if before < index else Qt.Key.Key_Up)
        assert box.currentIndex() != before


def facts(dialog: ExportDialog) -> str:
    return dialog.findChild(QLabel, "export_facts").text()


def seen(dialog: ExportDialog) -> QImage:
    return dialog.findChild(Preview).grab().toImage()


def offered(dialog: ExportDialog, *names: str) -> list[bool]:
    return [dialog.findChild(QWidget, f"export_{name}").isEnabled() for name in names]


async def test_it_shows_what_will_be_written_and_how_large_it_is(show):
    dialog = show(developed(10))
    await until(lambda: "about" in facts(dialog))
    assert facts(dialog).startswith("11 pictures  ·  256 × 256  ·  about ")
    assert seen(dialog).pixelColor(PREVIEW // 2, PREVIEW // 2).getRgb()[:3] == (250, 0, 0)  # with reduced motion: the end


async def test_every_choice_is_made_by_keyboard(show):
    dialog = show(developed(10))
    proof = dialog._proof
    choose(dialog, "format", 1)
    choose(dialog, "view", 1)
    choose(dialog, "in_full", 1)
    choose(dialog, "size", 0)
    choose(dialog, "numbers", 1)
    choose(dialog, "ease_out", 1)
    choose(dialog, "loop", 1)
    for name, typed in (("export_seconds", "8"), ("export_hold", "2,5")):
        spin = dialog.findChild(QDoubleSpinBox, name)
        spin.selectAll()
        QTest.keyClicks(spin, typed)
        QTest.keyClick(spin, Qt.Key.Key_Tab)
    now = proof.choices
    assert (now.format, now.view, now.numbers, now.width, proof.in_full) == (Format.WEBP, View.NOISY, False, 64, True)
    assert (now.timing.seconds, now.timing.hold, now.timing.ease_out, now.timing.loop) == (8, 2.5, False, False)


async def test_tab_goes_through_everything_and_escape_leaves(show):
    dialog = show(developed(10))
    await until(lambda: dialog.findChild(QWidget, "play_export").isVisible())
    passed, widget = [], dialog.focusWidget()
    assert widget.objectName() == "export_format"
    for _ in range(20):
        passed.append(widget.objectName())
        widget = widget.nextInFocusChain()
        while not (widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled() and widget.objectName()):
            widget = widget.nextInFocusChain()
    assert set(passed) >= {*CONTROLS, "play_export", "cancel_export", "start_export"}
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


async def test_what_does_not_apply_cannot_be_chosen(show):
    dialog = show(developed(10))
    timing = ("seconds", "hold", "ease_out", "loop")
    for format, expected in ((Format.GIF, [True] * 4), (Format.APNG, [True] * 4), (Format.SHEET, [False] * 4), (Format.STEPS, [False] * 4)):
        dialog._proof.choose(format=format)
        assert offered(dialog, *timing) == expected
    dialog._proof.choose(format=Format.MP4)
    assert offered(dialog, *timing) == [True, True, True, False]


async def test_the_end_is_never_held_longer_than_it_plays(show):
    dialog = show(developed(10))
    hold, seconds = dialog.findChild(QDoubleSpinBox, "export_hold"), dialog.findChild(QDoubleSpinBox, "export_seconds")
    hold.setValue(4)
    seconds.setValue(2)
    assert hold.value() < 2
    assert dialog._proof.choices.timing.hold == hold.value()


async def test_without_pyav_mp4_is_greyed_and_one_sentence_says_why(show, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    dialog = show(developed(10))
    missing = dialog.findChild(QLabel, "video_missing")
    assert missing.isVisible()
    assert missing.text().startswith("MP4 needs the video library PyAV, which is not installed. Install it with: ")
    item = choice(dialog, "format").model().item(list(Format).index(Format.MP4))
    assert not item.isEnabled()
    assert "pip install av" in item.toolTip()
    for _ in range(5):
        QTest.keyClick(choice(dialog, "format"), Qt.Key.Key_Down)
        assert dialog._proof.choices.format is not Format.MP4


@pytest.mark.slow
async def test_with_pyav_there_is_no_notice(show):
    pytest.importorskip("av")
    assert not show(developed(10)).findChild(QLabel, "video_missing").isVisible()


async def test_without_previews_there_is_only_decoding_in_full(show):
    dialog = show(developed(10, previews=False))
    await until(lambda: not offered(dialog, "in_full")[0])
    assert choice(dialog, "in_full").currentText() == "Full decoder"
    assert facts(dialog) == "11 pictures  ·  256 × 256"


async def test_pictures_that_there_is_no_time_for_are_not_counted(show):
    dialog = show(developed(150))
    dialog.findChild(QDoubleSpinBox, "export_seconds").setValue(2)
    assert facts(dialog).startswith("26 pictures")


async def test_a_contact_sheet_is_shown_whole(show):
    dialog = show(developed(10))
    await until(lambda: len(dialog._proof.pictures) == 11)
    dialog._proof.choose(format=Format.SHEET)
    await until(lambda: len(dialog._proof.pictures) == 1)
    assert facts(dialog).startswith("11 pictures  ·  1064 × 800")
    assert not dialog.findChild(QWidget, "play_export").isVisible()
    column, row = PREVIEW / 1064, (PREVIEW - 800 / 1064 * PREVIEW) / 2
    second = seen(dialog).pixelColor(round((8 + 264 + 128) * column), round(row + (8 + 128) * column))
    assert max(abs(a - b) for a, b in zip(second.getRgb(), estimate_colour(1), strict=False)) < 6


async def test_it_plays_as_the_export_will(show, theme):
    theme.reduce_motion = False
    dialog = show(developed(10))
    dialog._proof.choose(timing=Timing(seconds=0.5, hold=0.1, loop=False))
    preview = dialog.findChild(Preview)
    passed: list[int] = []
    await until(lambda: len(dialog._proof.pictures) == 11)
    await until(lambda: passed.append(preview._index) or not preview.playing)
    assert passed == sorted(passed)
    assert len(set(passed)) > 4
    assert passed[-1] == 10
    play = dialog.findChild(QAbstractButton, "play_export")
    assert play.accessibleName() == "Play"
    QTest.keyClick(play, Qt.Key.Key_Space)
    assert preview.playing
    assert preview._index == 0
    assert play.accessibleName() == "Pause"


async def test_it_is_played_again_and_again(show, theme):
    theme.reduce_motion = False
    dialog = show(developed(3))
    dialog._proof.choose(timing=Timing(seconds=0.5, hold=0.1))
    preview = dialog.findChild(Preview)
    passed: list[int] = []
    await until(lambda: passed.append(preview._index) or any(one > other for one, other in itertools.pairwise(passed)))
    assert preview.playing


async def test_export_asks_where_and_tells(qtbot, show, tmp_path):
    dialog = show(developed(10))
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    files = dialog.findChild(QFileDialog)
    assert files.isVisible()
    assert files.testOption(QFileDialog.Option.DontConfirmOverwrite)
    assert files.selectedFiles() == [str(tmp_path / "a red apple-steps.gif")]
    with qtbot.waitSignal(dialog.wanted) as wanted:
        files.accept()
    assert wanted.args == [tmp_path / "a red apple-steps.gif"]
    assert not dialog.isVisible()


async def test_a_folder_of_steps_has_no_ending(qtbot, show, tmp_path):
    dialog = show(developed(10))
    dialog._proof.choose(format=Format.STEPS)
    QTest.mouseClick(dialog.findChild(QWidget, "start_export"), Qt.MouseButton.LeftButton)
    files = dialog.findChild(QFileDialog)
    with qtbot.waitSignal(dialog.wanted) as wanted:
        files.accept()
    assert wanted.args == [tmp_path / "a red apple-steps"]


async def test_when_it_is_closed_the_work_ends(show):
    dialog = show(developed(150, recipe=Recipe.of(width=512, height=512)))
    looking = dialog._proof._looking
    dialog.close()
    await asyncio.wait([looking])
    assert looking.cancelled()


async def test_the_window_stays_usable(show):
    assert not show(developed(10)).isModal()


async def test_every_control_is_named_and_explained(show):
    dialog = show(developed(10))
    for name in (*CONTROLS, "play_export", "cancel_export", "start_export", "export_preview"):
        widget = dialog.findChild(QWidget, name)
        assert widget.accessibleName(), name
        assert widget.accessibleDescription(), name
        assert name == "export_preview" or widget.toolTip(), name


async def test_the_language_changes_at_once(qapp, show, monkeypatch):
    dialog = show(developed(10))
    monkeypatch.setattr("desktop.ui.create.export_dialog.tr", lambda context, text: f"«{text}»")
    QApplication.sendEvent(dialog, QEvent(QEvent.Type.LanguageChange))
    assert dialog.windowTitle() == "«Export as animation»"
    assert choice(dialog, "in_full").currentText() == "«Recorded previews»"
    assert "«as it was made»" not in choice(dialog, "size").currentText()
    assert facts(dialog).startswith("«11 pictures»")
