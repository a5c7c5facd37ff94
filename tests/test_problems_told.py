"""What cannot be read or written is told in the window, in one sentence each: provoked with real files."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from desktop.app import Session
from desktop.diffusion.recipe import Recipe
from desktop.library.drafts import Drafts, DraftsFile
from desktop.library.paths import Folders
from desktop.library.settings import Settings, SettingsFile
from desktop.library.stars import StarsFile
from desktop.library.styles import Style, StylesFile
from desktop.studio.instance import Instance
from tests import awaited

WHAT = {"settings.json": "settings", "drafts.json": "text", "stars.json": "stars", "styles.json": "styles"}


@pytest.fixture
def opened(qtbot, unstyled, loop, tmp_path, monkeypatch):
    """Opens the window over the data in `tmp_path`."""
    monkeypatch.setattr("desktop.studio.autosave.SOON", 3_600_000)
    open_ones = []

    def open_it() -> Session:
        folders = Folders.inside(tmp_path)
        instance = Instance(folders.data)
        session = Session(unstyled, folders, instance)
        qtbot.addWidget(session.window)
        session.window.show()
        open_ones.append((session, instance))
        return session

    yield open_it
    for session, instance in open_ones:
        session._language.install(unstyled, "en")
        session._worker.close()
        assert session._worker.join(5)
        instance.close()


def keep_all(data: Path) -> None:
    """Save each file twice, so that each has a copy."""
    data.mkdir(parents=True, exist_ok=True)
    for number in (1, 2):
        SettingsFile(data / "settings.json").save(Settings(held_megabytes=512 + 128 * number))
        DraftsFile(data / "drafts.json").save(Drafts(Recipe.of(prompt=f"a fox {number}")))
        StarsFile(data / "stars.json").save(frozenset({f"star {number}"}))
        StylesFile(data / "styles.json").save((Style(f"style {number}", "in ink"),))


def told(session: Session) -> list[str]:
    return [text.text() for text in session.window.tray.findChildren(QLabel, "notice_text")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "words"),
    [("damaged", "no good copy was found"), ("with a copy", "The last good copy, from "), ("newer", "by a newer Safelight.")],
)
def test_each_file_of_the_user_that_cannot_be_read_is_told_of(loop, opened, tmp_path, how, words):
    data = Folders.inside(tmp_path).data
    keep_all(data)
    for name in WHAT:
        if how == "newer":
            (data / name).write_text('{"schema": 99, "values": {}}')
            continue
        (data / name).write_bytes(b'{"schema": 1')
        if how == "damaged":
            for copy in data.glob(f"{name}.*"):
                copy.write_bytes(b"\0")
    session = opened()

    async def read() -> None:
        await session._restore_stars()
        await awaited.until(lambda: len(told(session)) >= len(WHAT))

    loop.run_until_complete(read())
    sentences = told(session)
    for what in WHAT.values():
        (sentence,) = [sentence for sentence in sentences if what in sentence and words in sentence]
        assert sentence.endswith(".")
    if how == "with a copy":
        assert session.window.create_place.prompt_panel.prompt.toPlainText() == "a fox 2"
        assert session.settings.held_megabytes == 768
    if how == "newer":
        assert all((data / name).read_text() == '{"schema": 99, "values": {}}' for name in WHAT)


@pytest.mark.slow
def test_text_that_cannot_be_saved_is_told_of_once_and_saved_when_there_is_room(loop, opened, tmp_path):
    data = Folders.inside(tmp_path).data
    session = opened()
    (data / "drafts.json").mkdir(parents=True)  # nothing can take its place
    (data / "drafts.json" / "in the way").touch()
    session.window.create_place.prompt_panel.prompt.setPlainText("a fox")

    async def save() -> None:
        for _ in range(2):
            await session._drafts_autosave.now()

    loop.run_until_complete(save())
    assert len([sentence for sentence in told(session) if sentence.startswith("Your text and settings cannot be saved")]) == 1
    (data / "drafts.json" / "in the way").unlink()
    (data / "drafts.json").rmdir()
    loop.run_until_complete(session._drafts_autosave.now())
    assert DraftsFile(data / "drafts.json").load()[0].recipe.prompt.text == "a fox"
