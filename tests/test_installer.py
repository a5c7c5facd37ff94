"""installer/run.py: what it installs on which machine, when it installs nothing, and what it prints when it fails.

`Machine` answers for the tools that it calls (venv, pip, apt-get, sudo, ldconfig, nvidia-smi); no test needs the network.
"""

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "installer" / "run.py"

pytestmark = [pytest.mark.end_to_end, pytest.mark.skipif(os.name == "nt", reason="the tools answered for here are those of Linux")]


class Machine:
    """A Linux machine with a checkout. Answers the commands that run.py executes, and records them."""

    def __init__(self, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checkout = checkout
        (checkout / "installer").mkdir(parents=True)
        shutil.copy(SCRIPT, checkout / "installer")
        shutil.copy(ROOT / "pyproject.toml", checkout)
        self.installer = load(checkout / "installer" / "run.py")
        self.asked: list[str] = []
        self.started: list[str] | None = None
        self.torch = ""  # the version installed in the environment
        self.offered = ["2.15.0", "2.13.0+cpu"]  # the versions in pip's configured sources
        self.index_gives = "2.15.0+cpu"  # the version in PyTorch's index of CPU builds
        self.graphics = ""  # the output of nvidia-smi
        self.libraries = set(self.installer.LIBRARIES)
        self.tools = {"apt-get", "ldconfig", *self.installer.TEST_TOOLS}
        self.font = True
        self.sudo = False
        self.fails: dict[str, str] = {}  # part of a command -> its output when it fails
        self.site = checkout / ".venv" / "lib" / "python" / "site-packages"
        monkeypatch.setattr(self.installer, "execute", self.execute)
        monkeypatch.setattr(self.installer, "start", self._start)
        monkeypatch.setattr(self.installer, "has_chinese_font", lambda: self.font)
        monkeypatch.setattr(shutil, "which", lambda tool, **_: f"/usr/bin/{tool}" if tool in self.tools else None)
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.chdir(checkout)

    def _start(self, command: list[str]) -> None:
        self.started = command

    def execute(self, command: list[str]) -> tuple[bool, list[str]]:
        words = " ".join(command)
        self.asked.append(words)
        answer = self._answer(command, words)
        for part, complaint in self.fails.items():
            if part in words:
                return False, [complaint]
        return answer is not None, answer or []

    def _answer(self, command: list[str], words: str) -> list[str] | None:
        if "-m venv" in words:
            shutil.rmtree(self.checkout / ".venv", ignore_errors=True)
            (self.checkout / ".venv" / "bin").mkdir(parents=True)
            self.site.mkdir(parents=True)
            (self.checkout / ".venv" / "bin" / "python").symlink_to(sys.executable)
            (self.checkout / ".venv" / "pyvenv.cfg").write_text(f"version = 3.12.1\nexecutable = {sys.executable}\n")
            self.torch = ""
        elif "import pip, sys" in words:
            return [] if os.path.exists(self.installer.PYTHON) else None
        elif "sysconfig" in words:
            return [str(self.site)]
        elif "importlib.metadata" in words:
            return [self.torch]
        elif "index versions" in words:
            return ["torch (2.15.0)", "Available versions: " + ", ".join(self.offered)]
        elif "nvidia-smi" in words:
            return [self.graphics] if self.graphics and command[0] == "nvidia-smi" else None
        elif "ldconfig" in words:
            return [f"\t{name} (libc6,x86-64) => /usr/lib/{name}" for name in sorted(self.libraries | {"libc.so.6"})]
        elif "sudo -n true" in words:
            return [] if self.sudo else None
        elif "uninstall" in words:
            self.torch = ""
        elif "pip install" in words:
            exact = [word.removeprefix("torch==") for word in command if word.startswith("torch==")]
            if self.installer.TORCH_INDEX + "cpu" in words:
                self.torch = self.index_gives
            self.torch = exact[0] if exact else self.torch or "2.15.0"
        return []

    def start(self, *arguments: str) -> list[str]:
        """Start as described in the README; return the commands that this executed."""
        self.asked, self.started = [], None
        self.installer.main(list(arguments))
        return self.asked

    def pip_commands(self) -> list[str]:
        return [words.split(" -m pip ")[1] for words in self.asked if "pip install" in words or "pip uninstall" in words]


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("installer_run", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path / "照片 safelight", monkeypatch)


def test_the_first_start_installs_everything_and_opens_the_window(machine: Machine, capsys: pytest.CaptureFixture[str]):
    machine.start("/tmp/狐狸 图.png")
    assert any("-m venv" in words for words in machine.asked)
    assert machine.started == [machine.installer.PYTHON, "-P", "-m", "desktop", "/tmp/狐狸 图.png"]
    path = (machine.site / "safelight.pth").read_text(encoding="utf-8").strip()
    assert (machine.site / path).resolve() == machine.checkout
    assert capsys.readouterr().out.splitlines()[-1] == "Safelight is ready."


def test_a_second_start_only_starts(machine: Machine):
    machine.start()
    assert machine.start("--model", "x") == []
    assert machine.started[-2:] == ["--model", "x"]


def test_the_first_test_run_installs_the_test_tools(machine: Machine):
    machine.start()
    machine.tools -= {"xdotool", "openbox"}
    machine.start("--test", "-k", "timeline")
    assert any("install -y --no-install-recommends xdotool openbox" in words for words in machine.asked)
    assert "pytest>=9" in machine.pip_commands()[-1]
    assert machine.started == [machine.installer.PYTHON, "-m", "pytest", "-k", "timeline"]
    assert machine.start("--test") == []
    assert machine.start() == []


@pytest.mark.parametrize("failing", [[], ["mypy"], ["ruff check", "ruff format --check"]])
def test_check_runs_every_check_and_reports_those_that_failed(machine: Machine, monkeypatch: pytest.MonkeyPatch, failing: list[str]):
    made = []

    def call(command: list[str], cwd: str) -> int:
        assert (command[:2], cwd) == ([machine.installer.PYTHON, "-m"], str(machine.checkout))
        made.append(" ".join(command[2:]))
        return int(made[-1] in failing)

    monkeypatch.setattr(subprocess, "call", call)
    if failing:
        with pytest.raises(SystemExit, match="Failed: " + ", ".join(failing)):
            machine.start("--check")
    else:
        machine.start("--check")
    assert made == ["ruff check", "ruff format --check", "mypy"]
    assert "mypy>=2" in machine.pip_commands()[-1]
    assert machine.started is None


def test_headless_needs_no_window_libraries(machine: Machine):
    machine.libraries.clear()
    machine.start("--headless", "--prompt", "a fox", "--output", "fox.png")
    assert not any("apt-get" in words for words in machine.asked)
    machine.start()
    assert any("libxcb-cursor0" in words for words in machine.asked)


def test_a_changed_project_file_is_installed_into_the_same_environment(machine: Machine):
    machine.start()
    with open(machine.checkout / "pyproject.toml", "a") as project:
        project.write("# newer\n")
    machine.start()
    assert machine.pip_commands()
    assert not any("-m venv" in words for words in machine.asked)


def test_a_missing_python_is_replaced(machine: Machine):
    machine.start()
    python = machine.checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3.12")
    machine.start()
    assert any("-m venv --clear" in words for words in machine.asked)
    assert machine.start() == []


def test_an_environment_without_its_base_python_is_not_ready(machine: Machine):
    machine.start()
    settings = machine.checkout / ".venv" / "pyvenv.cfg"
    settings.write_text("version = 3.12.1\nexecutable = /nowhere/python3.12\n")
    assert machine.installer.ready() == set()


@pytest.mark.parametrize("moment", ["-m venv", "torch==2.13.0+cpu", "PySide6-Essentials", "import torch"])
def test_an_interrupted_set_up_is_continued(machine: Machine, monkeypatch: pytest.MonkeyPatch, moment: str):
    def interrupted(command: list[str]) -> tuple[bool, list[str]]:
        if moment in " ".join(command):
            raise KeyboardInterrupt
        return machine.execute(command)

    with monkeypatch.context() as during:
        during.setattr(machine.installer, "execute", interrupted)
        with pytest.raises(KeyboardInterrupt):
            machine.start()
    assert machine.started is None
    machine.start()
    assert machine.started
    assert machine.start() == []


def test_a_half_unpacked_package_is_installed_again(machine: Machine):
    machine.start()
    whole, cut = machine.site / "pillow-12.3.dist-info", machine.site / "scipy-1.17.dist-info"
    for record in (whole, cut):
        record.mkdir()
        (record / "METADATA").touch()
    (whole / "INSTALLER").write_text("pip\n")
    (machine.checkout / ".venv" / "safelight-stamp").write_text("incomplete\n")
    machine.start()
    assert whole.exists()
    assert not cut.exists()


def test_without_a_graphics_card_the_offered_cpu_build_is_installed(machine: Machine):
    machine.start()
    assert machine.pip_commands()[0].startswith("install torch==2.13.0+cpu torch>=2.9")
    assert "torch==2.13.0+cpu" in machine.pip_commands()[-1]  # so that the other packages do not replace it


def test_without_an_offered_cpu_build_the_pytorch_index_is_used(machine: Machine):
    machine.offered = ["2.15.0", "2.14.0"]
    machine.start()
    assert machine.pip_commands()[0].startswith("install torch>=2.9 --index-url https://download.pytorch.org/whl/cpu")
    assert machine.torch == "2.15.0+cpu"


def test_without_a_graphics_card_a_cuda_build_is_refused(machine: Machine):
    machine.offered, machine.index_gives = ["2.15.0"], "2.15.0"
    with pytest.raises(SystemExit, match=r"torch 2\.15\.0, which is not the build for the processor"):
        machine.start()
    assert machine.started is None


@pytest.mark.parametrize(("graphics", "index"), [("580.65.06, 8.9", ""), ("550.40, 8.9", "cu126"), ("580.65.06, 6.1", "cu126")])
def test_the_cuda_build_fits_the_driver_and_the_card(machine: Machine, graphics: str, index: str):
    machine.graphics = graphics
    machine.start()
    first = machine.pip_commands()[0]
    assert first.startswith("install torch>=2.9")
    assert ("--index-url https://download.pytorch.org/whl/" + index in first) if index else "--index-url" not in first


def test_a_graphics_card_added_later_replaces_the_cpu_build(machine: Machine):
    machine.start()
    machine.graphics = "580.65.06, 8.9"
    (machine.checkout / ".venv" / "safelight-stamp").unlink()
    machine.start()
    assert machine.pip_commands()[0].startswith("uninstall -y torch")
    assert machine.torch == "2.15.0"


def test_as_root_missing_libraries_are_installed(machine: Machine):
    machine.libraries -= {"libxcb-cursor.so.0", "libEGL.so.1"}
    machine.start()
    apt = [words for words in machine.asked if "apt-get" in words]
    assert apt[0].endswith("apt-get update")
    assert apt[1].endswith("install -y --no-install-recommends libegl1 libxcb-cursor0")


@pytest.mark.slow
def test_sudo_is_used_if_it_needs_no_password(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.libraries.remove("libEGL.so.1")
    machine.sudo = True
    machine.start()
    as_root = [words.split(" apt-get")[0] for words in machine.asked if "apt-get" in words]
    assert as_root == ["sudo -n env DEBIAN_FRONTEND=noninteractive"] * 2


def test_without_administrator_rights_the_exact_command_is_printed(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    machine.libraries.remove("libEGL.so.1")
    with pytest.raises(SystemExit) as stopped:
        machine.start()
    command = f"sudo apt-get update && sudo apt-get install -y --no-install-recommends python3.{sys.version_info[1]}-venv libegl1"
    assert str(stopped.value).splitlines()[-1].strip() == command
    assert not (machine.checkout / ".venv").exists()


def test_a_missing_font_does_not_stop_the_start(machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.font = False
    machine.start()
    assert machine.started
    assert "sudo apt-get install fonts-wqy-microhei" in capsys.readouterr().out


def test_without_apt_the_possibly_missing_libraries_are_printed(machine: Machine, capsys: pytest.CaptureFixture[str]):
    machine.tools.remove("apt-get")
    machine.libraries.remove("libxcb-cursor.so.0")
    machine.start()
    assert machine.started
    assert "libxcb-cursor.so.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("complaint", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        (
            "NewConnectionError(': Failed to establish a new connection: [Errno -2] Name or service not known')\n"
            "ERROR: No matching distribution found for torch>=2.9",
            "The network could not be reached",
        ),
        ("error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory", "there is no compiler"),
        ("ERROR: No matching distribution found for torch>=2.9", "no build of this package"),
        ("E: Unable to locate package libegl1", "package lists"),
        ("Segmentation fault", "delete the folder .venv"),
    ],
)
def test_a_failure_says_what_to_do(machine: Machine, complaint: str, advice: str):
    machine.fails = {"pip install": complaint, "apt-get": complaint}
    with pytest.raises(SystemExit, match=advice):
        machine.start()
    assert machine.installer.ready() == set()
    machine.fails = {}
    machine.start()
    assert machine.started


def test_a_full_disk_is_reported_before_any_download(machine: Machine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: namedtuple("usage", "total used free")(10**10, 9 * 10**9, 10**9))
    with pytest.raises(SystemExit, match=r"about 3 GB, and 1\.0 GB are free"):
        machine.start()
    assert machine.pip_commands() == []


@pytest.mark.parametrize("version", [(3, 8), (3, 10), (3, 14)])
def test_an_unsupported_python_is_refused_with_a_supported_version(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int]
):
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    with pytest.raises(SystemExit) as stopped:
        machine.start()
    assert str(stopped.value).splitlines() == [
        f"Safelight needs Python 3.11, 3.12 or 3.13, and this is Python 3.{version[1]}.",
        "Start it with:  python3.13 installer/run.py",
    ]


