"""The layout of channel tiles: positions map to pixels and back."""

import pytest

from desktop.diffusion.tiles import GAP, Tiles


@pytest.mark.parametrize("tiles", [Tiles(4, 9, 13), Tiles(8, 16, 16), Tiles(16, 64, 40), Tiles(1, 8, 8)])
def test_each_position_of_each_channel_maps_to_its_tile(tiles):
    for channel in range(tiles.count):
        x, y = tiles.corner(channel)
        for column, row in ((0, 0), (tiles.width - 1, tiles.height - 1)):
            found, across, down = tiles.at(x + (column + 0.5) * tiles.square, y + (row + 0.5) * tiles.square)
            assert (found, int(across * tiles.width), int(down * tiles.height)) == (channel, column, row)
            assert x + (column + 1) * tiles.square <= tiles.size[0]


def test_there_is_nothing_between_the_channels_nor_after_the_last():
    tiles = Tiles(8, 16, 16)
    assert tiles.at(tiles.corner(1)[0] - GAP / 2, 5) is None
    assert tiles.at(tiles.size[0] - 5, tiles.size[1] - 5) is None  # 3 × 3 places, 8 channels
    assert tiles.at(-1, 5) is None
