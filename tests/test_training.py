"""Training a small model: Algorithm 1, the exam, checkpoints and the export."""

import random
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from diffusers import DDIMPipeline, DDIMScheduler

from desktop.diffusion.control import Control
from desktop.errors import TrainingDamaged, TrainingDiverged, TrainingNewer
from desktop.learn.forward import noised
from desktop.learn.noise_schedule import Kind, NoiseSchedule
from desktop.learn.training import kept_file
from desktop.learn.training.checkpoint import Checkpoint
from desktop.learn.training.course import WARM_UP, Course, Draw, Predicts, chance, held_back, order
from desktop.learn.training.events import Ended, Glimpse, Lines, Moment, Planned
from desktop.learn.training.exam import Exam
from desktop.learn.training.export import exported
from desktop.learn.training.net import Shape, new_net, whole_net
from desktop.learn.training.record import Beginning, packed_moment, read_moment
from desktop.learn.training.session import Session
from desktop.learn.training.trainer import Trainer, Wish, sample, scheduler, to_pixels
from tests.training import course, digest, finish, kill_often, squares, undisturbed

SQUARES = squares()
UNSORTED = replace(SQUARES, labels=None, kinds=())


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch):
    """Moments that cost a tenth."""
    monkeypatch.setattr("desktop.learn.training.session.SAMPLE_STEPS", 3)
    monkeypatch.setattr("desktop.learn.training.session.SAMPLES", 4)
    monkeypatch.setattr("desktop.learn.training.exam.MOST", 16)
    monkeypatch.setattr("desktop.learn.training.course.MOMENTS", 4)


def trainer(steps: int = 60, **changes: object) -> Trainer:
    return Trainer(course(steps, **changes), SQUARES.pixels, SQUARES.labels)


def trained(steps: int, **changes: object) -> Trainer:
    made = trainer(max(steps, 60), **changes)
    for _ in range(steps):
        made.learn()
    return made


# -- the recipe


def test_the_learning_rate_rises_in_the_warm_up_and_falls_to_a_fiftieth():
    recipe = course(250, rate=1.0)
    assert recipe.rate_at(0) == pytest.approx(1 / WARM_UP)
    assert recipe.rate_at(WARM_UP) == pytest.approx(1)
    assert recipe.rate_at(250) == pytest.approx(0.02)
    unplanned = replace(recipe, steps=0)
    assert [unplanned.rate_at(step) for step in range(WARM_UP)] == [recipe.rate_at(step) for step in range(WARM_UP)]


def test_every_picture_is_seen_once_an_epoch_in_an_order_that_needs_no_history():
    seen = np.concatenate([order(3, step, 10, 4) for step in range(5)])
    assert sorted(seen[:10]) == sorted(seen[10:]) == list(range(10))
    assert not np.array_equal(seen[:10], seen[10:])
    assert len(order(3, 7, 1, 4)) == 4


def test_draws_depend_on_all_bits_of_the_seed():
    draws = {chance(seed, 5, Draw.NOISE).integers(1 << 60) for seed in (0, 1, 1 << 32, 1 << 33)}
    assert len(draws) == 4


def test_samples_are_made_at_twenty_moments_or_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    moments = replace(course(0), steps=700).moments
    assert len(moments) >= 20
    assert (moments[0], moments[-1]) == (0, 700)
    assert list(moments) == sorted(set(moments))


def test_a_recipe_is_read_as_it_was_written():
    recipe = Course.of(16, 10, Predicts.NOISE, 30, 7)
    assert Course.from_dict(recipe.to_dict()) == recipe


# -- Algorithm 1


def test_a_step_noises_as_the_closed_form_says():
    glimpse = trainer().learn()
    recipe = course(60)
    [place] = order(0, 0, len(SQUARES), 4)[:1]
    draw = chance(0, 0, Draw.NOISE)
    assert draw.integers(0, 1000, 4)[0] == glimpse.timestep
    noise = draw.standard_normal((4, 3, recipe.side, recipe.side), dtype=np.float32)[0].transpose(1, 2, 0)
    clean = SQUARES.pixels[place].astype(np.float32) / 127.5 - 1
    mixed = noised(clean, noise, NoiseSchedule.of(Kind.COSINE), glimpse.timestep + 1)
    assert np.abs(mixed.clip(-1, 1) * 127.5 + 127.5 - glimpse.noisy).max() <= 1
    assert glimpse.rate == recipe.rate_at(0)


@pytest.mark.parametrize("predicts", list(Predicts))
def test_it_learns(predicts: Predicts):
    made = trainer(30, predicts=predicts, rate=4e-3)
    exam = Exam(made.course, SQUARES.pixels, SQUARES.labels)
    *_, before = exam.taken(made.steady())
    for _ in range(30):
        made.learn()
    *_, after = exam.taken(made.steady())
    assert after.mean < 0.85 * before.mean


