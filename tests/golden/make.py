"""Made the golden files, once, at commit 7c77c49: `python -m tests.golden.make`. It runs with the code of that commit only.

The files are data and are never made again. Each `expected` value comes from what was in memory before it was written, or from a
reader of its own at the end of this file; none comes from the reading functions that the test uses.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from PIL import Image

from desktop import __version__
from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe, Turn
from desktop.diffusion.run import Ending, Event, Pixels, Plan, Previews, Run, Step
from desktop.diffusion.seam import Observation, Seam
from desktop.library import passport, records
from desktop.library.artwork import Artwork, encode
from desktop.library.drafts import Drafts, DraftsFile, Waiting
from desktop.library.journal import Journal, path_of, start_of
from desktop.library.settings import Settings, SettingsFile
from tests import tiny
from tests.kits import UNET, model_folder
from tests.png_kit import chunk

HERE = Path(__file__).parent
RECORDINGS, PICTURES, KEPT, MODEL = HERE / "recordings", HERE / "pictures", HERE / "kept", HERE / "model"
MOMENT = datetime(2026, 11, 28, 20, 30, 15, 250000, tzinfo=timezone(timedelta(hours=8)))
BASE = Recipe(prompt="a mouse is playing guitar", negative_prompt="snow", model="tiny", sampler="DDIM", steps=6, guidance_scale=4.0,
              width=64, height=64, seed=7)
FINGERPRINT = hashlib.sha256(b"tiny").hexdigest()

NUMBERS = ("number", "timestep", "sigma", "alpha_cumprod", "seconds", "overhead_seconds", "approximate", "change", "layout", "guidance")


def main() -> None:
    torch.set_num_threads(1)
    for folder in (RECORDINGS, PICTURES, KEPT, MODEL):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    expected = {"recordings": recordings(), "pictures": pictures(), "recipes": recipes(), "kept": kept(), "model": model()}
    text = json.dumps(expected, indent=1, ensure_ascii=False, allow_nan=False)
    (HERE / "expected.json").write_text(text + "\n", encoding="utf-8")


# -- recordings

class Bench:
    def __init__(self) -> None:
        self.model = tiny.save_folder(Path(os.environ["TMPDIR"]) / "tiny")
        self.engine = Engine(Device("cpu", "", torch.float32))
        self.count = 0
        self.expected: dict[str, Any] = {}

    def run(self, recipe: Recipe) -> Run:
        return self.named(Run(recipe))

    def branch(self, run: Run, after: int, **changes: Any) -> Run:
        return self.named(run.fork(after, run.recipe.turned(after, **changes)))

    def named(self, run: Run) -> Run:
        self.count += 1
        run.id = f"019acc00-0000-7000-8000-0000000000{self.count:02x}"
        return run

    def record(self, name: str, run: Run, ending: Ending = Ending.FINISHED, until: int | None = None,
               previews: Previews = Previews.FAST, pinned: bool = False, kept: Callable[[Run, Journal], None] | None = None) -> Run:
        """Make `run`, or resume it, and journal it. `kept` looks at the file while it is not closed."""
        run.ending = Ending.RUNNING
        journal = Journal.begin(RECORDINGS, run)

        def emit(event: Event) -> None:
            run.record(event)
            journal.append(event)

        self.engine.develop(run.recipe, self.model, FINGERPRINT, previews, Control(), emit, run.history, until=until)
        if ending is Ending.FINISHED:
            run.path = Path(f"/golden/pictures/{name}.png")
            journal.announce(run.path)
        run.ending, run.pinned = ending, pinned
        if kept:
            kept(run, journal)
        journal.close()
        assert journal.problem is None, journal.problem
        self.tell(name, run)
        return run

    def tell(self, name: str, run: Run, **differences: Any) -> None:
        self.expected[name] = {
            "id": run.id, "recipe": told(run.recipe), "parent": run.parent, "branched_after": run.branched_after,
            "ending": run.ending.value, "interrupted": run.ending is Ending.PAUSED, "pinned": run.pinned,
            "picture_path": run.path.as_posix() if run.path else None,
            "plan": {**asdict(run.plan), "timesteps": list(run.plan.timesteps)} if run.plan else None,
            "picture": exactly(run.picture) if run.picture else None,
            "steps": [self.step(step) for step in run.own_steps],
            "shared_steps": 0 if run.branched_after is None else run.branched_after + 1,
            "snapshots": snapshots([step.snapshot for step in run.steps], len(run.steps) - len(run.own_steps)),
        } | differences

    def step(self, step: Step) -> dict[str, Any]:
        numbers = {name: getattr(step, name) for name in NUMBERS}
        return {**{name: "inf" if value == float("inf") else value for name, value in numbers.items()},
                "estimate": roughly(step.estimate), "noisy": roughly(step.noisy), "thumbnail": roughly(step.thumbnail),
                "snapshot_bytes": len(step.snapshot), "snapshot_sha256": hashlib.sha256(step.snapshot).hexdigest()}


def recordings() -> dict[str, Any]:
    bench = Bench()
    finished = bench.record("finished", bench.run(BASE), previews=Previews.BEST, pinned=True)
    branch = bench.record("branch", bench.branch(finished, 3, prompt="两只熊猫 two pandas 🐼", guidance_scale=6.5))
    bench.record("branch of the branch", bench.branch(branch, 4, sampler="Euler a"), previews=Previews.OFF)
    bench.record("refined", bench.branch(finished, 2, refine=11), previews=Previews.OFF)
    bench.record("refined, paused", bench.branch(finished, 4, refine=12), Ending.PAUSED, until=5, previews=Previews.OFF)
    bench.record("branch, paused", bench.branch(finished, 1, negative_prompt="night"), Ending.PAUSED, until=3)
    bench.record("refined in one go", bench.run(replace(BASE, steps=3, turns=(Turn(1, {"refine": 5}),))), previews=Previews.OFF)
    bench.record("large", bench.run(replace(BASE, steps=2, width=144, height=136)), previews=Previews.BEST)

    ancestral = replace(BASE, sampler="Euler a", prompt="a red rocket above the castle at night", seed=42)
    bench.record("Euler a, paused", bench.run(ancestral), Ending.PAUSED, until=3)
    noise = bench.record("Euler a", bench.run(replace(ancestral, steps=4)), previews=Previews.OFF)
    bench.record("other noise, paused", bench.branch(noise, 2, noise_seed=99), Ending.PAUSED, until=3, previews=Previews.OFF)
    bench.record("Heun, paused in the middle of a step", bench.run(replace(BASE, sampler="Heun", steps=4)), Ending.PAUSED, until=4)
    bench.record("UniPC, paused", bench.run(replace(BASE, sampler="UniPC")), Ending.PAUSED, until=4)

    bench.record("stopped", bench.run(replace(BASE, seed=8)), Ending.STOPPED, until=1, previews=Previews.OFF)
    bench.record("failed", bench.run(replace(BASE, seed=9)), Ending.FAILED, until=0, previews=Previews.OFF)
    for seed in (100, 101, 102):
        bench.record(f"triage, seed {seed}", bench.run(replace(BASE, prompt="a beautiful beach", seed=seed)), Ending.PAUSED, until=1)

    cut_off(bench)
    older(bench)
    stable_diffusion_xl(bench)
    resumed_twice(bench)
    return bench.expected


def cut_off(bench: Bench) -> None:
    """Two files as a kill leaves them: torn in the last record of step 3, and with the picture announced but not saved."""
    torn: list[bytes] = []
    run = bench.record("UniPC, cut off", bench.run(replace(BASE, sampler="UniPC", seed=21)), Ending.PAUSED, until=3,
                       kept=lambda run, journal: torn.append(still(journal, run)))
    path_of(RECORDINGS, run.id).write_bytes(torn[0][:-7])
    del run.steps[3:]
    bench.tell("UniPC, cut off", run)

    kept: list[bytes] = []
    run = bench.record("cut off while saving", bench.run(replace(BASE, steps=2, seed=22)), previews=Previews.OFF,
                       kept=lambda run, journal: kept.append(still(journal, run)))
    path_of(RECORDINGS, run.id).write_bytes(kept[0])
    run.ending, run.path = Ending.PAUSED, None
    bench.tell("cut off while saving", run)


def still(journal: Journal, run: Run) -> bytes:
    """The bytes of the file, all that was handed over written, and not closed."""
    while journal._waiting:
        time.sleep(0.01)
    return path_of(RECORDINGS, run.id).read_bytes()


def older(bench: Bench) -> None:
    """A recording from before guidance was measured (commit 5d05bf8): the numbers of its steps do not have it."""
    run = bench.record("from before guidance was measured", bench.run(replace(BASE, steps=2, seed=23)), previews=Previews.OFF)
    path, start = path_of(RECORDINGS, run.id), start_of(run.id)
    with records.opened(path) as file:
        entries = [(record.kind, record.number, records.payload(file, record)) for record in records.contents(file, start)]
    path.unlink()
    entries = [(kind, number, without_guidance(payload) if kind == 6 else payload) for kind, number, payload in entries if kind != 255]
    records.create(path, start, entries[0])
    appender = records.Appender(path, start)
    appender.append(entries[1:])
    appender.finish()
    appender.close()
    for step in bench.expected["from before guidance was measured"]["steps"]:
        step["guidance"] = 0.0


def without_guidance(payload: bytes) -> bytes:
    [length] = struct.unpack_from("<I", payload)
    facts = json.loads(payload[4:4 + length])
    del facts["numbers"]["guidance"]
    text = json.dumps(facts).encode()
    return struct.pack("<I", len(text)) + text + payload[4 + length:]


def stable_diffusion_xl(bench: Bench) -> None:
    """Snapshots of an SDXL pipeline: today's program does not open such a model, but its seam records one."""
    family, seen, plans = tiny.stable_diffusion_xl(), [], []
    generator = torch.Generator().manual_seed(7)
    with Seam(family.pipeline, [generator], seen.append, plans.append):
        latents = family.call(generator)
    run = bench.run(replace(BASE, model="tiny SDXL", sampler="Euler a", steps=5, prompt="", negative_prompt="", guidance_scale=5.0))
    environment = {"app": __version__, "torch": torch.__version__, "diffusers": diffusers.__version__,
                   "transformers": transformers.__version__, "device": "cpu", "device_name": "", "dtype": "float32", "threads": 1}
    journal = Journal.begin(RECORDINGS, run)
    for event in (Plan(plans[0], environment), *map(step_of, seen)):
        run.record(event)
        journal.append(event)
    run.ending = Ending.PAUSED
    journal.close()
    assert journal.problem is None
    bench.tell("SDXL", run)
    assert latents.isfinite().all()


