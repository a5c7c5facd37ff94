"""The whole program in a real window, from the keyboard and the mouse to the files on disk."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Previews
from desktop.library.artwork import open_artwork
from desktop.ui.theme import DARK, LIGHT
from tests.screen import HEIGHT, WIDTH, Program, Screen, differ, wait_for

SLOW = Recipe.of(prompt="a cat on the beach", width=256, height=256, steps=150, seed=3)  # several seconds of it
SLOWER = SLOW.with_values(width=512, height=512)  # half a minute
CHINESE = "夜空下的狐狸"

pytestmark = pytest.mark.timeout(600)  # several starts of the whole program, on a machine that may be busy


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    screen = Screen(CHINESE)
    yield screen
    screen.close()


@pytest.fixture(scope="module")
def new_program(screen: Screen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A window that has just been opened, for the first test."""
    program = Program(screen, tmp_path_factory.mktemp("shared") / "data")
    yield program
    program.clear_away()


@pytest.fixture
def program(new_program: Program) -> Program:
    """The same window later, which the other tests use one after the other; each leaves it idle or closed."""
    new_program.reopen()
    wait_for(lambda: new_program.ready, "the libraries are loaded")
    return new_program


def new_picture(program: Program, before: list[Path]) -> Path:
    [path] = wait_for(lambda: set(program.pictures()) - set(before), "the picture is saved")
    return path


def test_a_prompt_typed_before_the_libraries_are_loaded_becomes_a_picture(new_program: Program) -> None:
    program = new_program
    program.key("ctrl+a")
    program.type("a red fox in the snow")
    program.key("ctrl+Return")
    assert not program.ready
    program.says("generate", "Add to queue")
    wait_for(lambda: program.ready, "the libraries are loaded")
    [path] = wait_for(program.pictures, "the picture is saved")
    picture = open_artwork(path)
    assert picture.recipe.prompt.text == "a red fox in the snow"
    assert picture.recipe.sampling.steps == 50
    assert picture.step is None
    assert picture.intact
    wait_for(lambda: program.playhead == program.newest == 50, "all 50 steps are in the timeline")
    program.says("generate", "Generate")
    assert program.drafts().history == ("a red fox in the snow",)


def test_a_chinese_prompt(program: Program, tmp_path: Path) -> None:
    program.take(Recipe.of(steps=4), tmp_path)
    before = program.pictures()
    program.write_prompt(CHINESE)
    program.key("ctrl+Return")
    path = new_picture(program, before)
    assert CHINESE in path.name
    assert open_artwork(path).recipe.prompt.text == CHINESE
    program.says("generate", "Generate")
    program.click("seed_lock")  # a picture that was opened brings its seed
    program.key("ctrl+Return")
    other = new_picture(program, [*before, path])
    assert open_artwork(other).recipe.sampling.seed != open_artwork(path).recipe.sampling.seed
    program.says("generate", "Generate")


def test_scrub_stop_and_save_a_step(program: Program, tmp_path: Path) -> None:
    program.take(SLOW, tmp_path)
    before = program.pictures()
    program.click("generate")
    wait_for(lambda: program.newest >= 5, "a few steps are there")

    program.click("filmstrip", across=3.5 / 151, down=0.3)  # the slice of step 3, of 0 … 150
    wait_for(lambda: program.playhead == 3, "the playhead is where the mouse was")
    third, newest = program.canvas(), program.newest
    wait_for(lambda: program.newest > newest, "the run has resumed")
    assert program.playhead == 3
    assert not differ(program.canvas(), third)

    program.key("Left")
    assert program.playhead == 2
    wait_for(lambda: differ(program.canvas(), third), "the canvas shows step 2")
    program.key("Home")
    assert program.playhead == 0
    program.key("End")
    here = program.playhead
    wait_for(lambda: program.playhead > here, "the playhead follows the newest step")

    program.key("Escape")
    program.says("generate", "Generate")
    stopped_at = program.newest
    assert stopped_at < 150
    program.key("Home", "Right", "Right")
    assert program.playhead == 2
    assert program.pictures() == before

    program.click("save_step")
    saved = open_artwork(new_picture(program, before))
    assert saved.step == (2, 150)
    assert saved.recipe == SLOW
    assert (saved.pixels.width, saved.pixels.height) == (256, 256)

    program.key("ctrl+s")
    program.control("save_name")
    program.key("ctrl+a")
    program.type(str(tmp_path / "elsewhere.webp"))
    program.key("Return")
    wait_for((tmp_path / "elsewhere.webp").exists, "the step is saved elsewhere")
    wait_for(lambda: program.is_gone("save_name"), "the dialog is gone")
    assert open_artwork(tmp_path / "elsewhere.webp").step == (2, 150)
    assert program.newest == stopped_at


