"""Every file that an earlier version wrote is still read, value for value, and its runs still resume. See `golden/README.md`."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.utils import BaseOutput
from PIL import Image

from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.fields import FIELDS
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import Ending, Pixels, Previews, Run, Step
from desktop.diffusion.seam import Seam
from desktop.diffusion.snapshot import SnapshotReader as Snapshots
from desktop.errors import RecordingParentless, SafelightError
from desktop.learn.training.checkpoint import Checkpoint
from desktop.learn.training.record import Beginning, read_moment
from desktop.learn.training.trainer import Trainer
from desktop.library import inspection
from desktop.library.artwork import open_artwork
from desktop.library.drafts import DraftsFile
from desktop.library.journal import Journal
from desktop.library.recording import Recording, read_step
from desktop.library.recordings import Recordings
from desktop.library.settings import Settings, SettingsFile
from desktop.library.stars import StarsFile
from desktop.library.styles import StylesFile
from desktop.library.trainings import TrainingFolders
from desktop.library.trash import TrashFolder
from tests import tiny

GOLDEN = Path(__file__).parent / "golden"
EXPECTED = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))
RECORDINGS, PICTURES = EXPECTED["recordings"], EXPECTED["pictures"]
RESUMABLE = [
    name
    for name, each in RECORDINGS.items()
    if each["interrupted"] and each["picture"] is None and each["recipe"]["model"] == "tiny"  # with the engine's own pipelines
]
FINISHED = ["finished", "Euler a", "branch", "refined"]

torch.set_num_threads(1)


# -- the adapter: with the imports above, all that this test knows of the names in the code

SNAPSHOT_FIELDS = (
    "number",
    "calls",
    "turns",
    "sample",
    "noisy_scale",
    "generators",
    "global_generator",
    "output",
    "prediction",
    "level",
    "mix",
    "scheduler",
    "denoised",
)
STEP_NUMBERS = (
    "number",
    "timestep",
    "sigma",
    "alpha_cumprod",
    "seconds",
    "overhead_seconds",
    "approximate",
    "change",
    "layout",
    "guidance",
)
LATER = ("fingerprint", "stages", "is_whole")  # fields that were added without a new number
PROBLEMS = {
    "SettingsIgnored": "ignored",
    "SettingsRestored": "restored",
    "SettingsLost": "lost",
    "DraftsIgnored": "ignored",
    "DraftsRestored": "restored",
    "DraftsLost": "lost",
}


DEFAULTS_THEN = next(case["recipe"] for case in EXPECTED["recipes"] if case["name"] == "schema 2, all defaults")


def recipe_read(data: dict[str, Any]) -> tuple[Recipe, list[str]]:
    recipe, lost = Recipe.from_dict(data)
    return recipe, list(lost)


def recipe_told(recipe: Recipe) -> dict[str, Any]:
    """By the names of schema 2, with the fingerprint of the model, the LoRAs and the refiner if there are any: schemas 3, 4 and 5."""
    later = ("adapters", "embeddings", "refiner", "refine_from")
    values = {field.key: recipe.value(field.key) for field in FIELDS if field.part and field.key not in later}
    fingerprint = {"fingerprint": recipe.model.fingerprint} if recipe.model.fingerprint else {}
    adapters = {"adapters": [asdict(adapter) for adapter in recipe.adapters]} if recipe.adapters else {}
    refiner = {"refiner": asdict(recipe.refiner), "refine_from": recipe.sampling.refine_from} if recipe.refiner.name else {}
    return plain(values | {"turns": [asdict(turn) for turn in recipe.turns]} | fingerprint | adapters | refiner)


def as_told_then(told: Any, expected: Any) -> Any:
    """`told` without the fields that `expected`, of an earlier version, does not have."""
    if isinstance(told, dict) and isinstance(expected, dict):
        return {name: as_told_then(value, expected.get(name)) for name, value in told.items() if name not in LATER or name in expected}
    if isinstance(told, list) and isinstance(expected, list) and len(told) == len(expected):
        return [as_told_then(one, other) for one, other in zip(told, expected, strict=True)]
    return told


def listed(folder: Path) -> dict[str, dict[str, Any]]:
    """What a list of the recordings in `folder` tells, by id."""
    return {
        each.id: {
            "recipe": recipe_told(each.recipe),
            "parent": each.parent,
            "branched_after": each.branched_after,
            "interrupted": each.is_interrupted,
            "pinned": each.pinned,
            "step": each.step,
            "calls": each.calls,
            "picture_path": each.picture.as_posix() if each.picture else None,
        }
        for each in Recordings(folder, 1 << 40).all()
        if each.problem is None
    }


def recording_read(folder: Path, id: str) -> Recording:
    """With all in memory that can be read of its steps."""

    def in_memory(step: Step) -> Step:
        try:
            return read_step(step)
        except RecordingParentless:
            return step

    recording = Recordings(folder, 1 << 40).open(id)
    run = recording.run
    return replace(recording, run=replace(run, steps=[*map(in_memory, run.steps)], refined=[*map(in_memory, run.refined)]))


def run_told(run: Run) -> dict[str, Any]:
    """All that is no preview."""
    return {
        "id": run.id,
        "recipe": recipe_told(run.recipe),
        "parent": run.parent,
        "branched_after": run.branched_after,
        "ending": run.ending.value,
        "pinned": run.pinned,
        "picture_path": run.path.as_posix() if run.path else None,
        "plan": plain(asdict(run.plan)) if run.plan else None,
        "picture": exactly(run.picture) if run.picture else None,
        "steps": [{name: getattr(step, name) for name in STEP_NUMBERS} for step in run.own_steps],
        "shared_steps": len(run.steps) - len(run.own_steps),
    }


def snapshot_told(steps: Sequence[Step], number: int) -> dict[str, Any]:
    """Tensors as dtype, shape and the beginning of their bytes' sha256; those without data as dtype and shape."""
    record = Snapshots(step.snapshot for step in steps).read(number)
    return {name: plain(getattr(record, name)) for name in SNAPSHOT_FIELDS}


