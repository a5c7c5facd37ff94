"""The reference: latents of stock diffusers, made in a process without Safelight. `python -m tests.stock CASES OUT`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

SEED = 7
ARGUMENTS = {
    "prompt": "a mouse is playing guitar",
    "negative_prompt": "snow",
    "num_inference_steps": 7,
    "guidance_scale": 5.0,
    "height": 64,
    "width": 64,
}
ROOT = Path(__file__).parent.parent


def in_a_fresh_process(module: str, *arguments: object) -> subprocess.Popen[bytes]:
    """Start `module` as a program, with one thread as here."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-m", module, *map(str, arguments)], cwd=ROOT, env=environment)


def main(cases: Path, out: Path) -> None:
    """Write by name the latents of the pipeline and the diffusers scheduler of each case, and of every family in `tiny`."""
    import diffusers
    import torch
    from safetensors.torch import save_file

    from tests import tiny

    torch.set_num_threads(1)
    results = {}
    for case in json.loads(cases.read_text()):
        make, arguments = case["model"]
        pipeline = getattr(tiny, make)(**arguments)
        pipeline.scheduler = getattr(diffusers, case["scheduler"]).from_config(pipeline.scheduler.config, **case["options"])
        torch.manual_seed(SEED)
        results[case["name"]] = pipeline(**ARGUMENTS, generator=torch.Generator().manual_seed(SEED), output_type="latent").images
    for name, family in tiny.FAMILIES.items():
        made = family()
        torch.manual_seed(SEED)
        results[name] = made.call(torch.Generator().manual_seed(SEED))
    assert not any(module.startswith("desktop") for module in sys.modules)
    save_file({name: latents.contiguous() for name, latents in results.items()}, out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
