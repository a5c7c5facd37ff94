"""Set up Safelight on this machine, then start it.

    python3 installer/run.py [app arguments]              open the window
    python3 installer/run.py --test [pytest arguments]    run the tests
    python3 installer/run.py --check                      run the linter, the format check and the type checker
    python3 installer/run.py --set-up                     set everything up, and start nothing
    python3 installer/run.py --desktop, --no-desktop      put Safelight into the applications menu and on the desktop, or remove it

Standard library only. Python packages are installed into .venv beside this folder; missing system packages are installed
if this user may do so. The stamp in .venv is written last. If it matches, a start reads two small files and nothing else.
"""

from __future__ import annotations  # Python 3.8 must be able to parse this file, to print which version is needed

import hashlib
import os
import sys

TYPE_CHECKING = False  # as in typing, without importing it
if TYPE_CHECKING:
    from typing import NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROJECT = os.path.join(ROOT, "pyproject.toml")
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "safelight-stamp")
OLDEST, NEWEST = (3, 11), (3, 13)

TORCH_INDEX = "https://download.pytorch.org/whl/"  # has the builds that the package registry lacks
NEED = {"cpu": 3, "cuda": 10}  # GB of free disk space required for a set-up

# Libraries that Qt loads and programs that the tests start, with the Debian and Ubuntu packages that contain them.
LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
TEST_TOOLS = {
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "xprop": "x11-utils",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "dbus-run-session": "dbus",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core",
    "/usr/lib/python3/dist-packages/pyatspi/__init__.py": "python3-pyatspi",
    "desktop-file-validate": "desktop-file-utils",
    "appstreamcli": "appstream",
    "gio": "libglib2.0-bin",
}
CHINESE_FONT = "fonts-wqy-microhei"
CHECKS = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"])  # their settings are in pyproject.toml


def main(arguments: list[str]) -> None:
    if arguments[:1] in (["--desktop"], ["--no-desktop"]):
        return change_launcher(add=arguments[0] == "--desktop")
    testing, checking = arguments[:1] == ["--test"], arguments[:1] == ["--check"]
    needs = {"python"} if "--headless" in arguments else {"python", "window"}
    if testing or checking:
        needs = {"python", "window", "tests"}
    if not needs <= ready():
        set_up(needs)
    if checking:
        check_source()
    elif testing:
        os.chdir(ROOT)
        start([PYTHON, "-m", "pytest", *arguments[1:]])
    elif arguments[:1] != ["--set-up"]:
        start(program(arguments))


def program(arguments: list[str]) -> list[str]:
    return [PYTHON, "-P", "-m", "desktop", *arguments]  # -P: do not import a torch.py from the user's current folder


def start(command: list[str]) -> None:
    if os.name == "nt":  # exec would return to the prompt while the program still runs
        import subprocess

        sys.exit(subprocess.call(command))
    sys.stdout.flush()
    os.execv(command[0], command)


def check_source() -> None:
    """Run all checks, so that one run shows everything there is to fix; exit with status 1 if any of them failed."""
    import subprocess

    failed = []
    for check in CHECKS:
        say("-- " + " ".join(check))
        if subprocess.call([PYTHON, "-m", *check], cwd=ROOT):
            failed.append(" ".join(check))
    if failed:
        stop(tr("Safelight", "Failed: {checks}.").format(checks=", ".join(failed)))


def change_launcher(add: bool) -> None:
    """Write or remove the entries of the applications menu and the desktop; needs no set-up."""
    check_python()
    sys.path.insert(0, ROOT)
    from desktop.errors import SafelightError
    from desktop.library.launcher import Launcher
    from desktop.library.launcher_files import Installation

    launcher = Launcher(Installation.this())
    try:
        files = launcher.add() if add else launcher.remove()
    except SafelightError as error:
        stop(tr("Safelight", error.template).format(**{name: tr("Safelight", str(value)) for name, value in error.values.items()}))
    if add:
        say(tr("Safelight", "Safelight is in the applications menu. These files were written; --no-desktop removes them:"))
    else:
        removed = tr("Safelight", "These files were deleted, and Safelight is no longer in the applications menu:")
        say(removed if files else tr("Safelight", "Safelight is not in the applications menu."))
    for file in files:
        say(f"  {file}")


