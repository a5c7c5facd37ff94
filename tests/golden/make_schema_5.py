"""Made the files with recipes of schema 5, which have a refiner, and what `expected.json` says of them.

It ran at commit daa37fd: `python -m tests.golden.make_schema_5`. Kept to be read, like `make.py`. What is expected comes from what was
in memory before it was written.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import ModelReference, Recipe
from desktop.diffusion.request import Opened, Request
from desktop.diffusion.run import Ending, Event, Phase, Picture, Pixels, Previews, Run, Step
from desktop.library.artwork import Artwork, encode
from desktop.library.drafts import Drafts, DraftsFile, Waiting
from desktop.library.journal import Journal
from tests import tiny
from tests.test_golden import STEP_NUMBERS, exactly, plain, recipe_told, run_told, sha256, snapshot_told

HERE = Path(__file__).parent
FINGERPRINT = hashlib.sha256(b"tiny").hexdigest()
REFINER = ModelReference("refiner: 精修", hashlib.sha256(b"refiner").hexdigest())
BASE = replace(
    Recipe.of(prompt="a mouse is playing guitar", negative_prompt="snow", model="tiny", sampler="DDIM", steps=3, guidance_scale=4.0,
              refine_from=65, width=64, height=64, seed=7).made_with(FINGERPRINT), refiner=REFINER)
MOMENT = datetime(2026, 11, 29, 18, 30, 15, 250000, tzinfo=timezone(timedelta(hours=8)))


def main() -> None:
    torch.set_num_threads(1)
    file = HERE / "expected.json"
    expected = json.loads(file.read_text(encoding="utf-8"))
    expected["recordings"] |= recordings()
    expected["pictures"] |= pictures()
    turned = BASE.turned(1, guidance_scale=6.5)
    expected["recipes"].append({"name": "schema 5", "file": plain(turned.to_dict()), "recipe": recipe_told(turned), "lost": []})
    expected["kept"]["recipes of schema 5"] = drafts()
    file.write_text(json.dumps(expected, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


# -- recordings

def recordings() -> dict[str, Any]:
    """A finished run of a tiny base model and its refiner, with a branch in the second stage."""
    folder = Path(tempfile.mkdtemp())
    tiny.pipeline_xl(is_shallow=True).save_pretrained(folder / "tiny")
    tiny.refiner(is_shallow=True).save_pretrained(folder / "refiner")
    run = Run(BASE.turned(2, guidance_scale=6.5), id="019acc00-0000-7000-8000-000000000021")
    journal = Journal.begin(HERE / "recordings", run)

    def emit(event: Event) -> None:
        if not isinstance(event, Phase):
            run.record(event)
            journal.append(event)

    request = Request(run.recipe, (), Previews.FAST)
    refiner = Opened(folder / "refiner", REFINER.fingerprint)
    Engine(Device("cpu", "", torch.float32)).generate(request, folder / "tiny", FINGERPRINT, Control(), emit, refiner=refiner)
    run.saved_as(Path("/golden/pictures/schema 5.png"))
    journal.announce(run.path)
    run.end(Ending.FINISHED)
    journal.close()
    assert journal.problem is None, journal.problem
    return {"schema 5": of_run(run)}


def of_run(run: Run) -> dict[str, Any]:
    return run_told(run) | {
        "interrupted": run.ending is Ending.PAUSED,
        "name": run.name,
        "steps": [of_step(step) for step in run.own_steps],
        "snapshots": [snapshot_told(run.steps, step.number) for step in run.own_steps],
    }


def of_step(step: Step) -> dict[str, Any]:
    return plain({name: getattr(step, name) for name in STEP_NUMBERS}) | {
        "estimate": roughly(step.estimate), "noisy": roughly(step.noisy), "thumbnail": roughly(step.thumbnail),
        "snapshot_bytes": len(step.snapshot), "snapshot_sha256": sha256(step.snapshot),
    }


# -- pictures

def pictures() -> dict[str, Any]:
    pixels = Pixels(24, 16, bytes(round(value) for y in range(16) for x in range(24)
                                  for value in (40 + 180 * x / 24, 60 + 120 * y / 16, 200 - 100 * x / 24)))
    environment = {"run": "019acc00-0000-7000-8000-000000000021", "app": "0.1.0", "device": "cpu", "model_fingerprint": FINGERPRINT}
    recipe = BASE
    expected = {}
    for suffix in (".png", ".jpg", ".webp"):
        path = HERE / "pictures" / f"schema 5{suffix}"
        path.write_bytes(encode(Artwork(pixels, recipe, environment, MOMENT), path))
        expected[path.name] = {
            "recipe": recipe_told(recipe), "lost": [], "environment": environment, "created": MOMENT.isoformat(), "step": None,
            "intact": True if suffix == ".png" else None, "pixels": exactly(pixels) if suffix == ".png" else roughly(pixels),
            "parameters": parameters_of(path),
        }
    return expected


def roughly(pixels: Pixels | None) -> dict[str, Any] | None:
    """What a lossy file keeps: the mean colour of each quarter, from the upper left in rows."""
    if pixels is None:
        return None
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    (left, right), (top, bottom) = [((0, side // 2), (side // 2, side)) for side in image.size]
    quarters = [image.crop((x[0], y[0], x[1], y[1])).tobytes() for y in (top, bottom) for x in (left, right)]
    colours = [[round(sum(quarter[channel::3]) / (len(quarter) // 3), 1) for channel in range(3)] for quarter in quarters]
    return {"width": pixels.width, "height": pixels.height, "quarters": colours}


def parameters_of(path: Path) -> str:
    """The A1111 text, read by Pillow."""
    with Image.open(path) as image:
        if path.suffix == ".png":
            return image.text["parameters"]
        return image.getexif().get_ifd(0x8769)[0x9286][8:].decode("utf-16-be")


# -- drafts

def drafts() -> dict[str, Any]:
    values = Drafts(recipe=BASE, up_next=(Waiting(BASE.with_seed(5), 2),), history=("a mouse",))
    DraftsFile(HERE / "kept" / "recipes of schema 5" / "drafts.json").save(values)
    up_next = [{"recipe": recipe_told(each.recipe), "pictures": each.pictures, "run": each.run} for each in values.up_next]
    told = {"recipe": recipe_told(values.recipe), "seed_locked": False, "pictures": 1, "history": ["a mouse"], "up_next": up_next}
    return {"settings": {}, "drafts": told, "problems": [None, None]}


if __name__ == "__main__":
    main()