def latents_of(steps: Sequence[Step], number: int) -> torch.Tensor:
    return Snapshots(step.snapshot for step in steps).read(number).latents


def develop(folder: Path, recipe: Recipe, history: Sequence[Step] = (), journal: Journal | None = None, run: Run | None = None) -> Run:
    """Make the picture of `recipe`, after the steps of `history`."""
    run = run or Run(recipe)

    def emit(event: Any) -> None:
        run.record(event)
        if journal:
            journal.append(event)

    engine().generate(Request(recipe, tuple(history), Previews.OFF), folder, "", Control(), emit)
    return run


@cache
def engine() -> Engine:
    return Engine(Device("cpu", "", torch.float32))


def resume_in(folder: Path, model: Path, run: Run) -> None:
    """Finish `run`, recording it in `folder`, in the file that it has there."""
    run.ending = Ending.RUNNING
    journal = Journal.begin(folder, run)
    develop(model, run.recipe, run.history, journal, run)
    run.ending = Ending.FINISHED
    journal.close()
    assert journal.problem is None


def resumed_sdxl(history: Sequence[Step] = ()) -> torch.Tensor:
    """The finished latents of the tiny SDXL pipeline."""
    family, generator = tiny.stable_diffusion_xl(), torch.Generator().manual_seed(7)
    with Seam(family.pipeline, [generator], lambda observation: None, history=history):
        return family.call(generator)


def picture_read(path: Path) -> tuple[dict[str, Any], Pixels]:
    opened = open_artwork(path)
    return {
        "recipe": recipe_told(opened.recipe) if opened.recipe else None,
        "lost": list(opened.lost),
        "environment": opened.environment,
        "created": opened.created.isoformat() if opened.created else None,
        "step": list(opened.step) if opened.step else None,
        "intact": opened.intact,
    }, opened.pixels


