"""Sets of small pictures to learn from, and those that ship with Safelight. Torch-free."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import QT_TRANSLATE_NOOP
from ..resources import RESOURCES

if TYPE_CHECKING:
    import numpy as np

FOLDER = RESOURCES / "learn"
DIGITS = FOLDER / "digits.npz"
THINGS_SHEET = FOLDER / "things.webp"
THINGS_SIDE = 32  # px of a picture on the sheet
COLUMNS = 60  # pictures in a row of the sheet
THINGS = (
    QT_TRANSLATE_NOOP("Safelight", "apple"),
    QT_TRANSLATE_NOOP("Safelight", "banana"),
    QT_TRANSLATE_NOOP("Safelight", "mushroom"),
    QT_TRANSLATE_NOOP("Safelight", "sunflower"),
    QT_TRANSLATE_NOOP("Safelight", "panda"),
    QT_TRANSLATE_NOOP("Safelight", "frog"),
    QT_TRANSLATE_NOOP("Safelight", "pig"),
    QT_TRANSLATE_NOOP("Safelight", "octopus"),
    QT_TRANSLATE_NOOP("Safelight", "car"),
    QT_TRANSLATE_NOOP("Safelight", "house"),
)


@dataclass(frozen=True, slots=True, eq=False)
class PictureSet:
    """Pictures of one size, in memory."""

    name: str  # of the folder; marked for translation if it is a bundled set
    pixels: np.ndarray  # N×side×side×3, uint8
    labels: np.ndarray | None  # N, int64: which of `kinds`; None if the pictures are not sorted
    kinds: tuple[str, ...] = ()  # names of subfolders; marked for translation if it is a bundled set

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def side(self) -> int:
        """Pixels."""
        return self.pixels.shape[1]

    @property
    def fingerprint(self) -> str:
        """Sha256 of pixels and labels: whether two sets are the same. Takes 2 ms for each MB."""
        content = hashlib.sha256(repr(self.pixels.shape).encode())
        content.update(self.pixels.tobytes())
        if self.labels is not None:
            content.update(self.labels.astype("<i8").tobytes())
        return content.hexdigest()

    def reduced(self, side: int) -> PictureSet:
        """The same pictures with a side of `side` px, a half or a quarter …: the means of squares of pixels."""
        import numpy as np

        pixels = self.pixels
        while pixels.shape[1] > side:
            wide = pixels.astype(np.uint16)
            wide = wide[:, ::2] + wide[:, 1::2]
            pixels = ((wide[:, :, ::2] + wide[:, :, 1::2] + 2) // 4).astype(np.uint8)
        return PictureSet(self.name, pixels, self.labels, self.kinds)

    def without(self, places: Sequence[int]) -> PictureSet:
        """All pictures but those at `places`."""
        import numpy as np

        if not places:
            return self
        kept = np.delete(np.arange(len(self)), list(places))
        return PictureSet(self.name, self.pixels[kept], None if self.labels is None else self.labels[kept], self.kinds)

    def first(self, count: int) -> PictureSet:
        """The first `count` pictures."""
        return PictureSet(self.name, self.pixels[:count], None if self.labels is None else self.labels[:count], self.kinds)


@dataclass(frozen=True, slots=True)
class Bundled:
    """A set that ships with Safelight."""

    key: str
    name: str  # marked for translation
    about: str  # one sentence, marked for translation
    side: int  # px


BUNDLED: Sequence[Bundled] = (
    Bundled(
        "digits",
        QT_TRANSLATE_NOOP("Safelight", "Digits, 8 px"),
        QT_TRANSLATE_NOOP("Safelight", "1,797 handwritten digits of 43 people, as scikit-learn ships them."),
        8,
    ),
    Bundled(
        "things16",
        QT_TRANSLATE_NOOP("Safelight", "Things, 16 px"),
        QT_TRANSLATE_NOOP("Safelight", "3,000 pictures of ten things, painted as those that the starter model learned from."),
        16,
    ),
    Bundled(
        "things32",
        QT_TRANSLATE_NOOP("Safelight", "Things, 32 px"),
        QT_TRANSLATE_NOOP("Safelight", "3,000 pictures of ten things, painted as those that the starter model learned from."),
        32,
    ),
)


def read_bundled(key: str) -> PictureSet:
    """Read a bundled set, in a fixed order that mixes the kinds. Takes some 60 ms; not on the GUI thread.

    The digits are the test set of the UCI ML handwritten digits, grey values 0…16. The things were painted by
    `installer/paint_pictures.py`: one cut-out of Fluent Emoji on a plain ground, by the code that painted the pictures
    the starter model learned from, 300 of each. A value is off by at most 4 of 255; those of 16 px are the means of 2×2 pixels.
    """
    bundled = next(entry for entry in BUNDLED if entry.key == key)
    return _digits(bundled.name) if key == "digits" else _things(bundled.name, bundled.side)


def _digits(name: str) -> PictureSet:
    import numpy as np

    with np.load(DIGITS, allow_pickle=False) as kept:
        values, labels = kept["values"], kept["labels"].astype(np.int64)
    grey = np.round(values * (255 / 16)).astype(np.uint8)
    return PictureSet(name, np.repeat(grey[..., None], 3, axis=3), labels, tuple(str(digit) for digit in range(10)))


def _things(name: str, side: int) -> PictureSet:
    import numpy as np
    from PIL import Image

    with Image.open(THINGS_SHEET) as opened:
        sheet = np.asarray(opened.convert("RGB"))
    rows = sheet.shape[0] // THINGS_SIDE
    squares = sheet.reshape(rows, THINGS_SIDE, COLUMNS, THINGS_SIDE, 3).swapaxes(1, 2).reshape(-1, THINGS_SIDE, THINGS_SIDE, 3)
    return PictureSet(name, squares, np.arange(len(squares)) % len(THINGS), THINGS).reduced(side)
