"""How much memory a run takes at real size, beside what was estimated before it: weights, denoiser, decoder; each in a process."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from desktop.diffusion import memory
from desktop.diffusion.control import Control
from desktop.diffusion.device import best_device
from desktop.diffusion.engine import Engine
from desktop.diffusion.recipe import Recipe
from desktop.diffusion.request import Request
from desktop.diffusion.run import Event, Phase, Picture, Previews

from . import models
from .figures import Figure, tell

MADE: dict[str, tuple[Callable[[Path], Path], int]] = {  # px of a side
    "Stable Diffusion 1.5": (models.sd15_size, 512),
    "PixArt-Σ": (models.pixart_size, 512),
    "Sana 0.6 G": (models.sana_size, 512),
}
GOAL = "± 20 %"


def measure(quick: bool) -> Iterator[Figure]:
    for name in list(MADE)[:1] if quick else MADE:
        with tempfile.TemporaryDirectory(prefix="safelight-") as folder:
            for argument in ("make", "run"):
                command = [sys.executable, "-m", "tests.benchmarks.peaks", argument, name, folder]
                output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            for part, (estimated, measured) in json.loads(output).items():
                share = estimated / measured
                told = f"{measured / 1e6:.0f} MB, estimated {estimated / 1e6:.0f} ({100 * share - 100:+.0f} %)"
                goal = GOAL if part in ("weights", "all") else ""
                yield Figure(f"{name}, {MADE[name][1]} px: {part}", goal, told, abs(share - 1) <= 0.2 if goal else None)


def _run(name: str, folder: Path) -> dict[str, tuple[int, int]]:
    """What was estimated and measured of each part, in bytes."""
    recipe = Recipe().with_values(width=MADE[name][1], height=MADE[name][1], steps=1, guidance_scale=4.5, sampler="Euler")
    device = best_device()
    needs = memory.estimate(folder, recipe, device)
    torch.nn.functional.conv2d(torch.zeros(1, 8, 64, 64), torch.zeros(8, 8, 3, 3))  # the kernels' own memory
    before, begun, peaks, phase = _status("VmRSS"), {}, {}, "start"

    def observe(event: Event) -> None:
        nonlocal phase
        if isinstance(event, (Phase, Picture)):
            peaks[phase] = _status("VmHWM") - before
            phase = event if isinstance(event, Phase) else "end"
            begun[phase] = _status("VmRSS") - before
            Path("/proc/self/clear_refs").write_text("5")  # the high-water mark begins again

    Engine(device).generate(Request(recipe, previews=Previews.OFF, insist=True), folder, "", Control(), observe)
    return {
        "weights": (sum(needs.weights.values()), begun[Phase.ENCODING]),
        "a step": (needs.step, peaks[Phase.DENOISING] - begun[Phase.DENOISING]),
        "decoding": (needs.decode, peaks[Phase.DECODING] - begun[Phase.DECODING]),
        "all": (needs.total, max(peaks.values())),
    }


def _status(key: str) -> int:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(key)]
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", name, folder]:
            MADE[name][0](Path(folder))
        case ["run", name, folder]:
            print(json.dumps(_run(name, Path(folder))))
        case _:
            tell(measure)
