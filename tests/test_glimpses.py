"""Watched views arrive at every step of a real machine and do not change the picture."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from desktop.diffusion import views
from desktop.diffusion.control import Control
from desktop.diffusion.device import Device
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import RECORDED, LiveViews, Picture, Pixels, Previews, Step, View, WatchedViews
from desktop.studio.probe import Probe
from desktop.studio.sharpening import Sharpening
from desktop.ui.create.canvas import Canvas
from desktop.ui.create.values_panel import ValuesPanel, _in_words
from desktop.ui.theme import Theme
from tests.engine_runs import events_of
from tests.studio import Studio
from tests.watched import counted

RECIPE = Recipe.of(prompt="a mouse is playing guitar", sampler="DDIM", steps=6, guidance_scale=4, width=64, height=64, seed=7)
MADE = [view for view in View if view not in RECORDED]
EVERYTHING = WatchedViews(frozenset(MADE), values=True)


@pytest.fixture
def engine() -> Engine:
    return Engine(Device("cpu", "", torch.float32))


def generate(engine: Engine, model: Path, recipe: Recipe = RECIPE, previews: Previews = Previews.FAST, **more) -> list:
    return events_of(engine, model, recipe, previews, threads=1, **more)


def only(kind: type, events: list) -> list:
    return [event for event in events if isinstance(event, kind)]


def difference(one: Pixels, two: Pixels) -> int:
    one, two = (torch.frombuffer(bytearray(each.data), dtype=torch.uint8).int() for each in (one, two))
    return int((one - two).abs().max())


# -- by the machine


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["DDIM", "Euler a", "DPM++ 2M", "Heun", "LMS"])
def test_watching_changes_nothing_and_unwatched_views_are_not_computed(engine, model, sampler):
    recipe = RECIPE.with_values(sampler=sampler)
    alone, watched = generate(engine, model, recipe), generate(engine, model, recipe, watched=EVERYTHING)
    assert only(LiveViews, alone) == []
    assert only(Picture, watched) == only(Picture, alone)
    assert [step.snapshot for step in only(Step, watched)] == [step.snapshot for step in only(Step, alone)]
    steps = only(Step, watched)
    glimpses = only(LiveViews, watched)
    assert [glimpse.step for glimpse in glimpses] == steps
    assert all(watched.index(glimpse) + 1 == watched.index(glimpse.step) for glimpse in glimpses)  # its step comes at once
    assert [set(glimpse.pictures) for glimpse in glimpses] == [{View.LATENTS}] + [set(MADE)] * (len(steps) - 1)


@pytest.mark.slow
def test_no_denoiser_is_asked_for_it(engine, model):
    generate(engine, model, RECIPE.with_values(steps=1))
    with counted(engine._loaded.pipeline) as calls:
        generate(engine, model, watched=EVERYTHING)
    assert len(calls) == RECIPE.sampling.steps


@pytest.mark.slow
@pytest.mark.parametrize("sampler", ["DDIM", "Euler a", "Heun"])
def test_it_is_what_is_seen_later(engine, model, sampler, monkeypatch):
    """Where the picture behind is left out, the heat of both is the same; the latents are the same in any case."""
    recipe = RECIPE.with_values(sampler=sampler)
    warm = views.heat
    monkeypatch.setattr(views, "heat", lambda shares, picture: warm(shares, Pixels(64, 64, bytes(3 * 64 * 64))))
    events = generate(engine, model, recipe, watched=EVERYTHING)
    steps = only(Step, events)
    for glimpse in only(LiveViews, events):
        number = glimpse.step.number
        for view in set(glimpse.pictures) - {View.NOISE}:
            later = engine.decode(Request(recipe, tuple(steps)), model, "fingerprint", number, view, Control())
            assert difference(glimpse.pictures[view], later) <= (0 if view is View.LATENTS else 2), (number, view)
        for place in ((0.0, 0.0), (0.3, 0.8), (0.999, 0.5)):
            assert glimpse.latents.at(*place) == engine.values(Request(recipe, tuple(steps)), model, "fingerprint", number, *place)


def test_with_previews_off_the_latents_are_seen_all_the_same(engine, model):
    glimpses = only(LiveViews, generate(engine, model, previews=Previews.OFF, watched=EVERYTHING))
    assert len(glimpses) == RECIPE.sampling.steps + 1
    assert all(set(glimpse.pictures) == {View.LATENTS} and glimpse.latents for glimpse in glimpses)


def test_the_guidance_view_is_missing_without_guidance(engine, model):
    recipe = RECIPE.with_values(guidance_scale=1)
    assert only(LiveViews, generate(engine, model, recipe, watched=WatchedViews(frozenset({View.GUIDANCE})))) == []


@pytest.mark.slow
def test_what_cannot_be_seen_is_not_worth_a_run(engine, model, monkeypatch):
    def fail(latents):
        raise RuntimeError("out of colours")

    monkeypatch.setattr(views, "channels", fail)
    events = generate(engine, model, watched=EVERYTHING)
    assert only(LiveViews, events) == []
    assert only(Picture, events) == only(Picture, generate(engine, model))


# -- in the window


class Watched(Studio):
    """A studio with a canvas, and with what the canvas asks the machine for."""

    def __init__(self, model: Path, folder: Path) -> None:
        super().__init__(model, folder)
        self.sharpening = Sharpening(self.maker, self.timeline, self.generation, self.notices)
        self.probe = Probe(self.maker.values, self.timeline, self.generation, self.notices)
        self.canvas = Canvas(self.timeline, self.generation, Theme(), self.probe)

    @property
    def said(self) -> str:
        return self.canvas.findChild(ValuesPanel).accessibleDescription()


@pytest.fixture
def studio(qtbot, model, tmp_path):
    studio = Watched(model, tmp_path)
    qtbot.addWidget(studio.canvas)
    studio.canvas.resize(400, 300)
    studio.canvas.show()
    yield studio
    studio.close()


@pytest.mark.slow
@pytest.mark.parametrize("view", MADE)
async def test_a_view_and_the_values_are_there_at_every_step(studio, view):
    timeline = studio.timeline
    seen: dict[int, tuple[bool, str]] = {}

    def watch() -> None:
        if timeline.current and timeline.current.number and studio.generation.running and timeline.run.picture is None:
            seen[timeline.index] = timeline.is_substitute(timeline.shown[0]), studio.said

    timeline.choose_view(view)
    studio.canvas.show_values(True)
    timeline.current_changed.connect(watch)
    studio.generation.generate(RECIPE.with_values(steps=20))
    await studio.until(lambda: len(seen) > 5 and not studio.generation.running)
    assert not any(stands_in for stands_in, _ in seen.values())
    assert all(said.startswith("Position 5, 5 of 8 × 8") for _, said in seen.values())
    assert len({said for _, said in seen.values()}) == len(seen)  # those of each step


@pytest.mark.slow
async def test_what_was_seen_on_the_way_is_made_sharp_in_a_pause(studio):
    generation, timeline = studio.generation, studio.timeline
    timeline.choose_view(View.NOISE)
    generation.generate(RECIPE.with_values(steps=20))
    await studio.until(lambda: len(timeline.steps) > 2)
    rough = timeline.pixels
    generation.pause()
    await studio.until(lambda: not generation.running)
    assert timeline.wanted
    await studio.until(lambda: not timeline.wanted)
    assert (timeline.pixels.width, rough.width) == (64, 8)


@pytest.mark.slow
@pytest.mark.parametrize("view", [View.LATENTS, View.NOISE, View.CHANGE])
async def test_an_earlier_step_can_be_watched_while_the_run_continues(studio, view):
    generation, timeline = studio.generation, studio.timeline
    generation.generate(RECIPE.with_values(steps=150))
    await studio.until(lambda: len(timeline.steps) > 8)
    timeline.go_to(5)
    timeline.choose_view(view)
    studio.canvas.show_values(True)
    await studio.until(lambda: not timeline.is_substitute(timeline.shown[0]) and studio.said.startswith("Position"))
    assert generation.running
    assert timeline.index == 5
    seen, told = timeline.pixels, studio.said
    generation.stop()
    await studio.until(lambda: not generation.running)
    await studio.until(lambda: not timeline.wanted)
    if view is View.LATENTS:
        assert timeline.pixels == seen
    values = await studio.maker.values(timeline.run, 5, 0.5, 0.5)
    assert told == _in_words(values)


@pytest.mark.slow
async def test_both_of_two_runs_are_seen_live(studio):
    timeline = studio.timeline
    timeline.choose_view(View.LATENTS)
    stood_in = []

    def watch() -> None:
        if studio.generation.running and all(shown.step for shown in timeline.shown):
            stood_in.extend(timeline.is_substitute(shown) for shown in timeline.shown)

    timeline.current_changed.connect(watch)
    one, two = studio.generation.twins(RECIPE, RECIPE.with_values(guidance_scale=2))
    await studio.until(lambda: one.path is not None and two.path is not None and not studio.generation.running)
    assert stood_in
    assert not any(stood_in)


@pytest.mark.slow
async def test_who_looks_at_nothing_special_makes_no_work(studio):
    glimpsed = []
    studio.timeline.live_shown.connect(lambda run, glimpse: glimpsed.append(glimpse))
    studio.generation.generate(RECIPE)
    await studio.until(lambda: studio.timeline.run is not None and studio.timeline.run.path is not None)
    assert glimpsed == []
