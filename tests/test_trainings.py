"""Trainings as work of the queue: they yield to runs, survive full disks and restarts, branch, and are exported."""

from __future__ import annotations

import asyncio
import errno
import itertools
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Run
from desktop.learn.training.checkpoint import Checkpoint, read_kept
from desktop.learn.training.course import Course
from desktop.learn.training.session import Session
from desktop.library.trainings import TrainingFolders
from desktop.studio.at_work import AtWork
from desktop.studio.notices import NoticeKind
from desktop.studio.politeness import POLITE, Politeness
from desktop.studio.trainings import State, Training, Trainings
from desktop.ui.frame.job_chip import JobChip
from desktop.ui.frame.jobs import Jobs
from tests.awaited import until
from tests.studio import Studio
from tests.training import course, finish, squares

RECIPE = Recipe.of(prompt="a mouse", steps=2, width=64, height=64, seed=3, sampler="DDIM")
SQUARES = squares()


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.learn.training.session.SAMPLE_STEPS", 2)
    monkeypatch.setattr("desktop.learn.training.session.SAMPLES", 2)
    monkeypatch.setattr("desktop.learn.training.exam.MOST", 16)
    monkeypatch.setattr("desktop.learn.training.course.MOMENTS", 4)


class School(Studio):
    """A studio with trainings."""

    def __init__(self, model: Path, folder: Path) -> None:
        super().__init__(model, folder)
        self.autogroup = folder / "autogroup"
        self.autogroup.write_text("/autogroup-25 nice 0\n")
        self.folders = TrainingFolders(folder / "trainings")
        self.trainings = Trainings(self.machine, self.queue, self.notices, self.undo, self.folders, Politeness(self.autogroup))

    async def start(self, **changes: object) -> Training:
        steps = changes.pop("steps", 16)
        return await self.trainings.start(SQUARES, course(steps, **changes))

    async def ended(self, training: Training) -> None:
        await until(lambda: not training.is_active)
        await until(lambda: not self.notices._tasks)

    def tensors(self, training: Training) -> dict[str, np.ndarray]:
        return dict(Checkpoint.read(self.folders.checkpoint(training.id)).tensors)


@pytest.fixture
async def school(qapp, model, tmp_path):
    school = School(model, tmp_path)
    yield school
    await school.trainings.close()
    await until(lambda: not school.notices._tasks)
    school.close()


def undisturbed(recipe: Course) -> dict[str, np.ndarray]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    session = Session(recipe, SQUARES)
    finish(session)
    torch.set_num_threads(threads)
    return dict(session.checkpoint().tensors)


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


async def test_steps_of_many_seconds_tell_the_time_left_too(school: School, monkeypatch: pytest.MonkeyPatch):
    clock = itertools.count(5.0, 5.0)
    monkeypatch.setattr("desktop.studio.trainings.time", SimpleNamespace(monotonic=lambda: next(clock)))
    training = await school.start(steps=6)
    await school.ended(training)
    assert training.pace == 5.0


@pytest.mark.slow
async def test_a_run_goes_first_and_neither_changes_the_other(school: School):
    run = Run(RECIPE)
    await school.generate(run)
    training = await school.start(steps=20)
    await until(lambda: training.step >= 3)
    assert school.autogroup.read_text() == str(POLITE)
    other = school.generation.generate_each([RECIPE])[0]
    await until(lambda: school.generation.running)
    step = training.step
    assert step < 20
    assert school.autogroup.read_text() == "0"
    await until(lambda: other.picture is not None)
    assert training.step == step
    await school.ended(training)
    assert training.state is State.FINISHED
    assert other.picture == run.picture
    assert same(school.tensors(training), undisturbed(course(20)))
    assert school.autogroup.read_text() == "0"
    assert school.told == []


@pytest.mark.slow
async def test_a_paused_training_is_read_after_a_restart_and_ends_with_the_same_bits(school: School, model: Path, tmp_path: Path):
    training = await school.start()
    await until(lambda: training.step >= 4)
    school.trainings.pause()
    await school.ended(training)
    assert training.state is State.PAUSED
    again = School(model, tmp_path)
    try:
        await again.trainings.load()
        [found] = again.trainings.all
        assert (found.step, found.state, found.losses) == (training.step, State.PAUSED, pytest.approx(training.losses, rel=1e-5))
        await again.trainings.open(found)
        assert [moment.step for moment in found.moments] == [moment.step for moment in training.moments]
        again.trainings.resume(found)
        await again.ended(found)
        assert same(again.tensors(found), undisturbed(course(16)))
    finally:
        again.close()