def kept_read(folder: Path) -> dict[str, Any]:
    settings, settings_problem = SettingsFile(folder / "settings.json").load()
    drafts, drafts_problem = DraftsFile(folder / "drafts.json").load()
    up_next = [
        {
            "recipe": recipe_told(each.recipe),
            "pictures": each.pictures,
            "run": each.run,
            "pauses_after": each.pauses_after,
            "pauses": list(each.pauses),
            "until": each.until,
        }
        for each in drafts.up_next
    ]
    grids = [
        {
            "title": grid.title,
            "columns": list(grid.columns),
            "rows": list(grid.rows),
            "runs": [list(row) for row in grid.runs],
            "pictures": {run: path.as_posix() for run, path in grid.pictures.items()},
        }
        for grid in drafts.grids
    ]
    return {
        "settings": plain(asdict(settings)),
        "drafts": {
            "recipe": recipe_told(drafts.recipe),
            "seed_locked": drafts.seed_locked,
            "pictures": drafts.pictures,
            "history": list(drafts.history),
            "up_next": up_next,
            "grids": grids,
        }
        | ({"loras": [{"adapter": asdict(row.adapter), "on": row.is_on} for row in drafts.loras]} if drafts.loras else {}),
        "problems": [PROBLEMS[type(problem).__name__] if problem else None for problem in (settings_problem, drafts_problem)],
    }


def kept_saved_again(folder: Path) -> None:
    """Settings and drafts as read, each with one change."""
    for file, name in ((SettingsFile(folder / "settings.json"), "reduce_motion"), (DraftsFile(folder / "drafts.json"), "seed_locked")):
        values, _ = file.load()
        file.save(replace(values, **{name: not getattr(values, name)}))


def stars_read(path: Path) -> tuple[list[str], SafelightError | None]:
    keys, problem = StarsFile(path).load()
    return sorted(keys), problem


def styles_read(path: Path) -> tuple[list[list[str]], SafelightError | None]:
    styles, problem = StylesFile(path).load()
    return [[style.name, style.words] for style in styles], problem


def trash_read(folder: Path) -> list[dict[str, Any]]:
    """The deletions whose files can be restored: where each file was, and what it holds."""
    return [
        {"id": trashed.id, "files": [{"path": before.as_posix(), "sha256": sha256(now.read_bytes())} for before, now in trashed.places]}
        for trashed in TrashFolder(folder).all()
    ]


def fingerprint(folder: Path, remembered: Path) -> str:
    return inspection.fingerprint(folder, remembered)


# -- recordings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The recordings, so that nothing can change the golden ones."""
    return shutil.copytree(GOLDEN / "recordings", tmp_path / "recordings")


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recording_is_read_value_for_value(name: str, folder: Path) -> None:
    expected = RECORDINGS[name]
    recording = recording_read(folder, expected["id"])
    assert recording.problem is None
    told = run_told(recording.run)
    assert told.pop("steps") == [
        {name: float("inf") if step[name] == "inf" else step[name] for name in STEP_NUMBERS} for step in expected["steps"]
    ]
    then = {name: expected[name] for name in told}
    assert as_told_then(told, then) == then
    assert recording.run.name == expected.get("name", "")


@pytest.mark.parametrize("name", RECORDINGS)
def test_its_previews_are_read(name: str, folder: Path) -> None:
    expected = RECORDINGS[name]
    for step, told in zip(recording_read(folder, expected["id"]).run.own_steps, expected["steps"], strict=True):
        for view in ("estimate", "noisy", "thumbnail"):
            assert is_roughly(getattr(step, view), told[view]), (step.number, view)