def test_a_second_start_hands_over_its_picture(program: Program, tmp_path: Path) -> None:
    program.take(
        Recipe.of(
            prompt="an owl, (very:1.2) round",
            negative_prompt="blurry",
            sampler="Euler a",
            steps=12,
            guidance_scale=4.5,
            width=192,
            height=128,
            seed=77,
        ),
        tmp_path,
    )
    assert program.control("sampler")["name"] == "Euler a"
    assert program.control("steps")["value"] == 12
    assert not program.running


def test_an_opened_picture_of_a_branch_shows_its_steps_and_is_generated_again(program: Program, tmp_path: Path) -> None:
    recipe = Recipe.of(prompt="a cat", steps=12, seed=5).turned(4, prompt="a fox in the snow")

    def generate() -> Path:
        before = program.pictures()
        program.key("ctrl+Return")
        made = new_picture(program, before)
        program.says("generate", "Generate")
        return made

    program.take(recipe, tmp_path)
    made = generate().rename(tmp_path / "renamed.png")
    program.click("remove_branches")
    wait_for(lambda: not program.drafts().recipe.turns, "the branch is removed")
    assert program.is_gone("remove_branches")
    program.take(Recipe.of(prompt="an owl", steps=4), tmp_path)
    generate()
    wait_for(lambda: program.newest == 4, "another run is shown")
    program.hand_over(made)
    wait_for(lambda: program.newest == 12, "the steps of the renamed picture are shown")
    wait_for(lambda: program.drafts().recipe == recipe, "its recipe is restored with the branch")
    again = open_artwork(generate())
    assert (again.pixels, again.recipe) == (open_artwork(made).pixels, recipe)


def test_language_and_look_change_at_once(program: Program) -> None:
    left, top, *_ = program.control("rail")["box"]

    def background() -> str:
        return "#{:02x}{:02x}{:02x}".format(*program.screen.pixels((left + 2, top + 2, left + 3, top + 3)).convert("RGB").getpixel((0, 0)))

    program.key("ctrl+comma")
    program.control("close_settings")
    assert program.focused == "language"
    program.key("End")
    program.says("generate", "生成")
    assert program.screen.find("--name", "^设置$")
    wait_for(lambda: program.settings().language == "zh_CN", "the choice is kept")
    program.key("Home", "Down")
    program.says("generate", "Generate")
    program.key("Tab", "End")
    wait_for(lambda: background() == LIGHT.window.lower(), "the window is light")
    program.key("Up")
    wait_for(lambda: background() == DARK.window.lower(), "the window is dark")
    program.key("Escape")
    wait_for(lambda: program.is_gone("close_settings"), "the dialog is gone")


def open_inspector(program: Program) -> None:
    """It is closed at first, as the window is narrow."""
    if program.is_gone("inspector"):
        program.key("ctrl+2")
        program.control("inspector")


def test_panels_and_full_screen_by_key(program: Program) -> None:
    panels = {"ctrl+1": "prompt_panel", "ctrl+2": "inspector", "ctrl+3": "timeline_bar"}
    open_inspector(program)
    for panel in panels.values():
        program.control(panel)
    for key, panel in panels.items():
        program.key(key)
        wait_for(partial(program.is_gone, panel), f"{panel} is hidden")
        program.key(key)
        program.control(panel)
    window = program.control("window")["box"]
    program.key("F11")
    wait_for(lambda: program.control("window")["box"] == [0, 0, WIDTH, HEIGHT], "the window fills the screen")
    assert program.is_gone("prompt_panel")
    program.key("F11")
    wait_for(lambda: program.control("window")["box"] == window, "the window is as before")
    program.control("prompt_panel")


def test_a_screen_reader_finds_every_control_with_name_and_role(program: Program, tmp_path: Path) -> None:
    program.take(Recipe.of(prompt="a fox", steps=2), tmp_path)
    program.key("ctrl+Return")
    program.says("generate", "Generate")  # now every button can act
    open_inspector(program)
    window = program.everything()
    assert len({node["id"] for node in window if "focusable" in node["states"]}) > 30
    program.key("ctrl+comma")
    program.control("close_settings")
    settings = program.everything()
    program.key("Escape", "F1")
    program.control("close_help")
    help_shown = program.everything()
    program.key("Escape")
    wait_for(lambda: program.is_gone("close_help"), "the dialog is gone")
    nameless = {
        node["id"]: node
        for node in (*window, *settings, *help_shown)
        if "focusable" in node["states"]
        and not (node["name"].strip() and node["role"] not in ("filler", "unknown", "invalid", "redundant object"))
    }
    assert nameless == {}
    mute = {node["id"]: node for node in window if node["role"] == "push button" and not node["description"].strip()}
    assert mute == {}


