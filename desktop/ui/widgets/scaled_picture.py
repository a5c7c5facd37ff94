"""ScaledPicture: one picture made ready for its size on the screen, once, so that painting it again costs next to nothing."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from ...diffusion.run import Pixels
from .images import to_qimage

SMOOTHED = 512  # px, up to which a small preview is doubled before it is drawn


class ScaledPicture:
    """Keeps what it painted last."""

    def __init__(self) -> None:
        self._ready: tuple[Pixels, QSize, QImage] | None = None

    def paint(self, painter: QPainter, pixels: Pixels, frame: QRectF, size: QSize) -> None:
        """Fill `frame`, which is `size` device pixels large, smoothly; with an empty size every pixel becomes a square."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, size.isValid())
        painter.drawImage(frame, self._prepared(pixels, size))

    def _prepared(self, pixels: Pixels, size: QSize) -> QImage:
        if self._ready is None or self._ready[0] is not pixels or self._ready[1] != size:
            image = to_qimage(pixels).convertToFormat(QImage.Format.Format_RGB32)
            self._ready = pixels, size, _smoothed(image, size) if size.isValid() else image
        return self._ready[2]


def _smoothed(image: QImage, size: QSize) -> QImage:
    """`image` such that the painter's bilinear filter draws it well at `size`.

    Larger pictures are averaged down at once. Smaller ones are doubled: doubling with weights ¾ and ¼ is Chaikin's
    subdivision, which tends to a quadratic B-spline, so the lattice that a single bilinear blow-up shows is gone.
    """
    if image.width() > size.width() or image.height() > size.height():
        return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    while 2 * image.width() <= min(size.width(), SMOOTHED):
        doubled = QImage(image.size() * 2, image.format())
        painter = QPainter(doubled)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(QRectF(doubled.rect()), image)
        painter.end()
        image = doubled
    return image
