"""Goes on with recorded runs in another process. `python -m tests.elsewhere FOLDER`: one subfolder of snapshots for each sampler."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from desktop.diffusion import samplers, schedulers
from desktop.diffusion.control import Control
from desktop.diffusion.denoise import Look, denoise
from desktop.diffusion.run import Step
from tests import stock, tiny


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    results = {}
    for run in filter(Path.is_dir, folder.iterdir()):
        pipeline = tiny.pipeline()
        pipeline.scheduler = schedulers.build(samplers.sampler(run.name), pipeline.scheduler.config)
        history = [Step(number, 0, 0, 0, 0, 0, None, None, None, True, (run / str(number)).read_bytes())
                   for number in range(len(list(run.iterdir())))]
        results[run.name] = denoise(pipeline, stock.ARGUMENTS, stock.SEED, Control(), lambda x0, x_t: Look(), lambda timesteps: None,
                                    lambda step: None, history).latents
    save_file(results, folder / "resumed.safetensors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
