"""Where the tiles of the gallery are."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect

from desktop.ui.gallery.tile_layout import GAP, HEAD, TileLayout

COUNTS = st.lists(st.integers(1, 9), max_size=6)


def layout(*counts: int) -> TileLayout:
    """With three columns of 100 px."""
    return TileLayout(counts, 3 * 100 + 2 * GAP, 100)


def test_tiles_fill_rows_below_their_heading():
    tiles = layout(4, 1)
    assert [tiles.rect(number).topLeft() for number in range(5)] == [
        QPoint(0, HEAD),
        QPoint(108, HEAD),
        QPoint(216, HEAD),
        QPoint(0, HEAD + 108),
        QPoint(0, 2 * HEAD + 216),
    ]
    assert tiles.head(1) == QRect(0, HEAD + 216, 316, HEAD)


def test_tiles_share_the_width():
    tiles = TileLayout([9], 1000, 156)
    assert tiles.columns == 6
    assert 0 <= 1000 - (tiles.columns * tiles.side + (tiles.columns - 1) * GAP) < tiles.columns


def test_the_arrows_keep_the_column_across_headings():
    tiles = layout(5, 2, 3)
    assert [tiles.below(number) for number in range(10)] == [3, 4, 4, 5, 6, 7, 8, 7, 8, 9]
    assert [tiles.above(number) for number in range(10)] == [0, 1, 2, 0, 1, 3, 4, 5, 6, 6]


def test_nothing_is_nowhere():
    empty = layout()
    assert empty.height == 0
    assert empty.tile_at(QPoint(0, 0)) is None
    assert list(empty.tiles_between(0, 1000)) == list(empty.heads_between(0, 1000)) == []


@given(COUNTS, st.integers(1, 900), st.integers(92, 240))
def test_every_tile_is_found_where_it_is(counts, width, side):
    tiles = TileLayout(counts, width, side)
    for number in range(tiles.count):
        rect = tiles.rect(number)
        assert tiles.tile_at(rect.topLeft()) == tiles.tile_at(rect.bottomRight()) == number
        assert tiles.tile_at(rect.bottomRight() + QPoint(1, 1)) is None
        assert rect.bottom() < tiles.height


@given(COUNTS, st.integers(-100, 6000), st.integers(0, 2000))
def test_what_is_visible_is_found_without_looking_at_all(counts, top, height):
    tiles = TileLayout(counts, 500, 100)
    seen = QRect(0, top, 500, height + 1)
    visible = {number for number in range(tiles.count) if tiles.rect(number).intersects(seen)}
    assert visible <= set(tiles.tiles_between(top, top + height))
    assert set(tiles.tiles_in(seen)) == visible
    heads = {group for group in range(len(counts)) if tiles.head(group).intersects(seen)}
    assert heads <= set(tiles.heads_between(top, top + height))