def test_looking_and_other_random_numbers_change_nothing():
    plain, disturbed = trained(6), trainer()
    for _ in range(6):
        disturbed.learn()
        torch.randn(9)
        list(sample(disturbed.steady(), disturbed.course, Wish((1,), (0,), 1.0, 2)))
    assert plain.checkpoint([]).packed() == disturbed.checkpoint([]).packed()


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_stop_it_within_one_step_and_the_weights_are_kept(bad: float):
    made = trained(3)
    before = made.checkpoint([]).packed()
    with torch.no_grad():
        weight = made.net.conv_in.weight
        kept = weight.clone()
        weight.fill_(bad)
    with pytest.raises(TrainingDiverged, match=r"learning rate below 0\.002"):
        made.learn()
    with torch.no_grad():
        weight.copy_(kept)
    assert made.checkpoint([]).packed() == before


def test_guidance_and_labels_change_the_samples_and_seeds_fix_them():
    made = trained(6)

    def samples(label: int, guidance: float) -> np.ndarray:
        *_, (_, last) = sample(made.steady(), made.course, Wish((1, 2), (label, label), guidance, 4))
        return last

    assert np.array_equal(samples(0, 1.0), samples(0, 1.0))
    assert not np.array_equal(samples(0, 1.0), samples(1, 1.0))
    assert not np.array_equal(samples(0, 1.0), samples(0, 3.0))


def test_samples_take_their_steps_with_the_scheduler_of_diffusers(monkeypatch: pytest.MonkeyPatch):
    made, own = trained(2), DDIMScheduler.step

    def samples() -> np.ndarray:
        *_, (_, last) = sample(made.steady(), made.course, Wish((1, 2), (0, 1), 1.0, 3))
        return last

    before = samples()
    monkeypatch.setattr(DDIMScheduler, "step", lambda self, output, t, x, **how: own(self, -output, t, x, **how))
    assert not np.array_equal(samples(), before)


def test_a_guided_answer_beyond_black_and_white_leaves_the_noise_as_it_was():
    bright = course(60)
    start = torch.from_numpy(chance(5, 0, Draw.SAMPLE).standard_normal((1, 3, 8, 8), dtype=np.float32))
    left = scheduler(bright).alphas_cumprod

    def net(x: torch.Tensor, t: torch.Tensor, labels: torch.Tensor) -> SimpleNamespace:
        return SimpleNamespace(sample=torch.full_like(x, 3.0 if labels[0] == 1 else 0.0))

    (_, first), (_, second), _ = sample(net, bright, Wish((5,), (1,), 2.0, 3))
    for pixels, timestep in ((first, 666), (second, 332)):
        assert np.abs(pixels - to_pixels(left[timestep].sqrt() + (1 - left[timestep]).sqrt() * start).astype(int)).max() <= 1


# -- the exam


def test_an_exam_gives_the_same_bits_twice():
    made = trained(5)
    exams = [Exam(made.course, SQUARES.pixels, SQUARES.labels) for _ in range(2)]
    marks = [list(exam.taken(made.steady()))[-1] for exam in exams]
    assert marks[0] == marks[1]
    assert len(marks[0].bands) == 8


def test_answering_nothing_costs_one_and_nobody_is_below_the_perfect_denoiser():
    made = trained(8)
    exam = Exam(made.course, SQUARES.pixels, SQUARES.labels)
    *_, marks = exam.taken(made.steady())
    floor = exam.floor(SQUARES)
    assert exam.baseline.mean == pytest.approx(1, abs=0.05)
    assert floor.mean < marks.mean
    assert all(low <= mark + 0.01 for low, mark in zip(floor.bands, marks.bands, strict=True))


def test_the_perfect_denoiser_is_told_the_labels_as_the_net_is():
    told, untold = (Exam(course(60), SQUARES.pixels, labels).floor(SQUARES) for labels in (SQUARES.labels, None))
    assert told.mean < untold.mean


def test_pictures_are_kept_back_if_there_are_enough():
    assert [held_back(count) for count in (1, 9, 10, 1797, 100_000)] == [0, 0, 1, 179, 256]


# -- a whole training


def test_a_training_reports_its_plan_its_moments_and_its_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("desktop.learn.training.session.WARM_UP", 6)
    monkeypatch.setattr("desktop.learn.training.course.FEWEST_STEPS", 12)
    session = Session(course(0, seconds=0.1), SQUARES)
    events = finish(session)
    kinds = [type(event) for event in events]
    assert kinds[0] is Lines
    assert kinds.count(Planned) == 1
    assert events[kinds.index(Planned) + 1].checkpoint.kept.course == session.course  # it is on disk before the next step
    assert kinds[-1] is Ended
    assert session.trainer.step == session.course.steps == 12
    moments = [event for event in events if isinstance(event, Moment)]
    assert [moment.step for moment in moments] == list(session.course.moments)
    assert moments[0].estimates.shape == (3, 4, 8, 8, 3)
    assert moments[-1].labels[:3] == (0, 1, 0)
    assert [event.step for event in events if isinstance(event, Glimpse)] == list(range(1, 13))


