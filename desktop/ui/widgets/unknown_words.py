"""UnknownWords: one line under a prompt with the words that the model does not know, and known ones to use in their place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ..language import Retranslating, explain, spoken, tr
from ..theme import Theme
from .controls import IconButton, named

HEIGHT = 24  # px


class UnknownWords(Retranslating, QWidget):
    """Shows remarks about the prompt in the same place. `keeps_room`: also while there are neither."""

    replaced = Signal(str, str)  # the unknown word, and the known text that the user chose in its place
    vocabulary_requested = Signal()

    def __init__(self, theme: Theme, name: str, keeps_room: bool = False) -> None:
        """`name`: that of the sentence; names of the buttons begin with it."""
        super().__init__()
        self._words: list[str] = []
        self._keeps_room = keeps_room
        self._remark = ""
        self._has_groups = False
        self._suggestions: list[tuple[str, str]] = []  # unknown word, known text
        self.setObjectName(f"{name}_line")
        self.setFixedHeight(HEIGHT)
        self._line = _Line(name)
        self._name = name
        self._buttons: list[QPushButton] = []
        self._know = IconButton(theme, "info", f"{name}_vocabulary", 14)
        self._know.setFixedSize(HEIGHT, HEIGHT)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self._row = layout
        layout.addWidget(self._line, 1)
        layout.addWidget(self._know)
        layout.addStretch()
        self._know.clicked.connect(self.vocabulary_requested)
        self.retranslate()

    def show_words(self, words: Sequence[str], suggestions: Sequence[tuple[str, str]] = (), has_groups: bool = False) -> None:
        """`suggestions`: unknown words and known texts to offer in their place. `has_groups`: the vocabulary can be shown."""
        if (list(words), list(suggestions), has_groups) != (self._words, self._suggestions, self._has_groups):
            self._words, self._suggestions, self._has_groups = list(words), list(suggestions), has_groups
            self.retranslate()

    def show_remark(self, remark: str) -> None:
        """Show `remark` instead of the words; "" shows the words again."""
        if remark != self._remark:
            self._remark = remark
            self.retranslate()

    def retranslate(self) -> None:
        listed = ("、" if spoken() == "zh" else ", ").join(self._words)
        ignored = tr("Safelight", "Ignored: {words}").format(words=listed) if self._words else ""
        explanation = tr("Safelight", "The model does not know these words, so they do not change the picture as you expect.")
        suggestions = [] if self._remark else self._suggestions
        sentence = self._remark or ignored
        self._line.show_sentence(sentence, tr("Safelight", "{words} · try").format(words=sentence) if suggestions else sentence)
        whole = f"{ignored}\n{explanation}" if ignored and not self._remark else self._remark
        self._line.setToolTip(Qt.convertFromPlainText(whole, Qt.WhiteSpaceMode.WhiteSpaceNormal) if whole else "")  # wraps lines
        are_several = len(self._words) > 1
        for button in self._buttons:
            button.setParent(None)
            button.deleteLater()
        self._buttons = [self._button(word, text, f"{word} → {text}" if are_several else text) for word, text in suggestions]
        for place, button in enumerate(self._buttons):
            self._row.insertWidget(1 + place, button)
        explain(self._know, tr("Safelight", "What does it know?"), tr("Safelight", "Show everything that this model knows."))
        self._know.setVisible(self._has_groups and bool(ignored) and not self._remark)
        self.setVisible(self._keeps_room or bool(sentence))
        self._row.activate()  # at once, for the line fits its words into its width

    def _button(self, word: str, text: str, caption: str) -> QPushButton:
        button = named(QPushButton(caption.replace("&", "&&")), f"{self._name}_suggestion")
        button.setProperty("word", "true")
        button.clicked.connect(lambda: self.replaced.emit(word, text))
        explain(button, text, tr("Safelight", "Replace “{word}” with “{text}”.").format(word=word, text=text))
        return button


class _Line(QLabel):
    """One line of text, shortened where there is no room."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._text = ""
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_sentence(self, said: str, shown: str) -> None:
        """Show `shown`; screen readers say `said`."""
        self._text = shown
        self.setAccessibleName(said)
        self._fit()

    def _fit(self) -> None:
        self.setMaximumWidth(self.fontMetrics().horizontalAdvance(self._text) + 4)
        self.setText(self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()