@pytest.mark.parametrize("name", ["run.py", "double_click.py", "splash.py"])
def test_python_3_8_can_parse_it(name: str):
    ast.parse((SCRIPT.parent / name).read_text(encoding="utf-8"), feature_version=(3, 8))


def test_set_up_sets_up_and_starts_nothing(machine: Machine):
    machine.start("--set-up")
    assert machine.pip_commands()
    assert machine.started is None
    assert machine.start() == []
    assert machine.started


def test_the_set_up_speaks_the_language_of_the_user(machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    shutil.copytree(ROOT / "resources" / "i18n", machine.checkout / "resources" / "i18n")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    machine.start()
    assert capsys.readouterr().out.splitlines()[-1] == "Safelight 已就绪。"
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    (machine.checkout / ".venv" / "safelight-stamp").unlink()
    machine.start()
    assert capsys.readouterr().out.splitlines()[-1] == "Safelight is ready."


@pytest.mark.slow
def test_the_launcher_is_added_and_removed_from_the_shell(tmp_path: Path):
    """In real processes, in the home folder of a user, without a set-up."""
    (tmp_path / "Desktop").mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    environment |= {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}

    def change(option: str) -> list[str]:
        command = [sys.executable, str(SCRIPT), option]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()

    said, *written = change("--desktop")
    assert "--no-desktop removes them" in said
    assert all(Path(line.strip()).is_file() for line in written)
    assert len(written) > 15
    assert change("--no-desktop")[1:] == written
    assert list(tmp_path.iterdir()) == [tmp_path / "Desktop"]
    assert change("--no-desktop") == ["Safelight is not in the applications menu."]
    taken = tmp_path / ".local/share/applications/io.github.safelight.Safelight.desktop"
    taken.parent.mkdir(parents=True)
    taken.touch()
    with pytest.raises(subprocess.CalledProcessError) as refused:
        change("--desktop")
    assert refused.value.stderr.startswith(f"{taken} was not made by Safelight, so nothing was changed.")


def test_a_start_imports_no_modules_that_only_a_set_up_needs():
    script = f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import run; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-B", "-c", script], capture_output=True, text=True, check=True)
    assert {"typing", "re", "shutil", "subprocess"}.isdisjoint(done.stdout.split())


def test_the_output_of_a_failed_tool_is_printed_and_explained(capsys: pytest.CaptureFixture[str]):
    installer = load(SCRIPT)
    code = "print('Downloading x/torch-2.13.0-cp311-linux.whl (193.4 MB)'); raise OSError(28, 'No space left')"
    with pytest.raises(SystemExit) as stopped:
        installer.run([sys.executable, "-c", code])
    assert "No space left" in str(stopped.value)
    assert "The disk is full" in str(stopped.value)
    assert capsys.readouterr().out == "  torch 2.13.0 (193.4 MB)\n"
    assert installer.ask(["no-such-tool"]) is None


def test_the_second_start_passes_the_arguments_on(machine: Machine):
    """In real processes, with a Python that prints its arguments."""
    machine.start()
    python = machine.checkout / ".venv" / "bin" / "python"
    python.unlink()
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    machine.installer.write_stamp(machine.installer.fingerprint() + "\npython window\n")
    done = subprocess.run(
        [sys.executable, str(machine.checkout / "installer" / "run.py"), "a b.png", "狐狸"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.splitlines() == ["-P", "-m", "desktop", "a b.png", "狐狸"]
