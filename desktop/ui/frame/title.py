"""Title: what is shown. In Create the prompt of the shown run and the name of its branch; elsewhere the name of the place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ...studio.timeline import Timeline
from ..language import Retranslating, tooltip, tr
from ..widgets.controls import label
from ..widgets.turns import short
from .place import Place

GAP = 8  # px


class Title(Retranslating, QWidget):
    """A text that is too long ends in an ellipsis, the prompt before the branch, and is whole in the tooltip."""

    def __init__(self, timeline: Timeline, made_in: Place) -> None:
        """`made_in`: the place that shows the run of `timeline`."""
        super().__init__()
        self._timeline = timeline
        self._made_in = self._place = made_in
        self._words = "", ""
        self.setObjectName("title")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._main, self._detail = label("title", "title_main"), label("body", "title_detail")
        self._detail.setProperty("role", "subtitle")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self._main)
        row.addWidget(self._detail)
        for signal in (timeline.run_changed, timeline.lanes_changed):
            signal.connect(self.retranslate)
        self.retranslate()

    def show_place(self, place: Place) -> None:
        self._place = place
        self.retranslate()

    def retranslate(self) -> None:
        words = self._of_run() if self._place is self._made_in else (tr("Safelight", self._place.caption), "")
        if words != self._words:
            self._words = words
            self.setToolTip(tooltip("\n".join(filter(None, words))))
            self.updateGeometry()
            self.fit(self.width())

    def fit(self, width: int) -> None:
        """Shorten the texts to `width` px."""
        main, branch = self._words
        detail = f"/  {branch}" if branch else ""
        shortest = min(self._detail.fontMetrics().horizontalAdvance(detail), max(0, width // 3))
        room = max(0, width - (shortest + GAP if detail else 0))
        elided = self._main.fontMetrics().elidedText(main, Qt.TextElideMode.ElideRight, room)
        left = width - self._main.fontMetrics().horizontalAdvance(elided) - GAP
        self._main.setText(elided)
        self._detail.setVisible(bool(detail))
        self._detail.setText(self._detail.fontMetrics().elidedText(detail, Qt.TextElideMode.ElideRight, max(0, left)))

    def sizeHint(self) -> QSize:
        main, branch = self._words
        width = self._main.fontMetrics().horizontalAdvance(main) + 2
        if branch:
            width += GAP + self._detail.fontMetrics().horizontalAdvance(f"/  {branch}") + 2
        return QSize(width, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 20)

    def _of_run(self) -> tuple[str, str]:
        run, lanes = self._timeline.run, self._timeline.lanes
        if run is None:
            return "", ""
        prompt = " ".join(run.recipe.prompt.text.split()) or tr("Safelight", "(no prompt)")
        return prompt, " ".join(short(run).split()) if len(lanes) > 1 else ""
