"""PromptField: the editor of a prompt with its caption, token count and the words that the model does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ...diffusion.weights import blanked
from ...library.vocabulary import SUGGESTED, Phrase, Span, each_once
from ...studio.prompt_history import PromptHistory
from ..language import Retranslating, spoken, tr
from ..theme import Theme
from .controls import label, set_role
from .open_dialog import come_forward
from .prompt_edit import PromptEdit
from .unknown_words import UnknownWords

if TYPE_CHECKING:
    from ...library.models import Model
    from ...library.tokens import TokenMeter

BAR = QSize(36, 3)  # px


class PromptField(Retranslating, QWidget):
    """Counts tokens and marks unknown words while text is typed into `edit`."""

    def __init__(
        self,
        theme: Theme,
        kind: str,
        lines: tuple[int, int],
        history: PromptHistory | None = None,
        button: QWidget | None = None,
        keeps_room: bool = False,
    ) -> None:
        """`kind`: prefix of all object names, "" or "negative_". `button` is beside the caption.

        `keeps_room`: there is room for unknown words while there are none.
        """
        super().__init__()
        self.edit = edit = PromptEdit(theme, f"{kind}prompt", lines, history)
        self._optional = bool(kind)  # an empty field shows no count
        self._model: Model | None = None
        self._meter: TokenMeter | None = None
        self.setObjectName(f"{edit.objectName()}_field")
        self.caption = label("caption", f"{edit.objectName()}_caption", edit)
        self._tokens = label("meter", f"{kind}tokens")
        self._bar = _Bar(theme)
        self.meter = QWidget()  # a part of the head that the owner may put elsewhere
        measured = QHBoxLayout(self.meter)
        measured.setContentsMargins(0, 0, 0, 0)
        measured.setSpacing(7)
        measured.addWidget(self._bar)
        measured.addWidget(self._tokens)
        self._unknown = UnknownWords(theme, f"{kind}unknown_words", keeps_room)
        row = QHBoxLayout()
        row.addWidget(self.caption)
        row.addStretch()
        row.addWidget(self.meter)
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

    def show_remark(self, remark: str) -> None:
        """Show `remark` under the prompt instead of the unknown words; "" ends that."""
        self._unknown.show_remark(remark)

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

    def _insert(self, entry: Phrase) -> None:
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
        is_counted = tokens is not None and (bool(text) or not self._optional)
        too_long = tokens is not None and tokens.cut is not None
        self._tokens.setText(f"{tokens.count} / {tokens.limit}" if tokens and is_counted else "")
        self._bar.show_share(tokens.count / tokens.limit if tokens and is_counted else None, too_long)
        set_role(self._tokens, "warning" if too_long else "meter")
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
        """The words that the model does not know, except embeddings, the word being typed, and words beyond the token limit."""
        vocabulary = self._model.vocabulary if self._model else None
        if vocabulary is None:
            return []
        text, typed_at, cut = self.edit.toPlainText(), self.edit.typed_at, self.edit.cut_at
        pieces = self._meter.names.pieces(blanked(text)) if self._meter else []
        known = [range(piece.start, piece.start + len(piece.text)) for piece in pieces if piece.vectors]
        return [
            span
            for span in vocabulary.unknown(text)
            if not (typed_at is not None and span.start < typed_at <= span.end)
            and (cut is None or span.start < cut)
            and not any(span.start in each for each in known)
        ]


class _Bar(QWidget):
    """How much of what the model can read is used. Keeps its room while nothing is counted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._share: float | None = None
        self._too_long = False
        self.setFixedSize(BAR)
        theme.changed.connect(self.update)

    def show_share(self, share: float | None, too_long: bool) -> None:
        self._share, self._too_long = share, too_long
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._share is None:
            return
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((1.0, tokens.edge), (min(1.0, self._share), tokens.danger if self._too_long else tokens.quiet)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(0, 0, width * self.width(), self.height()), 1.5, 1.5)
