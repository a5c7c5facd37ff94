"""A process that forks a child for each line of stdin, to be killed: the child finds everything imported."""

from __future__ import annotations

import mmap
import os
import sys
from collections.abc import Callable
from pathlib import Path


def fork_for_each_line(live: Callable[[str], None]) -> None:
    """Call `live` with each line in a child of its own, one after another; print the child's process id."""
    child = 0
    for line in sys.stdin:
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if not child:
            live(line.strip())
            os._exit(0)
        print(child, flush=True)
    if child:
        os.waitpid(child, 0)


def noted_phase(folder: Path) -> mmap.mmap:
    """One byte in the file `phase`, which survives a kill: what the child is doing."""
    with open(folder / "phase", "wb+") as file:
        file.write(b"\0")
        file.flush()
        return mmap.mmap(file.fileno(), 1)
