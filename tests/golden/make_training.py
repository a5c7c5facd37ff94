"""Made `trainings/`: a training of two steps with its pictures, its checkpoint and one moment. Runs with the code of its commit only."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch

from desktop.learn.training import exam, session
from desktop.learn.training.events import Moment
from desktop.learn.training.record import Beginning, packed_moment
from tests.training import course, finish, squares

FOLDER = Path(__file__).parent / "trainings" / "019b0000-0000-7000-8000-000000000001"


def main() -> None:
    torch.set_num_threads(1)
    session.SAMPLES, session.SAMPLE_STEPS, exam.MOST = 2, 2, 16
    recipe = course(2)
    made = session.Session(recipe, squares(12))
    moment = [event for event in finish(made) if isinstance(event, Moment)][-1]
    FOLDER.mkdir(parents=True)
    (FOLDER / "pictures.safetensors").write_bytes(Beginning(recipe, squares(12), "2026-11-29T17:00:00+0000").packed())
    (FOLDER / "checkpoint.safetensors").write_bytes(made.checkpoint().packed())
    (FOLDER / f"moment-{moment.step:08}.safetensors").write_bytes(packed_moment(moment))
    expected = {
        "course": recipe.to_dict(),
        "losses": list(made.checkpoint().kept.losses),
        "tensors": {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in made.checkpoint().tensors.items()},
        "pictures": squares(12).fingerprint,
        "samples": hashlib.sha256(moment.samples.tobytes()).hexdigest(),
        "seen": [moment.seen.mean, list(moment.seen.bands)],
        "nearest": [list(pair) for pair in moment.nearest],
    }
    (FOLDER.parent / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
