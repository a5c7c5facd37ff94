"""Canvas: the picture as it develops. Fit or zoomed, in the same frame on the screen whatever the preview's resolution."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QWidget

from ..diffusion.run import Ending, Phase, Pixels, View
from ..studio.generation import Generation
from ..studio.timeline import Timeline
from .images import to_qimage
from .language import Retranslating, explain, tr
from .theme import Theme

MARGIN = 24                    # px of stage around a picture that fits
RADIUS = 6                     # px, corners of a picture that fits
LEAST, MOST = 0.05, 64.0       # zoom: device pixels a picture pixel
ZOOM_STEP = 1.25               # one notch of the wheel, one press of + or −
SQUARES_FROM = 8.0             # zoom from which single pixels are shown as squares
SMOOTHED = 512                 # px, up to which a small preview is doubled before it is drawn


class Canvas(Retranslating, QFrame):
    """Shows `timeline.pixels`; draws only what is visible, straight from the step's pixels, so that every step comes at once."""

    copy_requested = Signal()
    save_step_requested = Signal()
    save_as_requested = Signal()
    show_requested = Signal()
    zoom_changed = Signal()

    def __init__(self, timeline: Timeline, generation: Generation, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._generation = generation
        self._theme = theme
        self._zoom: float | None = None                # None: fit
        self._centre = QPointF()                       # of the view, in picture pixels; only while zoomed
        self._seen = QSize()                           # the size that the zoom belongs to
        self._grabbed: QPointF | None = None           # where a drag is
        self._reached_by_key = False                   # then the focus is shown
        self._drawn: tuple[Pixels, QSize, QImage] | None = None     # the pixels prepared for this size on the screen
        self.setObjectName("canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 200)
        timeline.run_changed.connect(self._show_run)
        timeline.current_changed.connect(self._show_step)
        generation.changed.connect(self._show_phase)
        theme.changed.connect(self.update)
        self.retranslate()

    def retranslate(self) -> None:
        explain(self, tr("Safelight", "Picture"),
                tr("Safelight", "The picture at the step you look at. Wheel or + and − zoom, 0 fits it, 1 shows it pixel by pixel, ← and → "
                                "change the step."))
        self.setToolTip("")                            # it would cover the picture
        self._describe()
        self.update()

    # -- zoom

    @property
    def zoom(self) -> float:
        """Device pixels a picture pixel: 1 shows the picture pixel by pixel."""
        if self._zoom is not None:
            return self._zoom
        picture, room = self._picture_size(), self._device_size() - QSizeF(MARGIN, MARGIN) * 2 * self.devicePixelRatioF()
        return max(LEAST, min(room.width() / picture.width(), room.height() / picture.height()))

    @property
    def fits(self) -> bool:
        return self._zoom is None

    def fit(self) -> None:
        self._zoom = None
        self._zoomed()

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that the point of the picture at `at` (widget pixels; the middle without it) stays where it is."""
        ratio = self.devicePixelRatioF()
        from_middle = (at - QRectF(self.rect()).center()) * ratio if at is not None else QPointF()
        point = self._view_centre() + from_middle / self.zoom
        self._zoom = min(max(zoom, LEAST), MOST)
        self._look_at(point - from_middle / self._zoom)
        self._zoomed()

    def zoom_in(self) -> None:
        self.zoom_to(self.zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        self.zoom_to(self.zoom / ZOOM_STEP)

    def _zoomed(self) -> None:
        self.setCursor(Qt.CursorShape.ArrowCursor if self.fits else Qt.CursorShape.OpenHandCursor)
        self.update()
        self.zoom_changed.emit()

    def _look_at(self, centre: QPointF) -> None:
        """Move the view, but never off the picture; what is smaller than the view stays in its middle."""
        picture, view = self._picture_size(), self._device_size() / self.zoom

        def within(value: float, length: float, seen: float) -> float:
            return length / 2 if seen >= length else min(max(value, seen / 2), length - seen / 2)

        self._centre = QPointF(within(centre.x(), picture.width(), view.width()), within(centre.y(), picture.height(), view.height()))

    def _pan(self, distance: QPointF) -> None:
        """Move the picture by `distance` in widget pixels."""
        if not self.fits:
            self._look_at(self._centre - distance * self.devicePixelRatioF() / self.zoom)
            self.update()

    # -- geometry, in device pixels

    def _device_size(self) -> QSizeF:
        return QSizeF(self.size()) * self.devicePixelRatioF()

    def _picture_size(self) -> QSize:
        run = self._timeline.run
        if run is None:
            return QSize(512, 512)
        return QSize(run.picture.width, run.picture.height) if run.picture else QSize(run.recipe.width, run.recipe.height)

    def _view_centre(self) -> QPointF:
        picture = self._picture_size()
        return QPointF(picture.width() / 2, picture.height() / 2) if self.fits else self._centre

    def _frame(self) -> QRect:
        """Where the whole picture lies, on whole device pixels."""
        picture, view, zoom, centre = self._picture_size(), self._device_size(), self.zoom, self._view_centre()
        return QRect(round(view.width() / 2 - centre.x() * zoom), round(view.height() / 2 - centre.y() * zoom),
                     max(1, round(picture.width() * zoom)), max(1, round(picture.height() * zoom)))

    def _frame_rect(self) -> QRectF:
        frame, ratio = self._frame(), self.devicePixelRatioF()
        return QRectF(frame.x() / ratio, frame.y() / ratio, frame.width() / ratio, frame.height() / ratio)

    # -- the timeline

    def _show_run(self) -> None:
        if self._picture_size() != self._seen:
            self._seen = self._picture_size()
            self.fit()
        self.update()

    def _show_step(self) -> None:
        self._describe()
        if self._timeline.pixels is None or self._drawn is None:
            self.update()
        else:                                          # only what changes with the step
            self.update(self._frame_rect().toAlignedRect().adjusted(-1, -1, 1, 1))
            self.update(0, self.height() - MARGIN, self.width(), MARGIN)

    def _show_phase(self) -> None:
        if self._timeline.pixels is None and self._timeline.run is self._generation.run:
            self._show_step()

    def _describe(self) -> None:
        """What is seen, in words."""
        timeline = self._timeline
        if timeline.run is None or timeline.pixels is None:
            self.setAccessibleDescription(self._caption())
        elif not timeline.steps:
            self.setAccessibleDescription(tr("Safelight", "The finished picture of: {prompt}").format(prompt=timeline.run.recipe.prompt))
        else:
            seen = (tr("Safelight", "Step {number} of {calls}, approximate preview, of: {prompt}") if timeline.approximate
                    else tr("Safelight", "Step {number} of {calls}, of: {prompt}"))
            self.setAccessibleDescription(seen.format(number=timeline.index, calls=timeline.calls, prompt=timeline.run.recipe.prompt))

    def _caption(self) -> str:
        """What stands where the picture is not yet."""
        timeline = self._timeline
        if timeline.run is None:
            return tr("Safelight", "Describe a picture and press Generate: here you watch it develop, step by step.")
        if timeline.current is not None:
            if timeline.view is View.NOISY and timeline.current.estimate is not None:
                return tr("Safelight", "The noisy view of this step was not kept.")
            return tr("Safelight", "Previews are off. The picture appears at the end.")
        live = timeline.run is self._generation.run
        match timeline.run.ending:
            case Ending.RUNNING if live and self._generation.stopping:
                return tr("Safelight", "Stopping…")
            case Ending.RUNNING if live and self._generation.phase is Phase.LOADING:
                return tr("Safelight", "Loading the model…")
            case Ending.RUNNING if live and self._generation.phase is Phase.ENCODING:
                return tr("Safelight", "Reading the prompt…")
            case Ending.RUNNING:
                return tr("Safelight", "Getting ready…")
            case Ending.STOPPED:
                return tr("Safelight", "Stopped before the first step.")
            case _:
                return tr("Safelight", "This run ended before its first step.")

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, pixels, frame = self._theme.tokens, self._timeline.pixels, self._frame_rect()
        painter = QPainter(self)
        solid = frame.adjusted(1, 1, -1, -1).toAlignedRect() if pixels else QRect()
        for rect in event.region().subtracted(solid):
            painter.fillRect(rect, QColor(tokens.stage))
        if pixels:
            self._paint_picture(painter, pixels, frame)
        else:
            self._drawn = None
            self._paint_caption(painter, frame)
        if self._timeline.approximate and pixels:
            self._paint_label(painter, tr("Safelight", "approximate preview"), Qt.AlignmentFlag.AlignLeft)
        if not self.fits and pixels:
            self._paint_label(painter, f"{100 * self.zoom:.0f} %", Qt.AlignmentFlag.AlignRight)
        if self._reached_by_key:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_picture(self, painter: QPainter, pixels: Pixels, frame: QRectF) -> None:
        smooth = self.fits or self.zoom < SQUARES_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(frame, self._prepared(pixels, self._frame().size() if smooth else QSize()))
        if self.fits:
            corners = QPainterPath()
            corners.addRect(frame.adjusted(-1, -1, 1, 1))
            corners.addRoundedRect(frame, RADIUS, RADIUS)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillPath(corners, QColor(self._theme.tokens.stage))

    def _prepared(self, pixels: Pixels, size: QSize) -> QImage:
        """`pixels` ready to be drawn at `size` (device pixels; as they are, when it is empty)."""
        if self._drawn is None or self._drawn[0] is not pixels or self._drawn[1] != size:
            image = to_qimage(pixels).convertToFormat(QImage.Format.Format_RGB32)
            self._drawn = pixels, size, _smoothed(image, size) if size.isValid() else image
        return self._drawn[2]

    def _paint_caption(self, painter: QPainter, frame: QRectF) -> None:
        if self._timeline.run is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            path = QPainterPath()
            path.addRoundedRect(frame, RADIUS, RADIUS)
            painter.fillPath(path, QColor(self._theme.tokens.panel))
        painter.setPen(QColor(self._theme.tokens.quiet))
        painter.drawText(QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN),
                         Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._caption())

    def _paint_label(self, painter: QPainter, text: str, side: Qt.AlignmentFlag) -> None:
        font = self.font()
        font.setPixelSize(12)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        left = 0 if side is Qt.AlignmentFlag.AlignLeft else self.width() - width
        label = QRectF(left, self.height() - MARGIN, width, MARGIN)
        if not self.fits:
            painter.fillRect(label, QColor(self._theme.tokens.stage))
        painter.setPen(QColor(self._theme.tokens.quiet))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)

    # -- keys and pointer

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self.fits:
            self._look_at(self._centre)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._reached_by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._reached_by_key = False
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        timeline, pan = self._timeline, event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not self.fits
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom_in()
            case Qt.Key.Key_Minus:
                self.zoom_out()
            case Qt.Key.Key_0:
                self.fit()
            case Qt.Key.Key_1:
                self.zoom_to(1.0)
            case Qt.Key.Key_Left | Qt.Key.Key_Right | Qt.Key.Key_Up | Qt.Key.Key_Down if pan:
                self._pan(_direction(event.key()) * -48)
            case Qt.Key.Key_Left:
                timeline.go_by(-1)
            case Qt.Key.Key_Right:
                timeline.go_by(1)
            case Qt.Key.Key_Home:
                timeline.go_to(0)
            case Qt.Key.Key_End:
                timeline.follow()
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not event.angleDelta().isNull():
            self.zoom_to(self.zoom * ZOOM_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_to(self.zoom * (1 + event.value()), event.position())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton) and not self.fits:
            self._grabbed = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._pan(event.position() - self._grabbed)
            self._grabbed = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is not None:
            self._grabbed = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.fits:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        run, timeline = self._timeline.run, self._timeline
        something = timeline.current is not None or bool(run and run.picture)
        menu = QMenu(self)
        menu.setObjectName("canvas_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, signal, possible in (
                (tr("Safelight", "Copy picture"), self.copy_requested, timeline.pixels is not None),
                (tr("Safelight", "Save this step"), self.save_step_requested, something),
                (tr("Safelight", "Save as…"), self.save_as_requested, something),
                (tr("Safelight", "Show in folder"), self.show_requested, bool(run and run.path))):
            menu.addAction(text, signal.emit).setEnabled(possible)
        menu.addSeparator()
        menu.addAction(tr("Safelight", "Fit"), self.fit).setEnabled(not self.fits)
        menu.addAction(tr("Safelight", "100 %"), lambda: self.zoom_to(1.0))
        menu.popup(event.globalPos() if event.reason() is QContextMenuEvent.Reason.Mouse else self.mapToGlobal(self.rect().center()))


def _direction(key: Qt.Key) -> QPoint:
    match key:
        case Qt.Key.Key_Left:
            return QPoint(-1, 0)
        case Qt.Key.Key_Right:
            return QPoint(1, 0)
        case Qt.Key.Key_Up:
            return QPoint(0, -1)
    return QPoint(0, 1)


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