def resumed_twice(bench: Bench) -> None:
    """A file that was closed three times: it holds contents between its records."""
    run = bench.run(replace(BASE, steps=4, seed=24))
    bench.record("resumed twice", run, Ending.PAUSED, until=1, previews=Previews.OFF)
    bench.record("resumed twice", run, Ending.PAUSED, until=2)
    bench.record("resumed twice", run)


def step_of(seen: Observation) -> Step:
    return Step(number=seen.number, timestep=seen.timestep, sigma=seen.level.sigma, alpha_cumprod=seen.level.alpha_cumprod,
                seconds=seen.seconds, overhead_seconds=seen.overhead_seconds, estimate=None, noisy=None, thumbnail=None,
                approximate=True, snapshot=seen.snapshot)


# -- pictures

def pictures() -> dict[str, Any]:
    pixels = Pixels(24, 16, smooth(24, 16))
    environment = {"run": "019acc00-0000-7000-8000-000000000001", "app": __version__, "torch": "2.13.0", "diffusers": "0.42.1",
                   "transformers": "5.10.0", "device": "cpu", "device_name": "", "dtype": "float32", "threads": 1,
                   "attention": "sdpa", "offload": "none", "model_fingerprint": FINGERPRINT}
    plain = replace(BASE, model="starter", sampler="DPM++ 2M Karras", guidance_scale=7.25, steps=20)
    turns = (Turn(3, {"prompt": "two pandas", "guidance_scale": 6.0}), Turn(5, {"sampler": "Euler a"}), Turn(6, {"noise_seed": 9}),
             Turn(4, {"refine": 77}))
    made = {
        "plain": Artwork(pixels, plain, environment, MOMENT),
        "Chinese": Artwork(pixels, replace(plain, prompt='一只(老鼠:1.2)在\n弹吉他 🎸, "quoted": yes', negative_prompt="雪, 模糊"),
                           environment, MOMENT),
        "branched": Artwork(pixels, replace(BASE, model="starter", turns=turns), environment, MOMENT),
        "saved step": Artwork(pixels, replace(BASE, model="starter", turns=turns[:1]), environment, MOMENT, step=(2, 6)),
        "no recipe": Artwork(pixels, None, {}, MOMENT),
    }
    expected = {}
    for name, artwork in made.items():
        for suffix in (".png", ".jpg", ".webp"):
            (PICTURES / f"{name}{suffix}").write_bytes(encode(artwork, Path(f"x{suffix}")))
            is_told = artwork.recipe is not None
            expected[f"{name}{suffix}"] = {
                "recipe": told(artwork.recipe) if is_told else None, "lost": [], "environment": artwork.environment,
                "created": artwork.created.isoformat() if is_told else None, "step": list(artwork.step) if artwork.step else None,
                "intact": True if is_told and suffix == ".png" else None,
                "pixels": exactly(pixels) if suffix == ".png" else roughly(pixels),
                "parameters": parameters_of(PICTURES / f"{name}{suffix}"),
            }
    # What another program leaves that keeps the text it knows and drops ours.
    for name, recipe, lost in (
            ("plain", plain, []), ("Chinese", made["Chinese"].recipe, []),
            ("branched", replace(BASE, model="starter", prompt="two pandas", guidance_scale=6.0, sampler="Euler a"),
             ["Turned after: 3; 5; 6; 4"]),
            ("saved step", replace(BASE, model="starter"), [])):
        file = f"{name}, parameters alone.png"
        (PICTURES / file).write_bytes(without_ours((PICTURES / f"{name}.png").read_bytes()))
        expected[file] = {"recipe": told(recipe), "lost": lost, "environment": {}, "created": None, "step": None, "intact": None,
                          "pixels": exactly(pixels), "parameters": expected[f"{name}.png"]["parameters"]}
    # Schema 1 of the recipe, as commit a696243 wrote it: no turns.
    first = json.loads(our_text(PICTURES / "plain.png"))
    first["recipe"]["schema"] = 1
    del first["recipe"]["turns"]
    file = "recipe of schema 1.png"
    data = without_ours((PICTURES / "plain.png").read_bytes())
    ours = chunk(b"iTXt", b"safelight\0\0\0\0\0" + json.dumps(first, ensure_ascii=False).encode())
    (PICTURES / file).write_bytes(data[:33] + ours + data[33:])                 # behind IHDR
    expected[file] = expected["plain.png"]
    return expected


