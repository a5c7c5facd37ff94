"""ModelPanel: what is known of the chosen model, LoRA or embedding, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ...diffusion import fields
from ...library.adapters import Listed
from ...library.known_models import Weights
from ...library.models import Model
from ...studio.loras import Loras
from ...studio.model_shelf import ModelShelf
from ..language import Retranslating, tr
from ..theme import Theme
from ..widgets import lora_words
from ..widgets import model_words as words
from ..widgets.command import Command, CommandButton, command_tool
from ..widgets.controls import ScrollArea, label, named, set_role
from ..widgets.facts import Facts
from .mark import Mark
from .memory_bar import MemoryBar, Share
from .sources_panel import short

LEAST, USUAL, MOST = 260, 320, 560  # px, widths
PARTS = ("denoiser", "text", "decoder", "working")
COLOURS = {"denoiser": "steel", "text": "quiet", "decoder": "sage", "working": "sand"}


FACTS = (
    "family",
    "fits",
    "triggers",
    "needs",
    "strength",
    "precision",
    "steps",
    "guidance",
    "size",
    "sampler",
    "languages",
    "rank",
    "vectors",
    "layout",
    "disk",
    "shared",
    "found",
    "path",
)


class ModelPanel(Retranslating, QFrame):
    """`commands` are the place's own, by name."""

    def __init__(self, shelf: ModelShelf, loras: Loras, theme: Theme, commands: dict[str, Command]) -> None:
        super().__init__()
        self._shelf = shelf
        self._loras = loras
        self._theme = theme
        self._item: Model | Listed | None = None
        self.setObjectName("model_panel")
        self.setMinimumWidth(LEAST)
        self.setMaximumWidth(MOST)
        self._mark = Mark(theme, 56)
        self._title = label("heading", "model_name")
        self._title.setWordWrap(True)
        self._badges = label("quiet", "model_badges")
        self._note = label("quiet", "model_note")
        self._note.setWordWrap(True)
        self._problem = label("warning", "model_problem")
        self._problem.setWordWrap(True)
        self._problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._memory = _Memory(theme)
        self._facts = Facts(*FACTS)
        self._main = [_Button(commands["models_use"]), _Button(commands["models_default"])]
        self._foot = [command_tool(commands[name]) for name in ("models_show_file", "models_read_again", "models_remove")]
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        inner = named(QWidget(), "item_panel_inner")
        inner.setMinimumWidth(1)
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 18, 16, 12)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(14)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self._title)
        texts.addWidget(self._badges)
        texts.setAlignment(Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        column.addLayout(head)
        column.addWidget(self._problem)
        column.addWidget(self._note)
        actions = QHBoxLayout()
        actions.setSpacing(6)
        for button in self._main:
            actions.addWidget(button, 1)
        column.addLayout(actions)
        column.addWidget(self._memory)
        column.addWidget(self._facts)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 4, 12, 6)
        foot.setSpacing(4)
        foot.addStretch()
        for tool in self._foot:
            foot.addWidget(tool)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(ScrollArea("model_scroll", inner), 1)
        whole.addLayout(foot)

    def show_item(self, item: Model | Listed | None) -> None:
        self._item = item
        self.retranslate()

    def retranslate(self) -> None:
        item = self._item
        is_lora = isinstance(item, Listed)
        lora = tr("Safelight", "Details of the LoRA") if is_lora else tr("Safelight", "Details of the model")
        is_embedding = isinstance(item, Listed) and item.is_embedding
        self.setAccessibleName(tr("Safelight", "Details of the embedding") if is_embedding else lora)
        self._name_facts()
        for part in (self._mark, self._badges, self._facts):
            part.setVisible(item is not None)
        self._main[1].setVisible(not is_lora)
        if item is None:
            self._title.setText(tr("Safelight", "Select a model to see what is known of it."))
            for each in (self._problem, self._note, self._memory):
                each.hide()
        elif isinstance(item, Listed):
            self._show_lora(item)
        else:
            self._show_model(item)

    def _show_head(self, mark: str, title: str, badges: list[str], problem: str, note: str) -> None:
        self._mark.show_mark(mark)
        self._title.setText(title)
        self._badges.setText(" · ".join(badges))
        self._badges.setVisible(not problem)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _show_model(self, model: Model) -> None:
        weights = self._shelf.weights.get(model.path) or Weights()
        same = self._shelf.same.get(model.path, ())
        badges = words.badges(model, weights.precision or model.precision)
        mark = weights.mark or str(model.path)
        self._show_head(mark, words.name(model), badges, words.problem(model), words.others(same) if same else "")
        self._show_memory(model, weights)
        self._name_settings(model)
        settings = {}
        if not model.problem:
            is_guided = model.traits.guidance and model.guidance > 1
            settings = {
                "family": model.family.name,
                "steps": str(model.steps),
                "guidance": words.number(model.guidance) if is_guided else tr("Safelight", "off"),
                "size": f"{model.size} × {model.size}",
                "sampler": model.sampler,
                "languages": words.languages(model),
            }
        self._show_facts(
            {
                **settings,
                "precision": weights.precision or model.precision,
                "disk": words.bytes_of(weights.disk) if weights.disk else "",
                "shared": ", ".join(dict.fromkeys(model.single.lenders.values())) if model.single else "",
                "found": short(model.found_in) if model.found_in else "",
                "path": short(model.path) if not model.bundled else "",
            }
        )

    def _show_lora(self, listed: Listed) -> None:
        file, model = listed.file, self._loras.model
        notes = [tr("Safelight", note) for note in file.notes] if file else []
        note = "\n".join(filter(None, (file.title, file.hint, *notes))) if file else ""
        self._show_head(str(listed.path), listed.name, lora_words.badges(listed), words.problem(listed), note)
        self._memory.hide()
        fits = lora_words.fits(self._loras.fits.get(listed.path), words.name(model))[0] if model else ""
        self._show_facts(
            {
                "family": listed.family,
                "fits": lora_words.embedding_fits(listed, self._loras)[0] or fits,
                "vectors": str(listed.embedding.vectors) if listed.embedding else "",
                "triggers": lora_words.triggers(listed),
                "needs": lora_words.needs(advice) if (advice := self._loras.advice(listed)) else "",
                "strength": words.number(weight) if (weight := self._loras.preferred(listed)) is not None else "",
                "rank": str(file.rank) if file else "",
                "layout": str(file.layout) if file else "",
                "disk": words.bytes_of(listed.disk),
                "found": short(listed.found_in) if listed.found_in else "",
                "path": short(listed.path),
            }
        )

    def _show_memory(self, model: Model, weights: Weights) -> None:
        hardware, needed = self._shelf.hardware, self._shelf.memory(model)
        self._memory.setVisible(needed is not None)
        if hardware is None or needed is None:
            return
        loaded = weights.loaded(hardware.itemsize)
        whole = sum(loaded.values())
        denoiser, decoder = (loaded.get(part, 0) for part in (model.family.denoiser, model.family.autoencoder))
        sizes = {"denoiser": denoiser, "text": whole - denoiser - decoder, "decoder": decoder, "working": needed - whole}
        self._memory.show_sizes(sizes, hardware.total_memory, model.size)

    def _show_facts(self, values: Mapping[str, str]) -> None:
        """Those that are not in `values` are hidden."""
        for key in FACTS:
            self._facts.show_value(key, values.get(key, ""))

    def _name_settings(self, model: Model) -> None:
        source = tr("Safelight", "What suits this model at first: {source}.").format(source=tr("Safelight", model.source))
        for key, field in (("steps", "steps"), ("guidance", "guidance_scale"), ("sampler", "sampler")):
            self._facts.name(key, tr("Safelight", fields.named(field).caption), source)

    def _name_facts(self) -> None:
        name = self._facts.name
        name("family", tr("Safelight", "Family"), tr("Safelight", "Models of one family work alike and share parts."))
        name("fits", tr("Safelight", "Fit"), tr("Safelight", "How much of the LoRA or embedding the model chosen in Create can use."))
        name("triggers", tr("Safelight", "Words"), tr("Safelight", "Words in the prompt that call up what it was trained on."))
        name("vectors", tr("Safelight", "Vectors"), tr("Safelight", "How many tokens its name takes in a prompt."))
        name("needs", tr("Safelight", "Needs"), tr("Safelight", "The settings of a LoRA for few steps; they are set when it is added."))
        name("strength", tr("Safelight", "Strength"), tr("Safelight", "The strength that is preferred for it; it is set when it is added."))
        name("rank", tr("Safelight", "Rank"), tr("Safelight", "The size of the matrices that are added to each layer."))
        name("layout", tr("Safelight", "Layout"), tr("Safelight", "The program whose names the layers have in the file."))
        name("precision", tr("Safelight", "Precision"), tr("Safelight", "How the numbers of the weights are stored."))
        name("size", tr("Safelight", "Best size"), tr("Safelight", "The size of the pictures that the model was trained with."))
        name("languages", tr("Safelight", "Reads"), tr("Safelight", "The languages in which prompts work."))
        name("disk", tr("Safelight", "On disk"), tr("Safelight", "The size of its weights."))
        name("shared", tr("Safelight", "Shares parts of"), tr("Safelight", "The file lacks parts, which are read from this model."))
        name("found", tr("Safelight", "Found in"), tr("Safelight", "The watched folder in which it was found."))
        name("path", tr("Safelight", "Lies in"), tr("Safelight", "Its folder or file."))


