"""From the start of the process to the first paint, directly and through the installer."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from .figures import Figure, interleaved, median_difference, tell

ROOT = Path(__file__).parent.parent.parent
LATE = ("torch", "diffusers", "transformers", "numpy", "PIL")  # must not be loaded before the first paint


def measure(quick: bool) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python, installer = _installed(folder)
        direct, through = [python, "-P", "-m", "desktop"], [sys.executable, str(installer)]
        for command in (direct, through):  # brings everything into the caches
            _first_paint(command, folder)
        processor: list[float] = []
        starts, installed = interleaved(
            3 if quick else 7, lambda: _first_paint(direct, folder, processor), lambda: _first_paint(through, folder)
        )
        yield Figure(
            "First paint after the start of the process",
            "≤ 0.5 s",
            f"{median(starts):.2f} s (best {min(starts):.2f}; processor {median(processor):.2f})",
            median(starts) <= 0.5,
        )
        loaded, instructions = _at_first_paint(python, folder)
        yield Figure("Loaded by then of torch and its kin", "nothing", ", ".join(loaded) or "nothing", not loaded)
        if instructions is not None:
            yield Figure("User instructions by then", "≤ 2.2 G", f"{instructions / 1e9:.2f} G", instructions <= 2.2e9)
        more = median_difference(installed, starts)
        yield Figure("Second start by the installer over a direct one", "≤ 0.3 s", f"{more:+.2f} s", more <= 0.3)


def _installed(folder: Path) -> tuple[str, Path]:
    """A checkout that is set up: the installer with a `.venv` that borrows this one's packages."""
    for name in ("desktop", "resources", "pyproject.toml"):
        (folder / name).symlink_to(ROOT / name)
    installer = folder / "installer" / "run.py"
    installer.parent.mkdir()
    installer.write_bytes((ROOT / "installer" / "run.py").read_bytes())
    venv.create(folder / ".venv", symlinks=os.name != "nt")
    specification = importlib.util.spec_from_file_location("installer_run", installer)
    run = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(run)
    packages = next((folder / ".venv").rglob("site-packages"))
    borrowed = [str(folder), *(path for path in sys.path if path.endswith("site-packages"))]
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
    run.write_stamp(run.fingerprint() + "\npython window tests\n")
    return run.PYTHON, installer


def _first_paint(command: list[str], folder: Path, processor: list[float] | None = None) -> float:
    """Seconds, as the log tells them; `processor` takes up the processor's seconds at that moment, a little later than the paint."""
    data = folder / "data"
    log = data / "logs" / "safelight.log"
    log.unlink(missing_ok=True)
    with subprocess.Popen([*command, "--data", str(data)], cwd=folder) as process:
        try:
            while not (found := log.is_file() and re.search(r"first paint ([\d.]+) s", log.read_text(encoding="utf-8"))):
                if process.poll() is not None:
                    raise RuntimeError("the window did not open")
                time.sleep(0.01)
            if processor is not None:
                user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
                processor.append((int(user) + int(system)) / os.sysconf("SC_CLK_TCK"))
            return float(found[1])
        finally:
            process.kill()


def _at_first_paint(python: str, folder: Path) -> tuple[list[str], int | None]:
    """What is loaded then of torch and its kin, and the instructions until then, where `perf` can count them."""
    watch = f"""
import os, sys
from desktop.__main__ import main
from desktop.ui.main_window import MainWindow
def show(window):
    window.painted.connect(lambda: (print(*(set({LATE!r}) & set(sys.modules)), flush=True), os._exit(0)))
    super(MainWindow, window).show()
MainWindow.show = show
main(["--data", {str(folder / "watched")!r}])
"""
    counted = folder / "instructions.csv"
    perf = shutil.which("perf")
    count = [perf, "stat", "-x,", "-e", "instructions:u", "-o", str(counted), "--"] if perf else []
    command = [*count, python, "-P", "-c", "import sys; sys.path.insert(0, '')\n" + watch]
    loaded = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.split()
    found = re.search(r"^(\d+),.*instructions", counted.read_text(encoding="utf-8"), re.MULTILINE) if perf else None
    return loaded, int(found[1]) if found else None


if __name__ == "__main__":
    tell(measure)
