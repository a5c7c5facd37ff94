"""`--headless`: files, output, exit status, and no window system."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from desktop import headless
from desktop.__main__ import main
from desktop.library.artwork import open_artwork, read_pixels
from desktop.resources import STARTER
from tests import kits, loras, tiny

ROOT = Path(__file__).parents[1]
FAST = ("--headless", "--prompt", "a red fox in the snow", "--steps", "3", "--seed", "7")

# Run by Python itself before the program: says at the end which window system was loaded.
WATCH = """
import atexit, os, sys
atexit.register(lambda: os.write(1, ("loaded: " + " ".join(sorted(name for name in sys.modules if name.split(".")[0] in
                                     ("PySide6", "shiboken6", "qasync")))).encode()))
"""


@dataclass(frozen=True)
class Ended:
    status: int
    output: str
    errors: list[str]


@pytest.fixture
def safelight(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Runs the command line in this process, which has torch already after the first picture."""

    def run(*words: str | Path) -> Ended:
        capfd.readouterr()
        try:
            status = main([*map(str, words), "--data", str(tmp_path / "data")])
        except SystemExit as left:
            status = left.code
        said = capfd.readouterr()
        return Ended(status, said.out.strip(), said.err.splitlines())

    return run


def refused(ended: Ended, *words: str) -> bool:
    """Status 1 and exactly one line, which holds `words`."""
    assert ended.status == 1
    assert len(ended.errors) == 1, ended.errors
    assert ended.errors[0].startswith("safelight: ")
    assert "Traceback" not in ended.errors[0]
    assert "An unexpected error" not in ended.errors[0]
    for word in words:
        assert word in ended.errors[0]
    return ended.output == ""


