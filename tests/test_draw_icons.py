"""The program's icon in every size: as the drawing is now."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from installer import draw_icons


@pytest.mark.slow
def test_the_drawn_icons_show_the_drawing(tmp_path: Path):
    """Other versions of Qt may smooth edges differently."""
    draw_icons.draw(tmp_path)
    for drawn in tmp_path.iterdir():
        with Image.open(drawn) as new, Image.open(draw_icons.FOLDER / drawn.name) as kept:
            assert new.size == kept.size
            difference = ImageStat.Stat(ImageChops.difference(new.convert("RGBA"), kept.convert("RGBA")))
            assert max(difference.mean) < 2, "run installer/draw_icons.py"
