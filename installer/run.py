"""Makes Safelight ready on this machine, then starts it.

    python3 installer/run.py [app arguments]              opens the window
    python3 installer/run.py --test [pytest arguments]    runs the tests

Standard library only. Everything goes into .venv beside this folder, and what the system lacks is added where that is
allowed. The stamp in .venv is written last; when it fits, a start reads two small files and nothing else.
"""

from __future__ import annotations  # Python 3.8 reads this file too, to tell its user what is needed

import hashlib
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROJECT = os.path.join(ROOT, "pyproject.toml")
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "Scripts", "python.exe") if os.name == "nt" else os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "safelight-stamp")
OLDEST, NEWEST = (3, 11), (3, 13)

TORCH_INDEX = "https://download.pytorch.org/whl/"      # PyTorch's own: the builds that the package registry does not have
NEED = {"cpu": 3, "cuda": 10}                          # GB of disk that a set-up takes, generously

# What Qt and the tests load, and the Debian and Ubuntu packages that hold it.
LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0", "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3", "libfontconfig.so.1": "libfontconfig1", "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0", "libxcb-icccm.so.4": "libxcb-icccm4", "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1", "libxcb-randr.so.0": "libxcb-randr0", "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0", "libxcb-shape.so.0": "libxcb-shape0", "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1", "libxcb-util.so.1": "libxcb-util1", "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1", "libxkbcommon-x11.so.0": "libxkbcommon-x11-0", "libwayland-cursor.so.0": "libwayland-cursor0",
}
TEST_TOOLS = {
    "Xvfb": "xvfb", "xauth": "xauth", "xprop": "x11-utils", "xdotool": "xdotool", "openbox": "openbox", "dbus-run-session": "dbus",
    "/usr/libexec/at-spi-bus-launcher": "at-spi2-core", "/usr/lib/python3/dist-packages/pyatspi/__init__.py": "python3-pyatspi",
}
CHINESE_FONT = "fonts-wqy-microhei"


def main(arguments: list[str]) -> None:
    testing = arguments[:1] == ["--test"]
    needs = {"python", "window", "tests"} if testing else {"python"} if "--headless" in arguments else {"python", "window"}
    if not needs <= ready():
        set_up(needs)
    if testing:
        os.chdir(ROOT)
    # -P: a torch.py that happens to lie in the user's folder is not ours
    start([PYTHON, "-m", "pytest", *arguments[1:]] if testing else [PYTHON, "-P", "-m", "desktop", *arguments])


def start(command: list[str]) -> None:
    if os.name == "nt":                                # there exec returns to the prompt while the program still runs
        import subprocess
        sys.exit(subprocess.call(command))
    sys.stdout.flush()
    os.execv(command[0], command)


# -- the stamp

def ready() -> set[str]:
    """What the last finished set-up prepared, or nothing if it was for another project file, place or Python."""
    try:
        with open(STAMP, encoding="utf-8") as stamp:
            made_for, prepared = stamp.read().split("\n")[:2]
        return set(prepared.split()) if made_for == fingerprint() else set()
    except (OSError, KeyError, ValueError):
        return set()


def fingerprint() -> str:
    """Of everything a set-up depends on: what to install, how, and the Python that .venv stands on (raises if that is gone)."""
    with open(os.path.join(VENV, "pyvenv.cfg"), encoding="utf-8") as file:
        settings = dict(line.split(" = ", 1) for line in file.read().splitlines() if " = " in line)
    os.stat(settings["executable"])                    # the Python that .venv was made with
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
    with alone():
        prepared = ready()
        if needs <= prepared:                          # another start has done it while we waited
            return
        fresh = not works()
        say("Setting up Safelight. This happens once and takes a few minutes." if fresh else "Bringing the set-up of Safelight up to date.")
        add_system_packages(needs)
        if fresh:
            check_disk()
            make_environment()
        write_stamp("incomplete\n")
        forget_half_installed()
        install(needs | prepared)
        check_imports(needs)
        write_stamp(fingerprint() + "\n" + " ".join(sorted(needs | prepared)) + "\n")
        say("Safelight is ready.")


def check_python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        names = ("python3.13", "python3.12", "python3.11")
        found = next((name for name in names if run([name, "--version"], needed=False) is not None), None)
        stop(f"Safelight needs Python 3.11, 3.12 or 3.13, and this is Python {sys.version_info[0]}.{sys.version_info[1]}.",
             f"Start it with:  {found} installer/run.py" if found else
             "Install one of them (Debian and Ubuntu: sudo apt-get install python3.12 python3.12-venv; "
             "Windows and macOS: python.org), then start again with it.")


def check_disk() -> None:
    import shutil
    need, free = NEED["cuda" if graphics_card() else "cpu"], shutil.disk_usage(ROOT).free / 1e9
    if free < need:
        stop(f"There is not enough room on the disk: setting up needs about {need} GB, and {free:.1f} GB are free at {ROOT}.",
             "Make some room, or move the Safelight folder to a larger disk, then start again.")