@pytest.mark.parametrize("name", RECORDINGS)
def test_its_snapshots_are_read_bit_for_bit(name: str, folder: Path) -> None:
    expected = RECORDINGS[name]
    run = recording_read(folder, expected["id"]).run
    assert [(len(step.snapshot), sha256(step.snapshot)) for step in run.own_steps] == [
        (step["snapshot_bytes"], step["snapshot_sha256"]) for step in expected["steps"]
    ]
    for step, told in zip(run.own_steps, expected["snapshots"], strict=True):
        assert snapshot_told(run.steps, step.number) == told


def test_the_recordings_are_listed_and_no_byte_of_them_changes(folder: Path) -> None:
    for id, told in (found := listed(folder)).items():
        [expected] = [each for each in RECORDINGS.values() if each["id"] == id]
        steps = expected["steps"]
        assert told == {name: expected[name] for name in told if name not in ("step", "calls")} | {
            "step": steps[-1]["number"] if steps else expected["branched_after"] or 0,
            "calls": len(expected["plan"]["timesteps"]),
        }
    assert len(found) == len(RECORDINGS) == len(list((GOLDEN / "recordings").iterdir()))
    for each in RECORDINGS.values():
        recording_read(folder, each["id"])
    for path in (GOLDEN / "recordings").iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes()


def test_a_branch_whose_parent_is_gone_shows_its_own_steps(folder: Path) -> None:
    expected = RECORDINGS["branch"]
    (folder / f"{expected['parent']}.run").unlink()
    recording = recording_read(folder, expected["id"])
    assert isinstance(recording.problem, RecordingParentless)
    assert [sha256(step.snapshot) for step in recording.run.own_steps] == [step["snapshot_sha256"] for step in expected["steps"]]


