"""An X server with a window manager and the real program on it, driven by keys and mouse, checked by screenshots and files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image, ImageChops, ImageGrab

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels
from desktop.library.artwork import Artwork, save
from desktop.library.drafts import Drafts, DraftsFile
from desktop.library.settings import Settings, SettingsFile

T = TypeVar("T")
ROOT = Path(__file__).parents[1]
SYSTEM_PYTHON = "/usr/bin/python3"  # pyatspi belongs to it
NEEDED = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xdotool": "xdotool",
    "xkbcomp": "x11-xkb-utils",
    "dbus-daemon": "dbus",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
    "/usr/lib/python3/dist-packages/pyatspi/__init__.py": "python3-pyatspi",
}
PATIENCE = 120.0  # s: a machine may be busy
WIDTH, HEIGHT = 1280, 900  # px


def wait_for(condition: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """The first result of `condition` that is true."""
    deadline = time.monotonic() + patience
    while not (result := condition()):
        assert time.monotonic() < deadline, f"waited {patience:g} s in vain until {what}"
        time.sleep(0.05)
    return result


class Screen:
    """An X server on a free number, with openbox, and a session bus through which a screen reader looks.

    `characters`: those beyond a US keyboard that will be typed. xdotool would give each a key for a moment only, and a busy
    program that asks later which character it was gets none.
    """

    def __init__(self, characters: str = "") -> None:
        missing = [package for file, package in NEEDED.items() if not shutil.which(file) and not os.path.exists(file)]
        assert not missing, f"the window's tests need these packages: {' '.join(missing)} (python3 installer/run.py --test installs them)"
        self._processes: list[subprocess.Popen[Any]] = []
        self.environment = {name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "QT_SCALE_FACTOR")} | {
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "QT_LOGGING_RULES": "qt.accessibility.atspi.warning=false",
        }  # it has no answer to one of the registry's questions
        try:
            number = self._start("Xvfb", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp", "-noreset", "-displayfd")
            self.display = self.environment["DISPLAY"] = f":{number}"
            subprocess.run(["xkbcomp", "-w0", "-", self.display], input=_keyboard(characters), text=True, check=True)
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._start("dbus-daemon", "--session", "--nofork", "--print-address")
            self._processes.append(subprocess.Popen(["openbox"], env=self.environment, stderr=subprocess.DEVNULL))
            wait_for(lambda: self._xdotool("get_num_desktops").returncode == 0, "the window manager answers")
            reader = subprocess.Popen(
                [SYSTEM_PYTHON, str(ROOT / "tests/screen_reader.py")],
                env=self.environment,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._processes.append(reader)
            assert reader.stdin is not None
            assert reader.stdout is not None
            self._asked, self._answers = reader.stdin, reader.stdout
        except BaseException:
            self.close()
            raise

    def _start(self, *command: str) -> str:
        """Start a server that writes where it is to the file descriptor that its last argument takes."""
        read, write = os.pipe()
        with os.fdopen(read) as address:
            last = [f"{command[-1]}={write}"] if command[-1] == "--print-address" else [command[-1], str(write)]
            self._processes.append(
                subprocess.Popen(
                    [*command[:-1], *last], env=self.environment, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
            os.close(write)
            place = address.readline().strip()
        assert place, f"{command[0]} did not start"
        return place

    def close(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            process.wait(PATIENCE)
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()

    def act(self, *words: str | int) -> str:
        """Let xdotool do something."""
        done = self._xdotool(*map(str, words))
        assert done.returncode == 0, f"xdotool {' '.join(map(str, words))}: {done.stderr}"
        return done.stdout.strip()

    def find(self, *search: str) -> list[int]:
        """The visible windows that xdotool finds."""
        return [int(line) for line in self._xdotool("search", "--onlyvisible", "--all", *search).stdout.split()]

    def _xdotool(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False)

    def key(self, *keys: str) -> None:
        self.act("key", "--delay", 30, *keys)

    def pixels(self, box: tuple[int, int, int, int] | None = None) -> Image.Image:
        """The screen, or its `box` (left, top, right, bottom)."""
        return ImageGrab.grab(box, xdisplay=self.display)

    def read_out(self, process: int, request: str) -> Any:
        """Ask the screen reader, see screen_reader.py."""
        self._asked.write(f"{process} {request}\n")
        self._asked.flush()
        answer = self._answers.readline()
        assert answer, "the screen reader ended"
        return json.loads(answer)


def _keyboard(characters: str) -> str:
    """A US keyboard whose function keys beyond F12 write `characters`."""
    keys = "".join(f"key <FK{number}> {{ [ U{ord(character):04X} ] }};" for number, character in enumerate(characters, 13))
    return f"""xkb_keymap {{
        xkb_keycodes {{ include "evdev+aliases(qwerty)" }};
        xkb_types {{ include "complete" }};
        xkb_compat {{ include "complete" }};
        xkb_symbols {{ include "pc+us" {keys} }};
    }};"""


class Program:
    """Safelight itself with a data folder of its own: a process, and after its end another one."""

    def __init__(self, screen: Screen, data: Path, *arguments: str | Path) -> None:
        self.screen = screen
        self.data = data
        data.mkdir(parents=True, exist_ok=True)
        self._errors = open(data.with_suffix(".stderr"), "ab+")
        try:
            self.start(*arguments)
        except BaseException:
            self._errors.close()
            raise

    def start(self, *arguments: str | Path) -> None:
        """Start its process, the first one or after the end of the one before."""
        self.process = subprocess.Popen(self._command(*arguments), cwd=ROOT, env=self.screen.environment, stderr=self._errors)
        try:
            self._window = wait_for(self._find_window, "the window is there")[-1]
            self.come_forward()
        except BaseException:
            self.kill()
            raise

    def reopen(self) -> None:
        """Start it if it has ended, and bring its window to the front."""
        if self.process.poll() is None:
            self.come_forward()
        else:
            self.start()

    def _command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "desktop", "--data", str(self.data), *map(str, arguments)]

    def _find_window(self) -> list[int]:
        assert self.process.poll() is None, f"the program ended with {self.process.returncode}: {self.errors()}"
        return self.screen.find("--pid", str(self.process.pid), "--name", "^Safelight$")

    # -- what a person does

    def come_forward(self) -> None:
        self.screen.act("windowactivate", "--sync", self._window)

    def type(self, text: str) -> None:
        self.screen.act("type", "--delay", 30, text)

    def key(self, *keys: str) -> None:
        self.screen.key(*keys)

    def click(self, name: str, across: float = 0.5, down: float = 0.5) -> None:
        """Click the control with this object name, in its middle or at this part of its width and height."""
        left, top, width, height = self.control(name)["box"]
        self.screen.act("mousemove", left + int(across * width), top + int(down * height), "click", 1)

    def write_prompt(self, text: str) -> None:
        """Type it and read it back; on a very busy machine a made-up key press gets lost now and then, and is typed again."""
        for _ in range(3):
            self.click("prompt")
            self.key("ctrl+a", "BackSpace")
            self.type(text)
            with suppress(AssertionError):
                wait_for(lambda: self.control("prompt")["text"] == text, "it can be read", patience=5)
                return
        raise AssertionError(f"typed “{text}”, and the prompt reads “{self.control('prompt')['text']}”")

    def close_window(self) -> None:
        self.key("alt+F4")

    def hand_over(self, picture: Path) -> None:
        """Open `picture` in the window by a second start."""
        second = subprocess.run(
            self._command(picture), cwd=ROOT, env=self.screen.environment, capture_output=True, timeout=PATIENCE, check=False
        )
        assert (second.returncode, second.stderr) == (0, b"")

    def take(self, recipe: Recipe, folder: Path) -> None:
        """Let the window restore `recipe`, through a picture in `folder` and a second start."""
        picture = picture_of(recipe, folder / "recipe.png")
        self.hand_over(picture)
        picture.unlink()
        wait_for(lambda: self.drafts().recipe == recipe, "the recipe is restored")
        assert self.control("prompt")["text"] == recipe.prompt.text

    # -- what a person sees

    def sees(self, name: str) -> dict[str, Any] | None:
        """The control with this object name, if it is showing."""
        return self._read_out(f"one {name}")

    def everything(self) -> list[dict[str, Any]]:
        """All controls that are showing."""
        return self._read_out("all")

    @property
    def focused(self) -> str:
        """The object name of the control that has the keyboard."""
        return wait_for(lambda: self._read_out("focus"), "something has the keyboard")["id"]

    def _read_out(self, request: str) -> Any:
        return self.screen.read_out(self.process.pid, request)

    def control(self, name: str) -> dict[str, Any]:
        return wait_for(lambda: self.sees(name), f"“{name}” is showing")

    def is_gone(self, name: str) -> bool:
        """Whether the control that was there under this name no longer is."""
        return self._read_out(f"gone {name}")

    def says(self, name: str, words: str) -> None:
        """Wait until the control `name` is called or reads so."""
        wait_for(lambda: (seen := self.sees(name)) and words in (seen["name"], seen["text"]), f"“{name}” says “{words}”")

    @property
    def running(self) -> bool:
        return self.control("generate")["name"] == "Add to queue"

    @property
    def ready(self) -> bool:
        """Whether its newest process has loaded the libraries."""
        return "libraries loaded" in self.log().rpartition(": started\n")[2]

    @property
    def playhead(self) -> int:
        """The shown step."""
        return int(self.control("filmstrip")["value"])

    @property
    def newest(self) -> int:
        """The last step there is."""
        return int(self.control("filmstrip")["most"])

    def canvas(self) -> Image.Image:
        left, top, width, height = self.control("canvas")["box"]
        return self.screen.pixels((left, top, left + width, top + height))

    # -- what is on disk

    def drafts(self) -> Drafts:
        drafts, problem = DraftsFile(self.data / "drafts.json").load()
        assert problem is None
        return drafts

    def settings(self) -> Settings:
        settings, problem = SettingsFile(self.data / "settings.json").load()
        assert problem is None
        return settings

    def pictures(self) -> list[Path]:
        return sorted(path for path in (self.data / "pictures").rglob("*") if path.suffix in (".png", ".jpg", ".webp") and path.is_file())

    def log(self) -> str:
        return (self.data / "logs/safelight.log").read_text(encoding="utf-8")

    def errors(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode()

    # -- its end

    def ends(self, patience: float = PATIENCE) -> int:
        """The exit status, once it has ended by itself."""
        return self.process.wait(patience)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def clear_away(self) -> None:
        """Whatever the test did; what went wrong unseen comes out."""
        self.kill()
        said = self.errors()
        self._errors.close()
        assert said == ""
        assert "Traceback" not in self.log()
        assert (self.data / "logs/crash.log").read_text() == ""


def picture_of(recipe: Recipe, path: Path) -> Path:
    """A picture on disk that carries `recipe`."""
    grey = Pixels(recipe.size.width, recipe.size.height, bytes([128]) * (3 * recipe.size.width * recipe.size.height))
    return save(Artwork(grey, recipe, {}, datetime.now().astimezone()), path)


def differ(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is not None