class alone:
    """One set-up at a time; a second start waits for the first."""

    def __enter__(self) -> None:
        try:
            self._file = open(os.path.join(ROOT, ".venv.lock"), "w")
        except OSError as error:
            stop(f"Safelight cannot write to its folder {ROOT} ({error.strerror}).",
                 "Copy the folder to a place of your own, then start it there.")
        try:
            import fcntl
        except ImportError:                            # Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another start is setting Safelight up; waiting for it.")
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *error: object) -> None:
        self._file.close()


# -- system packages

def add_system_packages(needs: set[str]) -> None:
    """Install what the system lacks, or say exactly how; on systems without apt only say what is missing."""
    if not sys.platform.startswith("linux"):
        return
    import shutil
    wanted = missing_packages(needs)
    if not wanted:
        return
    if not shutil.which("apt-get"):
        say("These may be missing on this system; if the window does not open, install the packages that hold them: "
            + ", ".join(name for name, package in {**LIBRARIES, **TEST_TOOLS}.items() if package in wanted))
        return
    install = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", *wanted]
    become_root = [] if os.geteuid() == 0 else passwordless_sudo()
    if become_root is None:
        if wanted == [CHINESE_FONT]:
            say("To see Chinese characters, install a font for them:  sudo apt-get install " + CHINESE_FONT)
            return
        stop("Some system packages are missing, and installing them needs the administrator's password. Run this, then start again:",
             "  sudo apt-get update && sudo apt-get install -y --no-install-recommends " + " ".join(wanted))
    say("Adding system packages: " + ", ".join(wanted) + ".")
    as_root = [*become_root, "env", "DEBIAN_FRONTEND=noninteractive"]
    run([*as_root, "apt-get", "update"], needed=False)   # one unreachable source of many is no reason to give up
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
    """Names of all libraries that the loader would find; empty where that cannot be told."""
    import shutil
    ldconfig = shutil.which("ldconfig", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    lines = run([ldconfig, "-p"], needed=False) if ldconfig else None
    return {line.split(" ", 1)[0].strip() for line in lines or () if "=>" in line}


def has_chinese_font() -> bool:
    import re
    chinese = re.compile(r"cjk|wqy|noto ?sans ?(sc|tc|hk)|source ?han|fallbackfull|uming|ukai|msyh|simsun|simhei|pingfang", re.IGNORECASE)
    home = os.path.expanduser("~")
    return any(chinese.search(name)
               for folder in ("/usr/share/fonts", "/usr/local/share/fonts", home + "/.local/share/fonts", home + "/.fonts")
               for _, _, names in os.walk(folder) for name in names)


def passwordless_sudo() -> list[str] | None:
    return ["sudo", "-n"] if run(["sudo", "-n", "true"], needed=False) is not None else None


# -- the environment

def works() -> bool:
    """Whether .venv has a Python of its own, of the right age, that runs and has pip."""
    code = f"import pip, sys; sys.exit(sys.prefix == sys.base_prefix or not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    return run([PYTHON, "-I", "-c", code], needed=False) is not None


def make_environment() -> None:
    say(f"Making a Python environment in {VENV}.")
    run([sys.executable, "-m", "venv", "--clear", VENV])


def site_packages() -> str:
    return run([PYTHON, "-I", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])[-1].strip()


def forget_half_installed() -> None:
    """pip names itself in INSTALLER after the last file of a package: without it, the package is installed anew."""
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
    say("Installing Qt, the picture libraries and what they stand on.")
    pip("install", *requirements)
    site = site_packages()
    with open(os.path.join(site, "safelight.pth"), "w", encoding="utf-8") as path:
        path.write(os.path.relpath(ROOT, site) + "\n")  # relative, so the folder can be moved


def install_torch(requirement: str) -> str:
    """Install the build of torch that fits this machine; the requirement that keeps it while the rest is installed."""
    card, have = graphics_card(), installed_torch()
    if sys.platform == "darwin":
        return requirement                             # one build for all, with Metal
    if card:
        if not have or have.endswith("+cpu"):
            say("Installing torch for the NVIDIA graphics card: a download of about 3 GB.")
        if have.endswith("+cpu"):
            pip("uninstall", "-y", "torch")
        pip("install", requirement, *cuda_index(*card))
        return requirement
    if not have:
        say("There is no NVIDIA graphics card, so torch is installed for the processor: a download of about 200 MB.")
    if sys.platform == "win32":
        return requirement                             # the registry's Windows build is the one for the processor
    offered = [version for version in [have, *offered_torch()] if version.endswith("+cpu")]
    if not any(pip("install", "torch==" + version, requirement, needed=False) for version in offered[:2]):
        pip("install", requirement, "--index-url", TORCH_INDEX + "cpu")
    have = installed_torch()
    if not have.endswith("+cpu"):
        stop(f"The package source gave torch {have}, which is not the build for the processor.",
             "Check the index and find-links settings of pip (pip config list), then start again.")
    return "torch==" + have


def installed_torch() -> str:
    """Its version, such as 2.13.0+cpu, or an empty word."""
    code = "import importlib.metadata as m; print(next((d.version for d in m.distributions(name='torch')), ''))"
    return run([PYTHON, "-I", "-c", code])[-1].strip()


def offered_torch() -> list[str]:
    """Versions that pip, as the user has set it up, knows for this Python, newest first."""
    lines = run([PYTHON, "-I", "-m", "pip", "index", "versions", "torch", "--disable-pip-version-check"], needed=False)
    listed = [line.split(":", 1)[1] for line in lines or () if line.startswith("Available versions:")]
    return [version.strip() for version in listed[0].split(",")] if listed else []


def graphics_card() -> tuple[int, float] | None:
    """Driver version and compute capability of the first NVIDIA card that answers, if any."""
    for tool in ("nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"):
        answer = run([tool, "--query-gpu=driver_version,compute_cap", "--format=csv,noheader"], needed=False)
        try:
            driver, capability = answer[0].split(",")
            return int(driver.split(".")[0]), float(capability)
        except (IndexError, TypeError, ValueError):    # no tool, no driver, no card
            continue
    return None


def cuda_index(driver: int, capability: float) -> list[str]:
    """CUDA 13 needs a driver from 580 and a card from Turing (7.5) on; the builds for CUDA 12.6 serve the older ones."""
    if driver < 580 or capability < 7.5:
        return ["--index-url", TORCH_INDEX + "cu126"]
    return ["--index-url", TORCH_INDEX + "cu130"] if sys.platform == "win32" else []   # on Linux the registry's own build is it


def check_imports(needs: set[str]) -> None:
    say("Checking that everything loads.")
    names = ["torch", "diffusers", "transformers"] + (["PySide6.QtWidgets"] if "window" in needs else [])
    run([PYTHON, "-I", "-c", "import " + ", ".join(names)])


# -- running tools, and saying in plain words what they meet

def pip(*arguments: str, needed: bool = True) -> bool:
    for variable in ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):     # they would install elsewhere
        os.environ.pop(variable, None)
    options = ["--prefer-binary"] if arguments[0] == "install" else []
    return run([PYTHON, "-I", "-u", "-m", "pip", *arguments, *options, "--disable-pip-version-check", "--no-input"], needed) is not None