async def test_a_full_disk_does_not_stop_it_and_is_told_once(school: School, system, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.learn.training.session.SAVES_EVERY", 0.0)
    training = await school.start(steps=12)
    await until(lambda: training.step >= 2 and school.folders.checkpoint(training.id))
    system(fail_at=1, error=errno.ENOSPC, persistent=True)
    await school.ended(training)
    assert training.state is State.FINISHED
    [notice] = school.told
    assert notice.values["problem"] == "the disk is full"
    kept = read_kept(school.folders.checkpoint(training.id))
    assert notice.values["step"] == kept.step
    assert 0 <= kept.step < 12


async def test_a_disk_that_is_full_at_the_start_is_said(school: School, system):
    from desktop.errors import TrainingUnwritable

    system(fail_at=1, error=errno.ENOSPC, persistent=True)
    with pytest.raises(TrainingUnwritable, match="the disk is full"):
        await school.start()
    assert school.trainings.all == ()


async def test_a_training_that_diverges_stops_with_advice_and_branches_from_its_last_good_step(school: School):
    training = await school.start(steps=200, rate=1e30)
    await school.ended(training)
    assert training.state is State.FAILED
    [notice] = school.told
    assert "Branch it with a learning rate below 1e+30." in notice.template.format(**notice.values)
    kept = Checkpoint.read(school.folders.checkpoint(training.id))
    assert kept.kept.step == training.step < 30


@pytest.mark.slow
async def test_a_branch_continues_with_another_learning_rate(school: School):
    training = await school.start()
    await until(lambda: training.step >= 4)
    branch = await school.trainings.branch(training, 1e-4)
    assert training.state is State.PAUSED
    at = branch.beginning.branched_at
    assert 4 <= at == training.step
    assert branch.beginning.parent == training.id
    assert len(branch.losses) == at
    await school.ended(branch)
    assert branch.glimpse.rate == pytest.approx(branch.course.rate_at(15))
    assert branch.course.rate == 1e-4
    assert training.step == at
    assert [moment.step for moment in branch.moments[:1]] == [0]


@pytest.mark.slow
async def test_a_branch_begins_at_an_earlier_moment_that_was_kept_also_after_a_restart(school: School, model: Path, tmp_path: Path):
    training = await school.start(steps=10, probed=2)
    await school.ended(training)
    moments = [moment.step for moment in training.moments]
    assert training.kept == tuple(moments[1:-1])  # the first is the seed, the last the newest checkpoint
    again = School(model, tmp_path)
    try:
        await again.trainings.load()
        [found] = again.trainings.all
        await again.trainings.open(found)
        assert found.kept == training.kept
        at = found.kept[1]
        assert [found.branches_at(step) for step in (None, at, at + 1, at - 1, 1, 0)] == [10, at, at, found.kept[0], 0, 0]
        branch = await again.trainings.branch(found, found.course.rate, at)
        assert branch.beginning.branched_at == branch.step == at
        assert len(branch.losses) == at
        await again.ended(branch)
        assert same(again.tensors(branch), undisturbed(course(10, probed=2)))  # with the same learning rate it learns the same
    finally:
        again.close()


async def test_on_a_full_disk_no_moments_are_kept_and_a_branch_begins_at_step_0(school: School, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.library.trainings.LEAST_FREE", 1 << 62)
    training = await school.start(steps=6, probed=2)
    await school.ended(training)
    assert (training.kept, school.told) == ((), [])
    branch = await school.trainings.branch(training, 1e-4, 3)
    await school.ended(branch)
    assert (branch.beginning.branched_at, branch.step) == (0, 6)


@pytest.mark.slow
async def test_a_finished_training_makes_samples_and_opens_in_create(school: School, tmp_path: Path):
    training = await school.start(steps=10)
    await school.ended(training)
    moment = await school.trainings.sample(training, 3.0)
    assert (moment.step, moment.guidance) == (10, 3.0)
    assert not np.array_equal(moment.samples, training.moments[-1].samples)
    folder = await school.trainings.export(training, tmp_path / "models", 1)
    assert folder.name == "squares-bright-10"
    assert [notice.kind for notice in school.told] == [NoticeKind.DONE]
    other = await school.trainings.export(training, tmp_path / "models", 1)
    assert other.name == "squares-bright-10-2"
    model = await asyncio.to_thread(school.models.open, folder)
    assert not model.problem
    run = Run(Recipe.of(model=model.name, steps=3, width=64, height=64, seed=1, sampler="DDIM"))
    await school.generate(run)
    assert (run.picture.width, run.picture.height) == (8, 8)


async def test_removing_a_training_is_undone(school: School):
    training = await school.start(steps=5)
    await school.ended(training)
    await school.trainings.remove(training)
    assert list(school.folders) == []
    school.undo.undo()
    await until(lambda: list(school.folders) == [training.id])
    await until(lambda: school.trainings.all)
    assert school.trainings.all == (training,)


async def test_chip_and_jobs_show_the_training_and_a_run_goes_first(school: School, qtbot, theme, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.studio.at_work.LINGERS", 1)
    monkeypatch.setattr("desktop.studio.at_work.TICK", 20)
    at_work, window = AtWork(school.generation), QWidget()
    at_work.watch(school.trainings)
    qtbot.addWidget(window)
    opener = QPushButton(window)
    chip, jobs = (
        JobChip(at_work, school.generation, school.timeline, theme),
        Jobs(window, opener, opener, at_work, school.generation, theme),
    )
    qtbot.addWidget(chip)
    window.show()
    jobs.open_popover()
    shown: list[object] = []
    chip.show_requested.connect(shown.append)
    jobs.show_requested.connect(shown.append)

    def says(part: QWidget, name: str) -> str:
        return part.findChild(QLabel, name).text()

    async def comes(condition: Callable[[], bool]) -> None:
        def is_there() -> bool:
            QCoreApplication.processEvents()  # timers
            return condition()

        await until(is_there)

    assert chip.isHidden()
    assert jobs.findChild(QWidget, "training_job").isHidden()
    training = await school.start(steps=900)
    await comes(lambda: says(chip, "job_state").startswith("Training, 0") and "left" in says(chip, "job_left"))
    await comes(lambda: "left" in says(jobs, "training_progress"))
    assert says(jobs, "training_name") == "Training: squares"
    chip.findChild(QToolButton, "job_pause").click()
    assert (training.state, says(chip, "job_left")) == (State.PAUSED, "paused")
    assert says(jobs, "training_progress").endswith("/ 900 · paused")
    jobs.findChild(QToolButton, "training_pause").click()
    assert training.is_active
    for part, name in ((chip, "job_show"), (jobs, "training_show")):
        part.findChild(QPushButton, name).click()
    assert shown == [training, training]
    run = school.generation.generate_each([RECIPE])[0]
    await comes(lambda: school.generation.running)
    await comes(lambda: at_work.shown is run)
    await comes(lambda: says(jobs, "training_progress").endswith("waits for the run"))
    await comes(lambda: at_work.shown is training and run.picture is not None)
    await school.trainings.remove(training)
    assert chip.isHidden()
    assert jobs.findChild(QLabel, "jobs_empty").isVisible()


async def test_only_one_trains_at_a_time(school: School):
    one = await school.start(steps=200)
    await until(lambda: one.step >= 2)
    other = await school.start(steps=5)
    await school.ended(other)
    assert one.state is State.PAUSED
    assert other.state is State.FINISHED
    assert 2 <= one.step < 200


async def test_the_nice_value_is_put_back_as_it_was_and_without_its_file_nothing_happens(tmp_path: Path):
    file = tmp_path / "autogroup"
    for usual, polite in ((0, "10"), (-5, "10"), (12, "/autogroup-1 nice 12")):
        file.write_text(f"/autogroup-1 nice {usual}")
        politeness = Politeness(file)
        politeness.begin()
        assert file.read_text() == polite
        politeness.end()
        assert file.read_text().split()[-1] == str(usual)
    missing = Politeness(tmp_path / "missing")
    missing.begin()
    missing.end()
    assert not (tmp_path / "missing").exists()
