"""From the worker's pixels to what Qt paints."""

from PySide6.QtGui import QImage

from ..diffusion.run import Pixels


def to_qimage(pixels: Pixels) -> QImage:
    """A QImage of its own: it stays valid when `pixels` are let go."""
    return QImage(pixels.data, pixels.width, pixels.height, 3 * pixels.width, QImage.Format.Format_RGB888).copy()
