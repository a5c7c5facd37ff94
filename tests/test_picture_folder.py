"""Reading folders of pictures: what is used, what is changed, what is left out and why; how much is read; stopping."""

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop.library import picture_folder
from desktop.library.picture_folder import FolderPictures, FolderReading, Stopped

from .png_kit import SIGNATURE, chunk, png


def halves(width: int = 40, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), (200, 0, 0))
    image.paste((0, 0, 200), (width // 2, 0, width, height))
    return image.convert(mode)


def read(folder: Path, most: int = 100, has_kinds: bool = True) -> FolderPictures:
    return FolderReading(folder, most, has_kinds).read()


def said(remarks: tuple[picture_folder.Remark, ...]) -> dict[str, str]:
    return {remark.file: remark.words.format(**dict(remark.values)) for remark in remarks}


def is_near(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() < 12)


def test_pictures_become_squares_of_their_middle(tmp_path: Path) -> None:
    wide = Image.new("RGB", (300, 100), (0, 200, 0))
    wide.paste((200, 0, 0), (100, 0, 150, 100))
    wide.paste((0, 0, 200), (150, 0, 200, 100))
    for suffix in (".png", ".jpg", ".webp", ".gif", ".bmp", ".tiff"):
        wide.save(tmp_path / f"a{suffix}", quality=95)
    found = read(tmp_path)
    assert found.name == tmp_path.name
    assert found.pixels.shape[1:] == (32, 32, 3)
    assert {*found.files, *said(found.skipped)} == {path.name for path in tmp_path.iterdir()}  # some look the same
    for pixels in found.pixels:
        assert is_near(pixels[16, 2], (200, 0, 0))
        assert is_near(pixels[16, 29], (0, 0, 200))


def test_what_has_to_be_changed_is_said(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 3  # turned by 180°
    halves().save(tmp_path / "turned.png", exif=exif)
    halves(44, 44, "CMYK").save(tmp_path / "print.jpg", quality=95)
    grey = np.full((40, 40), 20_000, np.uint16)
    grey[:, 20:] = 60_000
    Image.fromarray(grey).save(tmp_path / "deep.png")
    halves().save(tmp_path / "moving.gif", save_all=True, append_images=[Image.new("RGB", (40, 40), "white")])
    clear = halves(mode="RGBA")
    clear.paste((0, 0, 0, 0), (0, 0, 20, 40))
    clear.save(tmp_path / "clear.png")
    whole = halves(48, 48, "RGBA")
    whole.save(tmp_path / "whole.png")
    found = read(tmp_path)
    assert said(found.changed) == {
        "turned.png": "turned as its camera says",
        "print.jpg": "CMYK, converted to RGB",
        "deep.png": "16 bits, reduced to 8",
        "moving.gif": "several frames, the first one is used",
        "clear.png": "transparent, laid on white",
    }
    pixels = dict(zip(found.files, found.pixels, strict=True))
    assert is_near(pixels["turned.png"][16, 2], (0, 0, 200))
    assert is_near(pixels["print.jpg"][16, 2], (200, 0, 0))
    assert is_near(pixels["deep.png"][16, 2], (78, 78, 78))
    assert is_near(pixels["deep.png"][16, 29], (233, 233, 233))
    assert is_near(pixels["moving.gif"][16, 29], (0, 0, 200))
    assert is_near(pixels["clear.png"][16, 2], (255, 255, 255))
    assert is_near(pixels["clear.png"][16, 29], (0, 0, 200))
    assert "whole.png" in pixels


def test_deep_colours_are_said_to_be_reduced(tmp_path: Path) -> None:
    row = b"\0" + b"\xc8\0\0\0\0\0" * 16
    header = (16).to_bytes(4, "big") * 2 + bytes([16, 2, 0, 0, 0])
    (tmp_path / "deep.png").write_bytes(SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 16)) + chunk(b"IEND"))
    found = read(tmp_path)
    assert said(found.changed) == {"deep.png": "16 bits, reduced to 8"}
    assert is_near(found.pixels[0][16, 16], (200, 0, 0))


def test_what_cannot_be_used_is_left_out_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "words.jpg").write_text("no picture either")
    (tmp_path / "empty.png").touch()
    held = io.BytesIO()
    halves(200, 200).save(held, "JPEG")
    (tmp_path / "cut.jpg").write_bytes(held.getvalue()[:-300])
    halves(1, 400).save(tmp_path / "line.png")
    halves(400, 1).save(tmp_path / "flat.png")
    (tmp_path / "bomb.png").write_bytes(png(width=20_000, height=20_000, pixels=b""))
    (tmp_path / "large.png").write_bytes(png(width=6_000, height=6_000, pixels=b""))
    Image.fromarray(np.zeros((40, 40), np.float32)).save(tmp_path / "numbers.tiff")
    halves().save(tmp_path / "good.png")
    halves().save(tmp_path / "same.png")
    (tmp_path / ".hidden.png").touch()
    (tmp_path / "gone.png").symlink_to(tmp_path / "nothing")
    found = read(tmp_path)
    assert found.files == ("good.png",)
    assert said(found.skipped) == {
        "notes.txt": "not a picture",
        "words.jpg": "damaged, cut off, or not what its name says",
        "empty.png": "empty",
        "cut.jpg": "damaged, cut off, or not what its name says",
        "line.png": "too narrow: 1 × 400 px",
        "flat.png": "too narrow: 400 × 1 px",
        "bomb.png": "too large: > 89 million pixels",
        "large.png": "too large: 36 million pixels",
        "numbers.tiff": "colours of a kind that cannot be shown",
        "same.png": "looks the same as good.png",
        "gone.png": "cannot be read: it does not exist",
    }


