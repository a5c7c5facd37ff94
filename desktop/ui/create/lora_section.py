"""LoraSection: the LoRAs of the next pictures, one row each, how well they fit the chosen model, and the embeddings in the prompts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from ...diffusion import fields
from ...diffusion.adapters import MOST_ADAPTERS, Adapter
from ...diffusion.weights import escaped
from ...library.adapters import ForModel
from ...library.drafts import Chosen
from ...studio.loras import Known, Loras
from ...studio.notices import quoted
from ..language import Retranslating, decimal, explain, explain_button, sentence, tr
from ..theme import Theme
from ..widgets import lora_words
from ..widgets.adapter_weights import WeightNumber
from ..widgets.command import LocalCommand
from ..widgets.controls import Elided, IconButton, Slider, label, named, set_role
from ..widgets.flow import Flow
from ..widgets.outside import open_outside
from ..widgets.section import Section

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from ...library.few_steps import Advice

SMALL = 24  # px, of a button
NUMBER = 56  # px
LEAST_SLIDER = -1.0  # weights below it, and above the field's usual most, can be typed
SCALE = 100  # positions of the slider for 1
LISTED = 20  # known LoRAs in the menu
MOST_OFFERED = 200  # embeddings in a menu of their own
MOST_QUOTED = 40  # characters of a name there
FIELD = fields.named("adapters")


class LoraSection(Retranslating, QWidget):
    """Rows in the order in which the LoRAs are added up."""

    words_chosen = Signal(str)  # trigger words, or the name of an embedding, for the prompt
    words_to_avoid_chosen = Signal(str)  # the name of an embedding for the negative prompt
    rebuilt = Signal()  # there are other widgets now

    def __init__(self, loras: Loras, theme: Theme) -> None:
        super().__init__()
        self._loras = loras
        self._theme = theme
        self.setObjectName("lora_part")
        self._rows: list[LoraRow] = []
        self._embeddings: tuple[Adapter, ...] = ()
        self._misfits: tuple[ForModel, ...] = ()
        self._named, self._misfit = label("quiet", "embeddings_named"), label("warning", "embeddings_misfit")
        body = named(QWidget(), "lora_rows")
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        parts = QVBoxLayout(body)
        parts.setContentsMargins(0, 0, 0, 6)
        parts.setSpacing(8)
        parts.addLayout(self._column)
        for part in (self._named, self._misfit):
            part.setWordWrap(True)
            parts.addWidget(part)
        self.section = Section(theme, "lora", body)
        self._count = label("quiet", "lora_count")
        self._add = IconButton(theme, "plus", "add_lora", 16)
        self._add.setFixedSize(SMALL, SMALL)
        self._menu = named(QMenu(self._add), "lora_menu")
        self._for_prompt, self._to_avoid = named(QMenu(self._menu), "embeddings_menu"), named(QMenu(self._menu), "embeddings_to_avoid_menu")
        self.section.add_to_head(self._count)
        self.section.add_to_head(self._add)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.section)
        self._add.clicked.connect(self.show_menu)
        self._menu.aboutToShow.connect(self._fill_menu)
        loras.changed.connect(self._follow)
        loras.looked.connect(self._follow)
        self._follow()
        self.retranslate()

    @property
    def stops(self) -> Sequence[QWidget]:
        """In the order of Tab."""
        return (self.section.head, self._add, *self._rows)

    def show_menu(self) -> None:
        """Offer the LoRAs that are known and not in use, the embeddings, and to open others."""
        self._menu.popup(self._add.mapToGlobal(QPoint(0, self._add.height() + 2)))

    def _fill_menu(self) -> None:
        menu, used = self._menu, [row.adapter for row in self._loras.rows]
        menu.clear()
        for listed in [each for each in self._loras.listed if not any(each.name == adapter.name for adapter in used)][:LISTED]:
            action = menu.addAction(quoted(listed.name, MOST_QUOTED).replace("&", "&&"), partial(self._loras.add, [listed.path]))
            action.setEnabled(listed.problem is None)
        if self._loras.embeddings.all:
            menu.addSeparator()
            self._offer_embeddings(self._for_prompt, tr("Safelight", "Write an embedding in the prompt"), self.words_chosen)
            avoid = tr("Safelight", "Write an embedding in the things to avoid")
            self._offer_embeddings(self._to_avoid, avoid, self.words_to_avoid_chosen)
        menu.addSeparator()
        menu.addAction(tr("Safelight", "Open LoRA files…"), self.ask_files)
        menu.addAction(tr("Safelight", "Open a folder of LoRAs…"), self.ask_folder)

    def show_embeddings(self, named: Sequence[Adapter], misfits: Sequence[ForModel]) -> None:
        """Say which embeddings the prompts name, and which of those names are read as words."""
        if (tuple(named), tuple(misfits)) != (self._embeddings, self._misfits) or not self._named.text():
            self._embeddings, self._misfits = tuple(named), tuple(misfits)
            self._say_embeddings()

    def _offer_embeddings(self, menu: QMenu, title: str, chosen: SignalInstance) -> None:
        menu.clear()
        menu.setTitle(title)
        menu.setToolTipsVisible(True)
        self._menu.addMenu(menu)
        for each in self._loras.embeddings.all[:MOST_OFFERED]:
            word = each.listed.words[-1]
            action = menu.addAction(quoted(word, MOST_QUOTED).replace("&", "&&"), partial(chosen.emit, escaped(word)))
            action.setEnabled(each.problem is None)
            action.setToolTip(sentence(each.problem.template, each.problem.values) if each.problem else str(each.listed.path))

    def _say_embeddings(self) -> None:
        said = tr("Safelight", "Embeddings in the prompts: {names}").format(names=", ".join(each.name for each in self._embeddings))
        self._named.setText(said if self._embeddings else "")
        problems = [sentence(each.problem.template, each.problem.values) for each in self._misfits if each.problem]
        self._misfit.setText(" ".join((*problems, tr("Safelight", "Until then its name is read as words."))) if problems else "")
        self._named.setVisible(bool(self._embeddings))
        self._misfit.setVisible(bool(problems))
        self._show_body()
        self._say_count()

    def _show_body(self) -> None:
        self.section.body.setVisible(self.section.is_open and bool(self._rows or self._embeddings or self._misfits))

    def ask_files(self) -> None:
        dialog = self._dialog(tr("Safelight", "Open LoRA files"), QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(tr("Safelight", "LoRA files") + " (*.safetensors)")
        dialog.filesSelected.connect(lambda files: self._loras.add([Path(file) for file in files]))
        dialog.open()

    def ask_folder(self) -> None:
        dialog = self._dialog(tr("Safelight", "Open a folder of LoRAs"), QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda folder: self._loras.open_folder(Path(folder)))
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self.window(), title)
        dialog.setObjectName("open_loras_dialog")
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._loras.folder:
            dialog.setDirectory(str(self._loras.folder))
        return dialog

    def _follow(self) -> None:
        rows = self._loras.rows
        focused = next((place for place, row in enumerate(self._rows) if row.isAncestorOf(QApplication.focusWidget() or self)), None)
        if len(rows) != len(self._rows):
            while len(self._rows) > len(rows):
                row = self._rows.pop()
                row.hide()
                row.deleteLater()
            while len(self._rows) < len(rows):
                row = LoraRow(self._loras, self._theme, len(self._rows))
                row.words_chosen.connect(self.words_chosen)
                row.moved.connect(self._move)
                row.dropped.connect(self._drop)
                self._column.addWidget(row)
                self._rows.append(row)
            if focused is not None and self._rows:
                self._rows[min(focused, len(self._rows) - 1)].weight.setFocus()
            self.rebuilt.emit()
        for row, chosen in zip(self._rows, rows, strict=True):
            row.show_lora(chosen, self._loras.known(chosen))
        self._show_body()
        self._say_count()

    def _move(self, place: int, to: int) -> None:
        """Move a row; the focus goes with it."""
        self._loras.move(place, to)
        self._rows[to].weight.setFocus()

    def _drop(self, place: int, y: int) -> None:
        """The row at `place` was dragged to `y`, in px from the top of the screen."""
        to = sum(y > row.mapToGlobal(row.rect().center()).y() for number, row in enumerate(self._rows) if number != place)
        self._loras.move(place, to)

    def _say_count(self) -> None:
        rows = self._loras.rows
        on = len(self._loras.adapters)
        count = len(self._embeddings)
        said = [
            tr("Safelight", "{on} of {count} on").format(on=on, count=len(rows)) if rows else "",
            tr("Safelight", "1 embedding") if count == 1 else tr("Safelight", "{count} embeddings").format(count=count) if count else "",
        ]
        words = " · ".join(filter(None, said)) or tr("Safelight", "none")
        self._count.setText(words)
        self.section.show_value(words, is_faint=not (on or count))

    def retranslate(self) -> None:
        self.section.show_title(tr("Safelight", FIELD.caption))
        self.section.head.setToolTip(tr("Safelight", FIELD.explanation))
        explain(
            self._add,
            tr("Safelight", "Add a LoRA"),
            tr("Safelight", "Choose a LoRA, or open its file. You can also drop it on the window."),
        )
        self._say_embeddings()


class LoraRow(Retranslating, QWidget):
    """One LoRA: name, strength, on or off, what is to be said about it, and its trigger words."""

    words_chosen = Signal(str)
    moved = Signal(int, int)  # by key or menu: its place, and where it goes
    dropped = Signal(int, int)  # its place; where on the screen, px from the top

    def __init__(self, loras: Loras, theme: Theme, place: int) -> None:
        super().__init__()
        self._loras = loras
        self._theme = theme
        self._place = place
        self._chosen: Chosen | None = None
        self._known: Known | None = None
        self._pressed: QPoint | None = None
        self._triggers: tuple[str, ...] | None = None
        self._needs = named(QPushButton(), f"lora_needs_{place}")
        self._needs.setProperty("chip", "true")
        self._needs.clicked.connect(self._ask_for_settings)
        self._preferred = named(QPushButton(), f"lora_preferred_{place}")
        self._preferred.setProperty("chip", "true")
        self._preferred.clicked.connect(self._take_preferred)
        self.setObjectName(f"lora_{place}")
        self.name = Elided("body", f"lora_name_{place}", side=Qt.AlignmentFlag.AlignLeft)
        self.weight = WeightNumber(FIELD, f"lora_weight_{place}")
        self.weight.setFixedWidth(NUMBER)
        self._eye = IconButton(theme, "eye", f"lora_on_{place}", 14)
        self._eye.setCheckable(True)
        self._more = IconButton(theme, "ellipsis", f"lora_more_{place}", 14)
        for button in (self._eye, self._more):
            button.setFixedSize(SMALL, SMALL)
        self.slider = Slider(f"lora_slider_{place}")
        self.slider.setRange(round(LEAST_SLIDER * SCALE), round(FIELD.usual_most * SCALE))
        self.slider.setSingleStep(round(FIELD.step * SCALE))
        self.slider.setPageStep(10)
        self._status = label("quiet", f"lora_status_{place}")
        self._status.setWordWrap(True)
        self._words = named(QWidget(), f"lora_words_{place}")
        self._flow = Flow(self._words, 4)
        self._up = LocalCommand(self, f"lora_up_{place}", lambda: self.moved.emit(self._place, self._place - 1), "Alt+Up")
        self._down = LocalCommand(self, f"lora_down_{place}", lambda: self.moved.emit(self._place, self._place + 1), "Alt+Down")
        self._show = LocalCommand(self, f"lora_show_{place}", self._show_in_folder)
        self._remove = LocalCommand(self, f"lora_remove_{place}", lambda: loras.remove(self._place), "Ctrl+Del")
        self._menu = named(QMenu(self._more), f"lora_row_menu_{place}")
        self._menu.addActions([self._up, self._down, self._show, self._remove])
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.name, 1)
        beside: tuple[QWidget, ...] = (self.weight, self._eye, self._more)
        for part in beside:
            line.addWidget(part)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2)
        whole.addLayout(line)
        for part in (self.slider, self._status, self._words):
            whole.addWidget(part)
        self._eye.clicked.connect(lambda: loras.switch(self._place, self._eye.isChecked()))
        self._more.clicked.connect(lambda: self._menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height() + 2))))
        self.weight.valueChanged.connect(self._take_weight)
        self.slider.valueChanged.connect(lambda position: self.weight.setValue(position / SCALE))

    def show_lora(self, chosen: Chosen, known: Known | None) -> None:
        if (chosen, known) == (self._chosen, self._known) and self._chosen and chosen.adapter.name == self._chosen.adapter.name:
            return
        self._chosen, self._known = chosen, known
        with QSignalBlocker(self.weight), QSignalBlocker(self.slider):
            self.weight.setValue(chosen.adapter.weight)
            self.slider.setValue(round(chosen.adapter.weight * SCALE))
        self._eye.setChecked(chosen.is_on)
        self._eye.show_icon("eye" if chosen.is_on else "eye-off")
        works = chosen.is_on and (known is None or known.is_usable)
        set_role(self.name, "body" if works else "faint")
        self.slider.setEnabled(works)
        self.weight.setEnabled(works)
        self.retranslate()

    def _take_weight(self, weight: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(weight * SCALE))
        self._loras.set_weight(self._place, round(weight, 3))

    def _show_in_folder(self) -> None:
        if self._known and self._known.listed:
            open_outside(self._known.listed.path.parent)

    # -- words

    def _fit_in_words(self) -> tuple[str, bool]:
        """What is to be said about it with this model, and whether that is a warning."""
        known = self._known
        if known is None:
            return "", False
        if known.listed is None:
            return tr("Safelight", "This LoRA is not on this computer, so it is not used. Open its file."), True
        if known.problem is not None:
            return sentence(known.problem.template, known.problem.values), True
        said = [tr("Safelight", note) for note in (known.listed.file.notes if known.listed.file else ())]
        if known.fit is not None and known.fit.matched < known.fit.total:
            said.insert(0, lora_words.partly(known.fit))
        return " · ".join(said), True

    def _show_triggers(self) -> None:
        known = self._known
        triggers = known.listed.file.triggers if known and known.is_usable and known.listed and known.listed.file else ()
        advice = self._advice
        if triggers != self._triggers:
            while item := self._flow.takeAt(0):
                if (widget := item.widget()) and widget not in (self._needs, self._preferred):
                    widget.setParent(None)
                    widget.deleteLater()
            self._flow.addWidget(self._needs)
            self._flow.addWidget(self._preferred)
            for number, words in enumerate(triggers):
                chip = named(QPushButton(words.replace("&", "&&")), f"lora_word_{self._place}_{number}")
                chip.setProperty("chip", "true")
                chip.clicked.connect(partial(self.words_chosen.emit, words))
                self._flow.addWidget(chip)
            self._triggers = triggers
        for number, words in enumerate(triggers):
            if made := self._words.findChild(QPushButton, f"lora_word_{self._place}_{number}"):
                explain(made, words, tr("Safelight", "Add “{words}” to the prompt: this LoRA was trained with it.").format(words=words))
        if advice:
            explanation = tr("Safelight", "Set what this few-step LoRA needs. Its name says that it is one of the kind {kind}.")
            explain_button(self._needs, lora_words.needs(advice), explanation.format(kind=advice.kind))
        self._needs.setVisible(advice is not None)
        self._say_preferred()
        self._words.setVisible(bool(triggers) or advice is not None or not self._preferred.isHidden())
        self._words.updateGeometry()

    def _say_preferred(self) -> None:
        """Offer the preferred strength where another is set."""
        chosen, known = self._chosen, self._known
        weight = self._loras.preferred(known.listed) if known and known.is_usable and known.listed else None
        self._preferred.setVisible(weight is not None and chosen is not None and chosen.adapter.weight != weight)
        if weight is not None:
            words = tr("Safelight", "Strength {value}").format(value=decimal(weight, 2))
            explain_button(self._preferred, words, tr("Safelight", "Set the strength that is preferred for this LoRA."))

    def _take_preferred(self) -> None:
        if self._known and self._known.listed and (weight := self._loras.preferred(self._known.listed)) is not None:
            self._loras.set_weight(self._place, weight)

    @property
    def _advice(self) -> Advice | None:
        known = self._known
        return self._loras.advice(known.listed) if known and known.is_usable and known.listed else None

    def _ask_for_settings(self) -> None:
        if self._chosen and (advice := self._advice):
            self._loras.advised.emit(self._chosen.adapter.name, advice)

    def retranslate(self) -> None:
        if self._chosen is None:
            return
        name, known = self._chosen.adapter.name, self._known
        file = known.listed.file if known and known.listed else None
        self.name.show_text(name)
        facts = [file.family, tr("Safelight", "rank {rank}").format(rank=file.rank), str(file.layout)] if file else []
        if known and known.fit and known.fit.matched == known.fit.total:
            facts.append(tr("Safelight", "fits this model"))
        self.name.setToolTip("\n".join(filter(None, [name, " · ".join(filter(None, facts)), file.hint if file else ""])))
        said, is_warning = self._fit_in_words()
        set_role(self._status, "warning" if is_warning else "quiet")
        self._status.setText(said)
        self._status.setVisible(bool(said))
        strength = tr("Safelight", "Strength of {name}").format(name=name)
        for control in (self.weight, self.slider):
            explain(control, strength, tr("Safelight", "How strongly this LoRA works: 0 is not at all, 1 as it was made."))
        switch = tr("Safelight", "Turn {name} off") if self._chosen.is_on else tr("Safelight", "Turn {name} on")
        explain(self._eye, switch.format(name=name), tr("Safelight", "Use this LoRA for the next pictures, or leave it out."))
        explain(self._more, tr("Safelight", "More for {name}").format(name=name), tr("Safelight", "Move, show or remove this LoRA."))
        count = len(self._loras.rows)
        for command, words, explanation in (
            (self._up, tr("Safelight", "Move up"), tr("Safelight", "Add this LoRA before the one above it.")),
            (self._down, tr("Safelight", "Move down"), tr("Safelight", "Add this LoRA after the one below it.")),
            (self._show, tr("Safelight", "Show in folder"), tr("Safelight", "Open the folder of this LoRA.")),
            (self._remove, tr("Safelight", "Remove"), tr("Safelight", "Remove this LoRA from the list; its file stays.")),
        ):
            command.explain(words, explanation)
        self._up.setEnabled(self._place > 0)
        self._down.setEnabled(self._place < count - 1)
        self._show.setEnabled(file is not None)
        self._show_triggers()

    # -- dragging

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed and (event.globalPosition().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        self.unsetCursor()
        if pressed and (event.globalPosition().toPoint() - pressed).manhattanLength() >= QApplication.startDragDistance():
            self.dropped.emit(self._place, event.globalPosition().toPoint().y())


def too_many_embeddings(named: Sequence[Adapter]) -> str:
    """Why a picture cannot be made with the embeddings that its prompts name; "" if it can."""
    if len(named) <= MOST_ADAPTERS:
        return ""
    refused = tr("Safelight", "The prompts name {count} embeddings; at most {most} can work together. Remove some of their names.")
    return refused.format(count=len(named), most=MOST_ADAPTERS)
