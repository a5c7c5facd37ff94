"""Record the examples of the first start: every step of six pictures in each language, made with the bundled model.

    python installer/record_examples.py            write resources/examples
    python installer/record_examples.py FOLDER     write into FOLDER

Run this after changing the weights of the bundled model or the default guidance. It takes one to three minutes.

For each example and language it writes a strip, which has the starting noise and the estimate after each step from left
to right, each 96 × 96 px, and the finished picture. `examples.json` has their recipes, the share of the signal after each
step and the fingerprint of the model.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from desktop.diffusion.control import Control  # noqa: E402
from desktop.diffusion.recipe import Recipe  # noqa: E402
from desktop.diffusion.run import Pixels, Previews, Run  # noqa: E402
from desktop.generate import RunMaker  # noqa: E402
from desktop.library.models import ModelLibrary  # noqa: E402
from desktop.machine import LocalMachine  # noqa: E402
from desktop.resources import RESOURCES, STARTER  # noqa: E402
from desktop.worker import Worker  # noqa: E402

FOLDER = RESOURCES / "examples"
SCHEMA = 1
SIDE = 96  # px of a frame
STEPS = 50
QUALITY, PICTURE_QUALITY = 80, 88  # of WebP
EXAMPLES = {  # by name: the prompt in each language, and the seed
    "mouse": ({"en": "a mouse is playing guitar", "zh": "老鼠在弹吉他"}, 2),
    "beach": ({"en": "a blissful beautiful beach", "zh": "极乐美丽的沙滩"}, 3),
    "pandas": ({"en": "three pandas in the snow", "zh": "三只熊猫在雪地里"}, 4),
    "rocket": ({"en": "a rocket above a castle at night", "zh": "夜空下，火箭在城堡上面"}, 5),
    "fox": ({"en": "a fox in the forest", "zh": "森林里的狐狸"}, 6),
    "sailboat": ({"en": "a sailboat on the ocean at sunset", "zh": "夕阳下，大海上的帆船"}, 7),
}


async def record(folder: Path) -> None:
    """Make all examples and write them into `folder`, which exists."""
    worker = Worker()
    with tempfile.TemporaryDirectory() as aside:
        models = ModelLibrary(STARTER, [], Path(aside, "fingerprints.json"))
        starter = models.starter
        maker = RunMaker(LocalMachine(worker, models))
        entries = []
        for name, (prompts, seed) in EXAMPLES.items():
            recipes = {}
            for language, prompt in prompts.items():
                values = {**starter.recommended, "model": starter.name, "prompt": prompt, "seed": seed, "steps": STEPS}
                run = Run(Recipe.of(**values))
                await maker.generate(run, Control(), Previews.BEST, lambda picture, announce: folder, lambda event: None)
                _write(run, folder, f"{name}-{language}")
                recipes[language] = run.recipe.to_dict()
                print(f"{name} {language}", flush=True)
            entries.append({"name": name, "recipes": recipes})
        index = {
            "schema": SCHEMA,
            "fingerprint": models.verified(starter),
            "alpha_cumprod": [round(step.alpha_cumprod or 0.0, 6) for step in run.steps],  # the same for all
            "examples": entries,
        }
    (folder / "examples.json").write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    worker.close()


def _write(run: Run, folder: Path, name: str) -> None:
    strip = Image.new("RGB", (SIDE * len(run.steps), SIDE))
    for step in run.steps:
        pixels = step.estimate or step.noisy
        assert pixels is not None
        strip.paste(_image(pixels).resize((SIDE, SIDE), Image.Resampling.LANCZOS), (SIDE * step.number, 0))
    strip.save(folder / f"{name}-steps.webp", quality=QUALITY, method=6)
    assert run.picture is not None
    _image(run.picture).save(folder / f"{name}.webp", quality=PICTURE_QUALITY, method=6)


def _image(pixels: Pixels) -> Image.Image:
    return Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if sys.argv[1:] else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(record(target))
