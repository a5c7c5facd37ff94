"""TopBar: the window's menu, the model, the title of what is shown, and at the right what concerns the whole window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from ...resources import RESOURCES
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.command import Command
from ..widgets.controls import IconButton, named
from .title import Title

HEIGHT = 40  # px
MARK = 24  # px, the icon of the program
MENU = 64  # px, as wide as the rail
GAP = 16  # px, around the title


class TopBar(Retranslating, QWidget):
    """The title is centred over what `centre_over` names, as far as its neighbours leave room."""

    def __init__(self, theme: Theme, search: Command, model: QWidget, title: Title, *at_right: QWidget) -> None:
        """`search` opens the palette."""
        super().__init__()
        self._theme = theme
        self._search_command = search
        self._is_narrow = False
        self._title = title
        self._over: QWidget | None = None
        self.setObjectName("top_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._menu = named(QToolButton(), "menu")
        self._menu.setIcon(QIcon(str(RESOURCES / "icons" / "safelight.svg")))
        self._menu.setIconSize(QSize(MARK, MARK))
        self._menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._panels = IconButton(theme, "panels-top-left", "panels")
        self._panels.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._left, self._right = QWidget(), QWidget()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 12, 1)
        row.setSpacing(8)
        left = QHBoxLayout(self._left)
        left.setContentsMargins((MENU - MARK - 10) // 2, 0, 0, 0)
        left.setSpacing((MENU - MARK - 10) // 2 + 4)
        left.addWidget(self._menu)
        left.addWidget(model)
        right = QHBoxLayout(self._right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(4)
        self._search = named(QPushButton(), "search")
        self._search.setIconSize(QSize(16, 16))
        self._search.setProperty("search", "true")
        self._search.clicked.connect(search.trigger)
        for each in (*at_right, self._panels, self._search):
            right.addWidget(each)
        row.addWidget(self._left)
        row.addStretch()
        row.addWidget(self._right)
        title.setParent(self)
        theme.changed.connect(self._tint)
        self._tint()
        self.retranslate()

    def fill(self, menu: Sequence[QAction | None], panels: Sequence[QAction]) -> None:
        """`menu`: the entries of the window's menu, with None between groups. `panels`: what shows and hides parts of the place."""
        for button, entries in ((self._menu, menu), (self._panels, panels)):
            shown = QMenu(button)
            for entry in entries:
                shown.addSeparator() if entry is None else shown.addAction(entry)
            button.setMenu(shown)

    def show_panels(self, shown: bool) -> None:
        """Whether the shown place has panels."""
        self._panels.setEnabled(shown)

    def set_narrow(self, narrow: bool) -> None:
        self._is_narrow = narrow
        self.retranslate()

    def centre_over(self, widget: QWidget) -> None:
        if self._over is not None:
            self._over.removeEventFilter(self)
        self._over = widget
        widget.installEventFilter(self)
        self._place_title()

    def retranslate(self) -> None:
        explain(self._menu, tr("Safelight", "Menu"), tr("Safelight", "Open pictures and models, show panels, quit."))
        explain(self._panels, tr("Safelight", "Panels"), tr("Safelight", "Show or hide the panels of this place."))
        self._search.setText("" if self._is_narrow else f"{self._search_command.text()}    {self._search_command.key}")
        explain(self._search, self._search_command.text(), self._search_command.toolTip())

    def _tint(self) -> None:
        self._search.setIcon(self._theme.icon("search", size=16))

    def _place_title(self) -> None:
        left, right = self._left.geometry().right() + GAP, self._right.geometry().left() - GAP
        width = max(0, min(self._title.sizeHint().width(), right - left))
        middle = self._over.mapTo(self.window(), QPoint(self._over.width() // 2, 0)).x() if self._over else (left + right) // 2
        x = min(max(left, middle - width // 2), max(left, right - width))
        self._title.setGeometry(x, 0, width, HEIGHT - 1)
        self._title.fit(width)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show):
            self._place_title()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._place_title()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_title()