def run(command: list[str], needed: bool = True) -> list[str] | None:
    """The command's output, with its large downloads announced; on failure stop with a sentence, or None if not `needed`."""
    import re
    import subprocess
    download = re.compile(r"\s*Downloading (?:\S*/)?([\w.]+)-([^-\s]+)-\S* (\((?:\d+\.?\d* GB|\d{2,}\.?\d* MB)\))")
    lines = []
    try:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", errors="replace") as process:
            for line in process.stdout:
                lines.append(line.rstrip())
                found = download.match(line)
                if found:
                    say("  " + " ".join(found.groups()))
        if process.returncode == 0:
            return lines
        if process.returncode < 0:
            lines.append(f"stopped by signal {-process.returncode}")
    except OSError as error:
        lines.append(str(error))
    if needed:
        stop("Setting up did not work.", *("    " + line[:160] for line in lines[-8:]), explain("\n".join(lines)))
    return None


REASONS = {     # what tools say -> what to do; the first that fits
    r"No space left|Errno 28|disk quota":
        "The disk is full. Make some room, for temporary files too (TMPDIR can point elsewhere), then start again.",
    r"Unable to locate package|has no installation candidate":
        "The system's package lists do not have what is needed. Check the sources in /etc/apt, then start again.",
    r"Could not get lock":
        "Another program is installing system packages. Wait until it is done, then start again.",
    r"name resolution|Name or service not known|getaddrinfo|Network is unreachable|NewConnectionError|Connection refused"
    r"|Failed to establish|timed out|Temporary failure resolving|Could not resolve|ProxyError|SSLError":
        "The network could not be reached. Check the connection, and the proxy if there is one, then start again; what is here is kept.",
    r"command '\S*(gcc|g\+\+|cc|clang|cl\.exe)\S*' failed|Microsoft Visual C\+\+|Python\.h|(gcc|cc|clang): (command )?not found":
        "A package had to be compiled, and there is no compiler. Install one (Debian and Ubuntu: sudo apt-get install build-essential "
        "python3-dev; macOS: xcode-select --install; Windows: Visual Studio Build Tools), then start again.",
    r"No matching distribution|Could not find a version":
        "There is no build of this package for your system or your Python. Try with another Python (3.11, 3.12 or 3.13).",
    r"Permission denied|Errno 13|Read-only file system":
        "The Safelight folder cannot be written to. Copy it to a place of your own, then start it there.",
}


def explain(output: str) -> str:
    """The sentence that fits what a tool said."""
    import re
    for pattern, sentence in REASONS.items():
        if re.search(pattern, output, re.IGNORECASE):
            return sentence
    return "If it goes on like this, delete the folder .venv and start again."


def say(sentence: str) -> None:
    print(sentence, flush=True)


def stop(*sentences: str) -> None:
    sys.exit("\n".join(sentences))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("Interrupted. The next start goes on from here.")