@pytest.mark.slow
@pytest.mark.end_to_end
def test_a_process_of_its_own_makes_the_picture_without_a_window_system(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    output, frames = tmp_path / "狐狸.png", tmp_path / "frames"
    made = subprocess.run(
        [sys.executable, "-m", "desktop", *FAST, "--output", output, "--frames", frames, "--data", tmp_path / "data"],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout == f"{output}\nloaded: "
    assert [line for line in made.stderr.splitlines() if line.startswith("step")] == ["step 1/3", "step 2/3", "step 3/3"]
    assert "warn" not in made.stderr.lower()
    picture = open_artwork(output)
    assert picture.intact
    assert (picture.recipe.prompt.text, picture.recipe.sampling.steps, picture.recipe.sampling.seed) == ("a red fox in the snow", 3, 7)
    assert sorted(frame.name for frame in frames.iterdir()) == ["step-001.png", "step-002.png", "step-003.png"]
    seen = [read_pixels(frame).data for frame in sorted(frames.iterdir())]
    assert len(set(seen)) == 3
    assert {path.name for path in tmp_path.iterdir()} - {"__pycache__"} == {"sitecustomize.py", output.name, "frames", "data"}


@pytest.mark.slow
def test_a_seed_gives_the_same_pixels_again_and_another_seed_others(safelight, tmp_path: Path) -> None:
    same, again, other = (tmp_path / name for name in ("same.png", "again.png", "other.png"))
    assert safelight(*FAST, "--output", same).status == 0
    assert safelight(*FAST, "--output", again, "--frames", tmp_path / "frames").status == 0  # previews change nothing
    assert safelight(*FAST, "--seed", "8", "--output", other).status == 0
    assert read_pixels(same) == read_pixels(again)
    assert read_pixels(same) != read_pixels(other)


@pytest.mark.slow
def test_everything_that_is_asked_for_is_in_the_recipe(safelight, tmp_path: Path) -> None:
    output = tmp_path / "picture.webp"
    ended = safelight(
        "--headless",
        "--prompt",
        "夜空下的狐狸, (star:1.2)",
        "--negative",
        "blurry",
        "--seed",
        "4294967295",
        "--steps",
        "2",
        "--guidance",
        "3.5",
        "--size",
        "128x64",
        "--model",
        "starter",
        "--sampler",
        "euler a",
        "--output",
        output,
    )
    assert (ended.status, ended.output) == (0, str(output))
    recipe = open_artwork(output).recipe
    assert (recipe.prompt.text, recipe.prompt.negative, recipe.sampling.sampler) == ("夜空下的狐狸, (star:1.2)", "blurry", "Euler a")
    assert (recipe.sampling.seed, recipe.sampling.steps, recipe.sampling.guidance_scale, recipe.size.width, recipe.size.height) == (
        4294967295,
        2,
        3.5,
        128,
        64,
    )


@pytest.mark.slow
def test_a_model_folder_by_its_path(safelight, tmp_path: Path) -> None:
    folder = shutil.copytree(STARTER, tmp_path / "my model")
    assert safelight(*FAST, "--model", folder, "--output", tmp_path / "picture.png").status == 0
    assert open_artwork(tmp_path / "picture.png").recipe.model.name == "my model"


@pytest.mark.slow
def test_loras_embeddings_and_a_refiner_are_used(safelight, tmp_path: Path) -> None:
    pipeline = tiny.pipeline_xl(is_shallow=True)
    pipeline.save_pretrained(tmp_path / "base")
    tiny.refiner(is_shallow=True).save_pretrained(tmp_path / "finer")
    lora = loras.write(tmp_path / "Style.safetensors", pipeline).path
    vectors = torch.randn(2, tiny.WIDTH, generator=torch.Generator().manual_seed(0))
    for name in ("EasyToy", "spare"):
        save_file({"clip_l": vectors, "clip_g": vectors.clone()}, tmp_path / f"{name}.safetensors")
    names = ("--lora", tmp_path / "EasyToy.safetensors", "--lora", tmp_path / "spare.safetensors", "--lora", f"{lora}:0.5")
    small = ("--prompt", "a mouse, (easytoy:1.2)", "--steps", "4", "--size", "64x64", "--model", tmp_path / "base")
    used = safelight(*FAST, *small, *names, "--refiner", tmp_path / "finer", "--refine-from", "50", "--output", tmp_path / "used.png")
    assert used.status == 0, used.errors
    assert [line for line in used.errors if "embedding" in line] == ["the embedding spare is not used: its name is not in the prompt"]
    recipe = open_artwork(tmp_path / "used.png").recipe
    assert (recipe.refiner.name, recipe.sampling.refine_from, recipe.sampling.steps) == ("finer", 50, 4)
    assert [(each.name, each.weight, bool(each.fingerprint)) for each in recipe.adapters] == [("Style", 0.5, True)]
    assert [each.name for each in recipe.embeddings] == ["EasyToy"]
    assert safelight(*FAST, *small, "--output", tmp_path / "plain.png").status == 0
    assert read_pixels(tmp_path / "used.png") != read_pixels(tmp_path / "plain.png")
    assert refused(safelight(*FAST, "--lora", "gone.safetensors", "--output", tmp_path / "x.png"), "gone.safetensors")
    assert refused(safelight(*FAST, "--lora", f"{lora}:99", "--output", tmp_path / "x.png"), "LoRA", "99")
    unfit = safelight(*FAST, "--lora", lora, "--output", tmp_path / "x.png")
    assert unfit.status == 1
    assert "“Style” was made for Stable Diffusion XL and does not fit" in unfit.errors[-1]


def test_a_sampler_that_does_not_fit_the_model_is_refused_with_the_reason_that_the_window_gives(safelight, tmp_path: Path) -> None:
    folder = tiny.starter(tmp_path / "from pure noise")
    ended = safelight(*FAST, "--model", folder, "--sampler", "LMS", "--size", "64x64", "--output", tmp_path / "picture.png")
    assert ended.status == 1
    assert ended.errors[-1] == (
        "safelight: LMS does not work with this model: it cannot start from pure noise, as this model does. Choose another sampler."
    )
    assert not list(tmp_path.glob("*.png"))


def test_an_existing_file_is_left_as_it_is(safelight, tmp_path: Path) -> None:
    output = tmp_path / "picture.png"
    output.write_bytes(b"mine")
    assert refused(safelight(*FAST, "--output", output), "already exists")
    assert output.read_bytes() == b"mine"


@pytest.mark.parametrize(
    "words",
    [
        ("--headless",),
        ("--headless", "--prompt", "a cat"),
        ("--headless", "--output", "cat.png"),
        ("--prompt", "a cat"),
        (*FAST, "--output", "cat.png", "--size", "large"),
        (*FAST, "--output", "cat.png", "--steps", "many"),
        (*FAST, "--output", "cat.png", "--seed", "1.5"),
        (*FAST, "--output", "cat.png", "--guidance", "strong"),
        (*FAST, "--output", "cat.png", "--colour"),
        (*FAST, "--output", "cat.png", "other.png"),
    ],
)
def test_wrong_usage(safelight, words: tuple[str, ...]) -> None:
    ended = safelight(*words)
    assert ended.status == 2
    assert ended.errors[0].startswith("usage: safelight")
    assert ended.errors[-1].startswith("safelight: error: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--steps", "0"), "Steps cannot be 0"),
        (("--steps", "151"), "1 … 150"),
        (("--guidance", "nan"), "Guidance cannot be nan"),
        (("--guidance", "-1"), "0 … 30"),
        (("--seed", "-1"), "Seed cannot be -1"),
        (("--seed", "4294967296"), "Seed"),
        (("--size", "0x128"), "Width cannot be 0"),
        (("--size", "128x130"), "Height cannot be 130"),
        (("--size", "99999x128"), "Width"),
        (("--sampler", "Magic"), "no sampler called “Magic”"),
        (("--model", "unheard-of"), "no model called “unheard-of”"),
        (("--model", "./no/such/folder"), "does not exist"),
        (("--output", "picture.bmp"), ".png, .jpg, .jpeg, .webp"),
        (("--output", "picture"), ".png, .jpg, .jpeg, .webp"),
    ],
)
def test_what_cannot_be_made_is_refused_at_once(safelight, tmp_path: Path, monkeypatch, words: tuple[str, ...], said: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(headless, "RunMaker", None)  # nothing is loaded for it
    assert refused(safelight(*FAST, "--output", "picture.png", *words), said)
    assert not list(tmp_path.glob("picture*"))


def _pickled(folder: Path) -> None:
    os.rename(folder / kits.UNET, folder / "unet/diffusion_pytorch_model.bin")


def _a_program(folder: Path) -> None:
    """Code in place of weights; beside them it would never be read."""
    (folder / kits.UNET).rename(folder / "unet/model.py")


HOSTILE = {
    "incomplete": (lambda folder: (folder / "vae/config.json").unlink(), "incomplete: vae/config.json is missing"),
    "cut": (lambda folder: os.truncate(folder / kits.UNET, 50), "is damaged"),
    "no JSON": (lambda folder: (folder / "model_index.json").write_bytes(b"\0\xff{"), "is damaged"),
    "unknown class": (lambda folder: kits.change_json(folder / "model_index.json", _class_name="OtherPipeline"), "OtherPipeline"),
    "pickled weights": (_pickled, "safetensors format"),
    "a program": (_a_program, "model.py could run a program"),
    "auto_map": (lambda folder: kits.change_json(folder / "unet/config.json", auto_map={"AutoModel": "x.Y"}), "names code to fetch"),
    "a link out": (lambda folder: (folder / "unet/secret.json").symlink_to("/etc/hostname"), "secret.json"),
    "a lying header": (lambda folder: kits.write_weights(folder / kits.UNET, length=2**40), "is damaged"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_model_is_refused_before_anything_reads_it(safelight, tmp_path: Path, kind: str) -> None:
    folder = kits.model_folder(tmp_path / "model")
    change, said = HOSTILE[kind]
    change(folder)
    assert refused(safelight(*FAST, "--model", folder, "--output", tmp_path / "picture.png"), "model", said)
    assert not (tmp_path / "picture.png").exists()


@pytest.mark.slow
def test_weights_that_fit_no_network_are_reported(safelight, tmp_path: Path) -> None:
    folder = kits.model_folder(tmp_path / "model")  # passes every look at its files
    ended = safelight(*FAST, "--model", folder, "--output", tmp_path / "picture.png")
    assert ended.status == 1
    assert ended.errors[-1].startswith("safelight: ")
    assert "is incomplete" in ended.errors[-1]


def test_a_damaged_starter_says_to_install_again(safelight, tmp_path: Path, monkeypatch) -> None:
    starter = shutil.copytree(STARTER, tmp_path / "starter")
    os.truncate(starter / kits.UNET, 1000)
    monkeypatch.setattr(headless, "STARTER", starter)
    ended = safelight(*FAST, "--output", tmp_path / "picture.png")
    assert ended.status == 1
    assert ended.errors[-1].startswith("safelight: The starter model that came with Safelight is damaged")
    assert "Traceback" not in "".join(ended.errors)


@pytest.mark.slow
def test_a_folder_that_is_not_there_is_made(safelight, tmp_path: Path) -> None:
    output = tmp_path / "new" / "folder" / "picture.png"
    assert safelight(*FAST, "--output", output).status == 0
    assert open_artwork(output).intact


def test_an_impossible_folder_is_reported_before_generating(safelight, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(headless, "RunMaker", None)
    ended = safelight(*FAST, "--output", tmp_path / "file" / "picture.png")
    assert refused(ended, str(tmp_path / "file"))
    assert "memory" not in ended.errors[0]


@pytest.mark.slow
def test_a_full_disk_leaves_nothing_behind(safelight, tmp_path: Path, monkeypatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("desktop.library.safe_file.create", full)
    ended = safelight(*FAST, "--output", tmp_path / "picture.png")
    assert ended.status == 1
    assert ended.errors[-1].startswith("safelight: ")
    assert "full" in ended.errors[-1]
    assert "memory" not in ended.errors[-1]  # it is not: this process ends
    assert not (tmp_path / "picture.png").exists()


@pytest.mark.slow
@pytest.mark.end_to_end
def test_pictures_are_generated_with_full_and_closed_output_streams(tmp_path):
    """Each in a process of its own; both at a time."""
    streams = (">/dev/full", ">&- 2>&-")
    command = 'exec "$0" -m desktop --headless --prompt fox --steps 1 --data "$1" --output "$2" '
    started = [
        subprocess.Popen(
            ["sh", "-c", command + gone, sys.executable, tmp_path / f"data-{number}", tmp_path / f"狐狸-{number}.png"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONIOENCODING": "ascii"},
        )
        for number, gone in enumerate(streams)
    ]
    said = [process.communicate()[1] for process in started]
    for number, process in enumerate(started):
        assert process.returncode == 0, streams[number]
        assert "Traceback" not in said[number]
        assert open_artwork(tmp_path / f"狐狸-{number}.png").recipe.prompt.text == "fox"


@pytest.fixture
def knowing_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starter, which knows two words of each language."""
    starter = shutil.copytree(STARTER, tmp_path / "starter")
    kits.write_json(starter / "vocabulary.json", {"schema": 1, "en": ["a", "fox"], "zh": ["一只", "狐狸"], "prompts": {"en": [], "zh": []}})
    monkeypatch.setattr(headless, "STARTER", starter)
    return starter


@pytest.mark.slow
def test_words_that_the_model_never_learned_are_named_in_one_line(safelight, tmp_path: Path, knowing_starter: Path) -> None:
    words = ("--prompt", "a (cyberpunk:1.2) fox, 一只赛博朋克狐狸 🦊, Cyberpunk", "--negative", "a blurry fox")
    ended = safelight(*FAST, *words, "--output", tmp_path / "a.png")
    assert ended.status == 0
    assert [line for line in ended.errors if "know" in line] == ["the starter model does not know: cyberpunk, 赛博朋克, 🦊, blurry"]
    assert open_artwork(tmp_path / "a.png").intact
    assert not [line for line in safelight(*FAST, "--prompt", "a fox", "--output", tmp_path / "b.png").errors if "know" in line]
    kits.write_json(knowing_starter / "vocabulary.json", {"schema": 2})
    ended = safelight(*FAST, "--prompt", "a cyberpunk fox", "--output", tmp_path / "c.png")
    assert (ended.status, [line for line in ended.errors if "know" in line]) == (0, [])


@pytest.mark.slow
def test_five_hundred_words_are_cut_with_a_warning(safelight, tmp_path: Path, knowing_starter: Path) -> None:
    prompt = " ".join(f"word{number}" for number in range(500))
    ended = safelight(*FAST, "--prompt", prompt, "--output", tmp_path / "a.png")
    assert ended.status == 0
    (unread,) = [line for line in ended.errors if line.startswith("ignored because the prompt is too long: ")]
    assert unread.endswith(" word499")
    assert "word0 " not in unread
    (named,) = [line for line in ended.errors if "know" in line]
    assert named.endswith("and 488 more")
    assert open_artwork(tmp_path / "a.png").recipe.prompt.text == prompt


@pytest.mark.slow
def test_an_empty_prompt_draws_something(safelight, tmp_path: Path) -> None:
    ended = safelight(*FAST, "--prompt", "", "--output", tmp_path / "a.png")
    assert ended.status == 0
    assert len(set(read_pixels(tmp_path / "a.png").data)) > 16


@pytest.mark.slow
def test_a_size_that_the_model_was_not_trained_at_is_made_and_remarked_on(safelight, tmp_path: Path) -> None:
    ended = safelight(*FAST, "--size", "64x96", "--output", tmp_path / "a.png")
    assert ended.status == 0
    (remark,) = [line for line in ended.errors if "trained" in line]
    assert remark.startswith("the starter model was trained at ")
    picture = read_pixels(tmp_path / "a.png")
    assert (picture.width, picture.height) == (64, 96)


def test_a_name_that_is_too_long_a_place_for_frames_and_a_seed_are_refused_in_plain_words(safelight, tmp_path):
    (tmp_path / "file").touch()
    assert refused(safelight(*FAST, "--output", tmp_path / f"{'x' * 300}.png"), "the name is too long")
    assert refused(safelight(*FAST, "--frames", tmp_path / "file", "--output", tmp_path / "a.png"), "file", "it is not a folder")
    assert refused(safelight(*FAST, "--seed", "-1", "--output", tmp_path / "a.png"), "4294967295")


@pytest.mark.slow
def test_a_prompt_that_is_no_text_is_read_as_far_as_it_goes(safelight, tmp_path):
    assert safelight(*FAST, "--prompt", os.fsdecode(b"a fox\xff"), "--output", tmp_path / "a.png").status == 0
    assert open_artwork(tmp_path / "a.png").recipe.prompt.text == "a fox\ufffd"
