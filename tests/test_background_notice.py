"""What the desktop is told: the progress in the taskbar, and that the work is done while the window is in the background."""

import json
import shutil
import subprocess
import sys

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending
from desktop.ui.frame import background_notice
from desktop.ui.frame.background_notice import BackgroundNotice
from tests.developed import developed
from tests.screen import ROOT, SYSTEM_PYTHON


class Done(QObject):
    """As much of `AtWork` as is needed to say that the work is done."""

    done = Signal(object)  # Run


@pytest.fixture
def told(monkeypatch):
    """What the notification area shows."""
    told = []
    monkeypatch.setattr(background_notice, "session_bus", lambda: None)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda self: None)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda self, title, body, *_: told.append((title, body)))
    return told


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    return window


def test_the_end_of_the_work_is_told_in_the_background_only_and_only_if_wanted(window, told, monkeypatch):
    at_work, wanted = Done(), True
    notice = BackgroundNotice(at_work, window, lambda: wanted)
    run = developed(3, recipe=Recipe.of(prompt="a fox\n in the snow " + "and more " * 20))
    monkeypatch.setattr(QApplication, "activeWindow", staticmethod(lambda: window))
    at_work.done.emit(run)
    assert told == []
    monkeypatch.setattr(QApplication, "activeWindow", staticmethod(lambda: None))
    at_work.done.emit(run)
    [(title, body)] = told
    assert title == "The picture is finished"
    assert body.startswith("a fox in the snow and more")
    assert len(body) <= 81
    shown = []
    notice.show_requested.connect(shown.append)
    notice.findChild(QSystemTrayIcon).messageClicked.emit()
    assert shown == [run]
    run.end(Ending.FAILED)
    at_work.done.emit(run)
    assert told[1][0] == "The picture could not be finished"
    wanted = False
    at_work.done.emit(run)
    assert len(told) == 2


PROGRAM = """
import sys
from types import SimpleNamespace
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget
from desktop.studio.at_work import QueueState
from desktop.ui.frame.background_notice import BackgroundNotice
from desktop.ui.frame.taskbar import Taskbar
from tests.developed import developed

class AtWork(QObject):
    done, changed = Signal(object), Signal()
    state, share = QueueState.RUNNING, 0.421

application, at_work, window, run = QApplication(sys.argv), AtWork(), QWidget(), developed(3)
taskbar, notice = Taskbar(at_work, window), BackgroundNotice(at_work, window, lambda: True)
notice.show_requested.connect(lambda shown: application.exit(42 if shown is run else 1))
at_work.changed.emit()
at_work.share = 0.4212  # as good as the same
at_work.changed.emit()
at_work.state = None
at_work.changed.emit()
at_work.done.emit(run)
QTimer.singleShot(30_000, application.quit)
sys.exit(application.exec())
"""


@pytest.mark.slow
@pytest.mark.end_to_end
@pytest.mark.skipif(sys.platform != "linux", reason="other desktops have no session bus")
def test_a_desktop_is_told_over_the_session_bus_and_a_click_asks_for_the_run(monkeypatch):
    assert shutil.which("dbus-daemon"), "this test needs the package dbus"
    daemon = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True)
    try:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().strip())
        portal = subprocess.Popen([SYSTEM_PYTHON, str(ROOT / "tests/portal.py")], stdout=subprocess.PIPE, text=True)
        try:
            assert json.loads(portal.stdout.readline()) == {"ready": True}
            ended = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, timeout=60, check=False)
            said = [json.loads(portal.stdout.readline()) for _ in range(3)]
        finally:
            portal.kill()
            portal.communicate()
    finally:
        daemon.kill()
        daemon.communicate()
    program = "application://io.github.safelight.Safelight.desktop"
    assert said == [
        {"program": program, "taskbar": {"progress": 0.42, "progress-visible": True}},
        {"program": program, "taskbar": {"progress": 0.0, "progress-visible": False}},
        {"notification": {"title": "The picture is finished", "body": "a red apple", "default-action": "show"}},
    ]
    assert ended.returncode == 42
