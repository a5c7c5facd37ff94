"""Stage: the geometry of one or two pictures on the canvas, fit or zoomed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMarginsF, QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtWidgets import QWidget

from ...diffusion.run import Pixels, Run, View
from ...studio.timeline import Arrangement, Shown, Timeline
from ..widgets.difference import Difference

MARGIN = 24  # px, for the text below a picture that fits
PLAIN = QMarginsF(MARGIN, 4, MARGIN, MARGIN)  # px around a picture that fits
BARE = 8  # px below it where nothing is written there
LEAST, MOST = 0.05, 64.0  # zoom: device pixels per picture pixel


@dataclass(frozen=True, slots=True)
class Half:
    """One picture on the canvas and its geometry, in widget pixels."""

    place: int  # 0, or 1 for the second picture
    shown: Shown
    pixels: Pixels | None
    are_channels: bool  # the pixels show the latent channels as tiles
    pane: QRectF  # the part of the canvas that the picture is in
    column: QRectF  # the part of the pane for its text
    frame: QRectF  # rectangle of the run's picture, fit or zoomed
    picture: QRectF  # rectangle of the pixels: the frame, or less if they have another shape
    visible: QRectF  # visible part of the frame


class Stage:
    """Two pictures share zoom and position. Frames are aligned to device pixels."""

    def __init__(self, timeline: Timeline, canvas: QWidget) -> None:
        self._timeline = timeline
        self._canvas = canvas
        self._zoom: float | None = None  # None: fit
        self._centre = QPointF()  # centre of the view in picture pixels, while zoomed
        self._difference = Difference()
        self.rooms: tuple[QMarginsF, ...] = (PLAIN,)  # px around a picture that fits; those with which it is largest are used
        self.is_bare = False  # whether nothing is written below a single picture, so that it has that room too
        self._divide = 0.5  # position of the dividing line, 0…1 of the visible picture
        self.second_turn = False  # whether the second of two alternating pictures is shown

    # -- zoom

    @property
    def zoom(self) -> float:
        """Device pixels per picture pixel."""
        return self._zoom if self._zoom is not None else self._fitting(self._panes()[0])

    @property
    def fits(self) -> bool:
        return self._zoom is None

    def fit(self) -> None:
        self._zoom = None

    def zoom_to(self, zoom: float, at: QPointF | None) -> None:
        """Zoom and keep the point of the picture at `at` (widget pixels; the centre if None) in place."""
        panes = self._panes()
        place = self._middle(panes[0]) if at is None else at * self._ratio
        pane = next((pane for pane in panes if pane.contains(place)), panes[0])
        point = self._view_centre() + (place - self._middle(pane)) / self.zoom
        self._zoom = min(max(zoom, LEAST), MOST)
        self._centre_on(point - (place - self._middle(pane)) / self._zoom)

    def pan(self, distance: QPointF) -> None:
        """Move the picture, but never out of the view."""
        self._centre_on(self._centre - distance * self._ratio / self.zoom)

    def settle(self) -> None:
        """Keep the picture in the view after the canvas or the arrangement has changed."""
        self._centre_on(self._centre)

    def _centre_on(self, centre: QPointF) -> None:
        """Centre the view on `centre`; a picture smaller than the view stays centred."""
        picture, view = self.picture_size, self._panes()[0].size() / self.zoom

        def within(value: float, length: float, seen: float) -> float:
            return length / 2 if seen >= length else min(max(value, seen / 2), length - seen / 2)

        self._centre = QPointF(within(centre.x(), picture.width(), view.width()), within(centre.y(), picture.height(), view.height()))

    # -- layout, in widget pixels

    @property
    def arrangement(self) -> Arrangement | None:
        """None for a single picture."""
        return self._timeline.arrangement if self._timeline.is_double else None

    @property
    def picture_size(self) -> QSize:
        return _size_of(self._timeline.run) if self._timeline.run else QSize(512, 512)

    def halves(self) -> list[Half]:
        panes, line = self._panes(), self.line()
        shown = [(place, each, self._timeline.pixels_of(each)) for place, each in enumerate(self._timeline.shown)]
        if self.arrangement is Arrangement.FLICKER:
            shown = [shown[self.second_turn]]
        elif self.arrangement is Arrangement.DIFFERENCE:
            shown = [self._differing(shown)]
        halves = []
        for place, each, pixels in shown:
            pane = panes[place % len(panes)]
            whole = QRectF(self._frame(pane))
            column, frame, visible = self._here(pane), self._here(whole), self._here(whole.intersected(pane))
            if line and place == 0:
                column.setRight(column.center().x())
                visible.setRight(line.x())
            elif line:
                column.setLeft(column.center().x())
                visible.setLeft(line.x())
            size, are_channels = _size_of(each.run), False
            if pixels is not None and each.view is View.LATENTS and not self._timeline.is_substitute(each):
                size, are_channels = QSize(pixels.width, pixels.height), True
            halves.append(Half(place, each, pixels, are_channels, self._here(pane), column, frame, _filled(size, frame), visible))
        return halves

    def _differing(self, shown: list[tuple[int, Shown, Pixels | None]]) -> tuple[int, Shown, Pixels | None]:
        """The difference of the two in the place of the first; without one of them, the place that waits for it."""
        (_, first, ours), (_, second, theirs) = shown
        if ours is None or theirs is None:
            return 0, first if ours is None else second, None
        return 0, first, self._difference.between(ours, theirs)

    def line(self) -> QRectF | None:
        """The dividing line of two pictures in one frame, with width 0."""
        if self.arrangement is not Arrangement.DIVIDE:
            return None
        visible = self._visible(self._panes()[0])
        x = round((visible.left() + self._divide * visible.width()) * self._ratio) / self._ratio
        return QRectF(x, visible.top(), 0, visible.height())

    def put_line(self, x: float) -> None:
        """Move the line to `x` in widget pixels, clamped to the visible picture."""
        visible = self._visible(self._panes()[0])
        self.share(x=(x - visible.left()) / max(1.0, visible.width()))

    def move_line(self, distance: float) -> None:
        """Move the line by a share of the visible picture."""
        self.share(self._divide + distance)

    def share(self, x: float) -> None:
        """Give the first of two pictures the share `x` (0…1) of the visible picture."""
        self._divide = min(max(x, 0.0), 1.0)

    def _visible(self, pane: QRectF) -> QRectF:
        """Visible part of the frame in `pane` (device pixels), in widget pixels."""
        return self._here(QRectF(self._frame(pane)).intersected(pane))

    def _here(self, rect: QRectF) -> QRectF:
        """Convert `rect` from device pixels to widget pixels."""
        ratio = self._ratio
        return QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)

    # -- geometry, in device pixels

    @property
    def _ratio(self) -> float:
        return self._canvas.devicePixelRatioF()

    def _panes(self) -> list[QRectF]:
        """The whole canvas, or two equal parts of it: beside or above each other, whichever makes the pictures larger."""
        size = QSizeF(self._canvas.size()) * self._ratio
        if self.arrangement is not Arrangement.BESIDE:
            return [QRectF(QPointF(), size)]
        across, down = QSizeF(size.width() // 2, size.height()), QSizeF(size.width(), size.height() // 2)
        if self._fitting(QRectF(QPointF(), across)) >= self._fitting(QRectF(QPointF(), down)):
            return [QRectF(QPointF(), across), QRectF(QPointF(across.width(), 0), across)]
        return [QRectF(QPointF(), down), QRectF(QPointF(0, down.height()), down)]

    def _fitting(self, pane: QRectF) -> float:
        """Zoom at which the picture fits `pane`."""
        return self._fitting_in(pane, self.room(pane))

    def _fitting_in(self, pane: QRectF, room: QMarginsF) -> float:
        picture, free = self.picture_size, pane.marginsRemoved(room * self._ratio)
        return max(LEAST, min(free.width() / picture.width(), free.height() / picture.height()))

    def _rooms(self) -> Sequence[QMarginsF]:
        """In widget pixels."""
        if self.has_text_below:
            return self.rooms
        below = MARGIN - BARE
        return [QMarginsF(room.left(), room.top(), room.right(), room.bottom() - below) for room in self.rooms]

    @property
    def has_text_below(self) -> bool:
        return not self.is_bare or self.arrangement is not None

    def _middle(self, pane: QRectF) -> QPointF:
        """Where the centre of the view is."""
        if not self.fits:
            return pane.center()
        return pane.marginsRemoved(self.room(pane) * self._ratio).center()

    def room(self, pane: QRectF) -> QMarginsF:
        """What is free around the picture that fits `pane`, in widget pixels."""
        rooms = self._rooms()
        return rooms[0] if len(rooms) == 1 else max(rooms, key=lambda room: self._fitting_in(pane, room))

    def _view_centre(self) -> QPointF:
        return QPointF(self.picture_size.width() / 2, self.picture_size.height() / 2) if self.fits else self._centre

    def _frame(self, pane: QRectF) -> QRect:
        """Rectangle of the whole picture, visible or not."""
        picture, zoom, centre, middle = self.picture_size, self.zoom, self._view_centre(), self._middle(pane)
        return QRect(
            round(middle.x() - centre.x() * zoom),
            round(middle.y() - centre.y() * zoom),
            max(1, round(picture.width() * zoom)),
            max(1, round(picture.height() * zoom)),
        )


def _filled(size: QSize, frame: QRectF) -> QRectF:
    """The part of `frame` that a picture of `size` fills without distortion."""
    scale = min(frame.width() / size.width(), frame.height() / size.height())
    filled = QRectF(QPointF(), QSizeF(size) * scale)
    filled.moveCenter(frame.center())
    return filled if max(frame.width() - filled.width(), frame.height() - filled.height()) > 1 else frame


def _size_of(run: Run) -> QSize:
    size = run.picture or run.size
    return QSize(size.width, size.height)
