"""Reading: what a station is about in prose, and where in the program it is computed."""

from __future__ import annotations

import ast
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QDialog, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ..language import Retranslating, explain, spoken, tr
from ..theme import Theme
from ..widgets.controls import label, named
from ..widgets.dialog_sheet import resize_within_screen
from ..widgets.open_dialog import come_forward
from ..widgets.section import Section

TEXTS = Path(__file__).parent
PACKAGE = TEXTS.parents[1]


def text_of(key: str) -> str:
    """The prose of a station in the language of the window, as Markdown."""
    return (TEXTS / f"{key}.{'zh_CN' if spoken() == 'zh' else 'en'}.md").read_text(encoding="utf-8")


def source_of(place: str) -> tuple[str, int]:
    """The source of "file name" (a function, a class, or a method as Class.method), and the number of its first line.

    It is read from the file that runs, without importing it.
    """
    file, name = place.split()
    source = (PACKAGE / file).read_text(encoding="utf-8")
    node: ast.AST = ast.parse(source)
    for part in name.split("."):
        assert isinstance(node, ast.Module | ast.ClassDef)
        node = next(child for child in node.body if getattr(child, "name", "") == part)
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno]), first


class Reading(Retranslating, QWidget):
    """Two sections that fold: the prose, and the places in the code."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("learn_reading")
        self._key = ""
        self._sources: tuple[str, ...] = ()
        self._prose = QWidget()
        self._paragraphs = QVBoxLayout(self._prose)
        self._paragraphs.setContentsMargins(0, 0, 0, 12)
        self._paragraphs.setSpacing(8)
        self._labels: list[QLabel] = []
        self._places = QWidget()
        self._buttons = QVBoxLayout(self._places)
        self._buttons.setContentsMargins(0, 0, 0, 12)
        self._buttons.setSpacing(2)
        self.words, self.code = Section(theme, "learn_words", self._prose), Section(theme, "learn_code", self._places)
        self.code.head.setChecked(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.words)
        column.addWidget(self.code)
        self.retranslate()

    def show_station(self, key: str, sources: tuple[str, ...]) -> None:
        self._key, self._sources = key, sources
        while (item := self._buttons.takeAt(0)) is not None:
            if (button := item.widget()) is not None:
                button.deleteLater()
        for place in sources:
            button = named(QPushButton(place.replace(" ", " · ")), f"learn_source_{place.split()[1]}")
            button.setProperty("quiet", "true")
            button.setProperty("leading", "true")
            button.clicked.connect(lambda _=False, place=place: self._show_source(place))
            self._buttons.addWidget(button)
        self.retranslate()

    def _paragraph(self) -> QLabel:
        made = label("prose", f"learn_prose_{len(self._labels)}")
        made.setTextFormat(Qt.TextFormat.MarkdownText)
        made.setWordWrap(True)
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self._paragraphs.addWidget(made)
        return made

    def _show_source(self, place: str) -> None:
        if not come_forward(self.window(), f"source_{place}"):
            SourceDialog(place, self.window()).show()

    def retranslate(self) -> None:
        self.words.show_title(tr("Safelight", "In words"))
        self.code.show_title(tr("Safelight", "In the code"))
        paragraphs = text_of(self._key).split("\n\n") if self._key else []
        while len(self._labels) < len(paragraphs):
            self._labels.append(self._paragraph())
        for place, shown in enumerate(self._labels):
            shown.setVisible(place < len(paragraphs))
            shown.setText(paragraphs[place].strip() if place < len(paragraphs) else "")
        for button in self._places.findChildren(QPushButton):
            explain(button, button.text(), tr("Safelight", "Show the source of this computation, as it runs here."))


class SourceDialog(QDialog):
    """The source of one function or class, with the numbers of its lines."""

    def __init__(self, place: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"source_{place}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        source, first = source_of(place)
        self.setWindowTitle(tr("Safelight", "{place}, line {line}").format(place=f"{PACKAGE.name}/{place.split()[0]}", line=first))
        text = named(QPlainTextEdit(source), "source")
        text.setReadOnly(True)
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(12)
        font.setStyleHint(QFont.StyleHint.Monospace)
        text.setFont(font)
        text.setAccessibleName(self.windowTitle())
        column = QVBoxLayout(self)
        column.addWidget(text)
        resize_within_screen(self, 980, 560)