# -- the stamp


def ready() -> set[str]:
    """What the last complete set-up installed; empty if it was for another project file, folder or Python."""
    try:
        with open(STAMP, encoding="utf-8") as stamp:
            made_for, prepared = stamp.read().split("\n")[:2]
        return set(prepared.split()) if made_for == fingerprint() else set()
    except (OSError, KeyError, ValueError):
        return set()


def fingerprint() -> str:
    """Hash of everything that a set-up depends on: both files below and the Python of .venv. Raises OSError if that Python is gone."""
    with open(os.path.join(VENV, "pyvenv.cfg"), encoding="utf-8") as file:
        settings = dict(line.split(" = ", 1) for line in file.read().splitlines() if " = " in line)
    os.stat(settings["executable"])  # the Python that .venv was made with
    os.stat(PYTHON)
    digest = hashlib.sha256("\n".join((settings["version"], settings["executable"], os.path.realpath(PYTHON))).encode())
    for path in (PROJECT, os.path.abspath(__file__)):
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def write_stamp(text: str) -> None:
    with open(STAMP + ".new", "w", encoding="utf-8") as stamp:
        stamp.write(text)
    os.replace(STAMP + ".new", STAMP)


# -- the set-up


def set_up(needs: set[str]) -> None:
    check_python()
    with OneAtATime():
        prepared = ready()
        if needs <= prepared:  # another start finished it while this one waited
            return
        fresh = not works()
        once = tr("Safelight", "Setting up Safelight. This happens once and takes a few minutes.")
        say(once if fresh else tr("Safelight", "Updating the set-up of Safelight."))
        add_system_packages(needs)
        if fresh:
            check_disk()
            make_environment()
        write_stamp("incomplete\n")
        forget_half_installed()
        install(needs | prepared)
        check_imports(needs)
        write_stamp(fingerprint() + "\n" + " ".join(sorted(needs | prepared)) + "\n")
        say(tr("Safelight", "Safelight is ready."))


def check_python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        names = ("python3.13", "python3.12", "python3.11")
        found = next((name for name in names if ask([name, "--version"]) is not None), None)
        stop(
            tr("Safelight", "Safelight needs Python 3.11, 3.12 or 3.13, and this is Python {version}.").format(
                version=".".join(map(str, sys.version_info[:2]))
            ),
            tr("Safelight", "Start it with:  {python} installer/run.py").format(python=found)
            if found
            else tr(
                "Safelight",
                "Install one of them (Debian and Ubuntu: sudo apt-get install python3.12 python3.12-venv; "
                "Windows and macOS: python.org), then start again with it.",
            ),
        )


def check_disk() -> None:
    import shutil

    need, free = NEED["cuda" if graphics_card() else "cpu"], shutil.disk_usage(ROOT).free / 1e9
    if free < need:
        stop(
            tr("Safelight", "There is not enough disk space: the set-up needs about {need} GB, and {free} GB are free at {folder}.").format(
                need=need, free=f"{free:.1f}", folder=ROOT
            ),
            tr("Safelight", "Free some disk space, or move the Safelight folder to a larger disk, then start again."),
        )


class OneAtATime:
    """Lock on the set-up; a second start waits until the first has finished."""

    def __enter__(self) -> None:
        try:
            self._file = open(os.path.join(ROOT, ".venv.lock"), "w")
        except OSError as error:
            stop(
                tr("Safelight", "Safelight cannot write to its folder {folder} ({problem}).").format(folder=ROOT, problem=error.strerror),
                tr("Safelight", "Copy the folder to a place that you can write to, then start it there."),
            )
        try:
            import fcntl
        except ImportError:  # Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(tr("Safelight", "Another start is setting up Safelight; waiting until it has finished."))
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *error: object) -> None:
        self._file.close()


# -- system packages


