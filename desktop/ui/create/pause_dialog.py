"""PauseDialog: set the steps after which a run pauses, by number instead of a click in the filmstrip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ...diffusion.run import Run
from ...studio.generation import Generation
from ..language import Retranslating, explain, tr
from ..widgets.controls import Number, label, named
from ..widgets.dialog_sheet import DialogSheet

WIDTH = 300  # px


class PauseDialog(Retranslating, QDialog):
    """Not modal. Each press on the button sets or removes a breakpoint of `run`."""

    def __init__(self, generation: Generation, run: Run, most: int, parent: QWidget | None = None) -> None:
        """`most`: the last step after which a pause makes sense."""
        super().__init__(parent)
        self._generation = generation
        self._run = run
        self.setObjectName("pause_at_step")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self._number = Number("pause_step", 1, most)
        self._number.setValue(min(len(run.steps), most))
        self._caption = label("caption", buddy=self._number)
        self._toggle = named(QPushButton(), "toggle_pause")
        self._toggle.setDefault(True)
        self._close = named(QPushButton(), "close_pause")
        self._close.setAutoDefault(False)
        self._points = label("quiet", "pause_points")
        self._points.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._number)
        row.addWidget(self._toggle, 1)
        form = QVBoxLayout()
        form.setContentsMargins(16, 16, 16, 16)
        form.setSpacing(8)
        form.addWidget(self._caption)
        form.addLayout(row)
        form.addWidget(self._points)
        form.addStretch()
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self._close)
        self.setFixedWidth(WIDTH)
        DialogSheet(self, form, foot, WIDTH)

        self._number.valueChanged.connect(self._show_state)
        self._toggle.clicked.connect(lambda: generation.toggle_breakpoint(self._number.value(), run))
        self._close.clicked.connect(self.close)
        generation.changed.connect(self._show_state)
        self.retranslate()
        self._number.selectAll()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Pause at step"))
        self._caption.setText(tr("Safelight", "Pause after step"))
        explain(self._number, tr("Safelight", "Pause after step"), tr("Safelight", "The step after which this run pauses."))
        self._close.setText(tr("Safelight", "Close"))
        self._close.setAccessibleDescription(tr("Safelight", "Close this window; the pauses stay set."))
        self._show_state()

    def _show_state(self) -> None:
        points = self._generation.breakpoints(self._run)
        is_set = self._number.value() in points
        self._toggle.setText(tr("Safelight", "Remove pause") if is_set else tr("Safelight", "Set pause"))
        self._toggle.setAccessibleDescription(tr("Safelight", "Shift+click a step in the timeline to do the same."))
        self._toggle.setToolTip(self._toggle.accessibleDescription())
        self._points.setText(
            tr("Safelight", "The run pauses after step {numbers}.").format(numbers=", ".join(map(str, sorted(points))))
            if points
            else tr("Safelight", "No pause is set for this run.")
        )
