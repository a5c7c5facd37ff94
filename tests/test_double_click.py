"""A start without a terminal: what the user sees while the set-up runs, and when something fails.

The real scripts in a checkout of their own; only what the set-up installs is scripted: `FakeSetUp` is what run.py executes instead.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ImageChops

from desktop.library.paths import Folders
from tests.screen import ROOT, Screen, wait_for

pytestmark = [pytest.mark.end_to_end, pytest.mark.skipif(os.name == "nt", reason="the scripted set-up is one of Linux")]

# What `set_up` of run.py does here: say something, wait for a file, then fail or make an environment whose Python runs `program`.
SCRIPTED = """
    import time
    say(tr("Safelight", "Checking that everything loads."))
    with open(os.path.join(ROOT, "pid"), "w") as file:
        file.write(str(os.getpid()))
    while not os.path.exists(os.path.join(ROOT, "go")):
        time.sleep(0.02)
    os.unlink(os.path.join(ROOT, "go"))
    if os.path.exists(os.path.join(ROOT, "broken")):
        os.unlink(os.path.join(ROOT, "broken"))
        stop("There is no network <here>.", "Connect & try again.")
    os.makedirs(os.path.dirname(PYTHON))
    os.symlink(os.path.join(ROOT, "program"), PYTHON)
    with open(os.path.join(VENV, "pyvenv.cfg"), "w") as file:
        file.write("version = 3.12.1\\nexecutable = " + sys.executable + "\\n")
    write_stamp(fingerprint() + "\\npython window\\n")
"""


class Checkout:
    """A checkout that can be started by double click, on `screen`."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        (folder / "installer").mkdir(parents=True)
        for name in ("run.py", "double_click.py", "splash.py"):
            shutil.copy(ROOT / "installer" / name, folder / "installer")
        shutil.copy(ROOT / "pyproject.toml", folder)
        shutil.copytree(ROOT / "resources" / "launcher", folder / "resources" / "launcher")
        shutil.copytree(ROOT / "resources" / "i18n", folder / "resources" / "i18n")
        run = folder / "installer" / "run.py"
        real = "def set_up(needs: set[str]) -> None:\n"
        source = run.read_text(encoding="utf-8")
        assert real in source
        run.write_text(source.replace(real, f"{real}{SCRIPTED}\n\ndef real_set_up(needs: set[str]) -> None:\n"), encoding="utf-8")
        self.write_program('printf "%s\\n" "$@" >"$0.said.new"; mv "$0.said.new" "$0.said"')

    def write_program(self, script: str) -> None:
        """What the Python of the environment does."""
        program = self.folder / "program"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def start(self, *files: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(self.folder / "installer" / "double_click.py"), *files]
        self.process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self.process

    def ends(self) -> int:
        """The status, once it has ended by itself without a word."""
        printed, _ = self.process.communicate(timeout=60)
        assert printed == b""
        return self.process.returncode

    def set_up(self) -> int:
        """The process of the set-up, once it runs."""
        pid = self.folder / "pid"
        wait_for(lambda: pid.exists() and pid.read_text(), "the set-up runs")
        number = int(pid.read_text())
        pid.unlink()
        return number

    def go_on(self) -> None:
        (self.folder / "go").touch()

    def said(self) -> list[str]:
        """The arguments that the program was started with."""
        return (self.folder / ".venv" / "bin" / "python.said").read_text(encoding="utf-8").splitlines()

    @property
    def log(self) -> str:
        file = Folders.default().logs / "launcher.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""


