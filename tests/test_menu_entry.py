"""The launcher as the window offers it: asked once, added, removed, and each undone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.errors import LauncherTaken
from desktop.library.launcher_files import applications_folder, data_folder
from desktop.resources import APPLICATION_ID
from desktop.studio.menu_entry import MenuEntry
from desktop.studio.notices import Notice, NoticeKind, Notices
from tests import awaited

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the files are those of Linux")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def told(notices: Notices) -> list[Notice]:
    told: list[Notice] = []
    notices.listen(told.append)
    return told


def entry() -> Path:
    return applications_folder() / f"{APPLICATION_ID}.desktop"


async def test_it_is_offered_only_if_it_is_not_there(notices: Notices, told: list[Notice]):
    menu_entry = MenuEntry(notices)
    assert not menu_entry.offer()  # not known yet
    await menu_entry.refresh()
    assert menu_entry.offer()
    assert told[0].kind is NoticeKind.OFFER
    told[0].actions[0].run()
    await awaited.until(lambda: len(told) == 2)
    assert entry().is_file()
    assert menu_entry.present
    assert not menu_entry.offer()


async def test_adding_and_removing_can_be_undone(notices: Notices, told: list[Notice]):
    menu_entry = MenuEntry(notices)
    await menu_entry.add()
    told[-1].actions[0].run()
    await awaited.until(lambda: len(told) == 2)
    assert menu_entry.present is False
    assert not entry().exists()
    told[-1].actions[0].run()
    await awaited.until(lambda: len(told) == 3)
    assert entry().is_file()


async def test_after_a_refusal_it_is_as_before(notices: Notices):
    entry().parent.mkdir(parents=True)
    entry().touch()
    menu_entry = MenuEntry(notices)
    states = []
    menu_entry.changed.connect(lambda: states.append(menu_entry.present))
    with pytest.raises(LauncherTaken):
        await menu_entry.add()
    assert states == [None, False]


async def test_a_start_of_a_moved_copy_repairs_its_launcher(notices: Notices, tmp_path: Path):
    menu_entry = MenuEntry(notices)
    await menu_entry.add()
    listed, script = data_folder() / "launcher.json", data_folder() / "launch.sh"
    right = script.read_bytes()
    here = str(Path(__file__).parents[1])
    for file in (listed, script):
        file.write_text(file.read_text().replace(here, str(tmp_path / "where it was")))
    await menu_entry.refresh()
    assert script.read_bytes() == right
