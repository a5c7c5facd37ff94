"""Made the files with recipes of schema 3, the stars, the styles and the trash, and what `expected.json` says of them.

It ran at commit b80a91e: `python -m tests.golden.make_schema_3`. Kept to be read, like `make.py`. What is expected comes from what was
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
from desktop.diffusion.recipe import Recipe, Turn
from desktop.diffusion.request import Request
from desktop.diffusion.run import Ending, Event, Phase, Picture, Pixels, Previews, Run, Step
from desktop.library.artwork import Artwork, encode
from desktop.library.drafts import Drafts, DraftsFile, Waiting
from desktop.library.journal import Journal
from desktop.library.stars import StarsFile
from desktop.library.styles import Style, StylesFile
from desktop.library.trash import TrashFolder
from tests import recorded, tiny
from tests.test_golden import STEP_NUMBERS, exactly, plain, recipe_told, run_told, sha256, snapshot_told

HERE = Path(__file__).parent
FINGERPRINT = hashlib.sha256(b"tiny").hexdigest()
BASE = Recipe.of(prompt="a mouse is playing guitar", negative_prompt="snow", model="tiny", sampler="DDIM", steps=3, guidance_scale=4.0,
                 width=64, height=64, seed=7).made_with(FINGERPRINT)
MOMENT = datetime(2026, 11, 29, 18, 30, 15, 250000, tzinfo=timezone(timedelta(hours=8)))


def main() -> None:
    torch.set_num_threads(1)
    file = HERE / "expected.json"
    expected = json.loads(file.read_text(encoding="utf-8"))
    expected["recordings"] |= recordings()
    expected["pictures"] |= pictures()
    turned = BASE.turned(1, prompt="two pandas", negative_prompt="", guidance_scale=2.5, sampler="Heun").turned(2, noise_seed=1)
    expected["recipes"].append({"name": "schema 3", "file": plain(turned.to_dict()), "recipe": recipe_told(turned), "lost": []})
    expected["kept"]["recipes of schema 3"] = drafts()
    expected |= {"stars": stars(), "styles": styles(), "trash": trash()}
    file.write_text(json.dumps(expected, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


# -- recordings

def recordings() -> dict[str, Any]:
    """A finished run, and a branch of it that is paused, pinned and named."""
    model, engine = tiny.save_folder(Path(tempfile.mkdtemp()) / "tiny"), Engine(Device("cpu", "", torch.float32))

    def record(run: Run, until: int | None = None) -> None:
        journal = Journal.begin(HERE / "recordings", run)

        def emit(event: Event) -> None:
            is_late = until is not None and (isinstance(event, Picture) or (isinstance(event, Step) and event.number > until))
            if not isinstance(event, Phase) and not is_late:
                run.record(event)
                journal.append(event)

        engine.generate(Request(run.recipe, tuple(run.history), Previews.FAST), model, FINGERPRINT, Control(), emit)
        if until is None:
            run.saved_as(Path("/golden/pictures/schema 3.png"))
            journal.announce(run.path)
        run.end(Ending.FINISHED if until is None else Ending.PAUSED)
        journal.close()
        assert journal.problem is None, journal.problem

    root = Run(BASE, id="019acc00-0000-7000-8000-000000000018")
    record(root)
    branch = root.fork(1, BASE.turned(1, prompt="两只熊猫 two pandas 🐼"))
    branch.id = "019acc00-0000-7000-8000-000000000019"
    branch.pin(True)
    branch.rename("熊猫, 2nd try")
    record(branch, until=2)
    return {"schema 3": of_run(root), "schema 3, branch with a name": of_run(branch)}


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
    environment = {"run": "019acc00-0000-7000-8000-000000000018", "app": "0.1.0", "device": "cpu", "model_fingerprint": FINGERPRINT}
    recipe = replace(BASE, turns=(Turn(1, {"prompt": "two pandas"}), Turn(1, {"refine": 77})))
    expected = {}
    for suffix in (".png", ".jpg", ".webp"):
        path = HERE / "pictures" / f"schema 3{suffix}"
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


# -- guarded files and the trash

def drafts() -> dict[str, Any]:
    values = Drafts(
        recipe=BASE.with_values(prompt="一只老鼠 🎸\nand a line"), seed_locked=True, pictures=4,
        up_next=(Waiting(BASE.turned(1, prompt="two pandas"), 1, "019acc00-0000-7000-8000-000000000019"), Waiting(BASE.with_seed(5), 12)),
        history=("a mouse", "弹吉他的老鼠", "two pandas"))
    DraftsFile(HERE / "kept" / "recipes of schema 3" / "drafts.json").save(values)
    up_next = [{"recipe": recipe_told(each.recipe), "pictures": each.pictures, "run": each.run} for each in values.up_next]
    told = {"recipe": recipe_told(values.recipe), "seed_locked": True, "pictures": 4, "history": list(values.history), "up_next": up_next}
    return {"settings": {}, "drafts": told, "problems": [None, None]}


def stars() -> list[str]:
    """Of a picture or run, a saved step, and a picture of another program."""
    id = "019acc00-0000-7000-8000-000000000018"
    keys = sorted([id, f"{id}#2", hashlib.sha256(b"a picture").hexdigest()])
    StarsFile(HERE / "kept" / "stars and styles" / "stars.json").save(frozenset(keys))
    return keys


def styles() -> list[list[str]]:
    all = (Style("水彩", "水彩画, (soft light:1.2)"), Style("sharp", "sharp focus,\ndetailed"), Style("empty", ""))
    StylesFile(HERE / "kept" / "stars and styles" / "styles.json").save(all)
    return [[style.name, style.words] for style in all]


def trash() -> dict[str, Any]:
    """A picture that was deleted with the recording of its run."""
    folder = Path(tempfile.mkdtemp())
    recording = folder / f"{recorded.record(folder, calls=1).id}.run"
    picture = folder / "a deleted picture.png"
    picture.write_bytes((HERE / "pictures" / "schema 3.png").read_bytes())
    files = {path.name: sha256(path.read_bytes()) for path in (picture, recording)}
    trashed = TrashFolder(HERE / "trash").put([picture, recording])
    entry = HERE / "trash" / trashed.id / "entry.json"
    entry.write_bytes(entry.read_bytes().replace(str(folder).encode(), b"/golden"))
    return {"id": trashed.id, "files": [{"path": f"/golden/{name}", "sha256": digest} for name, digest in files.items()]}


if __name__ == "__main__":
    main()
