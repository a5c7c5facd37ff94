"""OwnSchedule: the points of the reader's own noise schedule."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ..theme import Theme
from ..widgets.controls import named


class OwnSchedule(QWidget):
    """√ᾱ over the way as a line through points that are dragged up and down."""

    changed = Signal(list)  # points: (share of the way, √ᾱ)

    GRIP = 9  # px

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        named(self, name)
        self._theme = theme
        self._points: list[tuple[float, float]] = []
        self._chosen = 0
        self.setMinimumHeight(90)
        self.setMaximumHeight(160)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def show_points(self, points: list[tuple[float, float]]) -> None:
        self._points = list(points)
        self.update()

    def _spot(self, point: tuple[float, float]) -> QPointF:
        inner = self.rect().adjusted(0, self.GRIP, -self.GRIP, -self.GRIP)
        return QPointF(inner.left() + point[0] * inner.width(), inner.bottom() - point[1] * inner.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.drawLine(self._spot((0, 0)), self._spot((1, 0)))
        painter.setPen(QPen(QColor(tokens.sand), 2))
        painter.drawPolyline(QPolygonF([self._spot((0, 1)), *map(self._spot, self._points)]))
        for place, point in enumerate(self._points):
            is_chosen = self.hasFocus() and place == self._chosen
            painter.setPen(QPen(QColor(tokens.accent if is_chosen else tokens.panel), 2))
            painter.setBrush(QColor(tokens.sand))
            painter.drawEllipse(self._spot(point), self.GRIP / 2 + 1, self.GRIP / 2 + 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._points:
            self._chosen = min(range(len(self._points)), key=lambda place: abs(self._spot(self._points[place]).x() - event.position().x()))
            self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        inner = self.rect().adjusted(0, self.GRIP, -self.GRIP, -self.GRIP)
        self._set((inner.bottom() - event.position().y()) / max(1, inner.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self._set(self._points[self._chosen][1] + (0.02 if event.key() == Qt.Key.Key_Up else -0.02))
            case Qt.Key.Key_Left:
                self._chosen = max(0, self._chosen - 1)
            case Qt.Key.Key_Right:
                self._chosen = min(len(self._points) - 1, self._chosen + 1)
            case _:
                super().keyPressEvent(event)
        self.update()

    def _set(self, height: float) -> None:
        """Move the chosen point; the picture cannot come back, so it stays between its neighbours."""
        above = self._points[self._chosen - 1][1] if self._chosen else 1.0
        below = self._points[self._chosen + 1][1] if self._chosen + 1 < len(self._points) else 0.0
        self._points[self._chosen] = self._points[self._chosen][0], min(above, max(below, height))
        self.update()
        self.changed.emit(list(self._points))
