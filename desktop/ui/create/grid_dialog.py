"""GridDialog: two settings and their values, to make a picture of each combination."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...diffusion import fields
from ...diffusion.fields import Editor, Field
from ...diffusion.recipe import Recipe
from ...diffusion.samplers import SAMPLERS, unfit
from ...library.models import Model, by_name
from ...studio.grids import Grid
from ...studio.variants import variants, variants_of_lines
from ..language import Retranslating, explain, tr
from ..theme import Theme
from ..widgets.controls import ValueChoice, label, named, reserve_two_lines
from ..widgets.dialog_foot import DialogFoot
from ..widgets.dialog_sheet import DialogSheet
from ..widgets.field_control import written
from .feasible import why_not

WIDTH, HEIGHT = 560, 132  # px, of the window, of the values
USUAL = ("steps", "guidance_scale")  # the settings of the first grid
SHARES = (0.2, 0.5, 1)  # usual values: of the steps in the prompt panel,
FACTORS = (0.4, 1, 1.6)  # and of its guidance
_BETWEEN = re.compile(r"[,;，；、\s]+")


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of one setting, or why there are none."""

    values: tuple[object, ...] = ()
    problem: str = ""


class GridDialog(Retranslating, QDialog):
    """Is not modal: all other settings are those of the prompt panel, as `recipe` returns them. Values are kept until the next time."""

    wanted = Signal(object)  # Grid

    def __init__(
        self, recipe: Callable[[], Recipe], models: Callable[[], Sequence[Model]], theme: Theme, most: int, parent: QWidget | None = None
    ) -> None:
        """`most`: pictures of a grid."""
        super().__init__(parent)
        self._recipe = recipe
        self._models = models
        self._most = most
        self.setObjectName("grid")
        self.setModal(False)
        self._about = label("quiet", "about_grid")
        self._axes = tuple(_Axis(name, usual, recipe, models, theme) for name, usual in zip(("columns", "rows"), USUAL, strict=True))
        self._note = label("quiet", "grid_note")
        self._foot = DialogFoot(self, "grid", self._begin, 120)
        self._lay_out()

        for axis in self._axes:
            axis.edited.connect(self.follow)
        self.retranslate()

    def open(self) -> None:
        for axis in self._axes:
            axis.offer()
        self.follow()
        self._axes[0].thing.setFocus()
        self.show()  # QDialog.open would make it modal
        self.activateWindow()

    def follow(self) -> None:
        """Show how many pictures and steps the grid has, or why it cannot be made."""
        found = [axis.values() for axis in self._axes]
        problem = self._problem(found)
        if not problem:
            columns, rows = (len(each.values) for each in found)
            recipes = self._recipes(found)
            steps = QLocale().toString(sum(recipe.sampling.steps for row in recipes for recipe in row))
            problem = tr("Safelight", "{columns} × {rows} = {count} pictures, {steps} steps.").format(
                columns=columns, rows=rows, count=columns * rows, steps=steps
            )
            self._foot.start.setEnabled(True)
        else:
            self._foot.start.setEnabled(False)
        self._note.setText(problem)

    # -- inside

    def _problem(self, found: Sequence[_Values]) -> str:
        """Why the grid cannot be made; "" if it can."""
        if self._axes[0].field is self._axes[1].field:
            return tr("Safelight", "Choose two different settings.")
        if problem := next((each.problem for each in found if each.problem), ""):
            return problem
        if all(len(each.values) == 1 for each in found):
            return tr("Safelight", "Choose at least two values of one of the settings.")
        if len(found[0].values) * len(found[1].values) > self._most:
            return tr("Safelight", "These are more than {most} pictures. Remove some values.").format(most=self._most)
        return next((reason for row in self._recipes(found) for recipe in row if (reason := why_not(recipe, self._models()))), "")

    def _recipes(self, found: Sequence[_Values]) -> tuple[tuple[Recipe, ...], ...]:
        recipe, (across, down) = self._recipe(), (axis.field.key for axis in self._axes)
        recipe = recipe.with_values(prompt=variants(recipe.prompt.text, 1)[0])
        columns, rows = (each.values for each in found)
        return tuple(tuple(recipe.with_values(**{across: column, down: row}) for column in columns) for row in rows)

    def _begin(self) -> None:
        found = [axis.values() for axis in self._axes]
        columns, rows = (axis.labels(each.values) for axis, each in zip(self._axes, found, strict=True))
        self.wanted.emit(Grid(self._recipe().prompt.text, columns, rows, self._recipes(found)))
        self.accept()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Grid over two settings"))
        self._about.setText(
            tr(
                "Safelight",
                "Generates a picture of each combination of the values, and saves a contact sheet of them. "
                "All other settings are those of the prompt panel.",
            )
        )
        for axis, caption in zip(self._axes, (tr("Safelight", "Columns"), tr("Safelight", "Rows")), strict=True):
            axis.word(caption)
        self._foot.show_words(
            tr("Safelight", "Generate all"),
            tr("Safelight", "Generate all pictures of the grid, row by row."),
            tr("Safelight", "Close this window without generating."),
        )
        self.follow()

    def _lay_out(self) -> None:
        self.setFixedWidth(WIDTH)
        for words in (self._about, self._note):
            words.setWordWrap(True)
        reserve_two_lines(self._note)
        axes = QHBoxLayout()
        axes.setSpacing(16)
        for axis in self._axes:
            axes.addWidget(axis, 1)
        form = QVBoxLayout()
        form.setContentsMargins(24, 20, 24, 20)
        form.setSpacing(16)
        form.addWidget(self._about)
        form.addLayout(axes)
        form.addWidget(self._note)
        DialogSheet(self, form, self._foot, WIDTH)


