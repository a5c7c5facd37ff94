"""TrainingFolders: the folders of the trainings; each file is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import safe_file

PICTURES = "pictures.safetensors"  # written when the training is created; a folder without it is none
CHECKPOINT = "checkpoint.safetensors"  # the newest
KEPT = "kept-{step:08}.safetensors"  # a checkpoint that stays
LEAST_FREE = 4 << 30  # bytes of the disk; with less, no checkpoints stay
MOMENT = "moment-{step:08}.safetensors"
REMOVED = ".removed-"  # prefix of a folder whose training was removed; deleted at the next start


class TrainingFolders:
    """`DATA/trainings/`: a folder for each training, named by its id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __iter__(self) -> Iterator[str]:
        """The ids of the trainings, oldest first. Raises OSError if the folder cannot be read."""
        if not self.folder.is_dir():
            return iter(())
        return iter(sorted(path.name for path in self.folder.iterdir() if not path.name.startswith(".") and (path / PICTURES).is_file()))

    def create(self, id: str, files: Mapping[str, bytes]) -> None:
        """Create the folder with `files`, one of them `PICTURES`. Raises OSError."""
        safe_file.make_folder(self.folder)
        with safe_file.new_folder(self.folder / id) as put:
            for name, content in files.items():
                put(name, content)

    def pictures(self, id: str) -> Path:
        return self.folder / id / PICTURES

    def checkpoint(self, id: str) -> Path | None:
        """None: it was not saved yet."""
        path = self.folder / id / CHECKPOINT
        return path if path.is_file() else None

    def kept(self, id: str, step: int) -> Path:
        """The checkpoint after `step` steps, if it was kept."""
        return self.folder / id / KEPT.format(step=step)

    def kept_steps(self, id: str) -> list[int]:
        """After which steps checkpoints were kept, in order."""
        return sorted(int(path.stem.removeprefix("kept-")) for path in (self.folder / id).glob("kept-????????.safetensors"))

    def keep(self, id: str, step: int, content: bytes) -> bool:
        """Keep a checkpoint, if the disk has room. Raises OSError."""
        if shutil.disk_usage(self.folder).free < LEAST_FREE:
            return False
        safe_file.replace(self.kept(id, step), content)
        return True

    def moments(self, id: str) -> list[Path]:
        """In the order of their steps."""
        return sorted((self.folder / id).glob("moment-*.safetensors"))

    def save_checkpoint(self, id: str, content: bytes) -> None:
        """Replace the checkpoint; the old one stays if that fails with OSError."""
        safe_file.replace(self.folder / id / CHECKPOINT, content)

    def save_moment(self, id: str, step: int, content: bytes) -> None:
        """Raises OSError."""
        safe_file.replace(self.folder / id / MOMENT.format(step=step), content)

    def remove(self, id: str) -> None:
        """Set the folder aside, for `put_back`. Raises OSError."""
        os.rename(self.folder / id, self.folder / f"{REMOVED}{id}")

    def put_back(self, id: str) -> None:
        """Undo `remove`. Raises OSError."""
        os.rename(self.folder / f"{REMOVED}{id}", self.folder / id)

    def sweep(self) -> None:
        """Delete what was removed in earlier sessions, and what a kill left."""
        with contextlib.suppress(OSError):
            safe_file.sweep(self.folder)
            for path in self.folder.glob(f"{REMOVED}*"):
                shutil.rmtree(path, ignore_errors=True)
