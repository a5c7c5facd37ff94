"""Settings survive damage of their file."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.diffusion.run import Previews
from desktop.errors import SettingsIgnored, SettingsLost, SettingsNewer, SettingsRestored
from desktop.library import safe_file
from desktop.library.settings import Settings, SettingsFile
from tests import damage

CHOSEN = Settings(
    language="zh_CN",
    theme="light",
    reduce_motion=True,
    previews=Previews.BEST,
    pictures_folder="/tmp/图片 🎨",
    name_template="{seed} {prompt}",
    held_megabytes=64,
    recordings_megabytes=1048576,
    captions=False,
    notifications=False,
    model_folders=("/models/a", "/models/b"),
    watched_model_folders=("/home/u/ComfyUI",),
    hidden_models=("/home/u/ComfyUI/models/checkpoints/old.safetensors",),
    default_model="/models/b",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data/settings.json"


def files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


def saved(path: Path, *settings: Settings) -> Path:
    file = SettingsFile(path)
    file.load()
    for each in settings:
        file.save(each)
    return path


def test_the_first_start_has_the_defaults(path: Path) -> None:
    assert SettingsFile(path).load() == (Settings(), None)
    assert not path.parent.exists()


def test_what_was_saved_comes_back(path: Path) -> None:
    assert SettingsFile(saved(path, CHOSEN)).load() == (CHOSEN, None)


def test_the_file_holds_only_what_differs(path: Path) -> None:
    saved(path, Settings(theme="dark"))
    assert json.loads(path.read_text())["values"] == {"theme": "dark"}


def test_unknown_keys_are_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"schema": 1, "values": {"theme": "dark", "grid": [1, 2]}}))
    file = SettingsFile(path)
    settings, problem = file.load()
    assert (settings, problem) == (Settings(theme="dark"), None)
    file.save(replace(settings, theme="light"))
    assert json.loads(path.read_text())["values"] == {"theme": "light", "grid": [1, 2]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "tlh"),
        ("language", None),
        ("theme", []),
        ("reduce_motion", "yes"),
        ("previews", "sometimes"),
        ("previews", {}),
        ("pictures_folder", 7),
        ("held_megabytes", "512"),
        ("held_megabytes", True),
        ("held_megabytes", -1),
        ("held_megabytes", 1e400),
        ("recordings_megabytes", 63),
        ("recordings_megabytes", 1048577),
        ("captions", 1),
        ("notifications", "no"),
        ("model_folders", "/models"),
        ("model_folders", [1]),
        ("reduce_motion", None),
    ],
)
def test_a_value_that_makes_no_sense_is_reported_and_the_rest_kept(path: Path, name: str, value: object) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"schema": 1, "values": {"name_template": "{prompt}", name: value}}))
    settings, problem = SettingsFile(path).load()
    assert settings == Settings(name_template="{prompt}")
    assert isinstance(problem, SettingsIgnored)
    assert name in str(problem)


@pytest.mark.slow
def test_a_file_cut_at_any_byte_costs_nothing(path: Path) -> None:
    saved(path, Settings(theme="dark"), CHOSEN)
    for size in damage.cut(path):
        settings, problem = SettingsFile(path).load()
        assert settings == CHOSEN, size
        assert isinstance(problem, SettingsRestored)


@pytest.mark.slow
def test_a_flipped_bit_costs_nothing(path: Path) -> None:
    saved(path, Settings(theme="dark"), CHOSEN)
    for position, bit in damage.flipped(path, lambda position: {position % 8, (position + 3) % 8, (position + 5) % 8}):
        assert SettingsFile(path).load()[0] == CHOSEN, (position, bit)


def test_the_newest_good_copy_is_used(path: Path) -> None:
    saved(path, *(Settings(held_megabytes=size) for size in (100, 200, 300, 400)))
    for good, size in enumerate((400, 300, 200), start=1):
        for number in range(1, good):
            path.with_name(f"settings.json.{number}").write_bytes(b"{")
        path.write_bytes(b"")
        assert SettingsFile(path).load()[0].held_megabytes == size


def test_a_file_that_is_gone_is_restored_too(path: Path) -> None:
    saved(path, CHOSEN).unlink()
    settings, problem = SettingsFile(path).load()
    assert settings == CHOSEN
    assert isinstance(problem, SettingsRestored)


def test_saving_continues_after_a_restore(path: Path) -> None:
    saved(path, CHOSEN).write_bytes(b"garbage")
    file = SettingsFile(path)
    file.load()
    file.save(CHOSEN)
    assert SettingsFile(path).load() == (CHOSEN, None)


def test_without_a_good_copy_the_damaged_file_is_kept_aside(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"garbage")
    file = SettingsFile(path)
    settings, problem = file.load()
    assert settings == Settings()
    assert isinstance(problem, SettingsLost)
    assert problem.values["file"].read_bytes() == b"garbage"
    file.save(CHOSEN)
    assert SettingsFile(path).load() == (CHOSEN, None)
    assert problem.values["file"].read_bytes() == b"garbage"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"schema": true, "values": {}}',
        b'{"schema": "1", "values": {}}',
        b'{"schema": 1, "values": []}',
        b'{"schema": 1}',
    ],
)
def test_any_content_of_the_file_is_handled(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    settings, problem = SettingsFile(path).load()
    assert settings == Settings()
    assert isinstance(problem, SettingsLost)


def test_a_folder_in_place_of_the_file_is_put_aside(path: Path) -> None:
    path.mkdir(parents=True)
    assert isinstance(SettingsFile(path).load()[1], SettingsLost)
    saved(path, CHOSEN)
    assert SettingsFile(path).load() == (CHOSEN, None)


@pytest.mark.parametrize(
    "newer",
    [
        {"schema": 2, "sha256": "0", "values": {"theme": "light", "language": 7, "new": 1}},
        {"schema": 99, "values": {"theme": "light"}},
        {"schema": 2, "values": {"theme": "light"}, "signature": "…"},
    ],
)
def test_a_newer_versions_file_is_read_and_left_as_it_is(path: Path, newer: dict) -> None:
    saved(path, CHOSEN).write_text(json.dumps(newer))
    before = files(path)
    file = SettingsFile(path)
    settings, problem = file.load()
    assert settings == Settings(theme="light")
    assert isinstance(problem, SettingsNewer)
    file.save(CHOSEN)
    assert files(path) == before


def test_a_newer_file_of_another_shape_is_left_as_it_is(path: Path) -> None:
    saved(path, CHOSEN).write_text(json.dumps({"schema": 3, "profiles": []}))
    before = files(path)
    file = SettingsFile(path)
    assert file.load()[0] == Settings()
    file.save(CHOSEN)
    assert files(path) == before


def test_the_same_settings_are_not_written_twice(path: Path) -> None:
    file = SettingsFile(path)
    file.load()
    file.save(CHOSEN)
    before = path.stat().st_ino
    file.save(CHOSEN)
    assert path.stat().st_ino == before


def test_a_failure_in_the_middle_of_saving_leaves_the_old_or_the_new(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(path, Settings(held_megabytes=100), Settings(held_megabytes=200))
    replace_file = safe_file.replace
    for failing in range(2):
        calls = []

        def fail(target: Path, data: bytes, failing: int = failing, calls: list[Path] = calls) -> None:
            calls.append(target)
            if len(calls) > failing:
                raise OSError(28, "No space left on device")
            replace_file(target, data)

        copy = tmp_path / f"copy{failing}"
        shutil.copytree(path.parent, copy)
        file = SettingsFile(copy / "settings.json")
        file.load()
        with monkeypatch.context() as patch:
            patch.setattr(safe_file, "replace", fail)
            with pytest.raises(OSError, match="space"):
                file.save(CHOSEN)
        assert SettingsFile(copy / "settings.json").load() == (Settings(held_megabytes=200), None)
        file.save(CHOSEN)
        assert SettingsFile(copy / "settings.json").load() == (CHOSEN, None)


@pytest.mark.parametrize("done", range(3))
def test_a_kill_in_the_very_first_writing_is_no_damage(path: Path, monkeypatch: pytest.MonkeyPatch, done: int) -> None:
    written = []
    replace_file = safe_file.replace

    def killed_after_some(target: Path, data: bytes) -> None:
        if len(written) == done:
            raise KeyboardInterrupt
        written.append(target)
        replace_file(target, data)

    with monkeypatch.context() as patch:
        patch.setattr(safe_file, "replace", killed_after_some)
        with contextlib.suppress(KeyboardInterrupt):
            SettingsFile(path).save(CHOSEN)
    settings, problem = SettingsFile(path).load()
    assert problem is None
    assert settings == (CHOSEN if done else Settings())


def test_a_disk_that_stays_full_costs_no_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SettingsFile(saved(path, *(Settings(held_megabytes=size) for size in (100, 200, 300))))
    settings, _ = file.load()
    before = files(path)

    def fail(target: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(safe_file, "replace", fail)
    for size in range(5):
        with pytest.raises(OSError, match="space"):
            file.save(replace(settings, held_megabytes=400 + size))
    assert files(path) == before