@pytest.mark.parametrize("count", [1, 2, 20])
def test_a_set_of_few_pictures_is_learned_too(count: int):
    session = Session(course(1), SQUARES.first(count))
    moment = next(event for event in finish(session) if isinstance(event, Moment))
    assert (moment.unseen is None) == (count < 10)
    assert bool(moment.nearest) == (count > 1)


def test_a_set_without_labels_is_learned_without():
    session = Session(course(1, kinds=0), UNSORTED)
    assert next(event for event in finish(session) if isinstance(event, Moment)).labels == ()


# -- checkpoints


def test_a_training_that_is_resumed_anywhere_ends_with_the_same_bits(tmp_path: Path):
    steps = 14
    whole = Session(course(steps), SQUARES)
    events = finish(whole)
    session, dice = Session(course(steps), SQUARES), random.Random(1)
    while not session.has_ended:
        for _ in range(dice.randint(1, 16)):
            session.slice(Control(), lambda event: None)
        path = tmp_path / "checkpoint.safetensors"
        path.write_bytes(session.checkpoint().packed())
        start = Checkpoint.read(path)
        if not session.has_ended:
            session = Session(start.kept.course, SQUARES, start, session._done)
    assert digest(session) == digest(whole)
    losses = [event.loss for event in events if isinstance(event, Glimpse)]
    assert session.checkpoint().kept.losses == pytest.approx(losses, rel=1e-5)


@pytest.mark.slow
@pytest.mark.end_to_end
@pytest.mark.timeout(400)  # long on a busy machine
def test_a_training_that_is_killed_ends_with_the_same_bits(tmp_path: Path):
    """`python -m tests.training` kills it thirty times."""
    assert kill_often(tmp_path, 1, 8) == digest(undisturbed(course(8)))


def test_a_checkpoint_of_a_newer_version_or_a_damaged_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "checkpoint.safetensors"
    content = trained(2).checkpoint([1.0, 0.5]).packed()
    for damaged in (b"", content[: len(content) // 2], content[:8] + b"x" + content[9:]):
        path.write_bytes(damaged)
        with pytest.raises(TrainingDamaged):
            Checkpoint.read(path)
    path.write_bytes(content)
    monkeypatch.setattr(kept_file, "FORMAT", 0)
    with pytest.raises(TrainingNewer):
        Checkpoint.read(path)


def test_the_other_files_are_read_as_they_were_written(tmp_path: Path):
    moment = next(event for event in finish(Session(course(1), SQUARES)) if isinstance(event, Moment))
    path = tmp_path / "file.safetensors"
    path.write_bytes(packed_moment(moment))
    again = read_moment(path)
    assert np.array_equal(again.estimates, moment.estimates)
    assert (again.step, again.seen, again.unseen, again.nearest, again.copied) == (
        moment.step,
        moment.seen,
        moment.unseen,
        moment.nearest,
        moment.copied,
    )
    path.write_bytes(Beginning(course(1), SQUARES, "2026-11-29T12:00:00+0000").packed())
    beginning = Beginning.read(path)
    assert beginning.pictures.fingerprint == SQUARES.fingerprint
    assert Beginning.read(path, with_pictures=False).pictures.kinds == SQUARES.kinds


# -- the export


@pytest.mark.parametrize("side", [8, 16])
def test_the_whole_model_computes_what_the_trained_net_does(side: int):
    recipe = course(1, side)
    shape = Shape(side, recipe.widths, recipe.kinds, recipe.is_folded)
    net = new_net(shape, 1).eval()
    with torch.no_grad():
        for weight in net.parameters():
            weight.add_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(3)), alpha=0.1)
        x, t = torch.randn((2, 3, side, side), generator=torch.Generator().manual_seed(4)), torch.tensor([5, 800])
        ours = net(x, t, torch.tensor([1, 1])).sample
        theirs = whole_net(net, shape, 1)(x, t).sample
    assert (ours - theirs).abs().max() < 1e-4 * ours.abs().max()


def test_the_export_opens_in_a_stock_pipeline_and_draws_the_same_picture(tmp_path: Path):
    made = trained(12)
    net = made.steady()
    for name, content in exported(net, made.course, 1).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    pipeline = DDIMPipeline.from_pretrained(tmp_path)
    pipeline.set_progress_bar_config(disable=True)
    theirs = pipeline(generator=torch.Generator().manual_seed(0), num_inference_steps=10, output_type="np").images[0]
    x = torch.randn((1, 3, 8, 8), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        for t in pipeline.scheduler.timesteps:
            x = pipeline.scheduler.step(net(x, t, torch.tensor([1])).sample, t, x).prev_sample
    ours = (x / 2 + 0.5).clamp(0, 1)[0].permute(1, 2, 0).numpy()
    assert np.abs(ours - theirs).max() < 1e-4
