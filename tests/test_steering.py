"""Random user actions on runs, compared with a small model of the expected state: no deadlock, no wrong frame."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import Ending, Pixels, Previews, Run, Step
from desktop.generate import RunMaker
from desktop.studio.generation import Generation
from desktop.studio.held_runs import HeldRuns
from desktop.studio.notices import Notices
from desktop.studio.queue import Queue
from desktop.studio.timeline import Timeline
from desktop.studio.undo import Undo
from tests.scripted_machine import ScriptedMachine

MODELS = ("starter", "other")


def frame(run: str, number: int) -> Pixels:
    return Pixels(1, 1, f"{run}:{number}".encode())


class Immediately(ThreadPoolExecutor):
    """Does what is meant for another thread at once, so that a test sees all of it."""

    def submit(self, function, /, *arguments, **named):
        future = Future()
        try:
            future.set_result(function(*arguments, **named))
        except BaseException as problem:
            future.set_exception(problem)
        return future


@dataclass(eq=False)
class Expected:
    """A run as it should be."""

    calls: int
    frames: list[bytes] = field(default_factory=list)
    ending: Ending = Ending.RUNNING
    planned: bool = False
    once: bool = False
    behind: list[Expected] = field(default_factory=list)
    breakpoints: set[int] = field(default_factory=set)
    real: Run | None = None


class Model:
    """The line and the playhead, as simply as they can be told."""

    def __init__(self) -> None:
        self.first: list[Expected] = []
        self.due: list[Expected] = []
        self.held: list[Expected] = []
        self.work: Expected | None = None
        self.pausing = self.making_way = False
        self.shown: Expected | None = None
        self.index, self.following = 0, True

    def serve(self) -> None:
        if self.work is None and (self.first or self.due):
            run = self.work = (self.first or self.due).pop(0)
            self.pausing = self.making_way = False
            if not run.planned and (self.shown is None or self.following):
                self.show(run, True)
            run.planned, run.ending = True, Ending.RUNNING

    def show(self, run: Expected, follow: bool) -> None:
        self.shown, self.following, self.index = run, follow, max(0, len(run.frames) - 1)

    def advance(self) -> None:
        run = self.work
        number = len(run.frames)
        run.frames.append(frame(run.real.id, number).data)
        if run is self.shown and self.following:
            self.index = number
        at_breakpoint = number in run.breakpoints
        if number == run.calls:
            run.ending = Ending.FINISHED
            if self.pausing:
                self.held, self.due = self.due + self.held, []
        elif self.pausing or self.making_way or run.once or at_breakpoint:
            run.ending = Ending.PAUSED
            if run.once and not self.pausing:
                self.held.insert(0, run)
            elif self.pausing or at_breakpoint:
                run.behind = run.behind + self.due
                self.held, self.due = [run, *self.due, *self.held], []
            else:
                self.due.insert(0, run)
        else:
            return
        self.work = None
        self.serve()

    def take(self, run: Expected) -> None:
        for line in (self.first, self.due, self.held):
            if run in line:
                if line is self.held:
                    self.forget(run)
                line.remove(run)
                return
        run.once, run.behind = False, []

    def forget(self, run: Expected) -> None:
        for each in [*self.first, *self.due, *self.held, *([self.work] if self.work else [])]:
            each.behind = [other for other in each.behind if other is not run]

    def put_first(self, run: Expected) -> None:
        self.first.append(run)
        self.making_way = self.work is not None
        self.serve()

    def pause(self) -> None:
        if self.work:
            self.pausing = True
            self.held, self.first = self.first + self.held, []

    def resume(self, run: Expected) -> None:
        if run is self.work:
            self.pausing = False
        else:
            self.take(run)
        released = [each for each in self.held if each in run.behind]
        self.held = [each for each in self.held if each not in released]
        self.due = released + self.due
        for each in released:
            self.forget(each)
        run.once, run.behind = False, []
        if run is not self.work:
            self.put_first(run)

    def end(self) -> None:
        self.work.ending, self.work = Ending.STOPPED, None


class Steering(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(Immediately())
        asyncio.set_event_loop(self.loop)
        self.model, self.runs = Model(), []
        self.settle(self.build)

    def build(self) -> None:
        self.held, self.notices, self.permits = HeldRuns(10**9), Notices(), asyncio.Semaphore(0)
        self.machine = ScriptedMachine(calls=None, make_step=self.step, permits=self.permits)
        self.machine.picture_of = lambda request, number, view: frame(self.generation.run.id, number)
        self.told = []
        self.notices.listen(self.told.append)
        self.timeline = Timeline(self.held)
        self.generation = Generation(
            RunMaker(self.machine),
            Queue(self.notices),
            self.timeline,
            self.held,
            self.notices,
            Undo(self.notices),
            lambda *_: Path("picture.png"),
            Previews.FAST,
        )

    def step(self, request: Request, number: int) -> Step:
        """Each has a frame of its own."""
        pixels = frame(self.generation.run.id, number)
        return Step(number, 0.0, 1.0, 0.5, 0.01, 0.0, pixels, pixels, pixels, False, b"x")

    def settle(self, action=lambda: None):
        async def act():
            result = action()
            for _ in range(24):
                await asyncio.sleep(0)
            return result

        return self.loop.run_until_complete(act())

    def teardown(self) -> None:
        """Whatever was done, everything can be brought to its end."""
        for run in self.runs:
            self.generation.breakpoints(run.real).clear()
        for run in self.runs:
            self.settle(lambda run=run: self.generation.resume(run.real))
        self.settle(self.generation.resume_queue)
        for _ in range(sum(run.calls + 1 for run in self.runs) + 1):
            self.settle(self.permits.release)
        assert not self.generation.running
        assert self.generation.up_next == []
        assert {run.real.ending for run in self.runs} <= {Ending.FINISHED}
        assert all(len(run.real.steps) == run.calls + 1 for run in self.runs)
        assert self.told == []
        asyncio.set_event_loop(None)
        self.loop.close()

    def chosen(self, which: int) -> Expected:
        return self.runs[which % len(self.runs)]

    # -- what a person does

    @rule(steps=st.integers(1, 4), model=st.sampled_from(MODELS))
    def generate(self, steps, model):
        run = Expected(steps)
        if self.model.work is None:
            self.model.following = True
        self.settle(lambda: self.generation.generate(Recipe.of(steps=steps, model=model, prompt=str(len(self.runs)))))
        run.real = next(each.run for each in self.waiting if each.run.recipe.prompt.text == str(len(self.runs)))
        self.runs.append(run)
        self.model.due.append(run)
        self.model.serve()

    @property
    def waiting(self):
        generation = self.generation
        return [*([generation._job] if generation._job else []), *generation.up_next]

    @precondition(lambda self: self.model.work)
    @rule()
    def a_step_is_made(self):
        self.settle(self.permits.release)
        self.model.advance()

    @rule()
    def pause(self):
        self.settle(self.generation.pause)
        self.model.pause()

    @rule()
    def stop(self):
        self.settle(self.generation.stop)
        model = self.model
        if model.work:
            model.held, model.first, model.due = model.first + model.due + model.held, [], []
            model.end()

    @rule()
    def resume_queue(self):
        self.settle(self.generation.resume_queue)
        model = self.model
        if model.held and model.work is None:
            first = model.held[0]
            if first.planned:
                model.show(first, True)
            else:
                model.following = True
        for run in model.held:
            run.once, run.behind = False, []
            model.forget(run)
        model.due, model.held = model.due + model.held, []
        model.serve()

    @precondition(lambda self: self.runs)
    @rule(which=st.integers(0))
    def resume(self, which):
        run = self.chosen(which)
        self.settle(lambda: self.generation.resume(run.real))
        if run.ending is not Ending.FINISHED:
            self.model.resume(run)

    @precondition(lambda self: self.runs)
    @rule(which=st.integers(0))
    def step_once(self, which):
        run = self.chosen(which)
        self.settle(lambda: self.generation.step_once(run.real))
        if run is self.model.work:
            self.model.pause()
        elif run.ending is not Ending.FINISHED:
            self.model.take(run)
            run.once = True
            self.model.put_first(run)

    @precondition(lambda self: self.runs)
    @rule(which=st.integers(0))
    def drop(self, which):
        run, model = self.chosen(which), self.model
        self.settle(lambda: self.generation.discard(run.real))
        if run is model.work:
            if model.pausing:
                model.held, model.due = model.due + model.held, []
            model.end()
            model.serve()
        else:
            model.take(run)
            run.ending = Ending.STOPPED if run.ending is Ending.PAUSED else run.ending

    @precondition(lambda self: self.runs)
    @rule(which=st.integers(0), number=st.integers(0, 4))
    def toggle_breakpoint(self, which, number):
        run = self.chosen(which)
        self.settle(lambda: self.generation.toggle_breakpoint(number, run.real))
        run.breakpoints ^= {number}

    @precondition(lambda self: any(run.frames for run in self.runs))
    @rule(which=st.integers(0), after=st.integers(0, 3), prompt=st.sampled_from(["", "changed"]))
    def branch(self, which, after, prompt):
        begun = [run for run in self.runs if run.frames]
        parent = begun[which % len(begun)]
        after = min(after, len(parent.frames) - 1, parent.calls - 1)
        changes = {"prompt": f"{len(self.runs)} {prompt}"} if prompt else {}
        real = self.settle(lambda: self.generation.branch(parent.real, after, changes))
        run = Expected(parent.calls, parent.frames[: after + 1], Ending.PAUSED, planned=True, real=real)
        self.runs.append(run)
        self.model.show(run, True)
        self.model.put_first(run)

    @rule(index=st.integers(0, 4))
    def scrub(self, index):
        self.settle(lambda: self.timeline.go_to(index))
        model = self.model
        if model.shown and model.shown.frames:
            newest = len(model.shown.frames) - 1
            model.index = min(index, newest)
            model.following = model.index == newest

    @precondition(lambda self: self.runs)
    @rule(which=st.integers(0), follow=st.booleans())
    def show(self, which, follow):
        run = self.chosen(which)
        self.settle(lambda: self.timeline.show(run.real, follow))
        self.model.show(run, follow)

    # -- what is always so

    @invariant()
    def everything_is_as_predicted(self):
        model, generation = self.model, self.generation
        assert generation.running == (model.work is not None)
        if model.work:
            assert generation.run is model.work.real
            assert self.machine.requests[-1].recipe == model.work.real.recipe
            assert generation.pausing == model.pausing
        assert [job.run for job in generation.up_next] == [run.real for run in (*model.first, *model.due, *model.held)]
        assert generation.holding == bool(model.held)
        for run in self.runs:
            assert run.real.ending is run.ending
            assert [step.estimate.data for step in run.real.steps] == run.frames

    @invariant()
    def the_frame_is_the_one_that_is_looked_at(self):
        model, timeline = self.model, self.timeline
        assert timeline.run is (model.shown.real if model.shown else None)
        assert timeline.following == model.following
        if model.shown and model.shown.frames:
            assert timeline.index == model.index
            assert timeline.pixels.data == model.shown.frames[model.index]
            assert model.shown.real in [lane.run for lane in timeline.lanes]


Steering.TestCase.settings = settings(max_examples=250, stateful_step_count=25, deadline=None)
TestSteering = pytest.mark.slow(pytest.mark.timeout(900)(Steering.TestCase))  # 500 sequences; the limit is for a loaded machine
