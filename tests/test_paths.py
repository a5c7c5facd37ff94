from pathlib import Path

from desktop.library.paths import Folders


def test_pictures_go_where_the_system_keeps_pictures(own_folders):
    folders = Folders.default()
    assert folders.pictures == own_folders / "pictures" / "Safelight"
    assert folders.data == own_folders / "data" / "safelight"
    assert folders.cache == own_folders / "cache" / "safelight"
    assert folders.logs.is_relative_to(own_folders / "state")


def test_a_pictures_folder_in_the_users_language_is_found(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_PICTURES_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "user-dirs.dirs").write_text('XDG_PICTURES_DIR="$HOME/图片"\n', encoding="utf-8")
    assert Folders.default().pictures == tmp_path / "图片" / "Safelight"


def test_everything_fits_in_one_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = Folders.inside(Path("here"))
    assert folders.data == tmp_path / "here"
    assert all(folder.is_relative_to(tmp_path / "here") for folder in (folders.pictures, folders.logs, folders.cache))
    assert not folders.data.exists()  # asking makes nothing
