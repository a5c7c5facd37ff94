"""Made the drafts with pauses of queued jobs and an unfinished grid, and what `expected.json` says of them.

It ran at the commit that the README names: `python -m tests.golden.make_queue`. Kept to be read, like `make.py`. What is expected comes
from what was in memory before it was written.
"""

from __future__ import annotations

import json
from pathlib import Path

from desktop.diffusion.recipe import Recipe
from desktop.library.drafts import Drafts, DraftsFile, UnfinishedGrid, Waiting
from tests.test_golden import recipe_told

HERE = Path(__file__).parent
NAME = "queue with pauses and a grid"
RUNS = [f"019acc00-0000-7000-8000-0000000000{number:02x}" for number in (2, 26, 27, 28)]
BASE = Recipe.of(prompt="两只熊猫 two pandas 🐼", model="tiny", steps=6, width=64, height=64, seed=7)


def main() -> None:
    grid = UnfinishedGrid(
        "两只熊猫 two pandas 🐼",
        ("Steps 6", "Steps 3"),
        ("Seed 7", "Seed 8"),
        ((RUNS[0], RUNS[1]), (RUNS[2], RUNS[3])),
        {RUNS[1]: Path("/golden/pictures/熊猫 1.png")},
    )
    drafts = Drafts(
        BASE,
        up_next=(
            Waiting(BASE, run=RUNS[0], pauses_after=2, pauses=(2, 4)),
            Waiting(BASE.with_values(steps=3, seed=8), 3, RUNS[3], pauses_after=1),
            Waiting(BASE.with_values(seed=8), run=RUNS[2]),
            Waiting(BASE.with_values(seed=9), until=4),
        ),
        grids=(grid,),
    )
    DraftsFile(HERE / "kept" / NAME / "drafts.json").save(drafts)
    up_next = [
        {
            "recipe": recipe_told(each.recipe),
            "pictures": each.pictures,
            "run": each.run,
            "pauses_after": each.pauses_after,
            "pauses": list(each.pauses),
            "until": each.until,
        }
        for each in drafts.up_next
    ]
    grids = [
        {
            "title": grid.title,
            "columns": list(grid.columns),
            "rows": list(grid.rows),
            "runs": [list(row) for row in grid.runs],
            "pictures": {run: path.as_posix() for run, path in grid.pictures.items()},
        }
    ]
    told = {"recipe": recipe_told(BASE), "seed_locked": False, "pictures": 1, "history": [], "up_next": up_next, "grids": grids}
    file = HERE / "expected.json"
    expected = json.loads(file.read_text(encoding="utf-8"))
    expected["kept"][NAME] = {"settings": {}, "drafts": told, "problems": [None, None]}
    file.write_text(json.dumps(expected, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
