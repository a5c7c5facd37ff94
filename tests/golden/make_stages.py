"""Made the recordings of runs in stages, with unknown numbers, and what `expected.json` says of them.

It ran at commit bf9121c: `python -m tests.golden.make_stages`. Kept to be read, like `make.py`. What is expected
comes from what was in memory before it was written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from desktop.diffusion.control import Control
from desktop.diffusion.denoise import Stretch, denoise
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Ending, Plan, Run
from desktop.diffusion.seam import Course
from desktop.library.journal import Journal
from tests import tiny_pipelines
from tests.golden.make_schema_3 import of_run
from tests.watched import Watched

HERE = Path(__file__).parent
SEED = 7


class Planned(Watched):
    """With the course as it was planned last."""

    course: Course

    def planned(self, course: Course) -> None:
        self.course = course


def main() -> None:
    torch.set_num_threads(1)
    file = HERE / "expected.json"
    expected = json.loads(file.read_text(encoding="utf-8"))
    prompted = {"prompt": "a mouse", "prior_num_inference_steps": 3, "num_inference_steps": 4, "height": 8, "width": 8}
    expected["recordings"] |= {
        "in two stages": record("1a", tiny_pipelines.kandinsky_2_2().pipeline, prompted),
        "in two stages, paused in the first": record("1b", tiny_pipelines.kandinsky_2_2().pipeline, prompted, until=2),
        "with unknown noise levels": record(
            "1c",
            tiny_pipelines.sana_sprint().pipeline,
            {
                "prompt_embeds": tiny_pipelines.noise(1, 8, 8),
                "prompt_attention_mask": torch.ones(1, 8),
                "intermediate_timesteps": None,
                "num_inference_steps": 3,
                "height": 64,
                "width": 64,
                "use_resolution_binning": False,
            },
        ),
    }
    file.write_text(json.dumps(expected, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def record(id: str, pipeline: Any, arguments: dict[str, Any], until: int | None = None) -> dict[str, Any]:
    made = Planned(pipeline)
    denoise(pipeline, Stretch(arguments, SEED, until=until), Control(), made)
    run = Run(Recipe.of(prompt="a mouse", model=type(pipeline).__name__, steps=4, width=64, height=64, seed=SEED))
    run.id = f"019acc00-0000-7000-8000-0000000000{id}"
    journal = Journal.begin(HERE / "recordings", run)
    course = made.course
    for event in (Plan(course.timesteps, {"device": "cpu", "threads": 1}, "", course.stages, course.is_whole), *made.steps):
        run.record(event)
        journal.append(event)
    run.end(Ending.PAUSED)
    journal.close()
    assert journal.problem is None, journal.problem
    return of_run(run)


if __name__ == "__main__":
    main()