def add_system_packages(needs: set[str]) -> None:
    """Install missing system packages, or print the command that does; without apt, print what may be missing."""
    if not sys.platform.startswith("linux"):
        return
    import shutil

    wanted = missing_packages(needs)
    if not wanted:
        return
    if not shutil.which("apt-get"):
        say(
            tr(
                "Safelight",
                "These may be missing on this system; if the window does not open, install the packages that hold them: {names}",
            ).format(names=", ".join(name for name, package in {**LIBRARIES, **TEST_TOOLS}.items() if package in wanted))
        )
        return
    install = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", *wanted]
    become_root = [] if os.geteuid() == 0 else passwordless_sudo()
    if become_root is None:
        if wanted == [CHINESE_FONT]:
            say(
                tr("Safelight", "To see Chinese characters, install a font for them:  sudo apt-get install {font}").format(
                    font=CHINESE_FONT
                )
            )
            return
        stop(
            tr(
                "Safelight",
                "Some system packages are missing, and installing them needs the administrator's password. Run this, then start again:",
            ),
            "  sudo apt-get update && sudo apt-get install -y --no-install-recommends " + " ".join(wanted),
        )
    say(tr("Safelight", "Adding system packages: {names}.").format(names=", ".join(wanted)))
    as_root = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive"]
    ask([*as_root, "apt-get", "update"])  # may fail for one of several sources; the packages may still be found
    run([*as_root, *install])


def missing_packages(needs: set[str]) -> list[str]:
    import shutil
    from importlib.util import find_spec

    packages = []
    if find_spec("ensurepip") is None and not works():
        packages.append(f"python3.{sys.version_info[1]}-venv")
    if "window" in needs:
        present = known_libraries()
        packages += [package for library, package in LIBRARIES.items() if present and library not in present]
        packages += [] if has_chinese_font() else [CHINESE_FONT]
    if "tests" in needs:
        packages += [package for tool, package in TEST_TOOLS.items() if not shutil.which(tool) and not os.path.exists(tool)]
    return packages