def test_a_large_photo_is_reduced_while_it_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    halves(1000, 1000).save(tmp_path / "photo.jpg")
    halves(1000, 1000).save(tmp_path / "progressive.jpg", progressive=True)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100_000)  # 89 million: from there on Pillow refuses to open a picture
    monkeypatch.setattr(picture_folder, "MOST_PIXELS", 100_000)
    found = read(tmp_path)
    assert found.files == ("photo.jpg",)
    assert said(found.skipped) == {"progressive.jpg": "too large: 1 million pixels"}


def test_an_avif_may_have_fewer_pixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    halves(1000, 1000).save(tmp_path / "large.avif")
    monkeypatch.setattr(picture_folder, "MOST_AVIF_PIXELS", 100_000)
    assert said(read(tmp_path).skipped) == {"large.avif": "too large: 1 million pixels"}


def test_subfolders_are_kinds(tmp_path: Path) -> None:
    for kind, count in (("cats", 2), ("dogs", 3)):
        (tmp_path / kind / "deeper").mkdir(parents=True)
        for number in range(count):
            folder = tmp_path / kind if number else tmp_path / kind / "deeper"
            Image.new("RGB", (16, 16), (40 * number, 100 * (kind == "dogs"), 0)).save(folder / f"{number}.png")
    found = read(tmp_path)
    assert found.kinds == ("cats", "dogs")
    assert found.labels is not None
    assert found.labels.tolist() == [0, 0, 1, 1, 1]
    assert read(tmp_path, has_kinds=False).labels is None
    halves().save(tmp_path / "neither.png")
    assert read(tmp_path).labels is None


def test_of_many_pictures_the_same_choice_is_read(tmp_path: Path) -> None:
    for number in range(30):
        Image.new("RGB", (16, 16), (8 * number, 0, 0)).save(tmp_path / f"{number:02}.png")
    (tmp_path / "00.png").write_bytes(b"broken")
    reading = FolderReading(tmp_path, 20)
    found = reading.read()
    assert len(found.files) == reading.found == 20
    assert found.unread == 30 - reading.done
    assert found.files == read(tmp_path, 20).files
    assert found.files != tuple(f"{number:02}.png" for number in range(1, 21))


def test_an_empty_folder_has_no_pictures(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.files, found.pixels.shape, found.skipped) == ((), (0, 32, 32, 3), ())


def test_a_missing_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing")


def test_no_more_files_are_listed_than_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_folder, "MOST_FILES", 5)
    for number in range(7):
        Image.new("RGB", (16, 16), (8 * number, 0, 0)).save(tmp_path / f"{number}.png")
    found = read(tmp_path)
    assert found.is_cut
    assert len(found.files) == 5
    monkeypatch.setattr(picture_folder, "MOST_FILES", 7)
    assert not read(tmp_path).is_cut


def test_reading_can_be_stopped_or_cut_short(tmp_path: Path) -> None:
    for number in range(5):
        Image.new("RGB", (16, 16), (8 * number, 0, 0)).save(tmp_path / f"{number}.png")
    reading = FolderReading(tmp_path, 5)
    reading.is_stopped = True
    with pytest.raises(Stopped):
        reading.read()
    reading = FolderReading(tmp_path, 5)
    reading.is_enough = True
    assert len(reading.read().files) == 1
