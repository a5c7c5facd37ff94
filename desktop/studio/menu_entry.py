"""MenuEntry: Safelight in the applications menu and on the desktop; offered once, added and removed as the user wants."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..errors import QT_TRANSLATE_NOOP
from .notices import Action, NoticeKind, Notices

if TYPE_CHECKING:
    from ..library.launcher import Launcher


class MenuEntry(QObject):
    """`present` is None until the disk has been read and while it is being changed."""

    changed = Signal()

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices
        self.present: bool | None = None

    async def look(self) -> None:
        """Read whether the launcher is there."""
        self._tell(await asyncio.to_thread(_is_present))

    async def refresh(self) -> None:
        """Write the launcher again if Safelight has been moved or updated, then `look`."""
        await asyncio.to_thread(lambda: _launcher().refresh())
        await self.look()

    def offer(self) -> bool:
        """Ask whether to add the launcher, if it is not there; return whether that was asked."""
        if self.present is not False:
            return False
        self._notices.tell(
            NoticeKind.OFFER,
            QT_TRANSLATE_NOOP("Safelight", "Put Safelight into the applications menu and on the desktop, to start it with a double click?"),
            Action(QT_TRANSLATE_NOOP("Safelight", "Add"), lambda: self._notices.spawn(self.add())),
        )
        return True

    async def add(self) -> None:
        """Write the launcher. Raises LauncherTaken and LauncherUnwritable."""
        await self._change(adding=True)
        self._notices.tell(
            NoticeKind.DONE,
            QT_TRANSLATE_NOOP("Safelight", "Safelight can now be started from the applications menu."),
            Action(QT_TRANSLATE_NOOP("Safelight", "Undo"), lambda: self._notices.spawn(self.remove())),
        )

    async def remove(self) -> None:
        """Delete everything that `add` wrote. Raises LauncherUndeletable."""
        await self._change(adding=False)
        self._notices.tell(
            NoticeKind.DONE,
            QT_TRANSLATE_NOOP("Safelight", "Safelight was removed from the applications menu and the desktop."),
            Action(QT_TRANSLATE_NOOP("Safelight", "Undo"), lambda: self._notices.spawn(self.add())),
        )

    async def _change(self, adding: bool) -> None:
        self._tell(None)
        try:
            await asyncio.to_thread(lambda: _launcher().add() if adding else _launcher().remove())
        finally:
            await self.look()

    def _tell(self, present: bool | None) -> None:
        self.present = present
        self.changed.emit()


def _launcher() -> Launcher:
    from ..library.launcher import Launcher  # here, off the GUI thread: nothing of it is needed before the first paint
    from ..library.launcher_files import Installation

    return Launcher(Installation.this())


def _is_present() -> bool:
    from ..library.launcher import LauncherState

    return _launcher().read_state() is not LauncherState.ABSENT
