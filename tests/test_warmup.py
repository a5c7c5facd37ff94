import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import gc, sys
from desktop.diffusion.warmup import warm_up
assert not {"torch", "numpy", "diffusers"} & sys.modules.keys(), "the warm-up itself must be light"
warm_up()
assert "desktop.diffusion.engine" in sys.modules
assert gc.isenabled() and gc.get_freeze_count() > 100_000
warm_up()
"""


@pytest.mark.slow
@pytest.mark.end_to_end
def test_warming_up_imports_the_engine_without_output():
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", PROGRAM],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
