"""Record the pictures of the README: the window with a finished picture, and a run that is paused, viewed and branched.

    python installer/record_pictures.py            write resources/screenshots
    python installer/record_pictures.py FOLDER     write into FOLDER

Run this after changing how the window looks, the weights of the bundled model or the default guidance. It takes one to two
minutes. It needs no screen, and reads and writes no files of the user.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
WIDTH, HEIGHT = 1440, 900  # px of the window, and of the screen that is not there
SCREEN = Path(tempfile.mkdtemp(), "screen.json")
SCREEN.write_text(
    json.dumps({"screens": [{"name": "", "x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "logicalDpi": 96, "dpr": 1}]}), encoding="utf-8"
)
os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={SCREEN}"

import qasync  # noqa: E402
from PIL import Image  # noqa: E402
from PySide6.QtCore import QEvent, Qt  # noqa: E402
from PySide6.QtGui import QAction, QImage, QKeyEvent  # noqa: E402
from PySide6.QtWidgets import QApplication, QPlainTextEdit  # noqa: E402

from desktop.app import Session  # noqa: E402
from desktop.diffusion.run import View  # noqa: E402
from desktop.library.paths import Folders  # noqa: E402
from desktop.library.settings import Settings, SettingsFile  # noqa: E402
from desktop.resources import RESOURCES  # noqa: E402
from desktop.studio.instance import Instance  # noqa: E402
from desktop.ui.learn.learn_place import LearnPlace  # noqa: E402

FOLDER = RESOURCES / "screenshots"
PROMPT, SEED = "a mouse is playing guitar", 2
BRANCH_PROMPT = "a panda is playing guitar"
PAUSED_AT, BRANCHED_AT, STEPS = 38, 16, 50
SHOWN_WIDTH = 900  # px of the animation
QUALITY = 70  # of its WebP
MOST_SECONDS = 300.0  # to wait for anything


class Recorder:
    """Drives the real window, and keeps what it looks like."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._window = session.window
        self._frames: list[tuple[Image.Image, int]] = []  # with its duration, ms

    def picture(self) -> Image.Image:
        shown = self._window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        size = shown.width(), shown.height()
        return Image.frombytes("RGB", size, bytes(shown.constBits()), "raw", "RGB", shown.bytesPerLine())

    async def keep(self, milliseconds: int) -> None:
        """Keep what the window shows now for so long."""
        await asyncio.sleep(0.05)
        picture = self.picture()
        self._frames.append((picture.resize((SHOWN_WIDTH, SHOWN_WIDTH * HEIGHT // WIDTH), Image.Resampling.LANCZOS), milliseconds))

    def press(self, name: str) -> None:
        action = self._window.findChild(QAction, name)
        assert action is not None, name
        action.trigger()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(MOST_SECONDS):
            while not condition():
                await asyncio.sleep(0.01)

    async def type(self, text: str) -> None:
        field = QApplication.focusWidget()
        assert isinstance(field, QPlainTextEdit)
        field.selectAll()
        for number, letter in enumerate(text):
            QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, letter))
            if number % 3 == 0:
                await self.keep(90)

    async def watch(self, last: int, every: int = 2) -> None:
        """Keep each `every` steps of the run that is being made, until it has `last`."""
        timeline = self._session._timeline
        kept = -1
        while kept < last:
            newest = len(timeline.steps) - 1
            if newest > kept and newest % every == 0:
                await self.keep(70)
                kept = newest
            await asyncio.sleep(0.01)

    def save(self, folder: Path) -> None:
        pictures, durations = zip(*self._frames, strict=True)
        first, *others = pictures
        first.save(
            folder / "steering.webp", save_all=True, append_images=others, duration=list(durations), loop=0, quality=QUALITY, method=6
        )


async def record(session: Session, folder: Path) -> None:
    window, timeline, generation = session.window, session._timeline, session._generation
    recorder = Recorder(session)
    window.resize(WIDTH, HEIGHT)
    window.show()
    await session._prepare()
    panel = window.create_place.prompt_panel
    panel.set_recipe(panel.recipe().with_values(prompt=PROMPT, seed=SEED, steps=STEPS))
    await recorder.keep(800)

    generation.generate(panel.recipe())
    await recorder.until(lambda: timeline.run is not None and timeline.run is generation.run)
    generation.toggle_breakpoint(PAUSED_AT)
    await recorder.watch(PAUSED_AT)
    await recorder.until(lambda: not generation.running)
    await recorder.keep(900)
    for number in range(PAUSED_AT, BRANCHED_AT - 1, -2):
        timeline.go_to(number)
        await recorder.keep(70)
    for view in (View.NOISY, View.LATENTS, View.ESTIMATE):
        timeline.choose_view(view)
        await recorder.keep(900)
    recorder.press("branch_step")
    await recorder.keep(600)
    await recorder.type(BRANCH_PROMPT)
    await recorder.keep(700)
    window.create_place.branch_panel.generate()
    await recorder.until(lambda: timeline.run is not None and timeline.run is generation.run)
    await recorder.watch(STEPS)
    await recorder.until(lambda: not generation.running)
    await asyncio.sleep(1.0)
    await recorder.keep(2500)
    recorder.save(folder)
    recorder.picture().save(folder / "create.png", optimize=True)
    learn = next(place for place in window._places if place.key == "learn")
    window.show_place(learn)
    assert isinstance(learn.widget, LearnPlace)
    learn.widget.open("add_noise")
    await asyncio.sleep(1.5)
    recorder.picture().save(folder / "learn.png", optimize=True)


def main(folder: Path) -> None:
    application = QApplication([])
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as aside:
        folders = Folders.inside(Path(aside))
        folders.data.mkdir(parents=True, exist_ok=True)
        SettingsFile(folders.data / "settings.json").save(Settings(theme="dark", language="en", launcher_offered=True))
        loop.run_until_complete(record(Session(application, folders, Instance(folders.data)), folder))
        os._exit(0)  # without the questions that closing asks


if __name__ == "__main__":
    target = Path(sys.argv[1]) if sys.argv[1:] else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    main(target)
