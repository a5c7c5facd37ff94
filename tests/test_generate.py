"""Runs on a real machine with real files: pausing, resuming, branching, and reading recordings."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.diffusion import branching
from desktop.diffusion.control import Control
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Phase, Plan, Previews, Run, Step, View
from desktop.errors import MachineChanged, ModelChanged, ModelGone, NotResumable
from desktop.generate import RunMaker
from desktop.library import artwork, records
from desktop.library.journal import RecordKind, path_of
from desktop.library.models import ModelLibrary
from desktop.library.recording import read_history
from desktop.machine import LocalMachine
from tests.recorded import interrupted
from tests.studio import Bench

RECIPE = Recipe.of(prompt="a mouse", model="starter", sampler="Euler a", steps=6, width=64, height=64, seed=3)


@pytest.fixture
def bench(model, tmp_path):
    made = []

    def bench(folder: Path = model) -> Bench:
        made.append(Bench(folder, tmp_path))
        return made[-1]

    yield bench
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def whole(model, tmp_path_factory) -> Run:
    """An uninterrupted run."""
    bench, run = Bench(model, tmp_path_factory.mktemp("whole")), Run(RECIPE)
    assert asyncio.run(bench.generate(run)) == run.path
    bench.close()
    return run


def same(run: Run, other: Run) -> bool:
    return run.picture == other.picture and snapshots(run.steps) == snapshots(other.steps)


def snapshots(steps: Sequence[Step]) -> list[bytes]:
    return [step.snapshot for step in read_history(steps)]


@pytest.mark.slow
async def test_a_pause_frees_the_worker_and_resuming_changes_no_bit(bench, whole):
    bench, run = bench(), Run(RECIPE)
    for after in (0, 1, 4):
        assert await bench.generate(run, pause_at=after) is None
        assert (run.ending, len(run.steps)) == (Ending.PAUSED, after + 1)
        looked = await bench.maker.decode(run, after, View.NOISY)  # meanwhile
        assert looked.width == 64
        await bench.maker.free()
    assert (await bench.generate(run)).exists()
    assert run.ending is Ending.FINISHED
    assert same(run, whole)
    assert [step.number for step in bench.events if isinstance(step, Step)] == list(range(7))


@pytest.mark.slow
async def test_the_last_step_is_never_paused_after(bench, whole):
    bench, run = bench(), Run(RECIPE)
    await bench.generate(run, pause_at=6)
    assert run.ending is Ending.FINISHED


@pytest.mark.slow
async def test_a_paused_run_resumes_in_another_process(bench, whole):
    run = Run(RECIPE)
    await bench().generate(run, pause_at=2)
    later = bench()
    [paused] = interrupted(later.recordings)
    opened = later.recordings.open(paused.id).run
    assert (opened.id, opened.ending) == (run.id, Ending.PAUSED)
    await later.generate(opened)
    assert same(opened, whole)
    assert interrupted(later.recordings) == []
    assert [each.picture for each in later.recordings.all()] == [opened.path]


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "behind"])
async def test_cut_off_while_the_picture_is_saved_it_is_saved_once(bench, whole, tmp_path, moment):
    """The recording is kept as it is right before the picture gets its name, or right behind."""
    first, run, kept = bench(), Run(RECIPE), []

    def save(picture: artwork.Artwork, announce: Callable[[Path], None]) -> Path:
        def heard(path: Path) -> None:
            announce(path)
            kept.append(path_of(first.recordings.folder, run.id).read_bytes())

        return artwork.save_in(picture, first.pictures, announce=heard)

    path = await first.maker.generate(run, Control(), Previews.FAST, save, first.events.append)
    path_of(first.recordings.folder, run.id).write_bytes(kept[0])
    if moment == "before":
        path.unlink()
    later = bench()
    assert [each.picture for each in later.recordings.all()] == [path if moment == "behind" else None]
    opened = later.recordings.open(run.id).run
    if moment == "before":
        assert [each.id for each in interrupted(later.recordings)] == [run.id]
        assert (opened.ending, opened.path) == (Ending.PAUSED, None)
        await later.generate(opened)
        assert later.events == [Phase.SAVING]
    assert opened.ending is Ending.FINISHED
    assert moment == "before" or opened.path == path
    assert interrupted(later.recordings) == []
    assert same(opened, whole)
    assert list(first.pictures.rglob("*.png")) == [opened.path]


@pytest.mark.slow
async def test_a_branch_with_nothing_changed_is_its_parent(bench, whole):
    bench = bench()
    branch = whole.fork(3, whole.recipe.turned(3))
    await bench.generate(branch)
    assert same(branch, whole)


@pytest.mark.slow
async def test_a_stopped_run_can_be_resumed(bench, whole):
    bench, run = bench(), Run(RECIPE)
    task = asyncio.ensure_future(bench.generate(run))
    while len(run.steps) < 3:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert run.ending is Ending.STOPPED
    await bench.generate(run)
    assert same(run, whole)


async def test_a_changed_model_is_reported_and_the_run_stays_paused(bench):
    bench, run = bench(), Run(RECIPE)
    await bench.generate(run, pause_at=2)
    run.plan = Plan(run.plan.timesteps, {**run.plan.environment, "model_fingerprint": "another"})
    with pytest.raises(ModelChanged):
        await bench.generate(run)
    assert (run.ending, len(run.steps)) == (Ending.PAUSED, 3)
    with pytest.raises(ModelChanged):
        await bench.maker.decode(run, 2)
    assert [summary.id for summary in interrupted(bench.recordings)] == [run.id]


@pytest.mark.slow
async def test_a_run_with_the_fingerprint_of_an_earlier_version_resumes(bench, model, tmp_path):
    """Earlier versions counted every data file of the folder, also those that are never loaded."""
    extended = shutil.copytree(model, tmp_path / "extended")
    (extended / "unet/diffusion_pytorch_model.non_ema.safetensors").write_bytes(b"weights")
    (extended / "config.json").write_text("{}")
    for ignored in ("vocabulary.json", "safety_checker/config.json", ".cache/config.json", "README.md"):
        (extended / ignored).parent.mkdir(exist_ok=True)
        (extended / ignored).write_text("{}")
    bench, run = bench(extended), Run(RECIPE)
    await bench.generate(run, pause_at=2)
    earlier = replace(run, plan=Plan(run.plan.timesteps, {**run.plan.environment, "model_fingerprint": fingerprint_before(extended)}))
    await bench.generate(earlier)
    assert (earlier.ending, len(earlier.steps)) == (Ending.FINISHED, 7)
    assert (await bench.maker.decode(earlier, 2)).width == 64


def fingerprint_before(folder: Path) -> str:
    left_out = ("safety_checker", "feature_extractor", "image_encoder", "preview_decoder", "vocabulary.json")
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.suffix in (".safetensors", ".json", ".txt", ".model")]
    counted = sorted(file.as_posix() for file in files if file.parts[0] not in left_out and not file.parts[0].startswith("."))
    lines = [f"{file}\0{hashlib.sha256((folder / file).read_bytes()).hexdigest()}\n" for file in counted]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


async def test_a_missing_model_is_reported_and_the_run_stays_paused(bench, tmp_path):
    bench, run = bench(), Run(RECIPE)
    await bench.generate(run, pause_at=2)
    recording = bench.recordings.open(run.id).run
    elsewhere = RunMaker(LocalMachine(bench.worker, ModelLibrary(tmp_path / "gone", [], tmp_path / "f.json")), bench.recordings.folder)
    for going_on in (
        elsewhere.generate(recording, Control(), Previews.FAST, bench.save, bench.events.append),
        elsewhere.decode(recording, 2),
    ):
        with pytest.raises(ModelGone, match="after step 2"):
            await going_on
    assert len((await elsewhere.values(recording, 2, 0.5, 0.5)).channels[View.NOISY]) == 4  # needs no model
    assert elsewhere.forbidden(recording, 1, {"prompt": "other"}) == branching.NO_MODEL
    assert (recording.ending, len(recording.steps)) == (Ending.PAUSED, 3)
    assert recording.steps[2].estimate is not None


async def test_a_changed_device_is_reported_and_the_run_stays_paused(bench):
    bench, run = bench(), Run(RECIPE)
    await bench.generate(run, pause_at=2)
    run.plan = Plan(run.plan.timesteps, {**run.plan.environment, "dtype": "float8"})
    with pytest.raises(MachineChanged):
        await bench.generate(run)
    assert run.ending is Ending.PAUSED


@pytest.mark.slow
async def test_if_nothing_can_be_recorded_the_run_continues_with_one_warning(bench, whole, tmp_path):
    bench, run = bench(), Run(RECIPE)
    (tmp_path / "recordings").write_text("in the way")
    await bench.generate(run)
    assert run.ending is Ending.FINISHED
    assert [type(warning) for warning in bench.warnings] == [NotResumable]


@pytest.mark.slow
async def test_if_the_disk_fills_up_the_run_continues_with_one_warning(bench, whole, monkeypatch):
    bench, run, appended = bench(), Run(RECIPE), records.Appender.append

    def append(appender: records.Appender, entries: list[records.NewRecord]) -> None:
        if entries[-1][:2] >= (RecordKind.STEP, 3):  # no room for step 3, nor for anything else
            raise OSError(errno.ENOSPC, "no space left on device")
        appended(appender, entries)

    monkeypatch.setattr(records.Appender, "append", append)
    await bench.generate(run)
    monkeypatch.undo()
    assert (run.ending, run.path.exists()) == (Ending.FINISHED, True)
    assert same(run, whole)
    assert [type(warning) for warning in bench.warnings] == [NotResumable]
    assert "the disk is full" in str(bench.warnings[0])
    back = bench.recordings.open(run.id).run
    assert snapshots(back.steps) == snapshots(whole.steps[:3])


async def test_a_picture_whose_saving_failed_is_saved_without_generating_it_again(bench, whole):
    bench = bench()
    run = replace_ending(whole)
    bench.events.clear()
    await bench.generate(run)
    assert bench.events == [Phase.SAVING]
    assert run.path.exists()


def replace_ending(run: Run) -> Run:
    return replace(run, path=None, ending=Ending.FAILED)


async def test_the_values_at_a_place(bench, whole):
    values = await bench().maker.values(whole, 3, 0.5, 0.5)
    assert len(values.channels[View.NOISY]) == 4
