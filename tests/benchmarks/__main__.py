"""Runs the subjects one after another, each in a process of its own, and prints one table."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .figures import Figure, table
from .screen import screen

SUBJECTS = (
    "start",
    "step_cost",
    "recording",
    "disk",
    "opening",
    "resume",
    "export",
    "window",
    "keys",
    "stop",
    "prompt",
    "memory",
    "peaks",
    "feature_maps",
    "switching",
    "gallery",
    "history",
)
ROOT = Path(__file__).parent.parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(SUBJECTS)}; all without one")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: minutes instead of a quarter of an hour")
    wanted = parser.parse_args()
    if unknown := set(wanted.names) - set(SUBJECTS):
        parser.error(f"there is no {', '.join(unknown)}")
    figures, load = [], os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="safelight-") as folder, screen(2560, 1440) as display:
        for name in wanted.names or SUBJECTS:
            print(f"{name} …", file=sys.stderr)
            figures += _measured(name, wanted.quick, Path(folder), display)
    print(f"{os.cpu_count()} cores, load {load:.1f} before and {os.getloadavg()[0]:.1f} after\n")
    print(table(figures))
    return 0 if all(figure.met is not False for figure in figures) else 1


def _measured(name: str, quick: bool, folder: Path, display: str) -> Iterator[Figure]:
    # A cache of compiled modules that is warm for everybody, wherever the checkout is and whatever the shell says about it.
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "XDG_RUNTIME_DIR": str(folder),
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
        "MALLOC_ARENA_MAX": "2",
        "TMPDIR": str(folder),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *(["--quick"] if quick else [])]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            figure = Figure(**json.loads(line))
            print(f"  {figure.name}: {figure.measured}", file=sys.stderr)
            yield figure
    if process.returncode:
        yield Figure(name, "", f"broke off with {process.returncode}", False)


if __name__ == "__main__":
    sys.exit(main())
