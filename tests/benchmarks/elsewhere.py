"""Makes one more step of a recorded run in a new process, and prints the seconds: `python -m tests.benchmarks.elsewhere FOLDER ID`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from desktop.diffusion.control import Control
from desktop.diffusion.request import Orders
from desktop.diffusion.run import Event, Phase, Previews
from desktop.generate import RunMaker
from desktop.library import journal, recording  # noqa: F401  the app has imported them by then, after its first paint
from desktop.library.models import ModelLibrary
from desktop.library.recordings import Recordings
from desktop.machine import LocalMachine
from desktop.resources import STARTER
from desktop.worker import Worker


def main(folder: Path, id: str) -> None:
    """`folder` holds "recordings" and the model's "fingerprints"."""
    worker = Worker()
    try:
        recordings = Recordings(folder / "recordings", 1 << 40)
        print(json.dumps(asyncio.run(_resumed(worker, ModelLibrary(STARTER, (), folder / "fingerprints"), recordings, id))))
    finally:
        worker.close()


async def _resumed(worker: Worker, models: ModelLibrary, recordings: Recordings, id: str) -> dict[str, float]:
    """Loading: the libraries, and the model with the check that it is the same. Encoding: the prompts are recorded as text only."""
    machine = LocalMachine(worker, models)
    maker, control = RunMaker(machine, recordings.folder), Control(Orders(pause=True))
    entered: dict[Phase, float] = {}

    def observe(event: Event) -> None:
        if isinstance(event, Phase):
            entered[event] = time.perf_counter()

    begun = time.perf_counter()
    await machine.prepare()
    models.verified(models.starter)
    prepared = time.perf_counter()
    encodings = _timed_encodings()
    run = recordings.open(id).run
    known = len(run.steps)
    await maker.generate(run, control, Previews.FAST, lambda picture, announce: Path(), observe)
    whole = time.perf_counter() - prepared
    [made] = run.steps[known:]
    loading, step = entered[Phase.ENCODING] - entered[Phase.LOADING], made.seconds + made.overhead_seconds
    return {
        "loading": prepared - begun + loading,
        "encoding": sum(encodings),
        "step": step,
        "beyond": whole - loading - sum(encodings) - step,
    }


def _timed_encodings() -> list[float]:
    """A list that receives the seconds of each text encoding from now on."""
    from desktop.diffusion.prompts import Encoded, PromptEncoder

    seconds, encode = [], PromptEncoder.encode

    def timed(self: PromptEncoder, prompt: str, is_negative: bool = False) -> Encoded:
        begun = time.perf_counter()
        encoded = encode(self, prompt, is_negative)
        seconds.append(time.perf_counter() - begun)
        return encoded

    PromptEncoder.encode = timed
    return seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
