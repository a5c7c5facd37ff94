"""The dialog for trying several seeds: numbers, cost and result."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QSpinBox, QWidget

from desktop.diffusion.fields import MOST_SEED
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Previews
from desktop.ui.create.seeds_dialog import SeedsDialog
from desktop.ui.theme import Theme


class Chosen:
    """What is chosen in the prompt panel."""

    def __init__(self) -> None:
        self.recipe, self.previews = Recipe.of(prompt="a fox", steps=50, seed=781204113), Previews.FAST


@pytest.fixture
def chosen() -> Chosen:
    return Chosen()


@pytest.fixture
def dialog(qtbot, theme: Theme, chosen: Chosen) -> SeedsDialog:
    dialog = SeedsDialog(lambda: chosen.recipe, lambda: chosen.previews)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def text(dialog: SeedsDialog, name: str) -> str:
    return dialog.findChild(QLabel, name).text()


def number(dialog: SeedsDialog, name: str) -> QSpinBox:
    return dialog.findChild(QSpinBox, name)


def button(dialog: SeedsDialog, name: str = "start_triage") -> QAbstractButton:
    return dialog.findChild(QAbstractButton, name)


def test_the_seeds_count_up_from_the_seed_of_the_panel(qtbot, dialog: SeedsDialog, chosen: Chosen):
    number(dialog, "triage_count").setValue(3)
    number(dialog, "triage_until").setValue(9)
    with qtbot.waitSignal(dialog.wanted) as wanted:
        qtbot.mouseClick(button(dialog), Qt.MouseButton.LeftButton)
    assert wanted.args == [chosen.recipe, [781204113, 781204114, 781204115], 9]
    assert not dialog.isVisible()


def test_the_largest_seed_is_followed_by_zero(qtbot, dialog: SeedsDialog, chosen: Chosen):
    chosen.recipe = chosen.recipe.with_values(seed=MOST_SEED)
    number(dialog, "triage_count").setValue(2)
    with qtbot.waitSignal(dialog.wanted) as wanted:
        button(dialog).click()
    assert wanted.args[1] == [MOST_SEED, 0]


def test_the_cost_is_shown(dialog: SeedsDialog, chosen: Chosen):
    assert text(dialog, "triage_cost") == "8 × 12 = 96 steps. Finishing all of them would take 400."
    assert text(dialog, "triage_seeds").replace("\N{NO-BREAK SPACE}", " ") == "781 204 113 … 781 204 120"
    number(dialog, "triage_count").setValue(16)
    assert text(dialog, "triage_cost") == "16 × 12 = 192 steps. Finishing all of them would take 800."
    chosen.recipe = chosen.recipe.with_values(sampler="Heun")
    dialog.follow()
    assert text(dialog, "triage_of") == "of 99"
    assert number(dialog, "triage_until").maximum() == 98


def test_the_step_is_before_the_last(dialog: SeedsDialog, chosen: Chosen):
    chosen.recipe = chosen.recipe.with_values(steps=8)
    dialog.follow()
    assert (number(dialog, "triage_until").value(), number(dialog, "triage_until").maximum()) == (7, 7)
    assert (number(dialog, "triage_count").minimum(), number(dialog, "triage_count").maximum()) == (2, 16)


def test_a_picture_of_one_step_is_refused(dialog: SeedsDialog, chosen: Chosen):
    chosen.recipe = chosen.recipe.with_values(steps=1)
    dialog.follow()
    assert "single step" in text(dialog, "triage_cost")
    assert not button(dialog).isEnabled()


def test_without_previews_it_is_refused(qtbot, dialog: SeedsDialog, chosen: Chosen):
    chosen.previews = Previews.OFF
    dialog.open()
    assert "Previews are off" in text(dialog, "triage_cost")
    assert not button(dialog).isEnabled()
    elsewhere = QWidget()
    qtbot.addWidget(elsewhere)
    elsewhere.show()
    elsewhere.activateWindow()
    qtbot.waitUntil(elsewhere.isActiveWindow)
    chosen.previews = Previews.FAST  # turned on in the window, as was said
    dialog.activateWindow()
    qtbot.waitUntil(button(dialog).isEnabled)


def test_it_is_used_by_keys_and_keeps_its_numbers(qtbot, dialog: SeedsDialog):
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClicks(QApplication.focusWidget(), "5")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Up)
    with qtbot.waitSignal(dialog.wanted) as wanted:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert (len(wanted.args[1]), wanted.args[2]) == (5, 13)
    dialog.open()
    assert (number(dialog, "triage_count").value(), number(dialog, "triage_until").value()) == (5, 13)
    with qtbot.assertNotEmitted(dialog.wanted):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_everything_explains_itself(dialog: SeedsDialog):
    for control in (*dialog.findChildren(QSpinBox), *dialog.findChildren(QAbstractButton)):
        assert control.objectName()
        assert control.accessibleName()
        assert control.toolTip()
