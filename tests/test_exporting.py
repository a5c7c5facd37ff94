"""An export from preview to file: choices, progress, cancelling, errors."""

import asyncio
import os
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from desktop.diffusion.control import Control
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import RECORDED, Pixels, Previews, Run, View
from desktop.errors import ExportUnwritable, FileExists, ModelUnknown, NothingToExport
from desktop.generate import RunMaker
from desktop.library import export
from desktop.library.artwork import save_in
from desktop.library.export import Format, Timing
from desktop.library.models import ModelLibrary
from desktop.library.recordings import Recordings
from desktop.machine import LocalMachine
from desktop.studio.exporting import MOST_PROOF_BYTES, Exporting, Proof
from desktop.studio.notices import Notice, NoticeKind, Notices
from desktop.worker import Worker
from tests.awaited import until
from tests.developed import developed, grow, plain
from tests.scripted_machine import ScriptedMachine

SIDE = 64


def colour_of(request: Request, number: int, view: View) -> Pixels:
    """Each step is decoded to a colour of its own."""
    return plain((number, 200, 0), 64)


@pytest.fixture
def told() -> list[Notice]:
    return []


@pytest.fixture
def machine() -> ScriptedMachine:
    machine = ScriptedMachine()
    machine.picture_of = colour_of
    return machine


@pytest.fixture
def exporting(qapp, told, machine, tmp_path) -> Exporting:
    notices = Notices()
    notices.listen(told.append)
    return Exporting(RunMaker(machine), notices, lambda: tmp_path)


async def weighed(proof: Proof) -> Proof:
    await until(lambda: proof.nbytes is not None)
    return proof


async def test_a_proof_shows_every_step_and_how_large_the_file_will_be(exporting, tmp_path, told):
    proof = await weighed(exporting.proof(developed(10), SIDE))
    assert len(proof.pictures) == 11
    assert {(picture.width, picture.height) for picture in proof.pictures} == {(SIDE, SIDE)}
    assert sum(proof.seconds) == pytest.approx(Timing().seconds)
    path = tmp_path / "out.gif"
    await exporting.export(proof, path)
    assert path.stat().st_size == pytest.approx(proof.nbytes, rel=0.3)
    with Image.open(path) as image:
        assert image.n_frames == 11
        assert image.size == (256, 256)
    assert [(notice.kind, notice.values) for notice in told] == [
        (NoticeKind.WORKING, {"file": "out.gif"}),
        (NoticeKind.DONE, {"file": "out.gif"}),
    ]
    assert told[0].progress.ended
    assert told[0].progress.done == 1


async def test_an_active_run_is_exported_as_it_was_when_the_export_was_opened(exporting, tmp_path):
    run = developed(10, done=4)
    proof = await weighed(exporting.proof(run, SIDE))
    grow(run)
    proof.choose(format=Format.STEPS)
    await exporting.export(proof, tmp_path / "steps")
    assert len(os.listdir(tmp_path / "steps")) == 5


async def test_the_newest_choice_holds(exporting, told):
    proof = exporting.proof(developed(10), SIDE)
    for format in (*Format, Format.SHEET):
        if export.unavailable(format) is None:
            proof.choose(format=format)
    assert proof.nbytes is None
    await weighed(proof)
    assert len(proof.pictures) == 1
    assert told == []
    proof.stop()


async def test_a_change_that_does_not_show_keeps_the_pictures(exporting):
    proof = await weighed(exporting.proof(developed(10), SIDE))
    pictures = proof.pictures
    proof.choose(format=Format.WEBP, timing=Timing(seconds=2))
    await weighed(proof)
    assert proof.pictures is pictures
    assert sum(proof.seconds) == pytest.approx(2)
    proof.choose(view=View.NOISY)
    await weighed(proof)
    assert proof.pictures is not pictures


async def test_the_size_follows_what_fits(exporting):
    run = developed(150, recipe=Recipe.of(prompt="a fox", width=1024, height=512))
    proof = exporting.proof(run, SIDE)
    assert (proof.choices.width, proof.choices.height) == (1024, 512)
    proof.choose(format=Format.SHEET)
    assert (proof.choices.width, proof.choices.height) == proof.sizes[-1] != (1024, 512)
    assert proof.choices.width == 2 * proof.choices.height
    proof.stop()


