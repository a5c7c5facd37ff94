"""Difference: where two pictures differ, as a picture."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter

from ...diffusion.run import Pixels
from .images import to_qimage

BRIGHTNESS = bytes(round(255 * (value / 255) ** 0.5) for value in range(256))  # of a difference 0…255: small ones are seen, too


class Difference:
    """Black where two pictures are the same, brighter in each colour the more they differ. Keeps what it made last."""

    def __init__(self) -> None:
        self._made: tuple[Pixels, Pixels, Pixels] | None = None  # the two, and their difference

    def between(self, one: Pixels, other: Pixels) -> Pixels:
        """The difference at the size of `one`; `other` is scaled to it."""
        if self._made is None or self._made[0] is not one or self._made[1] is not other:
            self._made = one, other, _between(one, other)
        return self._made[2]


def _between(one: Pixels, other: Pixels) -> Pixels:
    size = QSize(one.width, one.height)
    difference = to_qimage(one).convertToFormat(QImage.Format.Format_RGB32)
    second = to_qimage(other)
    if second.size() != size:
        second = second.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    painter = QPainter(difference)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, second)
    painter.end()
    image = difference.convertToFormat(QImage.Format.Format_RGB888)
    row, data = 3 * size.width(), bytes(image.constBits())
    if image.bytesPerLine() != row:  # rows are padded to 4 bytes
        data = b"".join(data[start : start + row] for start in range(0, len(data), image.bytesPerLine()))
    return Pixels(size.width(), size.height(), data.translate(BRIGHTNESS))
