"""UnknownWords: one line under a prompt that names the words the model never learned."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from ..language import Retranslating, spoken, tr


class UnknownWords(Retranslating, QLabel):
    """Visible while there are any. What does not fit ends in dots; the tooltip shows all of it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._words: list[str] = []
        self._sentence = ""
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_words(self, words: Sequence[str]) -> None:
        if list(words) != self._words:
            self._words = list(words)
            self.retranslate()
        self.setVisible(bool(words))

    def retranslate(self) -> None:
        listed = ("、" if spoken() == "zh" else ", ").join(self._words)
        self._sentence = tr("Safelight", "Ignored: {words}").format(words=listed)
        self.setAccessibleName(self._sentence)
        explanation = tr("Safelight", "The model never learned these words, so they have no effect.")
        self.setToolTip(Qt.convertFromPlainText(f"{self._sentence}\n{explanation}", Qt.WhiteSpaceMode.WhiteSpaceNormal))  # wraps
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._sentence, Qt.TextElideMode.ElideRight, self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()