async def test_the_last_choices_are_where_the_next_export_begins(exporting, tmp_path):
    proof = exporting.proof(developed(4), SIDE)
    proof.choose(format=Format.STEPS, numbers=False, view=View.NOISY, width=128, height=128)
    assert exporting.free_path(proof) == tmp_path / "a red apple-steps"
    (tmp_path / "elsewhere").mkdir()
    await exporting.export(proof, tmp_path / "elsewhere" / "steps")
    assert exporting.free_path(proof) == tmp_path / "elsewhere" / "a red apple-steps"
    after = exporting.proof(developed(4), SIDE)
    assert after.choices == proof.choices
    assert not after.in_full
    for each in (proof, after):
        each.stop()


async def test_every_step_can_be_decoded_in_full(exporting, machine, tmp_path, told):
    proof = exporting.proof(developed(10), SIDE)
    proof.choose(in_full=True, format=Format.STEPS, numbers=False, width=64, height=64)
    done = []
    exporting._notices.told.connect(
        lambda notice: notice.progress and notice.progress.changed.connect(lambda: done.append(notice.progress.done))
    )
    await exporting.export(proof, tmp_path / "out")
    assert machine.decoded == [(number, View.ESTIMATE) for number in range(10)]  # the picture itself is there already
    with Image.open(tmp_path / "out" / "step-003.png") as image:
        assert image.getpixel((9, 9)) == (3, 200, 0)
    with Image.open(tmp_path / "out" / "step-010.png") as image:
        assert image.getpixel((9, 9)) == (250, 0, 0)
    assert done == sorted(done)
    assert len(done) > 15
    proof.stop()


async def test_what_is_decoded_is_held_no_larger_than_it_is_needed(exporting, tmp_path, monkeypatch):
    held = []
    write = export.write
    monkeypatch.setattr(export, "write", lambda development, *rest: held.extend(development) or write(development, *rest))
    proof = exporting.proof(developed(4, recipe=Recipe.of(width=64, height=64)), SIDE)
    proof.choose(in_full=True, width=32, height=32)
    sizes = proof.sizes
    await exporting.export(proof, tmp_path / "out.gif")
    assert {(frame.pixels.width, frame.pixels.height) for frame in held} == {sizes[0]}
    proof.stop()


async def test_without_previews_every_step_is_decoded(exporting, tmp_path):
    proof = exporting.proof(developed(10, previews=False), SIDE)
    await until(lambda: not proof.recorded)
    assert proof.in_full
    await until(lambda: len(proof.pictures) == 1)
    await exporting.export(proof, tmp_path / "out.gif")
    with Image.open(tmp_path / "out.gif") as image:
        assert image.n_frames == 11


async def test_given_up_it_leaves_nothing_behind(exporting, tmp_path, told):
    for format in (Format.GIF, Format.STEPS):
        told.clear()
        proof = exporting.proof(developed(150), SIDE)
        proof.choose(format=format)
        task = exporting._notices.spawn(exporting.export(proof, tmp_path / "out"))
        await until(lambda: bool(told) and told[0].progress.done > 0)
        [cancel] = told[0].actions
        cancel.run()
        await asyncio.wait([task])
        assert task.cancelled()
        assert told[0].progress.ended
        assert len(told) == 1
        assert os.listdir(tmp_path) == []
        proof.stop()


async def test_an_export_cancelled_too_late_is_saved_and_reported(exporting, tmp_path, told, monkeypatch):
    writing, go_on = threading.Event(), threading.Event()
    create = export.safe_file.create

    def slowly(path: Path, data: bytes) -> None:
        writing.set()
        assert go_on.wait(30)
        create(path, data)

    monkeypatch.setattr(export.safe_file, "create", slowly)
    proof = exporting.proof(developed(4), SIDE)
    task = exporting._notices.spawn(exporting.export(proof, tmp_path / "out.gif"))
    await until(writing.is_set)
    task.cancel()
    await asyncio.sleep(0.05)
    go_on.set()
    await asyncio.wait([task])
    assert (tmp_path / "out.gif").exists()
    assert told[-1].kind is NoticeKind.DONE
    proof.stop()


