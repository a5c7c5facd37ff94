"""Pausing, stepping, branching, choosing and resuming in a real window: keys and mouse to files on disk, bit for bit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from desktop.diffusion.recipe import Recipe, Turn
from desktop.diffusion.run import Pixels
from desktop.library.artwork import open_artwork
from tests.screen import PATIENCE, ROOT, Program, Screen, differ, picture_of, wait_for

RECIPE = Recipe.of(prompt="a cat on the beach", sampler="Euler a", width=256, height=256, steps=50, seed=3)  # draws noise in every step

pytestmark = pytest.mark.timeout(600)  # several starts of the whole program, on a machine that may be busy


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    screen = Screen()
    yield screen
    screen.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Pixels]]:
    """What `RECIPE` makes in another process, in one go and without a window. It works while the window opens."""
    folder = tmp_path_factory.mktemp("undisturbed")
    words = {
        "data": folder / "data",
        "prompt": RECIPE.prompt.text,
        "seed": RECIPE.sampling.seed,
        "steps": RECIPE.sampling.steps,
        "guidance": RECIPE.sampling.guidance_scale,
        "size": f"{RECIPE.size.width}x{RECIPE.size.height}",
        "sampler": RECIPE.sampling.sampler,
        "output": folder / "picture.png",
    }
    command = [
        sys.executable,
        "-m",
        "desktop",
        "--headless",
        *(word for name, value in words.items() for word in (f"--{name}", str(value))),
    ]
    said = folder / "said.txt"
    with said.open("wb") as output, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output) as process:

        def picture() -> Pixels:
            assert process.wait(PATIENCE) == 0, said.read_text(encoding="utf-8")
            return open_artwork(folder / "picture.png").pixels

        yield picture
        process.kill()


@pytest.fixture(scope="module")
def open_program(screen: Screen, undisturbed: Callable[[], Pixels], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("steering")
    program = Program(screen, folder / "data", picture_of(RECIPE, folder / "recipe.png"))
    wait_for(lambda: program.drafts().recipe == RECIPE, "the picture of the command line is open")
    assert program.drafts().seed_locked  # that of the picture
    yield program
    program.clear_away()


@pytest.fixture
def program(open_program: Program) -> Program:
    """A window with `RECIPE` for every run. The tests use it one after the other; each leaves it idle or closed."""
    open_program.reopen()
    return open_program


def begin(program: Program) -> set[Path]:
    """Let the program make some steps of `RECIPE`; the pictures that were there before."""
    before = set(program.pictures())
    wait_for(lambda: program.ready, "the libraries are loaded")
    program.click("canvas")
    program.key("ctrl+Return")
    wait_for(lambda: 5 <= program.newest < RECIPE.sampling.steps, "some steps are made")
    return before


def new_picture(program: Program, before: set[Path]) -> Path:
    [path] = wait_for(lambda: set(program.pictures()) - before, "the picture is saved")
    return path


def pause(program: Program) -> int:
    program.key("space")
    program.says("generate", "Generate")
    program.says("play", "Resume")
    return program.newest


def unlike(others: list[Image.Image], canvas: Image.Image) -> Image.Image | None:
    """The canvas, where it shows none of the others."""
    return canvas if all(differ(canvas, other) for other in others) else None


def test_pause_single_step_views_breakpoint_and_resume_give_the_same_picture(program: Program, undisturbed: Callable[[], Pixels]) -> None:
    before = begin(program)
    paused_at = pause(program)
    assert paused_at < RECIPE.sampling.steps
    program.click("one_step")
    wait_for(lambda: program.newest == paused_at + 1, "one step more is made")
    program.says("generate", "Generate")
    program.key("Home", "Right", "Right")
    assert program.playhead == 2
    seen = [program.canvas()]  # the estimate
    for key in ("n", "l", "o", "c", "g"):  # the other views, filled in while the machine is idle
        program.key(key)
        seen.append(wait_for(lambda: unlike(seen, program.canvas()), f"the canvas changes with “{key}”"))
    program.key("e")
    wait_for(lambda: unlike(seen[1:], program.canvas()), "the canvas shows the estimate again")
    assert program.newest == paused_at + 1
    stops_at = paused_at + 10
    program.screen.act("keydown", "shift")
    program.click("filmstrip", across=(stops_at + 0.5) / (RECIPE.sampling.steps + 1), down=0.3)
    program.screen.act("keyup", "shift")
    assert program.playhead == 2
    program.click("canvas")
    program.key("End", "space")
    wait_for(lambda: program.newest == stops_at, "it has come to the breakpoint")
    program.says("generate", "Generate")
    assert set(program.pictures()) == before
    program.key("space")
    assert open_artwork(new_picture(program, before)).pixels == undisturbed()
    assert program.playhead == program.newest == RECIPE.sampling.steps


def test_a_branch_from_a_step_becomes_a_picture_of_its_own(program: Program, undisturbed: Callable[[], Pixels]) -> None:
    before = begin(program)
    paused_at = pause(program)
    program.key("ctrl+b")
    program.control("branch_panel")
    program.click("branch_prompt")
    program.key("ctrl+a")
    program.type("a fox in the snow")
    program.key("ctrl+Return")
    path = new_picture(program, before)
    recipe = open_artwork(path).recipe
    assert recipe == replace(RECIPE, turns=(Turn(paused_at, {"prompt": "a fox in the snow"}),))
    assert "a fox in the snow" in path.name
    program.control("prompt_panel")
    lanes = program.control("lanes")
    program.click("lanes", across=0.1, down=0.25)  # the parent
    wait_for(lambda: program.newest == paused_at, "the parent is shown as far as it got")
    program.click("canvas")
    program.key("space")
    parent = new_picture(program, before | {path})
    assert open_artwork(parent).pixels == undisturbed() != open_artwork(path).pixels
    assert lanes["box"] == program.control("lanes")["box"]
    program.says("generate", "Generate")


def test_of_many_seeds_exactly_the_chosen_are_finished(program: Program, undisturbed: Callable[[], Pixels]) -> None:
    before = set(program.pictures())
    program.key("ctrl+shift+Return")
    program.control("triage_count")
    program.key("ctrl+a")
    program.type("3")
    program.key("Return")
    program.control("triage")
    wait_for(lambda: "All are at step 12" in program.control("triage_hint")["name"], "all wait to be chosen")
    program.says("generate", "Generate")
    assert set(program.pictures()) == before
    program.key("space")  # the first
    program.says("finish_chosen", "Finish 1 selected")
    program.click("finish_chosen")
    path = new_picture(program, before)
    program.says("generate", "Generate")
    assert open_artwork(path).recipe == RECIPE
    assert open_artwork(path).pixels == undisturbed()
    program.control("canvas")
    assert set(program.pictures()) == before | {path}


def test_a_run_is_resumed_after_a_kill_and_after_a_pause_and_finished_before_the_close(
    program: Program, undisturbed: Callable[[], Pixels]
) -> None:
    before = begin(program)
    reached = program.newest
    program.kill()

    program.start()
    wait_for(lambda: "was interrupted at step" in program.control("notice_text")["name"], "it is offered after the kill")
    program.click("action_0")  # Resume
    wait_for(lambda: reached < program.newest < RECIPE.sampling.steps, "more steps are made")
    program.close_window()
    program.click("Pause and close")
    assert program.ends() == 0
    assert set(program.pictures()) == before

    program.start()
    wait_for(lambda: "was paused at step" in program.control("notice_text")["name"], "it is offered after the pause")
    program.click("action_0")
    wait_for(lambda: program.ready, "the libraries are loaded")
    path = new_picture(program, before)
    assert open_artwork(path).pixels == undisturbed()
    program.says("generate", "Generate")
    assert program.newest == RECIPE.sampling.steps

    begin(program)
    program.close_window()
    program.control("Finish, then close")
    program.key("Escape")  # as “Keep open”
    wait_for(lambda: program.is_gone("Finish, then close"), "the question is gone")
    assert program.running
    program.close_window()
    program.control("Finish, then close")
    program.key("Return")
    assert program.ends() == 0
    assert open_artwork(new_picture(program, before | {path})).pixels == undisturbed()
    assert program.drafts().up_next == ()
