"""Tour: a few callouts, one after the other, each beside the control that it explains."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...errors import QT_TRANSLATE_NOOP
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import label, named
from .popover import Popover

WIDTH = 300  # px
GAP = 12  # px, between a control and its callout


@dataclass(frozen=True)
class Stop:
    """What one callout explains; both texts are marked for translation."""

    control: str  # its object name
    title: str
    text: str


STOPS = (
    Stop(
        "prompt",
        QT_TRANSLATE_NOOP("Safelight", "Describe a picture"),
        QT_TRANSLATE_NOOP("Safelight", "Write what the picture shows, in English or Chinese. Unknown words are underlined."),
    ),
    Stop(
        "generate",
        QT_TRANSLATE_NOOP("Safelight", "Make it"),
        QT_TRANSLATE_NOOP("Safelight", "Generate starts the run. While it goes, more pictures can be added to the queue."),
    ),
    Stop(
        "stage",
        QT_TRANSLATE_NOOP("Safelight", "Watch it"),
        QT_TRANSLATE_NOOP("Safelight", "Every step appears here. Press Space to pause, and change the view with the buttons above it."),
    ),
    Stop(
        "timeline_bar",
        QT_TRANSLATE_NOOP("Safelight", "Go back in time"),
        QT_TRANSLATE_NOOP("Safelight", "All steps are kept. Drag through them, and branch from any of them with another prompt."),
    ),
    Stop(
        "search",
        QT_TRANSLATE_NOOP("Safelight", "Find everything"),
        QT_TRANSLATE_NOOP("Safelight", "Every action is here by name, with its key. F1 opens the help, which shows this tour again."),
    ),
)


class Tour(Retranslating, Popover):
    """Enter and Space press the button with the focus, Esc skips the rest. Controls that are hidden now are left out."""

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over, "tour")
        self._shown: list[Stop] = []
        self._place = 0
        self._ring = _Ring(over, theme)
        self._title = label("heading", "tour_title")
        self._text = label("body", "tour_text")
        self._text.setWordWrap(True)
        self._count = label("faint", "tour_count")
        self._skip = named(QPushButton(), "tour_skip")
        self._skip.setProperty("quiet", "true")
        self._next = named(QPushButton(), "tour_next")
        self._next.setProperty("primary", "true")
        buttons = QHBoxLayout()
        buttons.addWidget(self._count)
        buttons.addStretch()
        buttons.addWidget(self._skip)
        buttons.addWidget(self._next)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addLayout(buttons)
        self._next.clicked.connect(self._show_next)
        self._skip.clicked.connect(self.close_popover)
        self.retranslate()

    def start(self) -> None:
        """Begin with the first control that is visible."""
        self._shown = [stop for stop in STOPS if self._control(stop).isVisible()]
        self._place = 0
        if self._shown:
            self.retranslate()
            self.open_popover()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Tour"))
        if not self._shown:
            return
        stop, count = self._shown[self._place], len(self._shown)
        self._title.setText(tr("Safelight", stop.title))
        self._text.setText(tr("Safelight", stop.text))
        self._count.setText(f"{self._place + 1} / {count}")
        last = self._place == count - 1
        self._next.setText(tr("Safelight", "Done") if last else tr("Safelight", "Next"))
        said = f"{self._title.text()}. {self._text.text()}"
        explain(self._next, self._next.text(), said)
        self._next.setToolTip("")
        self._skip.setText(tr("Safelight", "Skip"))
        explain(self._skip, tr("Safelight", "Skip"), tr("Safelight", "End the tour (Esc). Help shows it again."))
        self._skip.setVisible(not last)
        if self.isVisible():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._next, said))

    def place(self, room: QRect) -> QRect:
        """Beside the control: above a wide one, else right or left, else below."""
        target = self._target()
        height = self.heightForWidth(WIDTH) if self.hasHeightForWidth() else self.sizeHint().height()
        self._ring.setGeometry(target.adjusted(-4, -4, 4, 4))
        self._ring.show()
        self._ring.raise_()
        self.raise_()
        if target.width() > room.width() // 2 and target.top() - GAP - height >= room.top():
            at = QPoint(target.center().x() - WIDTH // 2, target.top() - GAP - height)
        elif target.right() + GAP + WIDTH <= room.right():
            at = QPoint(target.right() + GAP, target.center().y() - height // 2)
        elif target.left() - GAP - WIDTH >= room.left():
            at = QPoint(target.left() - GAP - WIDTH, target.center().y() - height // 2)
        else:
            at = QPoint(target.center().x() - WIDTH // 2, target.bottom() + GAP)
        x = min(max(at.x(), room.left() + 8), room.right() - WIDTH - 8)
        y = min(max(at.y(), room.top() + 8), room.bottom() - height - 8)
        return QRect(x, y, WIDTH, height)

    def first(self) -> QWidget:
        return self._next

    def _target(self) -> QRect:
        control = self._control(self._shown[self._place])
        return QRect(control.mapTo(self._over, QPoint()), control.size())

    def _control(self, stop: Stop) -> QWidget:
        control = self._over.findChild(QWidget, stop.control)
        assert control is not None, stop.control
        return control

    def _show_next(self) -> None:
        self._place += 1
        if self._place == len(self._shown):
            self.close_popover()
        else:
            self.retranslate()
            self.fit()

    def _leave(self) -> None:
        super()._leave()
        self._ring.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # buttons outside dialogs leave these keys alone
            (self._skip if self._skip.hasFocus() else self._next).click()
        else:
            super().keyPressEvent(event)


class _Ring(QWidget):
    """Around the control; ignores the mouse."""

    def __init__(self, over: QWidget, theme: Theme) -> None:
        super().__init__(over)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._theme.tokens.accent), 2))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 7, 7)
