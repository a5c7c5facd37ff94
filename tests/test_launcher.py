"""The launcher: what is written for the applications menu and the desktop, what a click on it starts, and that all of it can be removed."""

from __future__ import annotations

import json
import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from desktop.errors import LauncherTaken, LauncherUndeletable, LauncherUnwritable
from desktop.library import launcher_files
from desktop.library.launcher import Launcher, LauncherState
from desktop.library.launcher_files import Installation, data_folder, desktop_folder, mac_files, windows_files
from desktop.library.paths import Folders
from desktop.resources import APPLICATION_ID
from installer import draw_icons
from tests.screen import wait_for

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the files are those of Linux")

ODD = """家 'of' "a" $HOME `b` 100% \\n"""  # the name of a folder, with everything that a desktop entry and a shell have to quote


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a user with a desktop."""
    home = tmp_path / ODD
    (home / "Desktop").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_DESKTOP_DIR"):
        monkeypatch.delenv(variable, raising=False)
    return home


@pytest.fixture
def copy(tmp_path: Path) -> Installation:
    """A copy of Safelight that writes its arguments to a file beside it."""
    return make_copy(tmp_path / ODD / "copy")


def make_copy(folder: Path) -> Installation:
    start = folder / "installer" / "double_click.py"
    start.parent.mkdir(parents=True)
    said = "import json, os, sys\nsaid = os.path.join(os.path.dirname(__file__), 'said')\n"
    said += "with open(said + '.new', 'w') as file:\n    json.dump(sys.argv[1:], file)\nos.replace(said + '.new', said)\n"
    start.write_text(said, encoding="utf-8")
    return Installation((sys.executable, str(start)), str(start))


def said(copy: Installation) -> list[str]:
    """The arguments that the copy was started with."""
    file = Path(copy.landmark).with_name("said")
    wait_for(file.exists, "it was started")
    return json.loads(file.read_bytes())


def tree(folder: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def entry_in(home: Path) -> Path:
    return home / ".local/share/applications" / f"{APPLICATION_ID}.desktop"


# -- what is written


def test_every_file_is_listed_and_removing_leaves_nothing(home: Path, copy: Installation):
    before = tree(home)
    launcher = Launcher(copy)
    written = launcher.add()
    listed = data_folder() / "launcher.json"
    found = (
        {path for path, content in tree(home).items() if content is not None}
        - set(before)
        - {listed, entry_in(home).parent / "mimeinfo.cache"}
    )
    assert set(written) == found
    assert set(json.loads(listed.read_bytes())["files"]) == {str(path) for path in found}
    assert entry_in(home) in found
    assert home / "Desktop" / entry_in(home).name in found
    assert launcher.read_state() is LauncherState.PRESENT
    assert set(launcher.remove()) == set(written)
    assert tree(home) == before
    assert launcher.read_state() is LauncherState.ABSENT
    assert launcher.remove() == []


def test_adding_twice_is_adding_once(home: Path, copy: Installation):
    before = tree(home)
    launcher = Launcher(copy)
    launcher.add()
    once = tree(home)
    launcher.add()
    assert tree(home) == once
    launcher.remove()
    assert tree(home) == before


@pytest.mark.parametrize(
    ("tool", "options", "suffix"), [("desktop-file-validate", [], ".desktop"), ("appstreamcli", ["validate", "--no-net"], ".metainfo.xml")]
)
def test_the_files_are_valid(home: Path, copy: Installation, tool: str, options: list[str], suffix: str):
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed (installer/run.py --test installs it)")
    files = [path for path in Launcher(copy).add() if path.name.endswith(suffix)]
    assert files
    done = subprocess.run([tool, *options, *files], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hint" not in done.stdout


def test_there_is_an_icon_of_every_size_in_its_folder(home: Path, copy: Installation):
    icons = [path for path in Launcher(copy).add() if path.suffix == ".png"]
    for path in icons:
        with Image.open(path) as image:
            assert path.parts[-3:-1] == (f"{image.width}x{image.height}", "apps")
    assert len(icons) == len(draw_icons.HICOLOR)


@pytest.mark.parametrize(
    ("listed", "folder"),
    [
        (None, "Desktop"),
        ('XDG_DESKTOP_DIR="$HOME/桌面"', "桌面"),
        ('XDG_DESKTOP_DIR="$HOME/"', None),
        ('XDG_DESKTOP_DIR="$HOME/none"', None),
    ],
)
def test_the_desktop_is_where_the_user_has_it(home: Path, listed: str | None, folder: str | None):
    (home / "桌面").mkdir()
    if listed:
        (home / ".config").mkdir()
        (home / ".config" / "user-dirs.dirs").write_text(f"# written by xdg-user-dirs\n{listed}\n", encoding="utf-8")
    assert desktop_folder() == (home / folder if folder else None)


def test_the_list_is_beside_the_other_data(home: Path):
    assert data_folder() == Folders.default().data


# -- what a click starts


@pytest.mark.end_to_end
@pytest.mark.skipif(not shutil.which("gio"), reason="gio is not installed (installer/run.py --test installs it)")
def test_a_click_starts_this_copy_with_the_pictures(home: Path, copy: Installation, tmp_path: Path):
    pictures = [tmp_path / name for name in ("狐狸 图.png", "$(b) 'c'.png")]
    for picture in pictures:
        picture.touch()
    Launcher(copy).add()
    subprocess.run(["gio", "launch", str(entry_in(home)), *map(str, pictures)], check=True, timeout=60)
    assert said(copy) == [str(picture) for picture in pictures]


@pytest.mark.end_to_end
@pytest.mark.skipif(not (shutil.which("gio") and shutil.which("update-desktop-database")), reason="needs gio and desktop-file-utils")
def test_pictures_can_be_opened_with_it_but_it_makes_itself_the_default_of_nothing(home: Path, copy: Installation):
    def offered() -> str:
        return subprocess.run(
            ["gio", "mime", "image/png"], capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}
        ).stdout

    Launcher(copy).add()
    assert APPLICATION_ID in offered()
    assert not list(home.rglob("mimeapps.list"))
    Launcher(copy).remove()
    assert APPLICATION_ID not in offered()


@pytest.mark.end_to_end
@pytest.mark.parametrize(("language", "words"), [("en_GB.UTF-8", "no longer in this folder"), ("zh_CN.UTF-8", "已不在这个文件夹中")])
def test_when_the_folder_was_moved_a_click_says_what_to_do(home: Path, copy: Installation, tmp_path: Path, language: str, words: str):
    """A stand-in for zenity shows it."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "zenity").write_text('#!/bin/sh\nfor word; do printf "%s\\n" "$word"; done\n')
    (tools / "zenity").chmod(0o755)
    Launcher(copy).add()
    Path(copy.landmark).unlink()
    environment = {**os.environ, "LC_ALL": language, "PATH": f"{tools}:{os.environ['PATH']}"}
    shown = subprocess.run([data_folder() / "launch.sh", "a.png"], env=environment, capture_output=True, text=True, check=True).stdout
    assert words in shown
    assert str(Path(copy.landmark).parents[1]) in shown
    assert "python3 installer/run.py" in shown
    assert str(entry_in(home)) in shown