def is_running(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    screen = Screen()
    yield screen
    screen.close()


@pytest.fixture
def checkout(tmp_path: Path, own_folders: Path) -> Iterator[Checkout]:
    checkout = Checkout(tmp_path / "照片 safelight", {**os.environ, "LC_ALL": "C.UTF-8", "DISPLAY": "", "WAYLAND_DISPLAY": ""})
    yield checkout
    process = getattr(checkout, "process", None)
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a dialog, too
        process.communicate()


@pytest.fixture
def seen(screen: Screen, checkout: Checkout) -> Checkout:
    """The checkout, started on the screen with its window manager."""
    checkout.environment |= {"DISPLAY": screen.display}
    return checkout


@pytest.fixture
def tools(checkout: Checkout, tmp_path: Path) -> Path:
    """A folder that is the whole PATH, for a Python without tkinter."""
    tools = tmp_path / "tools"
    tools.mkdir()
    without = tmp_path / "without"
    without.mkdir()
    (without / "tkinter.py").write_text("raise ImportError\n")
    checkout.environment |= {"PATH": str(tools), "PYTHONPATH": str(without)}
    return tools


def make_tool(tools: Path, name: str, script: str) -> None:
    (tools / name).write_text(f"#!{shutil.which('sh')}\nPATH=/usr/bin:/bin\n{script}\n")
    (tools / name).chmod(0o755)


def test_when_everything_is_set_up_it_only_starts(checkout: Checkout):
    checkout.go_on()
    checkout.start("狐狸 图.png")
    assert checkout.ends() == 0
    (checkout.folder / ".venv" / "bin" / "python.said").unlink()
    checkout.start("a.png", "b.png")
    assert checkout.ends() == 0
    assert checkout.said() == ["-P", "-m", "desktop", "a.png", "b.png"]
    assert not (checkout.folder / "go").exists()


# -- with tkinter

needs_tkinter = pytest.mark.skipif(importlib.util.find_spec("tkinter") is None, reason="this Python has no tkinter")


def splash_of(screen: Screen) -> int:
    return wait_for(lambda: screen.find("--class", "safelight"), "there is a window")[-1]


@needs_tkinter
def test_a_window_shows_the_set_up_then_the_program_starts(screen: Screen, seen: Checkout, tmp_path: Path):
    seen.start("狐狸 图.png")
    seen.set_up()
    window = splash_of(screen)
    assert screen.act("getwindowname", window) == "Safelight"
    before = screen.pixels()
    wait_for(lambda: ImageChops.difference(before, screen.pixels()).getbbox(), "the bar moves")
    seen.go_on()
    assert seen.ends() == 0
    assert seen.said() == ["-P", "-m", "desktop", "狐狸 图.png"]
    assert "Checking that everything loads." in seen.log


@needs_tkinter
def test_a_failed_set_up_can_be_tried_again_from_the_keyboard(screen: Screen, seen: Checkout):
    (seen.folder / "broken").touch()
    seen.start()
    seen.set_up()
    window = splash_of(screen)
    low = int(screen.act("getwindowgeometry", "--shell", window).split("HEIGHT=")[1].split()[0])

    def height() -> int:
        return int(screen.act("getwindowgeometry", "--shell", window).split("HEIGHT=")[1].split()[0])

    seen.go_on()
    wait_for(lambda: height() > low, "the window has grown for the error")
    screen.act("windowactivate", "--sync", window)
    screen.key("Return")  # Try again
    seen.set_up()
    seen.go_on()
    assert seen.ends() == 0
    assert seen.said() == ["-P", "-m", "desktop"]
    assert "There is no network <here>." in seen.log


@needs_tkinter
def test_escape_ends_the_set_up(screen: Screen, seen: Checkout):
    seen.start()
    set_up = seen.set_up()
    screen.act("windowactivate", "--sync", splash_of(screen))
    screen.key("Escape")
    assert seen.ends() == 1
    assert not is_running(set_up)
    assert not (seen.folder / ".venv").exists()


@needs_tkinter
def test_what_the_program_printed_before_it_failed_is_shown(screen: Screen, seen: Checkout):
    seen.write_program("echo 'safelight: the folder is full.' >&2; exit 3")
    seen.go_on()
    seen.start()
    window = wait_for(lambda: "status 3" in seen.log and screen.find("--class", "safelight"), "the error is shown")[-1]
    screen.act("windowactivate", "--sync", window)
    screen.key("Return")  # Close
    assert seen.ends() == 1


# -- without tkinter


def test_without_tkinter_zenity_shows_every_sentence(checkout: Checkout, tools: Path):
    make_tool(tools, "zenity", 'printf "%s\\n" "$@" >>"$0.said"; [ "$1" = --error ] || cat >>"$0.said"')
    (checkout.folder / "broken").touch()
    checkout.go_on()
    checkout.environment |= {"LC_ALL": "zh_CN.UTF-8", "PYTHONUTF8": "1"}
    checkout.start()
    assert checkout.ends() == 1
    said = (tools / "zenity.said").read_text(encoding="utf-8")
    assert "# 正在检查所有组件能否加载。" in said.splitlines()
    assert "There is no network <here>.\nConnect & try again." in said
    assert "launcher.log" in said


def test_cancel_in_zenity_ends_the_set_up(checkout: Checkout, tools: Path):
    make_tool(tools, "zenity", 'while [ ! -e "$0.cancel" ]; do sleep 0.02; done; exit 1')
    checkout.start()
    set_up = checkout.set_up()
    (tools / "zenity.cancel").touch()
    assert checkout.ends() == 1
    assert not is_running(set_up)


def test_on_a_plain_x_server_xmessage_shows_the_error(screen: Screen, seen: Checkout, tools: Path):
    xmessage = shutil.which("xmessage")
    assert xmessage, "installer/run.py --test installs x11-utils"
    make_tool(tools, "xmessage", f'echo >>"$0.started"; exec {xmessage} "$@"')
    (seen.folder / "broken").touch()
    seen.start()
    seen.set_up()
    wait_for(lambda: screen.find("--class", "Xmessage"), "it says that the set-up runs")
    seen.go_on()
    started = tools / "xmessage.started"
    wait_for(lambda: started.read_text() == "\n\n", "the first one is gone and another one starts")
    window = wait_for(lambda: screen.find("--class", "Xmessage"), "it shows the error")[-1]
    screen.act("windowactivate", "--sync", window)
    screen.key("Return")
    assert seen.ends() == 1


def test_without_any_window_the_log_has_the_error(checkout: Checkout, tools: Path):
    (checkout.folder / "broken").touch()
    checkout.go_on()
    checkout.start()
    assert checkout.ends() == 1
    assert "Connect & try again." in checkout.log


def test_a_log_that_cannot_be_written_changes_nothing(checkout: Checkout, own_folders: Path):
    (own_folders / "state").write_text("a file")
    checkout.go_on()
    checkout.start()
    assert checkout.ends() == 0
