"""UnknownWords: the one line under a prompt that names what the model never learned."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from ..language import Retranslating, spoken, tr


class UnknownWords(Retranslating, QLabel):
    """Shown while there are any. Where they do not fit it says it in fewer words, then ends in dots; the tooltip has them all."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._words: list[str] = []
        self._listed = ""
        self._of_starter = True
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_words(self, words: Sequence[str], of_starter: bool) -> None:
        if (list(words), of_starter) != (self._words, self._of_starter):
            self._words, self._of_starter = list(words), of_starter
            self.retranslate()
        self.setVisible(bool(words))

    def retranslate(self) -> None:
        self._listed = ("、" if spoken() == "zh" else ", ").join(self._words)
        whole = self._sentence()
        self.setAccessibleName(whole)
        explanation = tr("Safelight", "It never learned these words; they do not help the picture.")
        self.setToolTip(Qt.convertFromPlainText(f"{whole}\n{explanation}", Qt.WhiteSpaceMode.WhiteSpaceNormal))  # in several lines
        self._fit()

    def _sentence(self) -> str:
        template = (
            tr("Safelight", "The starter model does not know: {words}")
            if self._of_starter
            else tr("Safelight", "This model does not know: {words}")
        )
        return template.format(words=self._listed)

    def _fit(self) -> None:
        whole, metrics = self._sentence(), self.fontMetrics()
        if metrics.horizontalAdvance(whole) > self.width():
            whole = tr("Safelight", "Not known: {words}").format(words=self._listed)
        self.setText(metrics.elidedText(whole, Qt.TextElideMode.ElideRight, self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()
