"""Makes pictures until it is killed. `python -m tests.developing MODEL` reads folders and recipes and answers with process ids.

Each line is a JSON list of a folder and a recipe. A grandchild, which finds everything imported, then goes on with the run that was
interrupted in that folder, or begins one. It notes in the file `phase` what it is doing, and in `saved` what it calls saved.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from pathlib import Path

import torch

from desktop.diffusion.control import Control
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Event, Phase, Previews, Run
from desktop.generate import artwork_of
from desktop.library import artwork
from desktop.library.journal import Journal
from desktop.library.recordings import Recordings
from tests import tiny

PHASES = ("begin", *(phase.value for phase in Phase if phase is not Phase.PREPARING), "done")


def develop(folder: Path, model: Path, recipe: Recipe) -> None:
    with open(folder / "phase", "wb+") as file:
        file.write(b"\0")
        file.flush()
        phase = mmap.mmap(file.fileno(), 1)
    recordings = Recordings(folder / "recordings", limit=1 << 40)
    interrupted = recordings.interrupted()
    run = recordings.open(interrupted[0].id).run if interrupted else Run(recipe)
    run.ending = Ending.RUNNING
    journal = Journal.begin(recordings.folder, run)

    def observe(event: Event) -> None:
        if isinstance(event, Phase):
            phase[0] = PHASES.index(event.value)
        run.record(event)
        journal.append(event)

    threads = run.plan.environment["threads"] if run.plan else None
    Engine().develop(run.recipe, model, "tiny", Previews.FAST, Control(), observe, run.history, threads=threads)
    observe(Phase.SAVING)
    run.path = artwork.save_in(artwork_of(run), folder / "pictures")
    with open(folder / "saved", "ab", buffering=0) as saved:
        saved.write(f"{run.path}\n".encode())
    run.ending = Ending.FINISHED
    journal.close()
    assert journal.problem is None, journal.problem
    phase[0] = PHASES.index("done")


def main(model: Path) -> None:
    torch.set_num_threads(1)
    tiny.save_folder(model)
    child = 0
    for line in sys.stdin:
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if not child:
            folder, recipe = json.loads(line)
            develop(Path(folder), model, Recipe.from_dict(recipe)[0])
            os._exit(0)
        print(child, flush=True)
    if child:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