@pytest.mark.slow
@pytest.mark.parametrize("name", RESUMABLE)
def test_an_interrupted_run_resumes_as_if_never_interrupted(name: str, folder: Path, model: Path) -> None:
    """It is then recorded in the same file, behind what an earlier version wrote."""
    expected = RECORDINGS[name]
    run = recording_read(folder, expected["id"]).run
    uninterrupted, cut = whole(model, json.dumps(expected["recipe"])), run.steps[-1].number
    resume_in(folder, model, run)
    assert is_same_picture(run, uninterrupted, cut)
    again = recording_read(folder, expected["id"])
    assert again.problem is None
    assert again.run.picture == run.picture
    assert [sha256(step.snapshot) for step in again.run.own_steps[: len(expected["steps"])]] == [
        step["snapshot_sha256"] for step in expected["steps"]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", FINISHED)
def test_a_finished_run_can_be_made_again_from_its_steps(name: str, folder: Path, model: Path) -> None:
    expected = RECORDINGS[name]
    run = recording_read(folder, expected["id"]).run
    uninterrupted, first = whole(model, json.dumps(expected["recipe"])), (expected["branched_after"] or 0) + 1
    for cut in {first, (first + len(run.steps) - 1) // 2, len(run.steps) - 2}:
        resumed = develop(model, run.recipe, run.steps[: cut + 1])
        resumed.steps = [*run.steps[: cut + 1], *resumed.steps]
        assert is_same_picture(resumed, uninterrupted, cut)


@pytest.mark.slow
def test_a_run_of_stable_diffusion_xl_resumes_from_any_step(folder: Path) -> None:
    steps, uninterrupted = recording_read(folder, RECORDINGS["SDXL"]["id"]).run.steps, resumed_sdxl()
    is_exact = torch.equal(latents_of(steps, len(steps) - 1), uninterrupted)
    for cut in range(len(steps) - 1):
        resumed = resumed_sdxl(steps[: cut + 1])
        assert torch.equal(resumed, uninterrupted) if is_exact else torch.allclose(resumed, uninterrupted, rtol=0, atol=1e-3)


# -- pictures and recipes


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_read_with_its_recipe(name: str) -> None:
    expected = PICTURES[name]
    told, pixels = picture_read(GOLDEN / "pictures" / name)
    assert told == {name: expected[name] for name in told}
    assert exactly(pixels) == expected["pixels"] if "sha256" in expected["pixels"] else is_roughly(pixels, expected["pixels"])


@pytest.mark.parametrize("name", PICTURES)
def test_other_programs_find_the_parameters_in_it(name: str) -> None:
    with Image.open(GOLDEN / "pictures" / name) as image:
        if name.endswith(".png"):
            text = image.text.get("parameters")
        else:
            comment = image.getexif().get_ifd(0x8769).get(0x9286)
            text = comment[8:].decode("utf-16-be") if comment else None
    assert text == PICTURES[name]["parameters"]


@pytest.mark.parametrize("case", EXPECTED["recipes"], ids=lambda case: case["name"])
def test_a_recipe_is_read_and_what_is_lost_is_named(case: dict[str, Any]) -> None:
    recipe, lost = recipe_read(case["file"])
    assert (recipe_told(recipe), sorted(lost)) == (case["recipe"], case["lost"])


# -- settings, drafts, stars, styles, trash, fingerprints


@pytest.mark.parametrize("name", EXPECTED["kept"])
def test_settings_and_drafts_are_read(name: str, tmp_path: Path) -> None:
    folder = shutil.copytree(GOLDEN / "kept" / name, tmp_path / "kept")
    expected = copy.deepcopy(EXPECTED["kept"][name])
    if expected["drafts"]["recipe"] == DEFAULTS_THEN:  # nothing was read; the defaults are no part of the format
        expected["drafts"]["recipe"] = recipe_told(Recipe())
    expected["settings"] = plain(asdict(Settings())) | expected["settings"]  # settings that came later have their defaults
    expected["drafts"] = {"grids": []} | expected["drafts"]
    expected["drafts"]["up_next"] = [{"pauses_after": None, "pauses": [], "until": None} | each for each in expected["drafts"]["up_next"]]
    assert kept_read(folder) == expected
    aside = [path for path in folder.iterdir() if "damaged" in path.name]
    assert len(aside) == EXPECTED["kept"][name]["problems"].count("lost")


def test_what_is_unknown_in_settings_and_drafts_is_kept(tmp_path: Path) -> None:
    folder = shutil.copytree(GOLDEN / "kept" / "by hand", tmp_path / "kept")
    kept_saved_again(folder)
    assert json.loads((folder / "settings.json").read_text())["values"] == {"theme": "dark", "font": "Papyrus", "reduce_motion": True}
    assert json.loads((folder / "drafts.json").read_text())["values"]["mood"] == "good"


@pytest.mark.parametrize(("name", "read"), [("stars", stars_read), ("styles", styles_read)])
def test_stars_and_styles_are_read(name: str, read: Callable[[Path], object], tmp_path: Path) -> None:
    folder = shutil.copytree(GOLDEN / "kept" / "stars and styles", tmp_path / "kept")
    assert read(folder / f"{name}.json") == (EXPECTED[name], None)


def test_what_is_in_the_trash_is_read() -> None:
    assert trash_read(GOLDEN / "trash") == [EXPECTED["trash"]]


def test_a_training_is_read_value_for_value() -> None:
    expected = json.loads((GOLDEN / "trainings" / "expected.json").read_text(encoding="utf-8"))
    folders = TrainingFolders(GOLDEN / "trainings")
    [training] = folders
    beginning = Beginning.read(folders.pictures(training))
    assert beginning.pictures.fingerprint == expected["pictures"]
    assert beginning.pictures.kinds == ("dark", "bright")
    assert beginning.course.to_dict() == expected["course"]
    checkpoint = Checkpoint.read(folders.checkpoint(training))
    assert (checkpoint.kept.step, checkpoint.kept.threads) == (2, 1)
    assert checkpoint.kept.course.to_dict() == expected["course"]
    assert list(checkpoint.kept.losses) == pytest.approx(expected["losses"], rel=1e-5)
    assert {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in checkpoint.tensors.items()} == expected["tensors"]
    [moment] = map(read_moment, folders.moments(training))
    assert hashlib.sha256(moment.samples.tobytes()).hexdigest() == expected["samples"]
    assert [moment.seen.mean, list(moment.seen.bands)] == expected["seen"]
    assert [list(pair) for pair in moment.nearest] == expected["nearest"]
    Trainer(checkpoint.kept.course, beginning.pictures.pixels, beginning.pictures.labels).restore(checkpoint)


def test_a_model_keeps_its_fingerprint(tmp_path: Path) -> None:
    """Else no run that was paused could resume."""
    assert fingerprint(GOLDEN / "model", tmp_path / "fingerprints.json") == EXPECTED["model"]["fingerprint"]


def test_remembered_hashes_are_used(tmp_path: Path) -> None:
    """A file that has changed, with the size and time that are remembered, is not read."""
    told = EXPECTED["model"]
    folder = shutil.copytree(GOLDEN / "model", tmp_path / "model")
    remembered = {
        f"{os.path.realpath(folder)}{path.removeprefix(told['cache_root'])}": entry
        for path, entry in json.loads((GOLDEN / "fingerprints.json").read_text()).items()
    }
    (tmp_path / "fingerprints.json").write_text(json.dumps(remembered))
    changed = folder / told["changed_file"]
    changed.write_bytes(changed.read_bytes()[:-1] + b"\1")
    for path, (_size, time, _digest) in remembered.items():
        os.utime(path, ns=(time, time))
    assert fingerprint(folder, tmp_path / "fingerprints.json") == told["fingerprint"]
    assert fingerprint(folder, tmp_path / "none.json") != told["fingerprint"]


# -- comparing


@cache
def whole(model: Path, recipe: str) -> Run:
    """An uninterrupted run, generated now."""
    return develop(model, recipe_read(json.loads(recipe))[0])


def is_same_picture(resumed: Run, uninterrupted: Run, cut: int) -> bool:
    """Bit for bit where this machine computes what the machine of the golden files did, else nearly."""
    is_exact = all(torch.equal(latents_of(resumed.steps, number), latents_of(uninterrupted.steps, number)) for number in range(cut + 1))
    if is_exact:
        return resumed.picture == uninterrupted.picture
    pairs = zip(resumed.picture.data, uninterrupted.picture.data, strict=True)
    return max(abs(one - other) for one, other in pairs) <= 3


def is_roughly(pixels: Pixels | None, expected: dict[str, Any] | None) -> bool:
    if pixels is None or expected is None:
        return pixels is expected
    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    halves = [[(0, side // 2), (side // 2, side)] for side in image.size]
    quarters = [image.crop((left, top, right, bottom)).tobytes() for top, bottom in halves[1] for left, right in halves[0]]
    means = [sum(quarter[channel::3]) / (len(quarter) // 3) for quarter in quarters for channel in range(3)]
    told = [mean for quarter in expected["quarters"] for mean in quarter]
    return image.size == (expected["width"], expected["height"]) and means == pytest.approx(told, abs=4)


def exactly(pixels: Pixels) -> dict[str, Any]:
    return {"width": pixels.width, "height": pixels.height, "sha256": sha256(pixels.data)}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def plain(value: Any) -> Any:
    """As JSON, tensors as `snapshot_told` says."""
    match value:
        case torch.Tensor():
            names = {torch.float64: "F64", torch.float32: "F32", torch.int64: "I64", torch.int32: "I32", torch.uint8: "U8"}
            told = f"{names[value.dtype]} {list(value.shape)}"
            return told if value.is_meta else f"{told} {sha256(value.contiguous().view(-1).view(torch.uint8).numpy().tobytes())[:16]}"
        case BaseOutput():
            return {type(value).__name__: {name: plain(each) for name, each in value.items()}}
        case dict():
            return {name: plain(each) for name, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case float() if value in (float("inf"), float("-inf")):
            return str(value)
        case np.ndarray() | np.generic():
            return plain(torch.from_numpy(np.array(value)))
    return value