def test_tab_reaches_every_control_and_leaves_each(program: Program) -> None:
    wait_for(lambda: program.ready, "the libraries are loaded")
    while program.sees("close_notice"):  # of an earlier test
        program.click("close_notice")
    open_inspector(program)
    program.click("prompt")
    met = ["prompt"]
    for _ in range(80):
        program.key("Tab")
        met.append(program.focused)
        if met[-1] == "prompt":
            break
    assert met[-1] == "prompt", f"Tab goes round in {met}"
    every = {node["id"] for node in program.everything() if {"focusable", "enabled"} <= set(node["states"])}
    every -= {"notice_text", "recipe_prompt", "recipe_negative"}  # texts to be selected by mouse, no controls
    groups = ("view_", "ratio_", "preset_")  # of which Tab meets one button; the arrows reach the others
    by_number = {"steps_slider", "guidance_scale_slider"}  # sliders beside numbers that were met
    left = {name for name in every - set(met) if not name.startswith(groups)}
    assert left - by_number == {"size_text"}  # the text of a combo box that was met
    for group in groups:
        shown, reached = ([name for name in names if name.startswith(group)] for names in (every, met))
        assert bool(reached) is bool(shown), group  # in a narrow window a choice takes the place of the buttons


def test_a_picture_that_developed_becomes_an_animation(program: Program, tmp_path: Path) -> None:
    program.take(Recipe.of(prompt="a fox", steps=10), tmp_path)
    before = program.pictures()
    program.key("ctrl+Return")
    picture = new_picture(program, before)
    program.says("generate", "Generate")
    program.key("ctrl+e")
    wait_for(lambda: program.focused == "export_format", "the dialog is open")
    program.key("Down")
    wait_for(lambda: "about" in program.control("export_facts")["name"], "its size is known")
    program.key("Return")
    wait_for(lambda: program.focused == "fileNameEdit", "the place is asked for")
    program.key("Return")
    path = new_picture(program, [*before, picture])
    assert path.name == f"{picture.stem}-steps.webp"
    with Image.open(path) as image:
        assert (image.format, image.n_frames, image.info["loop"]) == ("WEBP", 11, 0)
    wait_for(lambda: not program.sees("export_format"), "the dialog is gone")

    before = program.pictures()
    program.key("ctrl+e")
    wait_for(lambda: program.focused == "export_format", "the dialog is open")
    program.key("Escape")
    wait_for(lambda: not program.sees("export_format"), "the dialog is gone")
    assert program.pictures() == before


def test_after_a_kill_everything_is_there_and_nothing_starts(program: Program, tmp_path: Path) -> None:
    program.take(SLOWER, tmp_path)
    before = program.pictures()
    program.key("ctrl+Return")
    wait_for(lambda: program.newest >= 1, "the run has started")
    program.key("alt+2")
    program.click("previews_best")
    program.write_prompt("next")
    program.key("ctrl+Return")
    program.write_prompt("typed last")
    wait_for(lambda: program.drafts().recipe.prompt.text == "typed last", "the draft is saved")
    wait_for(lambda: program.settings().previews is Previews.BEST, "the choice is saved")
    made = program.newest
    program.kill()

    program.start()
    wait_for(lambda: program.ready, "the libraries are loaded")
    assert program.control("prompt")["text"] == "typed last"
    assert program.control("size_text")["text"] == "512 × 512"
    program.key("alt+2")
    assert "checked" in program.control("previews_best")["states"]
    assert [waiting.recipe.prompt.text for waiting in program.drafts().up_next] == [SLOWER.prompt.text, "next"]
    assert program.settings().previews is Previews.BEST
    assert not program.running
    assert program.newest == 0
    program.key("Escape", "ctrl+e")
    refused = "There are no steps to export. Generate the picture first."
    wait_for(lambda: refused in [node["name"] for node in program.everything()], "there is nothing to export")
    program.key("ctrl+j")
    program.says("up_next_count", "2")
    program.click("up_next_start")
    wait_for(lambda: program.newest >= made, "the interrupted run resumes")
    program.close_window()
    program.control("Discard and close")
    program.click("Discard and close")
    assert program.ends() == 0
    assert program.pictures() == before
    assert [waiting.recipe.prompt.text for waiting in program.drafts().up_next] == ["next"]
