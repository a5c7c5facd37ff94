"""The wheel: installs only the package `safelight`, with the program of that name, which works without the checkout."""

import ast
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop import __version__

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Installed:
    """The wheel, and a virtual environment that has it installed and sees the dependencies of this one."""

    wheel: Path
    environment: Path

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run `program` of the environment; neither the checkout nor the current folder is importable."""
        bare = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "DISPLAY", "WAYLAND_DISPLAY")}
        command = [Path(sysconfig.get_path("scripts", "venv", {"base": str(self.environment)})) / program, *arguments]
        return subprocess.run(command, cwd=self.environment, env=bare, capture_output=True, text=True, timeout=110, check=False)


def pip(*arguments: str | Path) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", *arguments, "-q", "--no-deps", "--no-index"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment)
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(environment)}))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    pip("--python", environment, "install", wheel)
    return Installed(wheel, environment)


@pytest.mark.end_to_end
@pytest.mark.slow
def test_the_wheel_has_one_package_and_it_is_not_named_desktop(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as wheel:
        assert {name.split("/")[0] for name in wheel.namelist()} == {"safelight", f"safelight-{__version__}.dist-info"}
    assert installed.run("python", "-c", "import safelight").returncode == 0
    assert "No module named 'desktop'" in installed.run("python", "-c", "import desktop").stderr


@pytest.mark.end_to_end
@pytest.mark.slow
def test_the_installed_program_and_the_checkout_print_the_same_version(installed: Installed) -> None:
    checkout = subprocess.run([sys.executable, "-m", "desktop", "--version"], cwd=ROOT, capture_output=True, text=True)
    program = installed.run("safelight", "--version")
    assert [checkout.stdout, program.stdout] == [f"safelight {__version__}\n"] * 2, program.stderr


@pytest.mark.end_to_end
@pytest.mark.slow
def test_the_installed_program_makes_a_picture_with_the_bundled_model(installed: Installed, tmp_path: Path) -> None:
    picture = tmp_path / "fox.png"
    arguments = ["--headless", "--prompt", "a fox", "--steps", "2", "--output", picture, "--data", tmp_path / "data"]
    made = installed.run("safelight", *arguments)
    assert made.returncode == 0, made.stderr
    assert picture.is_file()


@pytest.mark.slow
def test_no_shipped_file_names_the_package_of_the_checkout() -> None:
    """Absolute imports of `desktop` would fail in the wheel."""
    shipped = [path for path in (ROOT / "desktop").rglob("*.py") if "starter" not in path.parts]
    found = [(str(path.relative_to(ROOT)), name) for path in shipped for name in _names(path)]
    assert [(path, name) for path, name in found if name == "desktop" or name.startswith(("desktop.", "desktop/"))] == []


def _names(path: Path) -> Iterator[str]:
    """Modules that a file imports absolutely, and its strings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
