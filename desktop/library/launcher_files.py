"""The files of the launcher on each system: entries in the applications menu and on the desktop, and the script that they start.

Standard library only, because `installer/run.py --desktop` works before anything is installed. What is written for Windows and macOS has
not been tried on these systems yet.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..resources import APPLICATION_ID, RESOURCES

TEMPLATES = RESOURCES / "launcher"
_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Installation:
    """One copy of Safelight on this computer."""

    command: tuple[str, ...]  # starts it without a terminal; names of pictures to open may follow
    landmark: str  # a file that is there as long as the copy is

    @classmethod
    def this(cls) -> Installation:
        """A checkout starts with its set-up, by the Python that made `.venv`; a wheel with the Python that it is installed for."""
        start = _PACKAGE.parent / "installer" / "double_click.py"
        if start.is_file():
            return cls((_base_python(), str(start)), str(start))
        return cls((sys.executable, "-P", "-m", _PACKAGE.name), str(_PACKAGE / "__main__.py"))


@dataclass(frozen=True, slots=True)
class LauncherFile:
    path: Path
    content: bytes
    executable: bool = False


def launcher_files(installation: Installation) -> list[LauncherFile]:
    """Everything to write on this system; the first file is the one that makes the launcher visible in the menu."""
    if sys.platform == "win32":
        return windows_files(installation)
    return mac_files(installation) if sys.platform == "darwin" else linux_files(installation)


def data_folder() -> Path:
    """The folder of the program's data, as `Folders.default` has it, but without platformdirs."""
    if sys.platform == "win32":
        return Path(os.environ["LOCALAPPDATA"]) / "safelight"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "safelight"
    return _xdg("XDG_DATA_HOME", ".local/share") / "safelight"


# -- Linux: https://specifications.freedesktop.org (desktop entry 1.4, icon theme 0.13), https://www.freedesktop.org/software/appstream


def linux_files(installation: Installation) -> list[LauncherFile]:
    share = _xdg("XDG_DATA_HOME", ".local/share")
    script, entry = data_folder() / "launch.sh", applications_folder() / f"{APPLICATION_ID}.desktop"
    shown = (TEMPLATES / f"{APPLICATION_ID}.desktop").read_text(encoding="utf-8")
    shown = _filled(shown, {"launch": _exec_word(str(script))})
    metainfo = f"{APPLICATION_ID}.metainfo.xml"
    files = [
        LauncherFile(entry, os.fsencode(shown)),
        LauncherFile(script, _script(installation, entry), executable=True),
        LauncherFile(share / "metainfo" / metainfo, (TEMPLATES / metainfo).read_bytes()),
        LauncherFile(icons_folder() / "scalable" / "apps" / f"{APPLICATION_ID}.svg", (RESOURCES / "icons" / "safelight.svg").read_bytes()),
    ]
    for png in sorted((TEMPLATES / "icons").glob("*.png"), key=lambda path: int(path.stem)):
        files.append(LauncherFile(icons_folder() / f"{png.stem}x{png.stem}" / "apps" / f"{APPLICATION_ID}.png", png.read_bytes()))
    if (desktop := desktop_folder()) is not None:
        files.append(LauncherFile(desktop / f"{APPLICATION_ID}.desktop", os.fsencode(shown), executable=True))
    return files


def applications_folder() -> Path:
    return _xdg("XDG_DATA_HOME", ".local/share") / "applications"


def icons_folder() -> Path:
    return _xdg("XDG_DATA_HOME", ".local/share") / "icons" / "hicolor"


def desktop_folder() -> Path | None:
    """The folder whose files are icons on the desktop (xdg-user-dirs), if there is one and it is not the home folder itself."""
    home = Path.home()
    folder = Path(os.environ.get("XDG_DESKTOP_DIR") or home / "Desktop")
    try:
        listed = (_xdg("XDG_CONFIG_HOME", ".config") / "user-dirs.dirs").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        listed = ""
    if found := re.search(r'^\s*XDG_DESKTOP_DIR="(.*)"', listed, re.MULTILINE):
        folder = Path(re.sub(r"\\(.)", r"\1", found[1]).replace("$HOME", str(home), 1))
    return folder if folder.is_dir() and folder != home else None


def _xdg(variable: str, usual: str) -> Path:
    """A base folder; the specification says to ignore relative paths."""
    value = os.environ.get(variable, "")
    return Path(value) if os.path.isabs(value) else Path.home() / usual


def _exec_word(word: str) -> str:
    """Quote an argument of the key Exec: first the rules of Exec, then those of every string in a desktop entry.

    Not for the program itself: GLib 2.74 does not find one with a percent sign.
    """
    return '"' + re.sub(r'(["`$\\])', r"\\\1", word).replace("\\", "\\\\").replace("%", "%%") + '"'


