"""The launcher: Safelight in the applications menu and on the desktop, for this user only.

Every file that is written is first listed in `launcher.json`. Only listed files are replaced and deleted, so no file of another program
is ever lost. Standard library only, because `installer/run.py --desktop` works before anything is installed.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from enum import Enum, auto
from pathlib import Path

from .. import __version__
from ..errors import LauncherTaken, LauncherUndeletable, LauncherUnwritable
from ..resources import APPLICATION_ID
from . import safe_file
from .launcher_files import Installation, LauncherFile, applications_folder, data_folder, desktop_folder, icons_folder, launcher_files

SCHEMA = 1
LARGEST = 1 << 20  # bytes of the list, and of a file that is compared
PATIENCE = 10  # s for the tools of the desktop


class LauncherState(Enum):
    ABSENT = auto()
    PRESENT = auto()  # starts a copy of Safelight that is there: this one or another
    OUTDATED = auto()  # starts a copy that is gone, or was written by another version of this copy


@dataclass(frozen=True, slots=True)
class _Record:
    """What `launcher.json` contains."""

    schema: int = SCHEMA
    version: str = ""
    landmark: str = ""
    files: tuple[str, ...] = ()  # the first is the entry of the menu; also those that the user deleted since
    folders: tuple[str, ...] = ()  # made for the files, outer ones first


class Launcher:
    """Reads and writes many small files: call it off the GUI thread."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._list = data_folder() / "launcher.json"

    def read_state(self) -> LauncherState:
        record = self._read()
        if not record.files or not os.path.lexists(record.files[0]):
            return LauncherState.ABSENT
        is_this = record.landmark == self._installation.landmark
        if not os.path.exists(record.landmark) or (is_this and record.version != __version__):
            return LauncherState.OUTDATED
        return LauncherState.PRESENT

    def add(self) -> list[Path]:
        """Write the launcher, or write it again for this copy of Safelight; return its files.

        Raises LauncherTaken if another program has a file of the same name, and LauncherUnwritable; nothing is changed then, or all
        that was written is removed again.
        """
        record, folder = self._read(), self._list.parent
        try:
            files = launcher_files(self._installation)
            self._write(record, files)
        except OSError as error:
            if not record.files:
                with contextlib.suppress(LauncherUndeletable):
                    self.remove()
            raise LauncherUnwritable(folder=Path(error.filename or folder).parent, problem=safe_file.why(error)) from error
        return [file.path for file in files]

    def refresh(self) -> None:
        """Write an outdated launcher again, without the files that the user deleted meanwhile. Raises as `add` does."""
        if self.read_state() is not LauncherState.OUTDATED:
            return
        record = self._read()
        try:
            self._write(record, [file for file in launcher_files(self._installation) if str(file.path) not in _deleted(record)])
        except OSError as error:
            raise LauncherUnwritable(folder=Path(error.filename or self._list).parent, problem=safe_file.why(error)) from error

    def remove(self) -> list[Path]:
        """Delete every file and folder that was written; return the files. Raises LauncherUndeletable; the rest is deleted then."""
        record = self._read()
        failed = None
        for file in record.files:
            try:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    os.unlink(file)
            except OSError as error:
                failed = error
        if record.files:
            _tell_desktop()
        if failed is not None:
            raise LauncherUndeletable(file=failed.filename, problem=safe_file.why(failed)) from failed
        self._list.unlink(missing_ok=True)
        for made in reversed(record.folders):
            with contextlib.suppress(OSError):  # other files are in it
                os.rmdir(made)
        return [Path(file) for file in record.files]

    def _write(self, record: _Record, files: list[LauncherFile]) -> None:
        for file in files:
            if str(file.path) not in record.files and os.path.lexists(file.path) and not _contains(file):
                raise LauncherTaken(file=file.path)
        wanted = [str(file.path) for file in files]
        kept = [path for path in _deleted(record) if path not in wanted]
        made = [str(folder) for folder in _missing_folders([self._list, *(file.path for file in files)])]
        folders = [*record.folders, *(folder for folder in made if folder not in record.folders)]
        new = _Record(version=__version__, landmark=self._installation.landmark, files=(*wanted, *kept), folders=tuple(folders))
        safe_file.make_folder(self._list.parent)
        safe_file.replace(self._list, json.dumps(asdict(new), indent=1).encode())
        for path in set(record.files) - set(new.files):  # written by an older version only
            Path(path).unlink(missing_ok=True)
        for file in files:
            safe_file.make_folder(file.path.parent)
            safe_file.replace(file.path, file.content)
            if file.executable:
                file.path.chmod(0o755)
        _tell_desktop()

    def _read(self) -> _Record:
        """The list; empty if there is none, or if it is damaged or of a newer version."""
        try:
            values = json.loads(safe_file.read(self._list, LARGEST))
            record = _Record(values["schema"], values["version"], values["landmark"], tuple(values["files"]), tuple(values["folders"]))
            texts = (record.version, record.landmark, *record.files, *record.folders)
        except (OSError, ValueError, TypeError, KeyError):
            return _Record()
        return record if record.schema == SCHEMA and all(isinstance(text, str) for text in texts) else _Record()


def _deleted(record: _Record) -> list[str]:
    return [file for file in record.files if not os.path.lexists(file)]


def _contains(file: LauncherFile) -> bool:
    """Whether the file on disk is what would be written; then it is ours, although the list was lost."""
    try:
        return safe_file.read(file.path, LARGEST) == file.content
    except OSError:
        return False


def _missing_folders(paths: list[Path]) -> list[Path]:
    """The folders of `paths` that do not exist yet, outer ones first."""
    missing = {folder for path in paths for folder in path.parents if not folder.exists()}
    return sorted(missing, key=lambda folder: (len(folder.parts), folder))


def _tell_desktop() -> None:
    """Let the desktop environment notice what changed. Without it the menu is right, perhaps after the next login."""
    if not sys.platform.startswith("linux"):
        return
    applications, icons = applications_folder(), icons_folder()
    index = applications / "mimeinfo.cache"
    with contextlib.suppress(OSError):
        _run("update-desktop-database", "-q", str(applications))  # "Open with" is read from this index
        if not any(applications.rglob("*.desktop")):
            index.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        os.utime(icons)  # a cache of icons that is older than the folder is not used
    desktop = desktop_folder()
    if desktop is not None and (icon := desktop / f"{APPLICATION_ID}.desktop").exists():
        _run("gio", "set", str(icon), "metadata::trusted", "true")  # else GNOME asks before it starts an icon of the desktop


def _run(tool: str, *arguments: str) -> None:
    if shutil.which(tool):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run([tool, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)
