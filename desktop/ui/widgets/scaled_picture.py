"""ScaledPicture: one picture made ready for its size on the screen, once, so that painting it again costs next to nothing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from ...diffusion.run import Pixels
from .images import to_qimage

SMOOTHED = 512  # px, up to which a small preview is doubled before it is drawn


class ScaledPicture:
    """Keeps what it painted last, in up to two sizes, as a loupe paints the picture a second time."""

    def __init__(self) -> None:
        self._pixels: Pixels | None = None
        self._ready: dict[tuple[int, int], QImage] = {}  # by the size of the image

    def paint(self, painter: QPainter, pixels: Pixels, frame: QRectF, size: QSize) -> None:
        """Fill `frame`, which is `size` device pixels large, smoothly; with an empty size every pixel becomes a square."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, size.isValid())
        painter.drawImage(frame, self._prepared(pixels, size))

    def _prepared(self, pixels: Pixels, size: QSize) -> QImage:
        wanted = _ready_size(pixels, size)
        key = wanted.width(), wanted.height()
        if self._pixels is not pixels or (key not in self._ready and len(self._ready) == 2):
            self._pixels, self._ready = pixels, {}
        if key not in self._ready:
            self._ready[key] = _smoothed(to_qimage(pixels).convertToFormat(QImage.Format.Format_RGB32), wanted)
        return self._ready[key]


def _ready_size(pixels: Pixels, size: QSize) -> QSize:
    """The size at which the painter's bilinear filter draws the picture well at `size`; its own size for an empty one."""
    own = QSize(pixels.width, pixels.height)
    if not size.isValid():
        return own
    if own.width() > size.width() or own.height() > size.height():
        return size
    while 2 * own.width() <= min(size.width(), SMOOTHED):
        own *= 2
    return own


def _smoothed(image: QImage, size: QSize) -> QImage:
    """`image` at `size`, which is smaller, or two, four … times as large.

    Larger pictures are averaged down at once. Smaller ones are doubled: doubling with weights ¾ and ¼ is Chaikin's
    subdivision, which tends to a quadratic B-spline, so the lattice that a single bilinear blow-up shows is gone.
    """
    if image.width() > size.width() or image.height() > size.height():
        return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    while image.width() < size.width():
        doubled = QImage(image.size() * 2, image.format())
        painter = QPainter(doubled)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QRectF(doubled.rect()), image)
        painter.end()
        image = doubled
    return image