def smooth(width: int, height: int) -> bytes:
    """A picture without sharp edges, so that JPEG and WebP keep its colours."""
    return bytes(round(value) for y in range(height) for x in range(width)
                 for value in (40 + 180 * x / width, 60 + 120 * y / height, 200 - 100 * x / width))


def without_ours(data: bytes) -> bytes:
    place, kept = 8, data[:8]
    while place < len(data):
        end = place + 12 + int.from_bytes(data[place:place + 4])
        if data[place + 4:place + 8] != b"iTXt" or not data[place + 8:].startswith(b"safelight\0"):
            kept += data[place:end]
        place = end
    return kept


def our_text(path: Path) -> str:
    with Image.open(path) as image:
        return image.text["safelight"]


def parameters_of(path: Path) -> str | None:
    """The A1111 text, read by Pillow."""
    with Image.open(path) as image:
        if path.suffix == ".png":
            return image.text.get("parameters")
        comment = image.getexif().get_ifd(0x8769).get(0x9286)
        return comment[8:].decode("utf-16-be") if comment else None


# -- recipes as JSON

def recipes() -> list[dict[str, Any]]:
    """What stands in a file, how it reads, and what of it is lost."""
    full = replace(BASE, turns=(Turn(3, {"prompt": "two pandas", "negative_prompt": "", "guidance_scale": 2.5, "sampler": "Heun"}),
                                Turn(4, {"noise_seed": 1}), Turn(2, {"refine": 3})))
    first = {name: value for name, value in BASE.to_dict().items() if name != "turns"} | {"schema": 1}
    unknown = {**BASE.to_dict(), "loras": ["snow"]}
    return [
        {"name": "schema 2", "file": json.loads(json.dumps(full.to_dict())), "recipe": told(full), "lost": []},
        {"name": "schema 2, all defaults", "file": json.loads(json.dumps(Recipe().to_dict())), "recipe": told(Recipe()), "lost": []},
        {"name": "schema 1", "file": first, "recipe": told(BASE), "lost": []},
        {"name": "values out of range", "file": {**first, "steps": 151, "seed": -1}, "recipe": told(replace(BASE, steps=50, seed=0)),
         "lost": ["seed", "steps"]},
        {"name": "a field that is not known", "file": json.loads(json.dumps(unknown)), "recipe": told(BASE), "lost": ["loras"]},
    ]


