"""A child of the kill test: forks grandchildren that save picture after picture until they are killed.

Reads folders from stdin, one a line; answers with the grandchild's pid. The grandchild notes in the file `phase` what it is
doing, and in `saved` every path that `save_in` has returned.
"""

import itertools
import mmap
import os
from datetime import datetime
from pathlib import Path

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels
from desktop.library import artwork, safe_file
from tests.faulty_os import FaultyOs
from tests.forks import fork_for_each_line, noted_phase

PIXELS = Pixels(96, 96, os.urandom(96 * 96 * 3))
PHASES = ("encoding", "open", "write", "fsync", "link", "other")


class Watched(FaultyOs):
    """Notes the system call that is under way."""

    def __init__(self, phase: mmap.mmap) -> None:
        super().__init__()
        self._phase = phase

    def _call(self, name, arguments, named):
        self._phase[0] = PHASES.index(name) if name in PHASES else PHASES.index("other")
        return super()._call(name, arguments, named)


def save_forever(folder: Path) -> None:
    phase = noted_phase(folder)
    safe_file.os = Watched(phase)
    saved = os.open(folder / "saved", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for seed in itertools.count():
        phase[0] = 0
        path = artwork.save_in(picture(seed), folder / "pictures")
        os.write(saved, f"{path}\n".encode())


def picture(seed: int) -> artwork.Artwork:
    return artwork.Artwork(PIXELS, Recipe.of(prompt="a mouse 🎸", seed=seed), {}, datetime.now().astimezone())


def main() -> None:
    artwork.encode(picture(0), Path("warm.png"))  # loads Pillow once, not in every grandchild
    fork_for_each_line(lambda line: save_forever(Path(line)))


if __name__ == "__main__":
    main()
