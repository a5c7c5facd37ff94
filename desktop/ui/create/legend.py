"""Legend: the text below the pictures on the canvas, and what each of two is called."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from ...diffusion.run import Ending, Phase, View
from ...studio.generation import Generation
from ...studio.timeline import Arrangement, Shown, Timeline
from ..language import tr
from ..theme import Theme
from ..widgets import turns
from . import views
from .stage import MARGIN, Half, Stage

INSET = 8  # px beside a line of text
SMALL = 12  # px, font size
BADGE = 8  # px, from the edge of the picture to the text on it
BESIDE = 80  # px beside the picture, from which the note is written there


class Legend:
    def __init__(self, timeline: Timeline, generation: Generation, stage: Stage, theme: Theme) -> None:
        self._timeline = timeline
        self._generation = generation
        self._stage = stage
        self._theme = theme
        self._font = QFont()
        self._font.setPixelSize(SMALL)

    def description(self) -> str:
        """The whole legend as one text, for screen readers."""
        timeline, shown = self._timeline, self._timeline.shown
        if timeline.run is None or timeline.pixels is None:
            return self.caption(shown[0] if shown else None)
        prompt = timeline.run.recipe.prompt.text
        if timeline.steps:
            seen = (
                tr("Safelight", "Step {number} of {calls}, approximate preview, of: {prompt}")
                if timeline.approximate
                else tr("Safelight", "Step {number} of {calls}, of: {prompt}")
            )
            said = [seen.format(number=timeline.index, calls=timeline.calls, prompt=prompt), self.sentence(shown[0])]
        else:
            said = [tr("Safelight", "The finished picture of: {prompt}").format(prompt=prompt)]
        match self._stage.arrangement:
            case Arrangement.DIVIDE:
                beside = tr("Safelight", "Compared with: {what}. Alt+← and Alt+→ move the line between them.")
            case Arrangement.BESIDE:
                beside = tr("Safelight", "Compared with: {what}.")
            case Arrangement.FLICKER:
                beside = tr("Safelight", "Alternating with: {what}. Enter shows the other one.")
            case Arrangement.DIFFERENCE:
                beside = tr("Safelight", "Difference from: {what}. Brighter means that the two differ more.")
            case None:
                return "\n".join(said)
        return "\n".join([*said, beside.format(what=half_name(self._timeline, shown[1]))])

    def caption(self, shown: Shown | None) -> str:
        """The text in place of a picture that is not there yet."""
        if shown is None:
            return tr("Safelight", "Describe a picture and press Generate. Each step appears here as it is computed.")
        if shown.step is not None:
            if self._timeline.has_failed(shown):
                return tr("Safelight", "This view is not available for this step.")
            if self._generation.running:
                return tr("Safelight", "Previews are off. The picture appears at the end.")
            return tr("Safelight", "Being computed…")
        live = shown.run is self._generation.run
        match shown.run.ending:
            case Ending.RUNNING if live and self._generation.stopping:
                return tr("Safelight", "Stopping…")
            case Ending.RUNNING if live and self._generation.phase is Phase.LOADING:
                return tr("Safelight", "Loading the model…")
            case Ending.RUNNING if live and self._generation.phase is Phase.ENCODING:
                return tr("Safelight", "Reading the prompt…")
            case Ending.RUNNING if live or not self._generation.running:
                return tr("Safelight", "Getting ready…")
            case Ending.RUNNING:
                return tr("Safelight", "Queued.")
            case Ending.PAUSED:
                return tr("Safelight", "Paused before the first step.")
            case Ending.STOPPED:
                return tr("Safelight", "Stopped before the first step.")
            case Ending.FAILED:
                return tr("Safelight", "Failed before the first step.")
            case _:
                return tr("Safelight", "This run has no steps.")

    def sentence(self, shown: Shown) -> str:
        """The explanation below a picture."""
        if shown.is_picture:
            return tr("Safelight", "The finished picture")
        if not self._timeline.is_substitute(shown):
            is_plain = shown.is_noise and shown.view is not View.LATENTS
            return _name(shown) if is_plain else f"{_name(shown)} · {views.meaning(shown.view)}"
        if self._timeline.has_failed(shown):
            said = (
                tr("Safelight", "{view} · not available for this step, showing the noise instead")
                if shown.is_noise
                else tr("Safelight", "{view} · not available for this step, showing the estimate instead")
            )
        elif self._is_coming(shown):
            said = (
                tr("Safelight", "{view} · available at the next step, showing the noise until then")
                if shown.is_noise
                else tr("Safelight", "{view} · available at the next step, showing the estimate until then")
            )
        elif self._generation.running:
            said = (
                tr("Safelight", "{view} · available when no run is active, showing the noise until then")
                if shown.is_noise
                else tr("Safelight", "{view} · available when no run is active, showing the estimate until then")
            )
        else:
            said = tr("Safelight", "{view} · being computed…")
        return said.format(view=_name(shown))

    def _is_coming(self, shown: Shown) -> bool:
        """Whether the next step will include this view."""
        run = self._generation.run
        if not self._generation.running or shown.run is not run or shown.view not in self._timeline.watched_of(run).views:
            return False
        return shown.view is not View.GUIDANCE or (shown.step is not None and bool(shown.step.guidance))

    # -- below the pictures

    def words(self, halves: list[Half]) -> list[tuple[str, str, bool]]:
        """What is painted for each picture: explanation and note, and whether the explanation stands out."""
        return [(self._sentence_below(half), self._note(half), self._timeline.is_substitute(half.shown)) for half in halves]

    def paint(self, painter: QPainter, halves: list[Half]) -> None:
        """Paint the explanations below the pictures, and the note in the corner."""
        painter.setFont(self._font)
        for half, (sentence, note, stands_out) in zip(halves, self.words(halves), strict=True):
            if half.pixels:
                if sentence and self._is_bare:
                    self._paint_badge(painter, self.foot(half), sentence)
                else:
                    colour = self._theme.tokens.text if stands_out else self._theme.tokens.quiet
                    self._paint_line(painter, self.foot(half), sentence, Qt.AlignmentFlag.AlignCenter, colour)
                self._paint_line(painter, self._corner(half), note, Qt.AlignmentFlag.AlignLeft, self._theme.tokens.quiet)

    @property
    def _is_bare(self) -> bool:
        """Whether only what stands out is said, on the picture."""
        return self._stage.fits and not self._stage.has_text_below

    def _corner(self, half: Half) -> QRectF:
        """Where the note is written: below the picture, else beside it, in two lines."""
        pane, frame = half.pane, half.frame
        is_beside = self._stage.fits and frame.bottom() + MARGIN > pane.bottom() + 1 and frame.x() - pane.x() >= BESIDE
        high = 2 * MARGIN if is_beside else MARGIN
        return QRectF(pane.x(), pane.bottom() - high, frame.x() - pane.x() + INSET if is_beside else pane.width(), high)

    def _paint_badge(self, painter: QPainter, rect: QRectF, text: str) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.scrim))
        painter.drawRoundedRect(rect, 4, 4)
        painter.setPen(QColor(self._theme.tokens.on_scrim))
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()) - 2 * INSET)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_line(self, painter: QPainter, rect: QRectF, text: str, side: Qt.AlignmentFlag, colour: str) -> None:
        """Paint `text` in `rect`: wrapped if there is room for several lines, else elided."""
        if not text:
            return
        room = rect.adjusted(INSET, 0, -INSET, 0)
        if rect.height() <= MARGIN:
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        flags = Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignHCenter if side is Qt.AlignmentFlag.AlignCenter else side)
        if not self._stage.fits:
            needed = painter.boundingRect(room, flags | Qt.TextFlag.TextWordWrap, text).adjusted(-INSET, 0, INSET, 0)
            painter.fillRect(QRectF(needed.x(), rect.y(), needed.width(), rect.height()).toAlignedRect(), QColor(self._theme.tokens.stage))
        painter.setPen(QColor(colour))
        painter.drawText(room, flags | Qt.TextFlag.TextWordWrap, text)

    def _note(self, half: Half) -> str:
        """The note in the corner; two pictures in one pane share it."""
        in_pane = [half.shown]
        if self._stage.arrangement in (Arrangement.DIVIDE, Arrangement.DIFFERENCE):
            in_pane = self._timeline.shown if half.place == 0 else []
        return tr("Safelight", "approximate preview") if any(map(self._timeline.is_approximate, in_pane)) else ""

    def _sentence_below(self, half: Half) -> str:
        """The explanation; two pictures in one frame with the same explanation share it."""
        if self._is_bare and not self._timeline.is_substitute(half.shown):
            return ""
        return "" if half.place == 1 and self._is_shared() else self._said(half)

    def _said(self, half: Half) -> str:
        if self._stage.arrangement is Arrangement.DIFFERENCE:
            return tr("Safelight", "Difference · Brighter means that the two pictures differ more.")
        said = self.sentence(half.shown)
        if self._stage.arrangement is Arrangement.FLICKER and self._theme.reduce_motion:
            return tr("Safelight", "{what} (click or press Enter for the other one)").format(what=said)
        return said

    def _is_shared(self) -> bool:
        sentences = {self.sentence(shown) for shown in self._timeline.shown}
        return self._stage.arrangement is Arrangement.DIVIDE and len(sentences) == 1

    def foot(self, half: Half) -> QRectF:
        """Area of the explanation: one line beside the note, or several lines if there is room; a badge on a picture without text below."""
        metrics, text = QFontMetricsF(self._font), self._said(half)
        if self._is_bare:
            width = min(metrics.horizontalAdvance(text) + 2 * INSET + 1, half.frame.width() - 2 * BADGE)
            return QRectF(half.frame.center().x() - width / 2, half.frame.bottom() - MARGIN - BADGE, width, MARGIN)
        top = half.frame.bottom() if self._stage.fits else half.pane.bottom() - MARGIN
        column = half.pane if self._is_shared() else half.column
        line = QRectF(column.x(), top, column.width(), MARGIN)
        note = self._note(half)
        left = metrics.horizontalAdvance(note) + 2 * INSET if note else 0
        room = half.pane.bottom() - top - (MARGIN if note else 0)  # above the note
        if room >= MARGIN:
            wrapped = metrics.boundingRect(line.adjusted(INSET, 0, -INSET, 0), Qt.TextFlag.TextWordWrap, text).height() + 8
            line.setHeight(wrapped if MARGIN < wrapped <= room else MARGIN)
            return line
        is_centred = metrics.horizontalAdvance(text) + 2 * INSET <= line.width() - 2 * left
        return line.adjusted(left, 0, -left if is_centred else 0, 0)

    def at(self, position: QPointF) -> str:
        """The full text at `position`, which may be painted elided; "" if there is none."""
        for half in self._stage.halves():
            if half.pixels and self._sentence_below(half) and self.foot(half).contains(position):
                return self._said(half)
        return ""


def half_name(timeline: Timeline, shown: Shown) -> str:
    """What one of two pictures is called: its view or its changes, and its step if the run is shorter."""
    first, second = timeline.run, timeline.compare
    if first is None or second is None:
        return _name(shown)
    other = first if shown.run is second else second
    words = turns.short(shown.run)
    if not shown.run.name and first.branched_after is None and second.branched_after is None:
        ours, theirs = (run.recipe.final.prompt.text for run in (shown.run, other))
        words = ours if ours != theirs else turns.differing(shown.run.recipe, other.recipe) or words
    if shown.step and shown.step.number != timeline.index:
        words = tr("Safelight", "step {number} · {what}").format(number=shown.step.number, what=words)
    return words


def _name(shown: Shown) -> str:
    return tr("Safelight", "Noise") if shown.is_noise and shown.view is not View.LATENTS else views.name(shown.view)
