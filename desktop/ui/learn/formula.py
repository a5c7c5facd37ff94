"""Formulas: shown as rich text, copied as LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextDocumentFragment
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import IconButton, label


@dataclass(frozen=True, slots=True)
class Formula:
    """`html`: as QLabel shows it; `sqrt` and `bar` make what HTML has not."""

    caption: str  # translated
    html: str
    latex: str


def sqrt(html: str) -> str:
    return f'√<span style="text-decoration: overline">{html}</span>'


def _kept_together(html: str) -> str:
    """Lines do not break within a product, a difference or a list of arguments, unless what follows is a norm."""
    for sign in (" · ", " − ", ", "):
        html = html.replace(sign, sign.replace(" ", "&nbsp;"))
    return html.replace("&nbsp;·&nbsp;‖", " · ‖")


def var(name: str, index: str = "") -> str:
    """A variable in italics, with an index below it."""
    return f"<i>{name}</i>" + (f"<sub>{index}</sub>" if index else "")


COARSE = 4  # characters: a formula gets as much of the width as it is long, but one more digit moves nothing


class FormulaBar(Retranslating, QWidget):
    """Formulas beside each other, each below its caption, with a button that copies it as LaTeX."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("learn_formulas")
        self._theme = theme
        self._formulas: Sequence[Formula] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(20, 8, 20, 10)
        self._grid.setVerticalSpacing(2)
        self._grid.setHorizontalSpacing(8)
        self._cells: list[tuple[QLabel, QLabel, IconButton]] = []

    def show_formulas(self, formulas: Sequence[Formula]) -> None:
        self.setVisible(bool(formulas))
        while len(self._cells) < len(formulas):
            self._add(len(self._cells))
        before, self._formulas = self._formulas, formulas
        for place, cell in enumerate(self._cells):
            is_shown = place < len(formulas)
            if not is_shown:
                self._grid.setColumnStretch(2 * place, 0)
            for part in cell:
                part.setVisible(is_shown)
        for place, ((caption, body, _), formula) in enumerate(zip(self._cells, formulas, strict=False)):
            if formula not in before[place : place + 1]:
                caption.setText(formula.caption)
                body.setText(_kept_together(formula.html))
                plain = QTextDocumentFragment.fromHtml(formula.html).toPlainText()
                body.setAccessibleName(f"{formula.caption}: {plain}")
                self._grid.setColumnStretch(2 * place, max(1, len(plain) // COARSE))

    def copy(self, place: int) -> None:
        QGuiApplication.clipboard().setText(self._formulas[place].latex)

    def _add(self, place: int) -> None:
        caption, body = label("quiet", f"learn_formula_caption_{place}"), label("formula", f"learn_formula_{place}")
        body.setTextFormat(Qt.TextFormat.RichText)
        body.setWordWrap(True)
        body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        button = IconButton(self._theme, "copy", f"learn_formula_copy_{place}", 14)
        button.clicked.connect(lambda: self.copy(place))
        column = 2 * place
        self._grid.addWidget(caption, 0, column)
        self._grid.addWidget(body, 1, column)
        self._grid.addWidget(button, 1, column + 1)
        self._cells.append((caption, body, button))
        self.retranslate()

    def retranslate(self) -> None:
        for _, _, button in self._cells:
            explain(button, tr("Safelight", "Copy as LaTeX"), tr("Safelight", "Copy this formula as LaTeX."))