async def test_given_up_while_steps_are_decoded(exporting, machine, tmp_path, told):
    proof = exporting.proof(developed(150), SIDE)
    proof.choose(in_full=True)
    task = exporting._notices.spawn(exporting.export(proof, tmp_path / "out.gif"))
    await until(lambda: len(machine.decoded) > 3)
    told[0].actions[0].run()
    await asyncio.wait([task])
    assert len(machine.decoded) < 150
    assert os.listdir(tmp_path) == []
    proof.stop()


async def test_what_goes_wrong_is_raised_for_the_notices(exporting, machine, tmp_path, told):
    proof = exporting.proof(developed(4), SIDE)
    (tmp_path / "mine.gif").write_bytes(b"mine")
    with pytest.raises(FileExists):
        await exporting.export(proof, tmp_path / "mine.gif")
    with pytest.raises(ExportUnwritable):
        await exporting.export(proof, tmp_path / "gone" / "out.gif")
    machine.fails = ModelUnknown(model="dreams")
    proof.choose(in_full=True)
    with pytest.raises(ModelUnknown):
        await exporting.export(proof, tmp_path / "out.gif")
    assert all(notice.progress.ended for notice in told)
    assert os.listdir(tmp_path) == ["mine.gif"]
    proof.stop()


async def test_a_run_without_steps_has_nothing_to_export(exporting):
    for run in (None, Run(Recipe())):
        with pytest.raises(NothingToExport):
            exporting.proof(run, SIDE)


async def test_without_pyav_mp4_can_be_previewed(exporting, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    proof = exporting.proof(developed(4), SIDE)
    proof.choose(format=Format.MP4)
    await until(lambda: len(proof.pictures) == 5)
    assert proof.nbytes is None
    proof.stop()


@pytest.mark.slow
async def test_a_proof_of_many_steps_stays_small(exporting):
    proof = await weighed(exporting.proof(developed(299), 2000))
    assert sum(len(picture.data) for picture in proof.pictures) <= MOST_PROOF_BYTES


@pytest.mark.slow
async def test_the_window_does_not_wait(exporting, tmp_path):
    """An export works on other threads."""
    proof = exporting.proof(developed(100), SIDE)
    proof.choose(format=Format.APNG, width=256, height=256)
    task = asyncio.ensure_future(exporting.export(proof, tmp_path / "out.png"))
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 200
    proof.stop()


@pytest.mark.slow
async def test_a_real_run_is_decoded_in_full_while_its_model_is_there(told, model, tmp_path):
    """From recorded data only, in memory or on disk: no step is computed again."""
    worker, warned = Worker(), []
    models = ModelLibrary(model, [], tmp_path / "fingerprints.json")
    maker = RunMaker(LocalMachine(worker, models), tmp_path / "recordings", warned.append)
    notices = Notices()
    notices.listen(told.append)
    exporting = Exporting(maker, notices, lambda: tmp_path)
    try:
        run = Run(Recipe.of(prompt="a mouse", sampler="Euler a", steps=6, width=64, height=64, seed=3))
        await maker.generate(
            run, Control(), Previews.OFF, lambda picture, announce: save_in(picture, tmp_path / "pictures"), lambda event: None
        )
        for view in RECORDED:
            proof = exporting.proof(run, SIDE)
            await until(lambda proof=proof: not proof.recorded)
            proof.choose(format=Format.STEPS, view=view, width=64, height=64, numbers=False)
            await exporting.export(proof, tmp_path / view)
            assert len(os.listdir(tmp_path / view)) == 7
            for number in (0, 3):
                seen = await maker.decode(run, number, view)
                with Image.open(tmp_path / view / f"step-00{number}.png") as image:
                    assert image.tobytes() == seen.data
            with Image.open(tmp_path / view / "step-006.png") as image:
                assert image.tobytes() == run.picture.data
            proof.stop()
        kept = Recordings(tmp_path / "recordings", 1 << 30).open(run.id)
        assert kept.problem is None
        proof = exporting.proof(kept.run, SIDE)
        proof.choose(in_full=True, format=Format.STEPS, view=View.ESTIMATE, width=64, height=64, numbers=False)
        await exporting.export(proof, tmp_path / "kept")
        for name in os.listdir(tmp_path / "kept"):
            assert (tmp_path / "kept" / name).read_bytes() == (tmp_path / View.ESTIMATE / name).read_bytes()
        proof.stop()
        assert warned == []
    finally:
        worker.close()
        assert worker.join(5)
