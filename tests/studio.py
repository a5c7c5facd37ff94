"""What makes runs and saves pictures, on a real machine: everything behind the window, with a model and a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop.diffusion.control import Control
from desktop.diffusion.request import Orders
from desktop.diffusion.run import Event, Previews, Run
from desktop.errors import SafelightError
from desktop.generate import RunMaker
from desktop.library import artwork
from desktop.library.models import ModelLibrary
from desktop.library.recordings import Recordings
from desktop.machine import LocalMachine
from desktop.studio.generation import Generation
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notice, NoticeKind, Notices
from desktop.studio.queue import Queue
from desktop.studio.timeline import Timeline
from desktop.studio.undo import Undo
from desktop.worker import Worker
from tests import awaited


class Bench:
    """A run maker on this computer, as a new process has it. `close` it at the end."""

    def __init__(self, model: Path, folder: Path, kind: type[RunMaker] = RunMaker) -> None:
        """`model` is the starter; `folder` receives recordings and pictures."""
        self.worker = Worker()
        self.warnings: list[SafelightError] = []
        self.events: list[Event] = []
        self.recordings = Recordings(folder / "recordings", 1 << 30)
        self.pictures = folder / "pictures"
        self.models = ModelLibrary(model, [], folder / "fingerprints.json")
        self.machine = LocalMachine(self.worker, self.models, lambda: None)  # on the worker, Qt objects of earlier tests must not end
        self.maker = kind(self.machine, self.recordings.folder, self.warnings.append)

    async def generate(self, run: Run, pause_at: int | None = None) -> Path | None:
        control = Control(Orders(pause_at=pause_at))
        return await self.maker.generate(run, control, Previews.FAST, self.save, self.events.append)

    def save(self, picture: artwork.Artwork, announce: Callable[[Path], None]) -> Path:
        return artwork.save_in(picture, self.pictures, announce=announce)

    def close(self) -> None:
        self.worker.close()
        assert self.worker.join(5)


class Studio(Bench):
    """A bench with the state that the window shows and changes."""

    def __init__(self, model: Path, folder: Path, kind: type[RunMaker] = RunMaker) -> None:
        super().__init__(model, folder, kind)
        self.held, self.notices = HeldRuns(10**9), Notices()
        self.undo = Undo(self.notices)
        self.told: list[Notice] = []
        self.notices.listen(self._listen)
        self.timeline = Timeline(self.held)
        self.queue = Queue(self.notices)
        self.generation = Generation(self.maker, self.queue, self.timeline, self.held, self.notices, self.undo, self.save, Previews.FAST)

    def _listen(self, notice: Notice) -> None:
        if notice.kind is not NoticeKind.UNDO and not notice.template.startswith("Undone"):
            self.told.append(notice)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until `condition` holds; fail once the user is told something."""
        await awaited.until(lambda: self.told or condition())
        assert self.told == []

    async def idle(self) -> None:
        await awaited.settle()
        await self.until(lambda: not self.generation.running)
