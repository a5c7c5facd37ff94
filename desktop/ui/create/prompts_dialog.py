"""PromptsDialog: several prompts, one on each line, to make a picture of each."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from ...studio.variants import variants_of_lines
from ..language import Retranslating, explain, tr
from ..widgets.controls import label, named, reserve_two_lines
from ..widgets.dialog_foot import DialogFoot
from ..widgets.dialog_sheet import DialogSheet

WIDTH, HEIGHT = 520, 200  # px, of the window, of the text


class PromptsDialog(Retranslating, QDialog):
    """Is not modal. `prompt` returns that of the prompt panel, with which the text starts; the text is kept until the next time."""

    wanted = Signal(list)  # of prompts

    def __init__(self, prompt: Callable[[], str], most: int, parent: QWidget | None = None) -> None:
        """`most`: prompts at a time."""
        super().__init__(parent)
        self._prompt = prompt
        self._most = most
        self.setObjectName("prompts")
        self.setModal(False)
        self._about = label("quiet", "about_prompts")
        self._text = named(QPlainTextEdit(), "prompt_lines")
        self._text.setTabChangesFocus(True)
        self._note = label("quiet", "prompts_note")
        self._foot = DialogFoot(self, "prompts", self._begin, 120)
        self._lay_out()

        self._text.textChanged.connect(self._show_count)
        self.retranslate()

    def open(self) -> None:
        if not self._text.toPlainText().strip():
            self._text.setPlainText(self._prompt())
        self._text.setFocus()
        self._text.selectAll()
        self.show()  # QDialog.open would make it modal
        self.activateWindow()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Several prompts"))
        self._about.setText(
            tr(
                "Safelight",
                "Write one prompt on each line. {choices} stands for each of its choices. "
                "All other settings, with the seed, are those of the prompt panel.",
            ).format(choices="{red|blue}")
        )
        explain(self._text, tr("Safelight", "Prompts"), tr("Safelight", "One prompt on each line."))
        self._foot.show_words(
            tr("Safelight", "Generate all"),
            tr("Safelight", "Generate a picture of each prompt, one after another."),
            tr("Safelight", "Close this window without generating."),
        )
        self._show_count()

    def _show_count(self) -> None:
        count = len(variants_of_lines(self._text.toPlainText(), self._most + 1))
        if count > self._most:
            note = tr("Safelight", "These are more than {most} prompts. Remove some.").format(most=self._most)
        else:
            note = counted_prompts(count) if count else tr("Safelight", "Write at least one prompt.")
        self._note.setText(note)
        self._foot.start.setEnabled(0 < count <= self._most)

    def _begin(self) -> None:
        self.wanted.emit(variants_of_lines(self._text.toPlainText(), self._most))
        self.accept()

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDTH)
        self._text.setMinimumHeight(HEIGHT)
        for words in (self._about, self._note):
            words.setWordWrap(True)
        reserve_two_lines(self._note)
        form = QVBoxLayout()
        form.setContentsMargins(24, 20, 24, 20)
        form.setSpacing(16)
        form.addWidget(self._about)
        form.addWidget(self._text)
        form.addWidget(self._note)
        DialogSheet(self, form, self._foot, WIDTH)


def counted_prompts(count: int) -> str:
    return tr("Safelight", "1 prompt") if count == 1 else tr("Safelight", "{count} prompts").format(count=count)