# What a click starts on Linux and macOS. A moved folder must be reported by something outside of that folder.
_SCRIPT = """\
#!/bin/sh
# Starts Safelight without a terminal. Written by Safelight, which also removes it (python3 installer/run.py --no-desktop).
if [ ! -f @landmark@ ]; then
    case "${LC_ALL:-${LC_MESSAGES:-$LANG}}" in
        zh*) text=@chinese@ ;;
        *) text=@english@ ;;
    esac
    for show in 'zenity --error --no-markup --text' 'kdialog --error' 'xmessage -center -default okay' 'notify-send Safelight'; do
        if command -v "${show%% *}" >/dev/null 2>&1; then
            exec $show "$text"
        fi
    done
    if command -v osascript >/dev/null 2>&1; then
        exec osascript -e 'on run words' -e 'display alert "Safelight" message (item 1 of words)' -e 'end run' "$text"
    fi
    printf '%s\\n' "$text" >&2
    exit 1
fi
python=@python@
[ -x "$python" ] || python=python3
exec "$python" @options@ "$@"
"""
_GONE_ENGLISH = """\
Safelight is no longer in this folder:
@folder@

If you moved it, start it once from its new folder (python3 installer/run.py); then this entry works again.
If you deleted it, delete this entry too:
@entry@"""
_GONE_CHINESE = """\
Safelight 已不在这个文件夹中：
@folder@

如果您移动了它，请从新的文件夹启动一次（python3 installer/run.py），此后这个图标即可恢复正常。
如果您已删除 Safelight，请把这个图标也删除：
@entry@"""


def _script(installation: Installation, entry: Path) -> bytes:
    places = {"folder": str(Path(installation.landmark).parents[1]), "entry": str(entry)}
    english, chinese = (_filled(text, places) for text in (_GONE_ENGLISH, _GONE_CHINESE))
    words = {
        "landmark": shlex.quote(installation.landmark),
        "english": shlex.quote(english),
        "chinese": shlex.quote(chinese),
        "python": shlex.quote(installation.command[0]),
        "options": shlex.join(installation.command[1:]),
    }
    return os.fsencode(_filled(_SCRIPT, words))


def _filled(template: str, words: dict[str, str]) -> str:
    return re.sub("@([a-z]+)@", lambda found: words[found[1]], template)


# -- macOS: bundles of a script; the same one in the Applications folder of the user and on the desktop


def mac_files(installation: Installation) -> list[LauncherFile]:
    import plistlib

    icon = (TEMPLATES / "icons" / "safelight.icns").read_bytes()
    files = []
    for folder in ("Applications", "Desktop"):
        bundle = Path.home() / folder / "Safelight.app"
        information = {
            "CFBundleName": "Safelight",
            "CFBundleIdentifier": APPLICATION_ID,
            "CFBundleExecutable": "Safelight",
            "CFBundleIconFile": "safelight.icns",
            "CFBundlePackageType": "APPL",
            "CFBundleShortVersionString": __version__,
            "NSHighResolutionCapable": True,
        }
        files += [
            LauncherFile(bundle / "Contents" / "Info.plist", plistlib.dumps(information)),
            LauncherFile(bundle / "Contents" / "MacOS" / "Safelight", _script(installation, bundle), executable=True),
            LauncherFile(bundle / "Contents" / "Resources" / "safelight.icns", icon),
        ]
    return files


# -- Windows: shortcuts, which only Windows itself can write

_SHORTCUT = """\
[Console]::OutputEncoding = [Text.Encoding]::UTF8
$link = (New-Object -ComObject WScript.Shell).CreateShortcut($env:SAFELIGHT_LINK)
$link.TargetPath = $env:SAFELIGHT_TARGET
$link.Arguments = $env:SAFELIGHT_ARGUMENTS
$link.IconLocation = $env:SAFELIGHT_ICON
$link.Description = 'Safelight'
$link.Save()
[Environment]::GetFolderPath('Programs')
[Environment]::GetFolderPath('Desktop')
"""


def windows_files(installation: Installation) -> list[LauncherFile]:
    """Raises OSError if PowerShell is missing or fails."""
    import subprocess
    import tempfile

    icon = data_folder() / "safelight.ico"
    python = Path(installation.command[0])
    without_console = python.with_name("pythonw.exe")
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / "Safelight.lnk"
        values = {
            "SAFELIGHT_LINK": str(link),
            "SAFELIGHT_TARGET": str(without_console if without_console.is_file() else python),
            "SAFELIGHT_ARGUMENTS": subprocess.list2cmdline(installation.command[1:]),
            "SAFELIGHT_ICON": str(icon),
        }
        try:
            done = subprocess.run(
                ["powershell", "-NoProfile", "-NonInteractive", "-Command", _SHORTCUT],
                env={**os.environ, **values},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=60,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise OSError("PowerShell did not answer") from error
        if done.returncode or not link.is_file():
            raise OSError(" ".join(done.stderr.split())[:200] or "PowerShell wrote no shortcut")
        menu, desktop = done.stdout.splitlines()[:2]
        shortcut = link.read_bytes()
    return [
        LauncherFile(Path(menu) / "Safelight.lnk", shortcut),
        LauncherFile(Path(desktop) / "Safelight.lnk", shortcut),
        LauncherFile(icon, (TEMPLATES / "icons" / "safelight.ico").read_bytes()),
    ]


def _base_python() -> str:
    """The Python that `.venv` was made with, since a set-up may replace `.venv`."""
    return getattr(sys, "_base_executable", sys.executable)
