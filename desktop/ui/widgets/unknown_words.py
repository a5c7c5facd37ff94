"""UnknownWords: one line under a prompt with the words that the model does not know, or a remark about the prompt."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from ..language import Retranslating, spoken, tr


class UnknownWords(Retranslating, QLabel):
    """Keeps its room while there are none. A long list ends in an ellipsis; the tooltip has it whole."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._words: list[str] = []
        self._remark = ""
        self._sentence = ""
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(" ")  # reserves the line

    def show_words(self, words: Sequence[str]) -> None:
        if list(words) != self._words:
            self._words = list(words)
            self.retranslate()

    def show_remark(self, remark: str) -> None:
        """Show `remark` instead of the words; "" shows the words again."""
        if remark != self._remark:
            self._remark = remark
            self.retranslate()

    def retranslate(self) -> None:
        listed = ("、" if spoken() == "zh" else ", ").join(self._words)
        ignored = tr("Safelight", "Ignored: {words}").format(words=listed) if self._words else ""
        self._sentence = self._remark or ignored
        self.setAccessibleName(self._sentence)
        explanation = tr("Safelight", "The model does not know these words, so they do not change the picture as you expect.")
        whole = f"{ignored}\n{explanation}" if ignored and not self._remark else self._remark
        self.setToolTip(Qt.convertFromPlainText(whole, Qt.WhiteSpaceMode.WhiteSpaceNormal) if whole else "")  # wraps lines
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._sentence, Qt.TextElideMode.ElideRight, self.width()) or " ")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()
