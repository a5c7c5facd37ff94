"""Typed text, settings and the queue are restored after a close, a kill or a damaged file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.diffusion.recipe import Recipe
from desktop.errors import DraftsIgnored, DraftsLost, DraftsNewer, DraftsRestored
from desktop.library.drafts import Drafts, DraftsFile, UnfinishedGrid, Waiting
from tests import damage

ROOT = Path(__file__).parent.parent
RECIPE = Recipe.of(
    prompt="三只熊猫在雪地里 🐼\n\t“quoted”", negative_prompt="blurry", sampler="Euler a", steps=20, guidance_scale=6.5, seed=7
)
RUNS = ("019acc00-0000-7000-8000-000000000001", "019acc00-0000-7000-8000-000000000002")
GRID = UnfinishedGrid("三只熊猫", ("Steps 4", "Steps 8"), ("DDIM",), (RUNS,), {RUNS[0]: Path("/pictures/one.png")})
TYPED = Drafts(
    RECIPE,
    seed_locked=True,
    pictures=4,
    up_next=(Waiting(RECIPE, 2, pauses_after=3, until=5), Waiting(RECIPE.with_values(seed=8), run=RUNS[1], pauses=(3, 12))),
    grids=(GRID,),
    history=("a mouse is playing guitar", "极乐美丽的沙滩"),
    settings={"/models/梦": {"steps": 8, "guidance_scale": 3.5}, "/models/flow": {"sampler": "Euler", "width": 640, "height": 448}},
)

GRID_FILE = {
    "title": "三只熊猫",
    "columns": ["Steps 4", "Steps 8"],
    "rows": ["DDIM"],
    "runs": [list(RUNS)],
    "pictures": {RUNS[0]: "/pictures/one.png"},
}
SMALL = Drafts(Recipe.of(prompt="狐狸"), history=("a",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data/drafts.json"


def saved(path: Path, drafts: Drafts = TYPED) -> Path:
    file = DraftsFile(path)
    file.load()
    file.save(drafts)
    return path


def values(path: Path, **changes: object) -> None:
    """Write drafts by hand."""
    saved(path)
    path.write_text(json.dumps({"schema": 1, "values": json.loads(path.read_text())["values"] | changes}))


def test_the_first_start_has_empty_drafts(path: Path) -> None:
    assert DraftsFile(path).load() == (Drafts(), None)


def test_drafts_are_restored(path: Path) -> None:
    assert DraftsFile(saved(path)).load() == (TYPED, None)


def test_an_unpaired_surrogate_is_restored(path: Path) -> None:
    drafts = replace(TYPED, recipe=Recipe.of(prompt="fox \ud83e \x00"))
    assert DraftsFile(saved(path, drafts)).load() == (drafts, None)


@pytest.mark.slow
def test_a_file_cut_at_any_byte_is_restored_from_a_copy(path: Path) -> None:
    saved(path, SMALL)
    for size in damage.cut(path):
        drafts, problem = DraftsFile(path).load()
        assert drafts == SMALL, size
        assert isinstance(problem, DraftsRestored)


@pytest.mark.slow
def test_a_file_with_a_flipped_bit_is_restored_from_a_copy(path: Path) -> None:
    saved(path, SMALL)
    for position, _ in damage.flipped(path, lambda position: {position % 8}):
        assert DraftsFile(path).load()[0] == SMALL, position


def test_without_a_good_copy_the_damaged_file_is_kept_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"a lost draft")
    drafts, problem = DraftsFile(path).load()
    assert drafts == Drafts()
    assert isinstance(problem, DraftsLost)
    assert problem.values["file"].read_bytes() == b"a lost draft"


def test_a_newer_versions_drafts_are_left_as_they_are(path: Path) -> None:
    newer = json.loads(saved(path).read_text()) | {"schema": 4}
    path.write_text(json.dumps(newer))
    file = DraftsFile(path)
    drafts, problem = file.load()
    assert drafts == TYPED
    assert isinstance(problem, DraftsNewer)
    file.save(Drafts())
    assert json.loads(path.read_text()) == newer


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"recipe": 7}, {"recipe": Recipe()}),
        ({"recipe": Recipe.of(prompt="fox").to_dict() | {"sampling": {"steps": 10**9}}}, {"recipe": Recipe.of(prompt="fox")}),
        ({"pictures": -1}, {"pictures": 1}),
        ({"pictures": "many"}, {"pictures": 1}),
        ({"seed_locked": "perhaps"}, {"seed_locked": False}),
        ({"up_next": {"a": 1}}, {"up_next": ()}),
        ({"up_next": [7, {"recipe": RECIPE.to_dict(), "pictures": 3}]}, {"up_next": (Waiting(RECIPE, 3),)}),
        ({"up_next": [{"recipe": RECIPE.to_dict(), "run": "x", "pauses_after": "soon"}]}, {"up_next": (Waiting(RECIPE),)}),
        ({"up_next": [{"recipe": RECIPE.to_dict(), "pauses_after": -1, "pauses": [4, 10**9]}]}, {"up_next": (Waiting(RECIPE),)}),
        ({"grids": 7}, {"grids": ()}),
        ({"grids": [7, {}, GRID_FILE, GRID_FILE | {"rows": 3}]}, {}),
        ({"grids": [GRID_FILE | {"columns": ["Steps 4"]}]}, {"grids": ()}),
        ({"grids": [GRID_FILE | {"runs": [["../x", RUNS[1]]]}]}, {"grids": ()}),
        ({"grids": [GRID_FILE | {"pictures": {RUNS[0]: None}}]}, {"grids": ()}),
        ({"grids": [GRID_FILE | {"columns": [], "rows": [], "runs": []}]}, {"grids": ()}),
        ({"history": "fox"}, {"history": ()}),
        ({"history": [1, "fox", None]}, {"history": ("fox",)}),
    ],
)
def test_invalid_values_are_reported_and_the_rest_is_kept(path: Path, change: dict, expected: dict) -> None:
    values(path, **change)
    drafts, problem = DraftsFile(path).load()
    assert drafts == replace(TYPED, **expected)
    assert isinstance(problem, DraftsIgnored)


def test_unknown_keys_are_kept(path: Path) -> None:
    values(path, sketches=["a"])
    file = DraftsFile(path)
    assert file.load() == (TYPED, None)
    file.save(Drafts())
    assert json.loads(path.read_text())["values"]["sketches"] == ["a"]


TYPIST = """
import sys
from pathlib import Path
from desktop.diffusion.recipe import Recipe
from desktop.library.drafts import Drafts, DraftsFile
file = DraftsFile(Path(sys.argv[1]))
file.load()
for number in range(100_000):
    file.save(Drafts(Recipe.of(prompt=str(number) * 500)))
    print(number, flush=True)
"""


@pytest.mark.slow
@pytest.mark.end_to_end
@pytest.mark.skipif(sys.platform == "win32", reason="kills with a signal")
def test_saved_drafts_survive_a_kill(path: Path) -> None:
    for round_ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", TYPIST, str(path)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        ) as typist:
            for _ in range(7 * round_ + 3):
                number = int(typist.stdout.readline())
            typist.send_signal(signal.SIGKILL)
            rest = typist.stdout.read().split()
        last = int(rest[-1]) if rest else number
        drafts, problem = DraftsFile(path).load()
        assert problem is None
        assert drafts.recipe.prompt.text in (str(last) * 500, str(last + 1) * 500)
        assert not [file for file in path.parent.iterdir() if "damaged" in file.name]


@pytest.mark.parametrize("value", [7, {"/m": 7}, {"/m": {"steps": "many"}}, {"/m": {"sampler": "none"}}, {"/m": {"seed": 7}}])
def test_settings_of_models_that_make_no_sense_are_left_out(path, value):
    values(path, settings=value)
    drafts, problem = DraftsFile(path).load()
    assert not any(drafts.settings.values())
    assert isinstance(problem, DraftsIgnored)
    assert drafts.pictures == TYPED.pictures
