"""What lets dialogs fit low screens: a clamp of their height, and a form that scrolls above buttons that stay visible."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from .controls import ScrollArea

FRAME = 60  # px, room for the frame of the window, and for a little of what is behind it


def resize_within_screen(dialog: QDialog, width: int, height: int) -> None:
    """Make `dialog` so wide and high (px), but no higher than its screen."""
    dialog.resize(width, min(height, dialog.screen().availableGeometry().height() - FRAME))


class DialogSheet(ScrollArea):
    """The form of a dialog, which scrolls where the screen is too low for it; the row of buttons below stays visible.

    When the dialog is shown, and whenever the form needs more room than before, the dialog becomes as high as the form needs.
    """

    def __init__(self, dialog: QDialog, form: QBoxLayout, foot: QHBoxLayout, width: int) -> None:
        """Becomes the layout of `dialog`, with the margins of `form` around both. `width`: the first one of the dialog, in px."""
        name, margins = dialog.objectName(), form.contentsMargins()
        content = QWidget()
        content.setObjectName(f"{name}_content")
        content.setLayout(form)
        super().__init__(f"{name}_scroll", content)
        content.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        form.setContentsMargins(margins.left(), margins.top(), margins.right(), 0)
        foot.setContentsMargins(margins.left(), 0, margins.right(), margins.bottom())
        self._form, self._foot = form, foot
        self._height = 0  # px that the form needed when the dialog was last made to fit it
        whole = QVBoxLayout(dialog)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(form.spacing())
        whole.addWidget(self, 1)
        whole.addLayout(foot)
        dialog.resize(width, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._form.totalMinimumSize().width() + self.verticalScrollBar().sizeHint().width(), 120)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():  # else it comes back from the taskbar, as the user left it
            self._height = 0
            self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible():
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        dialog = self.window()
        assert isinstance(dialog, QDialog)
        self._form.activate()  # else the height for the width is not known yet
        width, form = dialog.width(), self._form
        height = form.totalHeightForWidth(width) if form.hasHeightForWidth() else form.totalSizeHint().height()
        if height > self._height:
            self._height = height
            resize_within_screen(dialog, width, height + form.spacing() + self._foot.sizeHint().height())
