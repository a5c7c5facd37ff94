"""Goes on with recorded runs in another process. `python -m tests.elsewhere FOLDER`: one subfolder of snapshots for each run."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from desktop.diffusion.run import Step
from tests.watched import Watched, pipeline


def main(folder: Path) -> None:
    """A subfolder is named SAMPLER-MODEL-CUT."""
    torch.set_num_threads(1)
    results = {}
    for run in filter(Path.is_dir, folder.iterdir()):
        sampler, model, _ = run.name.split("-")
        history = [Step(number, 0, 0, 0, 0, 0, None, None, None, True, (run / str(number)).read_bytes())
                   for number in range(len(list(run.iterdir())))]
        results[run.name] = Watched(pipeline(sampler, model)).go(history=history).latents
    save_file(results, folder / "resumed.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
