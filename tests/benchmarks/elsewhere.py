"""Goes on with a recorded run in a new process, by one step, and prints the seconds: `python -m tests.benchmarks.elsewhere FOLDER ID`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from desktop.diffusion.run import Event, Phase, Previews
from desktop.generate import Darkroom
from desktop.library.models import ModelLibrary
from desktop.library.recordings import Recordings
from desktop.resources import STARTER
from desktop.worker import Worker


def main(folder: Path, id: str) -> None:
    """`folder` holds "recordings" and the model's "fingerprints"."""
    worker = Worker()
    try:
        recordings = Recordings(folder / "recordings", 1 << 40)
        print(json.dumps(asyncio.run(_gone_on(worker, ModelLibrary(STARTER, (), folder / "fingerprints"), recordings, id))))
    finally:
        worker.close()


async def _gone_on(worker: Worker, models: ModelLibrary, recordings: Recordings, id: str) -> dict[str, float]:
    """Loading: the libraries, and the model with the look at whether it is the same. Encoding: of the prompts, recorded as text only."""
    darkroom = Darkroom(worker, models, recordings.folder)
    entered: dict[Phase, float] = {}

    def observe(event: Event) -> None:
        if isinstance(event, Phase):
            entered[event] = time.perf_counter()

    begun = time.perf_counter()
    await darkroom.prepare()
    models.verified(models.starter)
    prepared = time.perf_counter()
    encodings = _timed_encodings()
    run = recordings.open(id).run
    known = len(run.steps)
    await darkroom.generate(run, Previews.FAST, lambda picture, announce: Path(), observe, pauses_after=lambda number: True)
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
    """Takes up what each text encoding from now on takes."""
    from desktop.diffusion.prompts import Encoded, PromptEncoder

    seconds, encode = [], PromptEncoder.encode

    def timed(self: PromptEncoder, prompt: str) -> Encoded:
        begun = time.perf_counter()
        encoded = encode(self, prompt)
        seconds.append(time.perf_counter() - begun)
        return encoded

    PromptEncoder.encode = timed
    return seconds


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