def known_libraries() -> set[str]:
    """Names of all libraries that the dynamic loader finds; empty if ldconfig is missing or fails."""
    import shutil

    ldconfig = shutil.which("ldconfig", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    lines = ask([ldconfig, "-p"]) if ldconfig else None
    return {line.split(" ", 1)[0].strip() for line in lines or () if "=>" in line}


def has_chinese_font() -> bool:
    import re

    chinese = re.compile(r"cjk|wqy|noto ?sans ?(sc|tc|hk)|source ?han|fallbackfull|uming|ukai|msyh|simsun|simhei|pingfang", re.IGNORECASE)
    home = os.path.expanduser("~")
    return any(
        chinese.search(name)
        for folder in ("/usr/share/fonts", "/usr/local/share/fonts", home + "/.local/share/fonts", home + "/.fonts")
        for _, _, names in os.walk(folder)
        for name in names
    )


def passwordless_sudo() -> list[str] | None:
    return ["sudo", "-n"] if ask(["sudo", "-n", "true"]) is not None else None


# -- the environment


def works() -> bool:
    """Whether .venv has its own working Python, of a supported version, with pip."""
    code = f"import pip, sys; sys.exit(sys.prefix == sys.base_prefix or not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    return ask([PYTHON, "-I", "-c", code]) is not None


def make_environment() -> None:
    say(tr("Safelight", "Making a Python environment in {folder}.").format(folder=VENV))
    run([sys.executable, "-m", "venv", "--clear", VENV])


def site_packages() -> str:
    return run([PYTHON, "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])[-1].strip()


def forget_half_installed() -> None:
    """Remove the records of packages without INSTALLER, which pip writes last, so that pip installs them again."""
    import glob
    import shutil

    for record in glob.glob(os.path.join(glob.escape(site_packages()), "*.dist-info")):
        if not os.path.exists(os.path.join(record, "INSTALLER")):
            shutil.rmtree(record)


def install(needs: set[str]) -> None:
    import tomllib

    with open(PROJECT, "rb") as file:
        project = tomllib.load(file)["project"]
    requirements = project["dependencies"] + (project["optional-dependencies"]["test"] if "tests" in needs else [])
    torch = next(requirement for requirement in requirements if requirement.startswith("torch"))
    requirements.append(install_torch(torch))
    say(tr("Safelight", "Installing Qt, the image libraries and their dependencies."))
    pip("install", *requirements)
    site = site_packages()
    with open(os.path.join(site, "safelight.pth"), "w", encoding="utf-8") as path:
        path.write(os.path.relpath(ROOT, site) + "\n")  # relative, so that the folder can be moved


def install_torch(requirement: str) -> str:
    """Install the build of torch for this machine. Return the requirement that keeps it while the rest is installed."""
    card, have = graphics_card(), installed_torch()
    if sys.platform == "darwin":
        return requirement  # there is one build for all Macs, with Metal
    if card:
        if not have or have.endswith("+cpu"):
            say(tr("Safelight", "Installing torch for the NVIDIA graphics card: a download of about 3 GB."))
        if have.endswith("+cpu"):
            pip("uninstall", "-y", "torch")
        pip("install", requirement, *cuda_index(*card))
        return requirement
    if not have:
        say(tr("Safelight", "There is no NVIDIA graphics card, so torch is installed for the processor: a download of about 200 MB."))
    if sys.platform == "win32":
        return requirement  # the registry's Windows build is the one for the processor
    offered = [version for version in [have, *offered_torch()] if version.endswith("+cpu")]
    if not any(pip("install", "torch==" + version, requirement, required=False) for version in offered[:2]):
        pip("install", requirement, "--index-url", TORCH_INDEX + "cpu")
    have = installed_torch()
    if not have.endswith("+cpu"):
        stop(
            tr("Safelight", "The package source gave torch {version}, which is not the build for the processor.").format(version=have),
            tr("Safelight", "Check the index and find-links settings of pip (pip config list), then start again."),
        )
    return "torch==" + have


def installed_torch() -> str:
    """Version of the installed torch, such as "2.13.0+cpu"; empty if there is none."""
    code = "import importlib.metadata as m; print(next((d.version for d in m.distributions(name='torch')), ''))"
    return run([PYTHON, "-I", "-c", code])[-1].strip()


def offered_torch() -> list[str]:
    """Versions that pip, as configured by the user, offers for this Python, newest first."""
    lines = ask([PYTHON, "-I", "-m", "pip", "index", "versions", "torch", "--disable-pip-version-check"])
    listed = [line.split(":", 1)[1] for line in lines or () if line.startswith("Available versions:")]
    return [version.strip() for version in listed[0].split(",")] if listed else []


def graphics_card() -> tuple[int, float] | None:
    """Driver version and compute capability of the first NVIDIA card that nvidia-smi reports, if any."""
    for tool in ("nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"):
        answer = ask([tool, "--query-gpu=driver_version,compute_cap", "--format=csv,noheader"])
        try:
            driver, capability = (answer or [""])[0].split(",")
            return int(driver.split(".")[0]), float(capability)
        except ValueError:  # no tool, no driver or no card
            continue
    return None


def cuda_index(driver: int, capability: float) -> list[str]:
    """pip options for the right CUDA build. CUDA 13 needs driver 580 and compute capability 7.5 (Turing); older ones get CUDA 12.6."""
    if driver < 580 or capability < 7.5:
        return ["--index-url", TORCH_INDEX + "cu126"]
    return ["--index-url", TORCH_INDEX + "cu130"] if sys.platform == "win32" else []  # on Linux the registry's build is CUDA 13


def check_imports(needs: set[str]) -> None:
    say(tr("Safelight", "Checking that everything loads."))
    names = ["torch", "diffusers", "transformers"] + (["PySide6.QtWidgets"] if "window" in needs else [])
    run([PYTHON, "-I", "-c", "import " + ", ".join(names)])


# -- running tools, and explaining their failures


def pip(*arguments: str, required: bool = True) -> bool:
    """Run pip in .venv. Return whether it succeeded; if it is `required`, a failure ends the set-up."""
    for variable in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):  # would install into another folder
        os.environ.pop(variable, None)
    options = ["--prefer-binary"] if arguments[0] == "install" else []
    command = [PYTHON, "-I", "-u", "-m", "pip", *arguments, *options, "--disable-pip-version-check", "--no-input"]
    return (run(command) if required else ask(command)) is not None


def run(command: list[str]) -> list[str]:
    """Return the lines that the command prints; if it fails, exit with its last lines and what to do about it."""
    succeeded, lines = execute(command)
    if not succeeded:
        stop(tr("Safelight", "Setting up did not work."), *("    " + line[:160] for line in lines[-8:]), explain("\n".join(lines)))
    return lines


def ask(command: list[str]) -> list[str] | None:
    """Return the lines that the command prints, or None if it fails or does not exist."""
    succeeded, lines = execute(command)
    return lines if succeeded else None


def execute(command: list[str]) -> tuple[bool, list[str]]:
    """Run the command; return whether it succeeded and what it printed. Large downloads of pip are announced as they start."""
    import re
    import subprocess

    download = re.compile(r"\s*Downloading (?:\S*/)?([\w.]+)-([^-\s]+)-\S* (\((?:\d+\.?\d* GB|\d{2,}\.?\d* MB)\))")
    lines: list[str] = []
    try:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace"
        ) as process:
            for line in process.stdout or ():
                lines.append(line.rstrip())
                found = download.match(line)
                if found:
                    say("  " + " ".join(found.groups()))
        if process.returncode < 0:
            lines.append(f"stopped by signal {-process.returncode}")
        return process.returncode == 0, lines
    except OSError as error:
        return False, [*lines, str(error)]


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # the name that lupdate looks for
    return text


# Pattern in the output of a tool, and what to do; the first match counts.
REASONS = (
    (
        r"No space left|Errno 28|disk quota",
        QT_TRANSLATE_NOOP(
            "Safelight", "The disk is full. Free some space, for temporary files too (TMPDIR can name another folder), then start again."
        ),
    ),
    (
        r"Unable to locate package|has no installation candidate",
        QT_TRANSLATE_NOOP(
            "Safelight",
            "The system's package lists do not contain a package that is needed. Check the sources in /etc/apt, then start again.",
        ),
    ),
    (
        r"Could not get lock",
        QT_TRANSLATE_NOOP("Safelight", "Another program is installing system packages. Wait until it has finished, then start again."),
    ),
    (
        r"name resolution|Name or service not known|getaddrinfo|Network is unreachable|NewConnectionError|Connection refused"
        r"|Failed to establish|timed out|Temporary failure resolving|Could not resolve|ProxyError|SSLError",
        QT_TRANSLATE_NOOP(
            "Safelight",
            "The network could not be reached. Check the connection, and the proxy if there is one, then start again. "
            "Finished downloads are kept.",
        ),
    ),
    (
        r"command '\S*(gcc|g\+\+|cc|clang|cl\.exe)\S*' failed|Microsoft Visual C\+\+|Python\.h|(gcc|cc|clang): (command )?not found",
        QT_TRANSLATE_NOOP(
            "Safelight",
            "A package had to be compiled, and there is no compiler. Install one (Debian and Ubuntu: sudo apt-get install "
            "build-essential python3-dev; macOS: xcode-select --install; Windows: Visual Studio Build Tools), then start again.",
        ),
    ),
    (
        r"No matching distribution|Could not find a version",
        QT_TRANSLATE_NOOP(
            "Safelight", "There is no build of this package for your system or your Python. Try another Python (3.11, 3.12 or 3.13)."
        ),
    ),
    (
        r"Permission denied|Errno 13|Read-only file system",
        QT_TRANSLATE_NOOP(
            "Safelight", "The Safelight folder cannot be written to. Copy it to a place that you can write to, then start it there."
        ),
    ),
)


def explain(output: str) -> str:
    """Return what to do about a tool that failed with this output."""
    import re

    for pattern, sentence in REASONS:
        if re.search(pattern, output, re.IGNORECASE):
            return tr("Safelight", sentence)
    return tr("Safelight", "If this happens again, delete the folder .venv and start again.")


# -- words


def tr(context: str, text: str) -> str:
    """`text` in the user's language, as in the window."""
    return translations().get(text, text)


def translations() -> dict[str, str]:
    """By English text; empty unless the environment names Chinese. Qt is not here yet, so the source of its file is read."""
    language = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if not language.startswith("zh"):
        return {}
    import xml.etree.ElementTree as ElementTree

    try:
        messages = ElementTree.parse(os.path.join(ROOT, "resources", "i18n", "safelight_zh_CN.ts")).iter("message")
        return {message.findtext("source", ""): message.findtext("translation", "") for message in messages}
    except (OSError, ElementTree.ParseError):
        return {}


def say(sentence: str) -> None:
    print(sentence, flush=True)


def stop(*sentences: str) -> NoReturn:
    sys.exit("\n".join(sentences))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(tr("Safelight", "Interrupted. The next start continues the set-up."))
