"""Generates pictures until it is killed. `python -m tests.developing MODEL` reads folders and recipes and answers with process ids.

Each line is a JSON list of a folder and a recipe. A forked child then resumes the run that was interrupted in that folder, or starts
one. It notes in the file `phase` what it is doing, and in `saved` the paths of the pictures that it has saved.
"""

from __future__ import annotations

import asyncio
import json
import mmap
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.diffusion.control import Control
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Event, Phase, Previews, Run
from desktop.diffusion.warmup import warm_up
from desktop.generate import RunMaker
from desktop.library import artwork
from desktop.library.models import ModelLibrary
from desktop.library.recordings import Recordings
from desktop.machine import LocalMachine
from desktop.worker import Worker
from tests import tiny
from tests.forks import fork_for_each_line, noted_phase
from tests.recorded import interrupted

PHASES = ("begin", *(phase.value for phase in Phase if phase is not Phase.PREPARING), "done")


async def develop(folder: Path, models: ModelLibrary, recipe: Recipe, phase: mmap.mmap) -> None:
    def observe(event: Event) -> None:
        if event in PHASES:
            phase[0] = PHASES.index(event)

    def save(picture: artwork.Artwork, announce: Callable[[Path], None]) -> Path:
        path = artwork.save_in(picture, folder / "pictures", announce=announce)
        with open(folder / "saved", "ab", buffering=0) as saved:
            saved.write(f"{path}\n".encode())
        return path

    def warn(problem: Exception) -> None:
        raise problem

    recordings = Recordings(folder / "recordings", limit=1 << 40)
    left = interrupted(recordings)
    run = recordings.open(left[0].id).run if left else Run(recipe)
    maker = RunMaker(LocalMachine(Worker(), models), recordings.folder, warn)
    await maker.generate(run, Control(), Previews.FAST, save, observe)
    phase[0] = PHASES.index("done")


def main(model: Path) -> None:
    warm_up()
    models = ModelLibrary(tiny.save_folder(model), [], model.with_suffix(".json"))
    models.verified(models.find("starter"))

    def live(line: str) -> None:
        folder, recipe = json.loads(line)
        asyncio.run(develop(Path(folder), models, Recipe.from_dict(recipe)[0], noted_phase(Path(folder))))

    fork_for_each_line(live)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
