"""The small pictures of the gallery: made once from a picture or a recording, then cut to a square for each size of the tiles."""

from __future__ import annotations

from collections.abc import Iterable

from ..diffusion.run import Pixels
from ..errors import PictureUnreadable, SafelightError
from . import artwork, recording
from .gallery_index import Item

SIDE = 320  # px, the longer side of a thumbnail as it is stored


def whole_picture(item: Item, side: int | None = None) -> Pixels:
    """The picture of `item`, or of the last step of its run, scaled down to fit a square of `side` px if given. Reads the disk.

    Raises `PictureUnreadable`.
    """
    if not item.is_run:
        return artwork.read_pixels(item.path, side)
    try:
        if pixels := recording.read_newest_picture(item.path):
            return pixels
    except SafelightError as error:
        raise PictureUnreadable(file=item.path, problem=error.values.get("problem", artwork.UNREADABLE)) from error
    return Pixels(1, 1, bytes(3))  # it was made without previews


def square(pixels: Pixels, side: int) -> Pixels:
    """The middle of `pixels` as a square of `side` px."""
    from PIL import Image, ImageOps

    image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data)
    return Pixels(side, side, ImageOps.fit(image, (side, side), Image.Resampling.BICUBIC).tobytes())


def squares(all: Iterable[Pixels], side: int) -> list[Pixels]:
    return [square(pixels, side) for pixels in all]