class _Axis(QWidget):
    """One setting with its values: numbers in a line, prompts one on each line, samplers and models checked in a list."""

    edited = Signal()

    def __init__(self, name: str, usual: str, recipe: Callable[[], Recipe], models: Callable[[], Sequence[Model]], theme: Theme) -> None:
        super().__init__()
        self._recipe = recipe
        self._models = models
        self._offered: set[str] = set()  # keys of fields whose usual values were filled in
        self._fields = tuple(field for field in fields.FIELDS if field.may_differ)
        self.thing = ValueChoice(theme, f"grid_{name}", self._fields, fields.named(usual))
        self._caption = label("caption", f"grid_{name}_caption", self.thing)
        self._pages = QStackedWidget()
        self._editors: dict[str, QLineEdit | QPlainTextEdit | QListWidget] = {}
        for field in self._fields:
            self._editors[field.key] = editor = named(_editor_of(field), f"grid_{name}_{field.key}")
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(editor, 0, Qt.AlignmentFlag.AlignTop)
            self._pages.addWidget(page)
            (editor.itemChanged if isinstance(editor, QListWidget) else editor.textChanged).connect(self.edited)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addWidget(self._caption)
        whole.addWidget(self.thing)
        whole.addWidget(self._pages)
        self.thing.chosen.connect(self._turn_to)
        self._pages.setCurrentIndex(self._fields.index(self.field))

    @property
    def field(self) -> Field:
        return self._fields[self.thing.currentIndex()]

    def offer(self) -> None:
        """Fill in usual values of the chosen setting, once."""
        field, recipe = self.field, self._recipe()
        editor = self._editors[field.key]
        model = by_name(self._models(), recipe.model.name)
        if isinstance(editor, QListWidget):
            self._list(editor, field, recipe, model)
        elif field.key not in self._offered:
            now = recipe.value(field.key)
            match field.editor:
                case Editor.PROMPT if isinstance(now, str) and isinstance(editor, QPlainTextEdit):
                    editor.setPlainText("\n".join(variants(now, len(SHARES) ** 2)))
                case Editor.SEED if isinstance(now, int):
                    self._write(editor, [recipe.with_seed(now + place).sampling.seed for place in range(len(SHARES))])
                case Editor.NUMBER if isinstance(now, int):
                    self._write(editor, [max(1, round(share * now)) for share in SHARES])
                case Editor.DECIMAL if isinstance(now, (int, float)):
                    self._write(editor, [min(field.most, round(factor * now, 1)) for factor in FACTORS])
        self._offered.add(field.key)

    def values(self) -> _Values:
        """The values of the chosen setting, each once."""
        field = self.field
        editor = self._editors[field.key]
        model = by_name(self._models(), self._recipe().model.name)
        if model and not field.is_used(model.family, model.traits):
            return _Values(problem=tr("Safelight", "{setting}: this model does not use this setting.").format(setting=self._name))
        found: list[object] = []
        if isinstance(editor, QListWidget):
            items = (editor.item(row) for row in range(editor.count()))
            found = [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked]
        elif isinstance(editor, QPlainTextEdit):
            found += variants_of_lines(editor.toPlainText(), 1000)
        else:
            for text in filter(None, _BETWEEN.split(editor.text().strip())):
                try:
                    value = field.typed(float(text) if field.editor is Editor.DECIMAL else int(text))
                except ValueError:
                    what = (
                        tr("Safelight", "{setting}: “{text}” is not a number.")
                        if field.editor is Editor.DECIMAL
                        else tr("Safelight", "{setting}: “{text}” is not a whole number.")
                    )
                    return _Values(problem=what.format(setting=self._name, text=text))
                if not field.allows(value):
                    return _Values(
                        problem=tr("Safelight", "{setting}: values are from {least} to {most}.").format(
                            setting=self._name, least=written(field, field.least), most=written(field, field.most)
                        )
                    )
                found.append(round(value, 1) if isinstance(value, float) else value)
        if not found:
            return _Values(problem=tr("Safelight", "{setting}: choose at least one value.").format(setting=self._name))
        return _Values(tuple(dict.fromkeys(found)))

    def labels(self, values: Sequence[object]) -> tuple[str, ...]:
        """What the contact sheet calls `values` of the chosen setting."""
        if self.field.editor in (Editor.PROMPT, Editor.SAMPLER, Editor.MODEL):
            return tuple(self._shown(value) or tr("Safelight", "none") for value in values)
        return tuple(f"{self._name} {self._shown(value)}" for value in values)

    def word(self, caption: str) -> None:
        self._caption.setText(caption)
        self.thing.show_words([tr("Safelight", field.caption) for field in self._fields])
        explain(self.thing, caption, tr("Safelight", "The setting whose values these pictures have."))
        for field in self._fields:
            words = {
                Editor.PROMPT: tr("Safelight", "One value on each line."),
                Editor.SAMPLER: tr("Safelight", "Check the values to use."),
                Editor.MODEL: tr("Safelight", "Check the values to use."),
            }.get(field.editor, tr("Safelight", "The values, separated by commas."))
            explain(self._editors[field.key], f"{caption}: {tr('Safelight', field.caption)}", words)

    @property
    def _name(self) -> str:
        return tr("Safelight", self.field.caption)

    def _turn_to(self, field: Field) -> None:
        self._pages.setCurrentIndex(self._fields.index(field))
        self.offer()
        self.edited.emit()

    def _write(self, editor: QLineEdit | QPlainTextEdit, numbers: Sequence[float]) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(", ".join(dict.fromkeys(f"{number:g}" if isinstance(number, float) else str(number) for number in numbers)))

    def _list(self, editor: QListWidget, field: Field, recipe: Recipe, model: Model | None) -> None:
        """List samplers or models; those that cannot be used are disabled. What was checked stays checked."""
        items = [editor.item(row) for row in range(editor.count())]
        checked = {item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() is Qt.CheckState.Checked}
        if field.editor is Editor.SAMPLER:
            offered = [(each.name, each.name, not (model and unfit(each, model.traits))) for each in SAMPLERS]
        else:
            offered = [(each.name, self._shown(each.name), not each.problem) for each in self._models()]
        editor.clear()
        for value, words, is_possible in offered:
            item = QListWidgetItem(words, editor)
            item.setData(Qt.ItemDataRole.UserRole, value)
            is_chosen = is_possible and value in (checked or {recipe.value(field.key)})
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)
            if not is_possible:
                item.setFlags(Qt.ItemFlag(0))

    def _shown(self, value: object) -> str:
        if self.field.editor is Editor.MODEL and (model := by_name(self._models(), str(value))) and model.bundled:
            return tr("Safelight", "Starter")
        return written(self.field, value)


def _editor_of(field: Field) -> QLineEdit | QPlainTextEdit | QListWidget:
    if field.editor is Editor.PROMPT:
        text = QPlainTextEdit()
        text.setTabChangesFocus(True)
        text.setFixedHeight(HEIGHT)
        return text
    if field.editor in (Editor.SAMPLER, Editor.MODEL):
        choices = QListWidget()
        choices.setFixedHeight(HEIGHT)
        choices.setProperty("choices", "true")
        return choices
    return QLineEdit()