@pytest.mark.end_to_end
def test_when_its_python_is_gone_another_one_is_used(home: Path, copy: Installation):
    Launcher(Installation(("/nowhere/python3.11", *copy.command[1:]), copy.landmark)).add()
    subprocess.run([data_folder() / "launch.sh", "a.png"], check=True)
    assert said(copy) == ["a.png"]


# -- moved, updated and other copies


def test_a_moved_copy_writes_its_launcher_again(home: Path, copy: Installation, tmp_path: Path):
    Launcher(copy).add()
    (home / "Desktop" / entry_in(home).name).unlink()  # by the user, who does not want it back
    shutil.move(Path(copy.landmark).parents[1], tmp_path / "moved")
    moved = Installation(
        (sys.executable, str(tmp_path / "moved/installer/double_click.py")), str(tmp_path / "moved/installer/double_click.py")
    )
    launcher = Launcher(moved)
    assert launcher.read_state() is LauncherState.OUTDATED
    launcher.refresh()
    assert launcher.read_state() is LauncherState.PRESENT
    assert not (home / "Desktop" / entry_in(home).name).exists()
    subprocess.run([data_folder() / "launch.sh", "a.png"], check=True)
    assert said(moved) == ["a.png"]


def test_another_copy_keeps_its_launcher_until_asked(home: Path, copy: Installation, tmp_path: Path):
    Launcher(copy).add()
    before = tree(home)
    other = Launcher(make_copy(tmp_path / "other"))
    other.refresh()
    assert tree(home) == before
    other.add()
    assert str(tmp_path / "other") in (data_folder() / "launch.sh").read_text(encoding="utf-8")


def test_a_new_version_deletes_the_files_that_it_no_longer_has(home: Path, copy: Installation, monkeypatch: pytest.MonkeyPatch):
    before = tree(home)
    written = Launcher(copy).add()
    monkeypatch.setattr("desktop.library.launcher.__version__", "9.0.0")
    monkeypatch.setattr("desktop.library.launcher.launcher_files", lambda installation: launcher_files.linux_files(installation)[:2])
    Launcher(copy).refresh()
    assert [path for path in written if path.exists()] == written[:2]
    Launcher(copy).remove()
    assert tree(home) == before