# -- guarded files

def kept() -> dict[str, Any]:
    settings = Settings(language="zh_CN", theme="light", reduce_motion=True, previews=Previews.BEST, captions=False,
                        pictures_folder="/golden/图片", name_template="{date}-{seed}", held_megabytes=256, recordings_megabytes=1024,
                        model_folders=("/golden/models/a", "/golden/models/二"))
    drafts = Drafts(recipe=replace(BASE, prompt="一只老鼠 🎸\nand a line"), seed_locked=True, pictures=4,
                    up_next=(Waiting(replace(BASE, turns=(Turn(3, {"prompt": "two pandas"}),)), 1, "019acc00-0000-7000-8000-000000000002"),
                             Waiting(replace(BASE, seed=5), 12, "")),
                    history=("a mouse", "弹吉他的老鼠", "two pandas"))
    folder = KEPT / "whole"
    for file, states in ((SettingsFile(folder / "settings.json"), [replace(settings, held_megabytes=each) for each in (64, 128)]),
                         (DraftsFile(folder / "drafts.json"), [replace(drafts, pictures=each) for each in (1, 2)])):
        for state in (*states, settings if isinstance(file, SettingsFile) else drafts):
            file.load()
            file.save(state)
    expected = {"whole": {"settings": of_settings(settings), "drafts": of_drafts(drafts), "problems": [None, None]}}

    folder = shutil.copytree(KEPT / "whole", KEPT / "restored")
    for name in ("settings.json", "drafts.json", "settings.json.1", "drafts.json.1"):      # the newest copy holds what the file holds
        data = bytearray((folder / name).read_bytes())
        data[-12] ^= 1
        (folder / name).write_bytes(data)
    expected["restored"] = {"settings": of_settings(replace(settings, held_megabytes=128)),
                            "drafts": of_drafts(replace(drafts, pictures=2)), "problems": ["restored", "restored"]}

    folder = KEPT / "by hand"
    folder.mkdir()
    (folder / "settings.json").write_text('{"schema": 1, "values": {"theme": "dark", "font": "Papyrus", "held_megabytes": 1}}\n')
    (folder / "drafts.json").write_text('{"schema": 1, "values": {"pictures": 3, "mood": "good"}}\n')
    expected["by hand"] = {"settings": of_settings(Settings(theme="dark")), "drafts": of_drafts(Drafts(pictures=3)),
                           "problems": ["ignored", None]}

    folder = KEPT / "recipes of schema 1"      # as commit a06e59b wrote it: no turns, and nothing on disk of what is up next
    folder.mkdir()
    first = {name: value for name, value in BASE.to_dict().items() if name != "turns"} | {"schema": 1}
    values = {"recipe": first, "seed_locked": False, "pictures": 1, "up_next": [{"recipe": {**first, "seed": 5}, "pictures": 2}],
              "history": ["a mouse"]}
    checksum = hashlib.sha256(json.dumps([1, values], sort_keys=True).encode()).hexdigest()
    (folder / "drafts.json").write_text(json.dumps({"schema": 1, "sha256": checksum, "values": values}, indent=1))
    expected["recipes of schema 1"] = {
        "settings": of_settings(Settings()), "problems": [None, None],
        "drafts": of_drafts(Drafts(recipe=BASE, up_next=(Waiting(replace(BASE, seed=5), 2),), history=("a mouse",)))}

    folder = KEPT / "lost"
    folder.mkdir()
    for name in ("settings.json", "drafts.json"):
        (folder / name).write_bytes((KEPT / "whole" / name).read_bytes()[:-40])
    expected["lost"] = {"settings": of_settings(Settings()), "drafts": of_drafts(Drafts()), "problems": ["lost", "lost"]}
    return expected


