"""Rail, top bar and popovers."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.single_file import SingleFile
from desktop.errors import ModelMissing
from desktop.library.models import Model
from desktop.ui.frame import rail as rails
from desktop.ui.frame.model_chip import ModelChip
from desktop.ui.frame.place import Place
from desktop.ui.frame.popover import Popover
from desktop.ui.frame.rail import Rail
from desktop.ui.frame.title import Title
from desktop.ui.frame.top_bar import TopBar
from desktop.ui.widgets.command import Command
from tests.developed import branched, developed

STARTER = Model("starter", Path("/models/starter"), bundled=True)
LARGE = Model("A & B", Path("/models/large"))
GONE = Model("gone", Path("/models/gone"), problem=ModelMissing(folder="/models/gone"))


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 500)
    window.show()
    window.activateWindow()
    qtbot.waitActive(window)
    return window


# -- rail


def test_the_rail_has_a_button_for_each_command_and_none_for_what_is_not_there(qtbot, window, theme):
    done = []
    create = Command(window, "place_create", lambda: done.append("create"), "Ctrl+Shift+1", checkable=True)
    jobs = Command(window, "jobs", lambda: done.append("jobs"))
    create.explain("Create", "Go to Create.")
    jobs.explain("Jobs", "Show the queue.")
    rail = Rail(theme, [(create, "wand-sparkles")], [(jobs, "list-video")])
    QVBoxLayout(window).addWidget(rail)
    buttons = rail.findChildren(rails.RailButton)
    assert [(button.objectName(), button.text(), button.accessibleName()) for button in buttons] == [
        ("rail_create", "Create", "Create"),
        ("rail_jobs", "Jobs", "Jobs"),
    ]
    for button in buttons:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == ["create", "jobs"]
    rail.set_narrow(True)
    assert rail.width() == rails.NARROW
    assert buttons[0].toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly


def test_a_number_on_a_button_of_the_rail_is_painted(qtbot, window, theme):
    jobs = Command(window, "jobs")
    rail = Rail(theme, [], [(jobs, "list-video")])
    qtbot.addWidget(rail)
    rail.resize(rails.WIDTH, 200)
    before = rail.button(jobs).grab().toImage()
    rail.show_badge(jobs, 3)
    assert rail.button(jobs).grab().toImage() != before
    rail.show_badge(jobs, 0)
    assert rail.button(jobs).grab().toImage() == before


# -- title


@pytest.fixture
def create(window):
    return Place("create", "Create", "wand-sparkles", window, "Ctrl+Shift+1")


@pytest.fixture
def title(qtbot, timeline, create, theme):
    title = Title(timeline, create)
    qtbot.addWidget(title)
    title.resize(600, 40)
    title.show()
    return title


def said(title) -> list[str]:
    title.fit(title.width())
    return [label.text() for label in title.findChildren(QLabel) if not label.isHidden()]


def test_the_title_is_the_prompt_and_the_branch_of_what_is_shown(title, timeline, held, create):
    assert said(title) == [""]
    run = developed(10, recipe=Recipe.of(prompt="a fox\nin the snow"))
    held.hold(run)
    timeline.show(run)
    assert said(title) == ["a fox in the snow"]
    branch = branched(run, 3, 8, guidance_scale=2.0)
    held.hold(branch)
    assert said(title) == ["a fox in the snow", "/  Original"]
    timeline.switch(branch)
    assert said(title) == ["a fox in the snow", "/  guidance 2.0"]
    night = branched(run, 3, 8, prompt="a fox\nin the snow at night")
    held.hold(night)
    timeline.switch(night)
    assert said(title) == ["a fox in the snow", "/  at night"]
    title.show_place(Place("gallery", "Gallery", "images", title, "Ctrl+Shift+2"))
    assert said(title) == ["Gallery"]
    title.show_place(create)
    timeline.show(developed(3, recipe=Recipe()))
    assert said(title) == ["(no prompt)"]


def test_a_long_prompt_is_shortened_before_the_branch(title, timeline, held):
    run = developed(10, recipe=Recipe.of(prompt="a mouse " * 40))
    held.hold(run)
    held.hold(branched(run, 3, 8, guidance_scale=2.0))
    timeline.show(run)
    prompt, branch = said(title)
    assert prompt.endswith("…")
    assert branch == "/  Original"
    assert ("a mouse " * 40).strip() in title.toolTip()


def test_the_title_is_centred_over_the_canvas_and_never_over_its_neighbours(qtbot, window, title, timeline, theme):
    chip, right = QPushButton("chip"), QPushButton("right")
    bar = TopBar(theme, Command(window, "search"), chip, title, right)
    canvas = QWidget(window)
    canvas.show()
    QVBoxLayout(window).addWidget(bar)
    window.layout().setContentsMargins(0, 0, 0, 0)
    bar.centre_over(canvas)
    timeline.show(developed(10, recipe=Recipe.of(prompt="a fox")))
    for left, width in ((300, 400), (100, 300), (0, 20), (500, 400)):
        canvas.setGeometry(left, 100, width, 100)
        qtbot.wait(1)
        box = QRect(title.mapTo(window, QPoint()), title.size())
        free = QRect(QPoint(chip.mapTo(window, QPoint(chip.width(), 0)).x(), 0), QPoint(right.mapTo(window, QPoint()).x(), 500))
        assert free.contains(box)
        if free.left() + 60 < left + width // 2 < free.right() - 60:
            assert abs(box.center().x() - canvas.geometry().center().x()) <= 1
    timeline.show(developed(10, recipe=Recipe.of(prompt="a fox " * 50)))
    qtbot.wait(1)
    assert free.contains(QRect(title.mapTo(window, QPoint()), title.size()))


# -- model


def test_the_model_is_shown_and_another_can_be_chosen(qtbot, window, theme):
    chip = ModelChip(theme, lambda: [STARTER, LARGE, GONE])
    QVBoxLayout(window).addWidget(chip)
    chip.show_model(LARGE)
    assert chip.accessibleName() == "Model: A & B"
    chip.menu().aboutToShow.emit()
    starter, large, gone, _, everything, another, file = chip.menu().actions()
    assert (starter.text(), large.text(), gone.isEnabled()) == ("Starter", "A && B", False)
    assert large.isChecked()
    assert "/models/gone" in gone.toolTip()
    with qtbot.waitSignal(chip.chosen) as chosen:
        starter.trigger()
    assert chosen.args == ["starter"]
    with qtbot.waitSignal(chip.place_requested):
        everything.trigger()
    with qtbot.waitSignal(chip.open_requested):
        another.trigger()
    with qtbot.waitSignal(chip.open_file_requested):
        file.trigger()


def test_a_model_file_says_which_parts_it_shares(qtbot, window, theme):
    single = SingleFile(Path("/models/a.safetensors"), {}, {}, {}, {"text_encoder": "dreamy", "vae": "dreamy"})
    chip = ModelChip(theme, lambda: [Model("a", single.path, single=single)])
    QVBoxLayout(window).addWidget(chip)
    chip.menu().aboutToShow.emit()
    assert "Shared from the model “dreamy”: text_encoder, vae." in chip.menu().actions()[0].toolTip()


def test_the_actions_of_many_models_go_when_they_are_offered_anew(window, theme):
    chip = ModelChip(theme, lambda: [Model(str(number), Path(f"/models/{number}")) for number in range(20)])
    QVBoxLayout(window).addWidget(chip)

    def offered():
        chip.menu().aboutToShow.emit()
        chip.search_actions()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return len(chip.findChildren(QAction))

    assert offered() == offered() == offered()


# -- popovers


class Box(Popover):
    def __init__(self, over, opener=None):
        super().__init__(over, "box", opener)
        self.edit = QLineEdit()
        QVBoxLayout(self).addWidget(self.edit)

    def place(self, room):
        return QRect(10, 10, room.width() // 2, 100)

    def first(self):
        return self.edit


@pytest.fixture
def opener(window, qtbot):
    opener = QPushButton("open", window)
    opener.setGeometry(600, 300, 80, 30)
    opener.show()
    return opener


@pytest.fixture
def box(window, opener):
    box = Box(window, opener)
    opener.clicked.connect(box.toggle)
    return box


def test_a_popover_takes_the_keyboard_and_esc_gives_it_back(qtbot, window, box, opener):
    opener.setFocus()
    box.open_popover()
    assert box.edit.hasFocus()
    qtbot.keyClick(box.edit, Qt.Key.Key_Escape)
    assert not box.isVisible()
    assert opener.hasFocus()


def test_a_popover_closes_when_the_user_turns_elsewhere(qtbot, window, box, opener):
    qtbot.mouseClick(opener, Qt.MouseButton.LeftButton)
    assert box.isVisible()
    qtbot.mouseClick(box.edit, Qt.MouseButton.LeftButton)
    assert box.isVisible()
    qtbot.mouseClick(opener, Qt.MouseButton.LeftButton)
    assert not box.isVisible()
    box.open_popover()
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(880, 480))
    assert not box.isVisible()
    box.open_popover()
    elsewhere = QLineEdit(window)
    elsewhere.show()
    elsewhere.setFocus()
    assert not box.isVisible()
    assert elsewhere.hasFocus()


def test_a_popover_follows_the_size_of_the_window(qtbot, window, box):
    box.open_popover()
    window.resize(700, 400)
    qtbot.waitUntil(lambda: box.width() == 350)