# -- files of others


def test_a_file_of_another_program_stays_and_nothing_is_written(home: Path, copy: Installation):
    entry_in(home).parent.mkdir(parents=True)
    entry_in(home).write_text("[Desktop Entry]\n")
    before = tree(home)
    with pytest.raises(LauncherTaken, match="was not made by Safelight"):
        Launcher(copy).add()
    assert tree(home) == before
    assert Launcher(copy).read_state() is LauncherState.ABSENT
    assert Launcher(copy).remove() == []
    assert tree(home) == before


def test_files_of_others_in_the_same_folders_stay(home: Path, copy: Installation):
    others = [
        entry_in(home).parent / "other.desktop",
        home / ".local/share/icons/hicolor/48x48/apps/other.png",
        data_folder() / "settings.json",
    ]
    for other in others:
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_text("[Desktop Entry]\nType=Application\nName=Other\nExec=other\nMimeType=image/png;\n")
    before = tree(home)
    launcher = Launcher(copy)
    launcher.add()
    launcher.remove()
    after = tree(home)
    after.pop(entry_in(home).parent / "mimeinfo.cache", None)  # the index of what is left
    assert after == before


@pytest.mark.parametrize("damage", [None, b"{", b'{"schema": 9}'])
def test_without_its_list_it_still_knows_the_files_that_it_would_write(home: Path, copy: Installation, damage: bytes | None):
    written = Launcher(copy).add()
    listed = data_folder() / "launcher.json"
    listed.unlink() if damage is None else listed.write_bytes(damage)
    assert Launcher(copy).read_state() is LauncherState.ABSENT
    assert Launcher(copy).add() == written
    Launcher(copy).remove()
    assert not any(path.exists() for path in written)


def test_a_folder_that_cannot_be_written_is_named_and_nothing_stays(home: Path, copy: Installation):
    (home / ".local/share").mkdir(parents=True)
    (home / ".local/share/icons").touch()  # a file where a folder should be
    before = tree(home)
    with pytest.raises(LauncherUnwritable, match=r"\.local/share") as refused:
        Launcher(copy).add()
    assert "it is not a folder" in str(refused.value)
    assert tree(home) == before


def test_what_cannot_be_deleted_is_named_and_stays_listed(home: Path, copy: Installation):
    Launcher(copy).add()
    entry_in(home).unlink()
    entry_in(home).mkdir()  # as little to be unlinked as a file in a folder of someone else
    with pytest.raises(LauncherUndeletable, match="cannot be deleted"):
        Launcher(copy).remove()
    entry_in(home).rmdir()
    assert Launcher(copy).remove()
    assert not data_folder().exists()


# -- the other systems: only what can be seen from here


@pytest.mark.end_to_end
def test_the_bundle_of_macos_has_a_script_that_starts_this_copy(home: Path, copy: Installation):
    files = {file.path: file for file in mac_files(copy)}
    bundle = home / "Applications" / "Safelight.app" / "Contents"
    information = plistlib.loads(files[bundle / "Info.plist"].content)
    program = files[bundle / "MacOS" / information["CFBundleExecutable"]]
    assert program.executable
    assert bundle / "Resources" / information["CFBundleIconFile"] in files
    subprocess.run(["sh", "-s", "--", "a.png"], input=program.content, check=True)
    assert said(copy) == ["a.png"]


@pytest.mark.end_to_end
def test_the_shortcuts_of_windows_are_made_by_powershell(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A stand-in for PowerShell writes what it was asked for into the shortcut."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "powershell").write_text('#!/bin/sh\nenv | grep ^SAFELIGHT_ >"$SAFELIGHT_LINK"\nprintf "%s\\n" /menu /desktop\n')
    (tools / "powershell").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    files = {
        file.path: file.content
        for file in windows_files(Installation(("/py/python.exe", "C:\\a b\\double_click.py"), "C:\\a b\\double_click.py"))
    }
    assert set(files) == {Path("/menu/Safelight.lnk"), Path("/desktop/Safelight.lnk"), data_folder() / "safelight.ico"}
    assert b'SAFELIGHT_ARGUMENTS="C:\\a b\\double_click.py"' in files[Path("/menu/Safelight.lnk")]
    (tools / "powershell").write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    with pytest.raises(OSError, match="no"):
        windows_files(Installation(("python.exe",), ""))