def of_settings(settings: Settings) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(settings)))


def of_drafts(drafts: Drafts) -> dict[str, Any]:
    return {"recipe": told(drafts.recipe), "seed_locked": drafts.seed_locked, "pictures": drafts.pictures, "history": list(drafts.history),
            "up_next": [{"recipe": told(each.recipe), "pictures": each.pictures, "run": each.run} for each in drafts.up_next]}


# -- fingerprints

def model() -> dict[str, Any]:
    """A small model folder, its fingerprint, and the file in which the hashes of its files are remembered."""
    model_folder(MODEL)
    lines = []
    for path in sorted(path for path in MODEL.rglob("*") if path.is_file()):
        os.utime(path, ns=(1_700_000_000_123_456_789,) * 2)
        if path.name != "README.md":
            lines.append(f"{path.relative_to(MODEL).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n")
    fingerprint = hashlib.sha256("".join(lines).encode()).hexdigest()
    cache = Path(os.environ["TMPDIR"]) / "fingerprints.json"
    assert passport.fingerprint(MODEL, cache) == fingerprint
    (HERE / "fingerprints.json").write_bytes(cache.read_bytes().replace(str(MODEL).encode(), b"/golden/model"))
    return {"fingerprint": fingerprint, "cache_root": "/golden/model", "changed_file": UNET}


