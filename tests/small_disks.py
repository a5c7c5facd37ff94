"""Disks so small that they fill up: of memory where the system lets us mount them; else a limit on the size of files fails alike."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def printed_json(script: str, folder: Path) -> Any:
    """Run `script`, which may make a `SmallDisk` below `folder`, in a process of its own; the JSON that it prints."""
    mounts = (
        shutil.which("unshare")
        and subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(folder)], capture_output=True).returncode == 0
    )
    command = [*(["unshare", "-rm"] if mounts else []), sys.executable, "-c", textwrap.dedent(script), "mount" if mounts else "limit"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)


class SmallDisk:
    """A disk in a script that `printed_json` runs. Without mounts, only the newest one is limited."""

    def __init__(self, folder: Path, kilobytes: int, file_kilobytes: int | None = None) -> None:
        """Without mounts a single file can have `file_kilobytes`, or as many as the whole disk."""
        self._folder, self._mounts = folder, sys.argv[1] == "mount"
        folder.mkdir()
        if self._mounts:
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", folder], check=True)
        else:
            _limit_files((file_kilobytes or kilobytes) * 1024)

    def enlarge(self) -> None:
        """Make room."""
        if self._mounts:
            subprocess.run(["mount", "-o", "remount,size=4m", self._folder], check=True)
        else:
            _limit_files(-1)


def _limit_files(nbytes: int) -> None:
    """Limit the size of every file that this process writes; −1: no limit."""
    import resource  # not on Windows

    resource.setrlimit(resource.RLIMIT_FSIZE, (nbytes, resource.RLIM_INFINITY))
