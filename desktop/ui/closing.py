"""Closing: the questions before the window closes, where something could be lost."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QMessageBox, QWidget

from ..studio.generation import Generation
from ..studio.leaving import Leaving
from ..studio.pictures import Pictures
from .language import tr


class Closing(QObject):
    """Asks one question at a time, without blocking the window."""

    confirmed = Signal(object)  # Leaving

    def __init__(self, window: QWidget, generation: Generation, pictures: Pictures) -> None:
        super().__init__(window)
        self._window = window
        self._generation = generation
        self._pictures = pictures
        self._asking: QMessageBox | None = None

    def ask(self) -> None:
        """Emit `confirmed`, after the questions that are needed; the user may also keep the window open."""
        if self._asking is not None:
            self._asking.raise_()
        elif self._generation.running and not self._generation.stopping:
            self._ask_about_run()
        else:
            self._leave(Leaving.PAUSE)

    def _ask_about_run(self) -> None:
        box = self._asking = RunQuestion(self._window, self._generation)
        box.finished.connect(lambda _: self._answered(box.answer))
        box.open()

    def _answered(self, leaving: Leaving | None) -> None:
        self._asking = None
        if leaving is Leaving.FINISH:
            self.confirmed.emit(leaving)
        elif leaving is not None:
            self._leave(leaving)

    def _leave(self, leaving: Leaving) -> None:
        """Confirm, unless a picture is in memory only: then the user decides first."""
        if not self._pictures.unsaved:
            self.confirmed.emit(leaving)
            return
        box = self._asking = QMessageBox(
            QMessageBox.Icon.NoIcon, "Safelight", tr("Safelight", "Some pictures are not saved yet."), parent=self._window
        )
        box.setObjectName("unsaved_question")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setInformativeText(
            tr("Safelight", "They are kept in memory only. Keep the window open and save them somewhere else, or close and discard them?")
        )
        discard = box.addButton(tr("Safelight", "Discard and close"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(tr("Safelight", "Keep open"), QMessageBox.ButtonRole.RejectRole))
        box.finished.connect(lambda _: self._answered_unsaved(leaving if box.clickedButton() is discard else None))
        box.open()

    def _answered_unsaved(self, leaving: Leaving | None) -> None:
        self._asking = None
        if leaving is not None:
            self.confirmed.emit(leaving)


class RunQuestion(QMessageBox):
    """What to do with the run at work. When it ends meanwhile, only closing is left to ask."""

    def __init__(self, window: QWidget, generation: Generation) -> None:
        super().__init__(QMessageBox.Icon.NoIcon, "Safelight", tr("Safelight", "A picture is still being generated."), parent=window)
        self._generation = generation
        self.setObjectName("close_question")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setInformativeText(
            tr("Safelight", "Finish it in the background, pause it and resume it at the next start, or discard it? The queue is kept.")
        )
        self._close = self.addButton(tr("Safelight", "Finish, then close"), QMessageBox.ButtonRole.AcceptRole)
        self._pause = self.addButton(tr("Safelight", "Pause and close"), QMessageBox.ButtonRole.YesRole)
        self._discard = self.addButton(tr("Safelight", "Discard and close"), QMessageBox.ButtonRole.DestructiveRole)
        self.addButton(tr("Safelight", "Keep open"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self._close)
        self._answers: dict[QAbstractButton, Leaving] = {
            self._close: Leaving.FINISH,
            self._pause: Leaving.PAUSE,
            self._discard: Leaving.DROP,
        }
        generation.changed.connect(self._follow_run)

    @property
    def answer(self) -> Leaving | None:
        """None where the window stays open."""
        return self._answers.get(self.clickedButton())

    def _follow_run(self) -> None:
        if self._generation.running:
            return
        self._generation.changed.disconnect(self._follow_run)
        self._answers = {self._close: Leaving.PAUSE}
        for button in (self._pause, self._discard):
            button.hide()
        self._close.setText(tr("Safelight", "Close"))
        self.setText(tr("Safelight", "No picture is being generated any more."))
        self.setInformativeText(tr("Safelight", "Close Safelight? The queue is kept."))