# -- what is expected, by ways of its own

def told(recipe: Recipe) -> dict[str, Any]:
    """By name, as schema 2 wrote it."""
    return json.loads(json.dumps({name: value for name, value in recipe.to_dict().items() if name != "schema"}))


def exactly(pixels: Pixels) -> dict[str, Any]:
    return {"width": pixels.width, "height": pixels.height, "sha256": hashlib.sha256(pixels.data).hexdigest()}


def roughly(pixels: Pixels | None) -> dict[str, Any] | None:
    """What a lossy file keeps: the mean colour of each quarter, from the upper left in rows."""
    if pixels is None:
        return None
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    halves = [[(0, side // 2), (side // 2, side)] for side in image.size]
    colours = []
    for top, bottom in halves[1]:
        for left, right in halves[0]:
            quarter = image.crop((left, top, right, bottom)).tobytes()
            colours.append([round(sum(quarter[channel::3]) / (len(quarter) // 3), 1) for channel in range(3)])
    return {"width": pixels.width, "height": pixels.height, "quarters": colours}


def snapshots(data: Sequence[bytes], first: int) -> list[Any]:
    """What the snapshots of a run hold, from number `first`: tensors as dtype, shape and the beginning of their bytes' sha256."""
    tensors: dict[str, tuple[str, list[int], bytes]] = {}
    found = []
    for snapshot in data:
        start = 8 + int.from_bytes(snapshot[:8], "little")
        header = json.loads(snapshot[8:start])
        step = json.loads(header.pop("__metadata__")["step"])
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            tensors[name] = entry["dtype"], entry["shape"], snapshot[start + begin:start + end]
        found.append({name: plain(value, tensors) for name, value in step.items()})
    return found[first:]


def plain(value: Any, tensors: dict[str, tuple[str, list[int], bytes]]) -> Any:
    match value:
        case list():
            return [plain(each, tensors) for each in value]
        case {"tensor": digest} | {"array": digest}:
            dtype, shape, raw = tensors[digest]
            return f"{dtype} {shape} {hashlib.sha256(raw).hexdigest()[:16]}"
        case {"shape": shape, "dtype": dtype}:
            return f"{dtype} {shape}"
        case {"tuple": values}:
            return plain(values, tensors)
        case {"dict": items}:
            return {name: plain(each, tensors) for name, each in items}
        case {"output": [_module, name], "fields": values}:
            return {name: plain(values, tensors)}
        case float() if value in (float("inf"), float("-inf")):
            return str(value)
    return value


if __name__ == "__main__":
    main()
