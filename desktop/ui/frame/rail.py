"""Rail: the places of the window from the top, and what is open in every place from the bottom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from ..language import Retranslating, explain
from ..theme import Theme
from ..widgets.command import Command
from ..widgets.controls import named

WIDTH, NARROW = 64, 48  # px
BUTTON, SMALL = QSize(52, 50), QSize(40, 38)  # with and without a caption
ICON = 20  # px
BADGE = 15  # px, height


class Rail(Retranslating, QWidget):
    """A button for each command. `set_narrow` leaves the captions out. `badges` shows numbers on buttons."""

    def __init__(self, theme: Theme, places: Sequence[tuple[Command, str]], always: Sequence[tuple[Command, str]]) -> None:
        """`places`, `always`: commands with their icons."""
        super().__init__()
        self._theme = theme
        self._icons = dict((*places, *always))
        self._buttons = {command: RailButton(theme, command) for command in self._icons}
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(self)
        layout.setSpacing(6)
        layout.setContentsMargins(0, 8, 1, 10)
        self._add(command for command, _ in places)
        layout.addStretch()
        self._add(command for command, _ in always)
        for command in self._icons:
            command.toggled.connect(self._tint)
        theme.changed.connect(self._tint)
        self.set_narrow(False)
        self._tint()
        self.retranslate()

    def set_narrow(self, narrow: bool) -> None:
        self.setFixedWidth(NARROW if narrow else WIDTH)
        for button in self._buttons.values():
            button.setFixedSize(SMALL if narrow else BUTTON)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else Qt.ToolButtonStyle.ToolButtonTextUnderIcon)

    def show_badge(self, command: Command, number: int) -> None:
        """Show `number` on the button of `command`; none for 0."""
        self._buttons[command].show_badge(number)

    def button(self, command: Command) -> QToolButton:
        return self._buttons[command]

    def retranslate(self) -> None:
        for command, button in self._buttons.items():
            explain(button, command.text(), command.toolTip())

    def _add(self, commands: Iterable[Command]) -> None:
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        for command in commands:
            layout.addWidget(self._buttons[command], 0, Qt.AlignmentFlag.AlignHCenter)

    def _tint(self) -> None:
        tokens = self._theme.tokens
        for command, icon in self._icons.items():
            command.setIcon(self._theme.icon(icon, tokens.text if command.isChecked() else tokens.quiet, ICON))


class RailButton(QToolButton):
    """Icon above caption, with a number in the corner."""

    def __init__(self, theme: Theme, command: Command) -> None:
        super().__init__()
        self._theme = theme
        self._badge = 0
        named(self, f"rail_{command.objectName().removeprefix('place_')}")
        self.setDefaultAction(command)
        self.setIconSize(QSize(ICON, ICON))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_badge(self, number: int) -> None:
        if number != self._badge:
            self._badge = number
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._badge:
            return
        text, tokens, font = str(self._badge), self._theme.tokens, self.font()
        font.setPixelSize(10)
        font.setWeight(font.Weight.DemiBold)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font)
        width = max(BADGE, painter.fontMetrics().horizontalAdvance(text) + 8)
        badge = QRect(self.width() // 2 + 4, 2, width, BADGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.select))
        painter.drawRoundedRect(badge, BADGE / 2, BADGE / 2)
        painter.setPen(QColor(tokens.text))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
