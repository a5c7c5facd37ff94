"""TokensPage: how the prompt is cut into tokens, and what is near each of them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ..language import decimal, tr
from ..widgets.controls import ScrollArea, label, named
from ..widgets.flow import Flow

if TYPE_CHECKING:
    from ...learn.reading import Reading, ReadToken

SHOWN = 5  # neighbours of a token
CARD = 132  # px


class TokensPage(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._cards = named(QWidget(), "learn_words_cards")
        self._flow = Flow(self._cards, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(ScrollArea("learn_words_token_scroll", self._cards))

    def show_reading(self, reading: Reading) -> None:
        """A card for each token, with its nearest rows of the table."""
        for card in self._cards.findChildren(QLabel):
            self._flow.removeWidget(card)
            card.deleteLater()
        for place, token in enumerate(reading.tokens):
            self._flow.addWidget(_card(place, token))

    def words(self, reading: Reading | None) -> str:
        """What is said of the whole prompt."""
        if reading is None:
            return tr("Safelight", "The prompt is being read.")
        if reading.refusal:
            return tr("Safelight", reading.refusal)
        return tr(
            "Safelight",
            "{count} tokens; the text encoder reads up to {limit} with its marks. Each is a row of {width} numbers in a table of {table}. "
            "Below each: the nearest rows, with the cosine of the angle between them (1: same direction).",
        ).format(count=len(reading.tokens), limit=reading.limit, width=reading.width, table=decimal(reading.table, 0))


def _card(place: int, token: ReadToken) -> QLabel:
    card = label("fact", f"learn_words_token_{place}")
    card.setProperty("ground", "card")
    card.setTextFormat(Qt.TextFormat.RichText)
    card.setFixedWidth(CARD)
    card.setMargin(8)
    rows = "".join(
        f"<tr><td>{escape(near.text)}</td><td align='right'>&nbsp;{decimal(near.cosine, 2)}</td></tr>" for near in token.near[:SHOWN]
    )
    card.setText(f"<b>{escape(token.text.strip())}</b> &nbsp;<small>{token.id}</small><table width='100%'>{rows}</table>")
    card.setAccessibleName(
        tr("Safelight", "Token {text}, near: {near}").format(
            text=token.text, near=", ".join(f"{near.text} {decimal(near.cosine, 2)}" for near in token.near[:SHOWN])
        )
    )
    return card
