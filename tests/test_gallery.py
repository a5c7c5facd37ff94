"""The gallery: finding recent pictures on disk."""

import os
from datetime import datetime, timedelta

from desktop.diffusion.recipe import Recipe
from desktop.diffusion.run import Pixels
from desktop.library import gallery
from desktop.library.artwork import Artwork, save_in

TINY = Pixels(1, 1, b"abc")


def test_the_newest_pictures_come_first_over_the_days(tmp_path):
    moment = datetime.now().astimezone() - timedelta(days=9)
    saved = []
    for day in range(3):
        for hour in range(4):
            path = save_in(Artwork(TINY, Recipe.of(seed=100 - hour), {}, moment + timedelta(days=day)), tmp_path, "{seed}")
            os.utime(path, ns=(0, 10**9 * (1 + day * 24 + hour)))
            saved.append(path)
    assert gallery.recent(tmp_path, 99) == saved[::-1]
    assert gallery.recent(tmp_path, 6) == saved[:-7:-1]
    assert gallery.recent(tmp_path, 0) == []


def test_only_pictures_count(tmp_path):
    day = tmp_path / "2026-11-22"
    (day / "folder.png").mkdir(parents=True)
    (tmp_path / "2026-11-23").write_bytes(b"not a folder")
    (tmp_path / "holidays").mkdir()
    for name in (
        "2026-11-22/a.png",
        "2026-11-22/b.JPG",
        "2026-11-22/c.webp",
        "2026-11-22/d.txt",
        "2026-11-22/.safelight-part-1.png",
        "holidays/e.png",
        "f.png",
    ):
        (tmp_path / name).write_bytes(b"x")
    (day / "link.png").symlink_to(day / "a.png")
    assert {path.name for path in gallery.recent(tmp_path, 99)} == {"a.png", "b.JPG", "c.webp"}
    assert gallery.recent(tmp_path / "missing", 99) == []


def test_old_day_folders_are_not_read(tmp_path, monkeypatch):
    for number in range(100):
        day = tmp_path / f"2026-{number // 28 + 1:02}-{number % 28 + 1:02}"
        day.mkdir()
        for picture in range(20):
            (day / f"{picture:04}.png").touch()
    looked, opened = [], []
    entries = gallery._entries
    monkeypatch.setattr(gallery, "_entries", lambda folder: looked.append(folder) or entries(folder))
    monkeypatch.setattr("desktop.library.safe_file.read", lambda path, most: opened.append(path))
    assert len(gallery.recent(tmp_path, 30)) == 30
    assert len(looked) == 3  # the folder itself and two days
    assert opened == []
