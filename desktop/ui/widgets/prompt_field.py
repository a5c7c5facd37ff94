"""PromptField: the editor of a prompt with its caption, token count and the words that the model does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ...library.vocabulary import SUGGESTED, Entry, Span, each_once
from ...studio.history import History
from ..language import Retranslating, spoken, tr
from ..theme import Theme
from .controls import label
from .open_dialog import come_forward
from .prompt_edit import PromptEdit
from .unknown_words import UnknownWords

if TYPE_CHECKING:
    from ...library.models import Model
    from ...library.tokens import TokenMeter


class PromptField(Retranslating, QWidget):
    """Counts tokens and marks unknown words while text is typed into `edit`."""

    def __init__(
        self, theme: Theme, kind: str, lines: tuple[int, int], history: History | None = None, button: QWidget | None = None
    ) -> None:
        """`kind`: prefix of all object names, "" or "negative_". `button` is beside the caption."""
        super().__init__()
        self.edit = edit = PromptEdit(theme, f"{kind}prompt", lines, history)
        self._optional = bool(kind)  # an empty field shows no count
        self._model: Model | None = None
        self._meter: TokenMeter | None = None
        self.setObjectName(f"{edit.objectName()}_field")
        self.caption = label("caption", f"{edit.objectName()}_caption", edit)
        self._tokens = label("faint", f"{kind}tokens")
        self._unknown = UnknownWords(theme, f"{kind}unknown_words")
        row = QHBoxLayout()
        row.addWidget(self.caption)
        row.addStretch()
        row.addWidget(self._tokens)
        if button:
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(edit)
        layout.addWidget(self._unknown)
        edit.edited.connect(self._count)
        edit.rested.connect(self._name_unknown)
        self._unknown.replaced.connect(self._replace)
        self._unknown.vocabulary_requested.connect(self.show_vocabulary)

    def set_model(self, model: Model | None) -> None:
        self._model = model
        self._name_unknown()

    def set_meter(self, meter: TokenMeter | None) -> None:
        """Count tokens with `meter`; None stops counting."""
        self._meter = meter
        self._count()

    def show_vocabulary(self) -> None:
        """Open everything that the model knows, to choose words for this prompt; nothing for a model without groups of words."""
        vocabulary = self._model.vocabulary if self._model else None
        if vocabulary is None or not vocabulary.groups or come_forward(self.window(), "vocabulary"):
            return
        from .vocabulary_dialog import VocabularyDialog  # here: the first paint need not wait for it

        dialog = VocabularyDialog(vocabulary, self.window())
        dialog.chosen.connect(self._insert)
        dialog.open()

    def retranslate(self) -> None:
        self._count()

    def _insert(self, entry: Entry) -> None:
        """Insert `entry` in the language of the prompt; into an empty prompt, in that of the window."""
        text = self.edit.toPlainText()
        language = "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in text) else "en" if text.strip() else spoken()
        self.edit.insert_words(entry.texts[language][0])

    def _replace(self, word: str, known: str) -> None:
        """Replace the unknown `word` wherever it is in the prompt; undo restores it."""
        text = self.edit.toPlainText()
        for span in reversed(self._unknown_spans()):
            if span.text.casefold() == word.casefold():
                text = f"{text[: span.start]}{known}{text[span.end :]}"
        self.edit.set_text(text)
        self.edit.setFocus()

    def _count(self) -> None:
        text = self.edit.toPlainText()
        tokens = self._meter.count(text) if self._meter else None
        self.edit.set_cut(tokens.cut if tokens else None)
        self._tokens.setText(f"{tokens.count} / {tokens.limit}" if tokens and (text or not self._optional) else "")
        too_long = tokens is not None and tokens.cut is not None
        _set_role(self._tokens, "warning" if too_long else "faint")
        self._tokens.setToolTip(
            tr("Safelight", "Tokens: the prompt is too long. The model ignores the words in grey.")
            if too_long
            else tr("Safelight", "Tokens: number of word pieces in the prompt, and how many the model can read.")
        )
        self._name_unknown()

    def _name_unknown(self) -> None:
        spans = self._unknown_spans()
        self.edit.set_unknown([(span.start, span.end) for span in spans])
        vocabulary = self._model.vocabulary if self._model else None
        if vocabulary is None:
            self._unknown.show_words(())
            return
        by_word = {span.text.casefold(): span.text for span in reversed(spans)}
        offered = [(word, known) for word in reversed(by_word.values()) for known in vocabulary.suggestions(word)]
        most = SUGGESTED if len(by_word) == 1 else 1  # the next word gets its turn when the first is replaced
        self._unknown.show_words(each_once(spans), offered[:most], bool(vocabulary.groups))

    def _unknown_spans(self) -> list[Span]:
        """The words that the model does not know, except the word being typed and words beyond the token limit."""
        vocabulary = self._model.vocabulary if self._model else None
        if vocabulary is None:
            return []
        typed_at, cut = self.edit.typed_at, self.edit.cut_at
        return [
            span
            for span in vocabulary.unknown(self.edit.toPlainText())
            if not (typed_at is not None and span.start < typed_at <= span.end) and (cut is None or span.start < cut)
        ]


def _set_role(shown: QLabel, role: str) -> None:
    if shown.property("role") != role:
        shown.setProperty("role", role)
        shown.style().polish(shown)
