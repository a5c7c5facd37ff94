"""Stage: where the pictures lie on the canvas. Fitting or zoomed, one or two of them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtWidgets import QWidget

from ...diffusion.run import Pixels, Run, View
from ...studio.timeline import Arrangement, Shown, Timeline

MARGIN = 24  # px of stage around a picture that fits
LEAST, MOST = 0.05, 64.0  # zoom: device pixels a picture pixel


@dataclass(frozen=True, slots=True)
class Half:
    """One of two pictures, or the only one, and where it is; in widget pixels."""

    place: int  # 0, or 1 for the one that stands beside
    shown: Shown
    pixels: Pixels | None
    are_channels: bool  # the pixels are latents, side by side
    pane: QRectF  # the part of the canvas it is in
    column: QRectF  # what of the pane its words may take
    frame: QRectF  # where the run's picture lies, whether it fits or not
    picture: QRectF  # where the pixels lie: the frame, or as much of it as another shape fills
    visible: QRectF  # what of the frame is to be seen


class Stage:
    """Pictures share zoom and place, and lie on whole device pixels."""

    def __init__(self, timeline: Timeline, canvas: QWidget) -> None:
        self._timeline = timeline
        self._canvas = canvas
        self._zoom: float | None = None  # None: fit
        self._centre = QPointF()  # of the view, in picture pixels; only while zoomed
        self._divide = 0.5  # where the line between two pictures is, 0…1 of what is visible
        self.second_turn = False  # of two pictures that take turns the second is seen

    # -- zoom

    @property
    def zoom(self) -> float:
        """Device pixels a picture pixel: 1 shows the picture pixel by pixel."""
        return self._zoom if self._zoom is not None else self._fitting(self._panes()[0])

    @property
    def fits(self) -> bool:
        return self._zoom is None

    def fit(self) -> None:
        self._zoom = None

    def zoom_to(self, zoom: float, at: QPointF | None) -> None:
        """Zoom so that the point of the picture at `at` (the middle without it) stays where it is."""
        from_middle = QPointF()
        if at is not None:
            place = at * self._ratio
            from_middle = place - next((pane for pane in self._panes() if pane.contains(place)), self._panes()[0]).center()
        point = self._view_centre() + from_middle / self.zoom
        self._zoom = min(max(zoom, LEAST), MOST)
        self._look_at(point - from_middle / self._zoom)

    def pan(self, distance: QPointF) -> None:
        """Move the picture, but never away from the view."""
        self._look_at(self._centre - distance * self._ratio / self.zoom)

    def settle(self) -> None:
        """The canvas has another size, or is divided otherwise."""
        self._look_at(self._centre)

    def _look_at(self, centre: QPointF) -> None:
        """What is smaller than the view stays in its middle."""
        picture, view = self.picture_size, self._panes()[0].size() / self.zoom

        def within(value: float, length: float, seen: float) -> float:
            return length / 2 if seen >= length else min(max(value, seen / 2), length - seen / 2)

        self._centre = QPointF(within(centre.x(), picture.width(), view.width()), within(centre.y(), picture.height(), view.height()))

    # -- what is there, in widget pixels

    @property
    def arrangement(self) -> Arrangement | None:
        """None for a picture alone."""
        return self._timeline.arrangement if len(self._timeline.shown) > 1 else None

    @property
    def picture_size(self) -> QSize:
        return _size_of(self._timeline.run) if self._timeline.run else QSize(512, 512)

    def halves(self) -> list[Half]:
        panes, line = self._panes(), self.line()
        shown = list(enumerate(self._timeline.shown))
        if self.arrangement is Arrangement.FLICKER:
            shown = [shown[self.second_turn]]
        halves = []
        for place, each in shown:
            pane = panes[place % len(panes)]
            column, frame, visible = self._here(pane), self._here(QRectF(self._frame(pane))), self._visible(pane)
            if line and place == 0:
                column.setRight(column.center().x())
                visible.setRight(line.x())
            elif line:
                column.setLeft(column.center().x())
                visible.setLeft(line.x())
            pixels = self._timeline.pixels_of(each)
            are_channels = pixels is not None and each.view is View.LATENTS and not self._timeline.is_stand_in(each)
            size = QSize(pixels.width, pixels.height) if are_channels else _size_of(each.run)
            halves.append(Half(place, each, pixels, are_channels, self._here(pane), column, frame, _filled(size, frame), visible))
        return halves

    def line(self) -> QRectF | None:
        """The line between two pictures, without breadth."""
        if self.arrangement is not Arrangement.DIVIDE:
            return None
        visible = self._visible(self._panes()[0])
        x = round((visible.left() + self._divide * visible.width()) * self._ratio) / self._ratio
        return QRectF(x, visible.top(), 0, visible.height())

    def put_line(self, x: float) -> None:
        """Draw the line at `x`, or as near as there is something to divide."""
        visible = self._visible(self._panes()[0])
        self.share(x=(x - visible.left()) / max(1.0, visible.width()))

    def move_line(self, distance: float) -> None:
        """By a share of what is visible."""
        self.share(self._divide + distance)

    def share(self, x: float) -> None:
        """Give the first of two pictures this share of what is visible."""
        self._divide = min(max(x, 0.0), 1.0)

    def _visible(self, pane: QRectF) -> QRectF:
        """What can be seen of the frame in `pane`, which is in device pixels."""
        return self._here(QRectF(self._frame(pane)).intersected(pane))

    def _here(self, rect: QRectF) -> QRectF:
        """`rect`, which is in device pixels, in widget pixels."""
        ratio = self._ratio
        return QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio)

    # -- geometry, in device pixels

    @property
    def _ratio(self) -> float:
        return self._canvas.devicePixelRatioF()

    def _panes(self) -> list[QRectF]:
        """One part of the canvas, or two of one size, side by side or on top of each other, as the pictures get larger."""
        size = QSizeF(self._canvas.size()) * self._ratio
        if self.arrangement is not Arrangement.BESIDE:
            return [QRectF(QPointF(), size)]
        across, down = QSizeF(size.width() // 2, size.height()), QSizeF(size.width(), size.height() // 2)
        if self._fitting(QRectF(QPointF(), across)) >= self._fitting(QRectF(QPointF(), down)):
            return [QRectF(QPointF(), across), QRectF(QPointF(across.width(), 0), across)]
        return [QRectF(QPointF(), down), QRectF(QPointF(0, down.height()), down)]

    def _fitting(self, pane: QRectF) -> float:
        """The zoom at which the picture fits into `pane`."""
        picture, room = self.picture_size, pane.size() - QSizeF(MARGIN, MARGIN) * 2 * self._ratio
        return max(LEAST, min(room.width() / picture.width(), room.height() / picture.height()))

    def _view_centre(self) -> QPointF:
        return QPointF(self.picture_size.width() / 2, self.picture_size.height() / 2) if self.fits else self._centre

    def _frame(self, pane: QRectF) -> QRect:
        """Where the whole picture lies."""
        picture, zoom, centre = self.picture_size, self.zoom, self._view_centre()
        return QRect(
            round(pane.center().x() - centre.x() * zoom),
            round(pane.center().y() - centre.y() * zoom),
            max(1, round(picture.width() * zoom)),
            max(1, round(picture.height() * zoom)),
        )


def _filled(size: QSize, frame: QRectF) -> QRectF:
    """What a picture of `size` fills of `frame` in its own shape."""
    scale = min(frame.width() / size.width(), frame.height() / size.height())
    filled = QRectF(QPointF(), QSizeF(size) * scale)
    filled.moveCenter(frame.center())
    return filled if max(frame.width() - filled.width(), frame.height() - filled.height()) > 1 else frame


def _size_of(run: Run) -> QSize:
    return QSize(run.picture.width, run.picture.height) if run.picture else QSize(run.recipe.size.width, run.recipe.size.height)
