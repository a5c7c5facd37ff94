"""Draw the program's icon in every size that a desktop asks for, from resources/icons/safelight.svg.

    python installer/draw_icons.py            write resources/launcher/icons
    python installer/draw_icons.py FOLDER     write into FOLDER

The drawings are part of the repository, because the launcher can be written before Qt is installed. Run this after changing the SVG.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parents[1]
DRAWING = ROOT / "resources" / "icons" / "safelight.svg"
FOLDER = ROOT / "resources" / "launcher" / "icons"
HICOLOR = (16, 22, 24, 32, 36, 48, 64, 72, 96, 128, 192, 256, 512)  # px, the square sizes of the hicolor theme's applications
WINDOWS = (16, 24, 32, 48, 64, 256)  # px
MAC = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}  # by px: the type of an entry that holds a PNG


def draw(folder: Path) -> None:
    """Write a PNG for each size of the hicolor theme, an .ico and an .icns into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {size: _drawn(size) for size in HICOLOR}
    for size, png in drawn.items():
        (folder / f"{size}.png").write_bytes(png)
    images = [Image.open(BytesIO(drawn[size])) for size in WINDOWS]
    images[-1].save(folder / "safelight.ico", sizes=[image.size for image in images], append_images=images[:-1])
    entries = [kind + (8 + len(drawn[size])).to_bytes(4, "big") + drawn[size] for size, kind in MAC.items()]
    (folder / "safelight.icns").write_bytes(b"icns" + (8 + sum(map(len, entries))).to_bytes(4, "big") + b"".join(entries))


def _drawn(size: int) -> bytes:
    """The icon as PNG, `size` × `size` px."""
    image = QImage(size, size, QImage.Format.Format_RGBA8888_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    image.convertTo(QImage.Format.Format_RGBA8888)
    png = BytesIO()
    Image.frombytes("RGBA", (size, size), bytes(image.constBits())).save(png, "PNG", optimize=True)
    return png.getvalue()


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
