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
from tests.screen import ROOT, Program, Screen, Start, wait_for
from tests.test_real_window import differ, hand_over, picture_of

RECIPE = Recipe.of(prompt="a cat on the beach", sampler="Euler a", width=256, height=256, steps=60, seed=3)  # draws noise in every step

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    screen = Screen()
    yield screen
    screen.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Recipe], Pixels]:
    """What a recipe makes in another process, in one go and without a window."""
    made: dict[Recipe, Pixels] = {}

    def make(recipe: Recipe) -> Pixels:
        if recipe not in made:
            made[recipe] = headless(recipe, tmp_path_factory.mktemp("undisturbed"))
        return made[recipe]

    return make


def headless(recipe: Recipe, folder: Path) -> Pixels:
    output = folder / "picture.png"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "desktop",
            "--headless",
            "--data",
            str(folder / "data"),
            "--prompt",
            recipe.prompt.text,
            "--seed",
            str(recipe.sampling.seed),
            "--steps",
            str(recipe.sampling.steps),
            "--guidance",
            str(recipe.sampling.guidance_scale),
            "--size",
            f"{recipe.size.width}x{recipe.size.height}",
            "--sampler",
            recipe.sampling.sampler,
            "--output",
            str(output),
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return open_artwork(output).pixels


def begin(start: Start, tmp_path: Path, recipe: Recipe = RECIPE) -> Program:
    """The program with `recipe` at work, some steps of it made."""
    program = start(picture_of(recipe, tmp_path / "recipe.png"))
    wait_for(lambda: program.drafts().recipe == recipe, "the recipe is taken over")
    wait_for(lambda: program.ready, "the libraries are loaded")
    program.click("canvas")
    program.key("ctrl+Return")
    wait_for(lambda: program.newest >= 5, "some steps are made")
    return program


def pause(program: Program) -> int:
    program.key("space")
    program.says("generate", "Generate")
    wait_for(lambda: not program.is_gone("resume"), "it can be resumed")
    return program.newest


def unlike(others: list[Image.Image], canvas: Image.Image) -> Image.Image | None:
    """The canvas, where it shows none of the others."""
    return canvas if all(differ(canvas, other) for other in others) else None


def test_pause_single_step_views_breakpoint_and_resume_give_the_same_picture(
    start: Start, tmp_path: Path, screen: Screen, undisturbed: Callable[[Recipe], Pixels]
) -> None:
    program = begin(start, tmp_path)
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
    screen.act("keydown", "shift")
    program.click("filmstrip", across=(stops_at + 0.5) / 61, down=0.3)
    screen.act("keyup", "shift")
    assert program.playhead == 2
    program.click("canvas")
    program.key("space")
    wait_for(lambda: program.newest == stops_at, "it has come to the breakpoint")
    program.says("generate", "Generate")
    assert program.pictures() == []
    program.key("space")
    [path] = wait_for(program.pictures, "the picture is saved")
    assert open_artwork(path).pixels == undisturbed(RECIPE)
    assert program.playhead == 2
    assert program.newest == RECIPE.sampling.steps


def test_a_branch_from_a_step_becomes_a_picture_of_its_own(start: Start, tmp_path: Path, undisturbed: Callable[[Recipe], Pixels]) -> None:
    program = begin(start, tmp_path)
    paused_at = pause(program)
    program.key("ctrl+b")
    program.control("branch_panel")
    program.click("branch_prompt")
    program.key("ctrl+a")
    program.type("a fox in the snow")
    program.key("ctrl+Return")
    [path] = wait_for(program.pictures, "the branch is finished and saved")
    recipe = open_artwork(path).recipe
    assert recipe == replace(RECIPE, turns=(Turn(paused_at, {"prompt": "a fox in the snow"}),))
    assert "a fox in the snow" in path.name
    program.control("prompt_panel")
    lanes = program.control("lanes")
    program.click("lanes", across=0.1, down=0.25)  # the parent
    wait_for(lambda: program.newest == paused_at, "the parent is shown as far as it got")
    program.click("canvas")
    program.key("space")
    wait_for(lambda: len(program.pictures()) == 2, "the parent is finished")
    [parent] = set(program.pictures()) - {path}
    assert open_artwork(parent).pixels == undisturbed(RECIPE) != open_artwork(path).pixels
    assert lanes["box"] == program.control("lanes")["box"]
    hand_over(program, path)
    wait_for(lambda: program.drafts().recipe == recipe, "the recipe is restored with the branch")
    program.key("ctrl+Return")
    wait_for(lambda: len(program.pictures()) == 3, "the branch is generated again")
    [again] = set(program.pictures()) - {path, parent}
    assert open_artwork(again).pixels == open_artwork(path).pixels


def test_of_many_seeds_exactly_the_chosen_are_finished(start: Start, tmp_path: Path, undisturbed: Callable[[Recipe], Pixels]) -> None:
    program = start(picture_of(RECIPE, tmp_path / "recipe.png"))
    wait_for(lambda: program.drafts().recipe == RECIPE, "the recipe is taken over")
    program.key("ctrl+shift+Return")
    program.control("triage_count")
    program.key("ctrl+a")
    program.type("3")
    program.key("Return")
    program.control("triage")
    wait_for(lambda: "All are at step 12" in program.control("triage_hint")["name"], "all wait to be chosen")
    program.says("generate", "Generate")
    assert program.pictures() == []
    program.key("space")  # the first
    program.says("finish_chosen", "Finish 1 selected")
    program.click("finish_chosen")
    [path] = wait_for(program.pictures, "the chosen one is saved")
    program.says("generate", "Generate")
    assert open_artwork(path).recipe == RECIPE
    assert open_artwork(path).pixels == undisturbed(RECIPE)
    program.control("canvas")
    assert len(program.pictures()) == 1


def test_after_a_kill_the_run_is_offered_and_becomes_the_same_picture(
    start: Start, tmp_path: Path, undisturbed: Callable[[Recipe], Pixels]
) -> None:
    program = begin(start, tmp_path)
    program.kill()
    program = start()
    program.click("action_0")  # Resume
    [path] = wait_for(program.pictures, "the picture is saved")
    assert open_artwork(path).pixels == undisturbed(RECIPE)
    program.says("generate", "Generate")
    assert program.newest == RECIPE.sampling.steps


def test_closing_in_mid_run_can_pause_it_for_the_next_start(start: Start, tmp_path: Path, undisturbed: Callable[[Recipe], Pixels]) -> None:
    program = begin(start, tmp_path)
    program.close_window()
    program.click("Pause and close")
    assert program.ends() == 0
    assert program.pictures() == []
    program = start()
    wait_for(lambda: "was paused at step" in program.control("notice_text")["name"], "it is offered")
    program.click("action_0")
    [path] = wait_for(program.pictures, "the picture is saved")
    assert open_artwork(path).pixels == undisturbed(RECIPE)
