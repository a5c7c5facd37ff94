"""PromptEdit: a prompt of a few lines, with weights, history and input methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from ...diffusion.weights import adjust
from ...errors import QT_TRANSLATE_NOOP
from ...studio.prompt_history import PromptHistory
from ..theme import Theme
from .command import WidgetKeys

if TYPE_CHECKING:
    from PySide6.QtGui import QTextCharFormat

STEP = 0.1  # change of a weight, per key press
PAUSE = 1200  # ms without a key press, after which a word counts as finished
_UP, _DOWN = Qt.Key.Key_Up, Qt.Key.Key_Down
_DECIDING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)  # accept or cancel a composition


class PromptEdit(QPlainTextEdit):
    """Grows with its text. Ctrl+↑/↓ changes the weight of the selected words, Alt+↑/↓ shows earlier prompts if there is a history."""

    edited = Signal()  # the text has changed; not while an input method composes
    recipe_pasted = Signal(str)  # instead of words: the generation parameters of a picture, as A1111 writes them
    rested = Signal()  # typing of a word has ended: the cursor left it, or nothing was typed for a while

    def __init__(self, theme: Theme, name: str, lines: tuple[int, int] = (3, 8), history: PromptHistory | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._history = history
        self._least, self._most = lines
        self.takes_recipes = False  # whether `recipe_pasted` is emitted, and pasted files are left to the place
        self._placeholder = ""
        self._composing = False
        self._cut: int | None = None
        self._unknown: Sequence[tuple[int, int]] = ()
        self._text = ""
        self._typing = False  # a key or an input method is changing the text
        self._typed_at: int | None = None  # cursor in UTF-16 units, while a word is being typed
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.rest)
        self.setObjectName(name)
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Raise or lower the weight of the chosen words"), "Ctrl+↑, Ctrl+↓")
        WidgetKeys(self, QT_TRANSLATE_NOOP("Safelight", "Earlier and later prompts"), "Alt+↑, Alt+↓")
        self.setTabChangesFocus(True)
        font = self.font()
        font.setPixelSize(14)
        self.setFont(font)
        self.textChanged.connect(self._tell)
        self.cursorPositionChanged.connect(self._rest_if_cursor_left)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        theme.changed.connect(self._mark)
        self._fit()

    def set_text(self, text: str) -> None:
        """Replace the text in one undo step."""
        if text != self.toPlainText():
            self._replace(text, len(text), len(text))

    def set_cut(self, cut: int | None) -> None:
        """Grey the text from character `cut` on, which the model does not read. Call it after each edit: undo removes the grey."""
        if cut is not None or self._cut is not None:
            self._cut = cut
            self._mark()

    @property
    def cut_at(self) -> int | None:
        """Where the grey text begins, in characters; None without any."""
        return self._cut

    def set_unknown(self, words: Sequence[tuple[int, int]]) -> None:
        """Underline the characters `start:end` of each word, which the model never learned. Call it after each edit."""
        if words or self._unknown:
            self._unknown = words
            self._mark()

    @property
    def typed_at(self) -> int | None:
        """Cursor position in characters while a word is being typed, else None."""
        return None if self._typed_at is None else _characters(self.toPlainText(), self._typed_at)

    def rest(self) -> None:
        """Typing has ended: emit `rested` if a word was being typed."""
        self._pause.stop()
        if self._typed_at is not None:
            self._typed_at = None
            self.rested.emit()

    def set_placeholder(self, text: str) -> None:
        self._placeholder = text
        self.setPlaceholderText("" if self._composing else text)

    def insert_words(self, words: str) -> None:
        """Insert `words` at the cursor in one undo step, with the spaces that English needs around them."""
        cursor, text = self.textCursor(), self.toPlainText()
        before = text[: _characters(text, cursor.selectionStart())]
        after = text[_characters(text, cursor.selectionEnd()) :]
        if words.isascii():
            words = (" " if before and not before[-1].isspace() else "") + words + (" " if after and after[0].isalnum() else "")
        cursor.insertText(words)
        self.setTextCursor(cursor)

    def weigh(self, step: float) -> None:
        """Add `step` to the weight of the selected words, or of the word at the cursor."""
        cursor, prompt = self.textCursor(), self.toPlainText()
        start, end = (_characters(prompt, place) for place in (cursor.selectionStart(), cursor.selectionEnd()))
        adjusted, start, end = adjust(prompt, start, end, step)
        if adjusted != prompt:
            self._replace(adjusted, start, end)

    def _replace(self, text: str, start: int, end: int) -> None:
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()
        cursor.setPosition(_units(text, start))
        cursor.setPosition(_units(text, end), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _tell(self) -> None:
        if (text := self.toPlainText()) != self._text:
            self._text = text
            self._typed_at = self.textCursor().position() if self._typing else None
            if self._typing:
                self._pause.start()
            self.edited.emit()

    def _rest_if_cursor_left(self) -> None:
        if self._typed_at not in (None, self.textCursor().position()) and self.toPlainText() == self._text:
            self.rest()

    def _mark(self) -> None:
        """Underline the unknown words, grey the text that the model does not read."""
        if self._cut is None and not self._unknown:
            self.setExtraSelections([])
            return
        from PySide6.QtGui import QTextCharFormat  # here: the first paint need not wait for its many enums

        grey, dotted = QTextCharFormat(), QTextCharFormat()
        grey.setForeground(QColor(self._theme.tokens.faint))
        dotted.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        dotted.setUnderlineColor(QColor(self._theme.tokens.accent))
        text = self.toPlainText()
        marks = [self._selection(_units(text, start), _units(text, end), dotted) for start, end in self._unknown]
        if self._cut is not None:
            marks.append(self._selection(_units(text, self._cut), self.document().characterCount(), grey))
        self.setExtraSelections(marks)

    def _selection(self, start: int, end: int, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
        marked, cursor, last = QTextEdit.ExtraSelection(), QTextCursor(self.document()), self.document().characterCount() - 1
        cursor.setPosition(min(start, last))
        cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        marked.cursor, marked.format = cursor, look
        return marked

    def _fit(self) -> None:
        line, margin = self.fontMetrics().lineSpacing(), self.document().documentMargin()
        height, block = -margin, self.document().firstBlock()  # the first block includes it
        while block.isValid() and height <= self._most * line:
            height += self.blockBoundingRect(block).height()
            block = block.next()
        fits = height <= self._most * line
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        around = self.contentsMargins()
        lines = max(self._least * line, min(height, self._most * line))
        self.setFixedHeight(round(lines + 2 * margin) + around.top() + around.bottom())

    # -- keys, input methods, paste

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and (self._composing or self._action_of(event)):
            event.accept()  # this widget or the input method handles the key, not a shortcut
            return True
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride and event.matches(QKeySequence.StandardKey.Paste):
            if self.takes_recipes and QGuiApplication.clipboard().mimeData().hasUrls():
                event.ignore()  # files belong to the place
                return True
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange, QEvent.Type.Polish):
            done = super().event(event)
            self._fit()
            return done
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._composing and event.key() in _DECIDING:
            event.accept()
            return
        match self._action_of(event):
            case "weigh":
                self.weigh(STEP if event.key() == _UP else -STEP)
            case "recall":
                assert self._history is not None
                shown = self.toPlainText()
                self.set_text(self._history.older(shown) if event.key() == _UP else self._history.newer(shown))
            case _:
                self._typing = True
                super().keyPressEvent(event)
                self._typing = False

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._composing = bool(event.preeditString())
        self.setPlaceholderText("" if self._composing else self._placeholder)
        self._typing = True
        super().inputMethodEvent(event)
        self._typing = False

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.rest()
        if not self._composing:
            return
        self._composing = False  # the input method stops composing
        self.setPlaceholderText(self._placeholder)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not source.hasUrls()  # dropped files belong to the place

    def insertFromMimeData(self, source: QMimeData) -> None:
        from ...library.foreign import is_a1111  # here, because no first paint waits for it

        self._typing = False
        text = source.text().replace("\0", "")
        if self.takes_recipes and is_a1111(text):
            self.recipe_pasted.emit(text)
        else:
            self.insertPlainText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _action_of(self, event: QKeyEvent) -> str | None:
        """The action of this widget that the key starts, if any."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if self._composing or event.key() not in (_UP, _DOWN):
            return None
        if modifiers == Qt.KeyboardModifier.ControlModifier:
            return "weigh"
        return "recall" if self._history is not None and modifiers == Qt.KeyboardModifier.AltModifier else None


# Qt counts UTF-16 units, Python counts characters: an emoji is two units and one character.


def _units(text: str, characters: int) -> int:
    return len(text[:characters].encode("utf-16-le", "surrogatepass")) // 2


def _characters(text: str, units: int) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", errors="ignore"))