class _Button(CommandButton):
    """Has the text of its command."""

    def follow(self) -> None:
        super().follow()
        self.setText(self.command.text())
        self.setEnabled(self.command.isEnabled())


class _Memory(QWidget):
    """The parts of what a run needs, as a bar and as lines."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._title, self._sum = label("section", "model_memory_title"), label("quiet", "model_memory")
        self._bar = MemoryBar(theme)
        self._names = {part: label("fact", f"memory_{part}") for part in PARTS}
        self._sizes = {part: label("quiet", f"memory_{part}_size") for part in PARTS}
        self._dots = {part: _Dot(theme, COLOURS[part]) for part in PARTS}
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._sum)
        grid = QGridLayout()
        grid.setHorizontalSpacing(9)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, part in enumerate(PARTS):
            grid.addWidget(self._dots[part], row, 0)
            grid.addWidget(self._names[part], row, 1)
            grid.addWidget(self._sizes[part], row, 2, Qt.AlignmentFlag.AlignRight)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self._bar)
        whole.addLayout(grid)

    def show_sizes(self, sizes: dict[str, int], total: int, side: int) -> None:
        """`sizes`: bytes by part. `total`: bytes of the machine. `side`: px of the picture."""
        self._title.setText(tr("Safelight", "Memory on this machine"))
        needed = sum(sizes.values())
        self._sum.setText(tr("Safelight", "{needed} of {size}").format(needed=words.bytes_of(needed), size=words.bytes_of(total)))
        set_role(self._sum, "warning" if needed > total else "quiet")
        texts = {
            "denoiser": tr("Safelight", "Denoiser"),
            "text": tr("Safelight", "Text encoder"),
            "decoder": tr("Safelight", "Decoder"),
            "working": tr("Safelight", "Pictures at {width} × {height}").format(width=side, height=side),
        }
        for part, size in sizes.items():
            self._names[part].setText(texts[part])
            self._sizes[part].setText(words.bytes_of(size))
            for widget in (self._names[part], self._sizes[part], self._dots[part]):
                widget.setVisible(size > 0)
        self._bar.show_shares([Share(size, COLOURS[part]) for part, size in sizes.items()], total)


class _Dot(QLabel):
    """A small square in the colour of a part."""

    def __init__(self, theme: Theme, colour: str) -> None:
        super().__init__()
        self._theme = theme
        self._colour = colour
        self.setFixedSize(8, 8)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(getattr(self._theme.tokens, self._colour)))
