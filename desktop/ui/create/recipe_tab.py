"""RecipeTab: how the shown picture was made, prompt first, and everything that can be reused of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from ...diffusion import fields
from ...diffusion.fields import Editor
from ...diffusion.recipe import Recipe
from ...diffusion.run import Ending, Run
from ...library.drafts import Drafts
from ...studio.desk import Desk
from ...studio.generation import Generation
from ...studio.notices import Notices, quoted
from ...studio.stars import Stars
from ...studio.timeline import Timeline
from ..language import Retranslating, explain, spoken, tooltip, tr
from ..theme import Theme
from ..widgets.command import Command, CommandButton, command_tool, tool
from ..widgets.controls import ScrollArea, label, named
from ..widgets.facts import RecipeFacts, explain_status
from ..widgets.turns import changes_of

if TYPE_CHECKING:
    from .branch_list import BranchList

MOST_QUOTED = 160  # characters of what is quoted from a prompt
FOLLOWS = 450  # ms after the last change in the left panel
ENVIRONMENT = ("app", "device_name", "dtype", "torch", "diffusers", "transformers")  # keys of `Plan.environment` that are listed


@dataclass(frozen=True, slots=True)
class Reused:
    """Some values of the shown picture, for the left panel; the others stay as they are there."""

    values: dict[str, object]


class RecipeTab(Retranslating, QWidget):
    """Shows the run on the canvas with the settings of the shown step, while it is visible."""

    reuse_requested = Signal(object)  # Reused
    show_requested = Signal()  # the file in its folder
    delete_requested = Signal(object)  # Run

    def __init__(
        self,
        timeline: Timeline,
        generation: Generation,
        desk: Desk,
        stars: Stars,
        theme: Theme,
        notices: Notices,
        typed: Callable[[], Drafts],
    ) -> None:
        """`typed`: what the left panel holds."""
        super().__init__()
        self._timeline = timeline
        self._generation = generation
        self._desk = desk
        self._stars = stars
        self._theme = theme
        self._notices = notices
        self._typed = typed
        self.setObjectName("recipe_tab")
        self._prompt = label("said", "recipe_prompt")
        self._negative = label("quiet", "recipe_negative")
        self._unread = label("warning", "unread")
        self._differs = label("quiet", "differs")
        self._origin = label("body", "origin")
        for words in (self._prompt, self._negative, self._unread, self._differs, self._origin):
            words.setWordWrap(True)
        for words in (self._prompt, self._negative):
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a button copies the prompt
        self._facts = RecipeFacts("made_with")
        self._lineage = label("section", "lineage")
        self._branches: BranchList | None = None
        self._seen: tuple[object, ...] = ()
        self._rules = [_rule(), _rule()]  # below what can be reused, and above the branches
        self._ending = label("quiet", "ending")
        self._make_commands()
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=FOLLOWS)
        self._soon.timeout.connect(self._show_difference)
        for signal in (timeline.run_changed, timeline.lanes_changed, stars.changed):
            signal.connect(self._follow)
        for signal in (timeline.current_changed, generation.changed):  # with each step, and seldom of interest
            signal.connect(self._follow_changes)
        theme.changed.connect(self._tint)
        self.retranslate()

    def _make_commands(self) -> None:
        def command(name: str, do: Callable[[], object], *keys: str) -> Command:
            return Command(self, name, do, *keys)

        self._reuse_all = command("reuse_all", self._reuse_everything, "Ctrl+Shift+R")
        self._reuse_prompt = command("reuse_prompt", lambda: self._reuse("prompt", "negative_prompt"))
        self._reuse_seed = command("reuse_seed", lambda: self._reuse("seed"))
        self._copy_prompt = command("copy_prompt", self._copy_words)
        self._copy_recipe = command("copy_recipe", self._copy_text)
        self._generate_again = command("generate_again", self._make_again)
        self._star = command("star_shown", self._toggle_star)
        self._show_file = command("show_shown_file", self.show_requested.emit)
        self.commands: Sequence[Command] = (
            self._reuse_all,
            self._reuse_prompt,
            self._reuse_seed,
            self._copy_prompt,
            self._copy_recipe,
            self._generate_again,
            self._star,
            self._show_file,
        )

    def _lay_out(self) -> None:
        content = named(QWidget(), "recipe_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self._prompt)
        column.addWidget(self._negative)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        self._buttons = [_Button(command) for command in (self._reuse_all, self._reuse_prompt, self._reuse_seed)]
        for button in self._buttons:
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._copy_button = command_tool(self._copy_prompt)
        buttons.addWidget(self._copy_button)
        self._more = tool("recipe_more")
        menu = named(QMenu(self._more), "recipe_menu")
        menu.addActions([self._copy_recipe, self._generate_again])
        self._more.setMenu(menu)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        buttons.addWidget(self._more)
        column.addLayout(buttons)
        column.addWidget(self._differs)
        column.addWidget(self._unread)
        column.addWidget(self._rules[0])
        column.addWidget(self._facts)
        column.addWidget(self._rules[1])
        column.addWidget(self._lineage)
        column.addWidget(self._origin)
        self._below = QVBoxLayout()
        column.addLayout(self._below)
        column.addStretch(1)
        self.body = ScrollArea("recipe_scroll", content)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 6, 12, 6)
        foot.setSpacing(4)
        foot.addWidget(self._ending, 1)
        foot.addWidget(command_tool(self._star))
        foot.addWidget(command_tool(self._show_file))
        self._ending.setMinimumWidth(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.body, 1)
        whole.addLayout(foot)

    def follow_typing(self) -> None:
        """Something in the left panel has changed."""
        if self.isVisible():
            self._soon.start()

    # -- what the actions do

    def _shown(self) -> Recipe | None:
        """The settings of the shown step."""
        run, step = self._timeline.run, self._timeline.current
        if run is None:
            return None
        return run.recipe.at(step.number) if step else run.recipe.final

    def _reuse_everything(self) -> None:
        if run := self._timeline.run:
            self._notices.spawn(self._desk.reuse(run))

    def _reuse(self, *keys: str) -> None:
        if recipe := self._shown():
            self.reuse_requested.emit(Reused({key: recipe.value(key) for key in keys}))

    def _copy_words(self) -> None:
        if recipe := self._shown():
            QGuiApplication.clipboard().setText(recipe.prompt.text)

    def _copy_text(self) -> None:
        if run := self._timeline.run:
            from ...library.foreign import a1111

            QGuiApplication.clipboard().setText(a1111.write(run.recipe))

    def _make_again(self) -> None:
        if run := self._timeline.run:
            self._notices.spawn(self._desk.generate_again(run))

    def _toggle_star(self) -> None:
        if run := self._timeline.run:
            self._stars.toggle(run.key)

    # -- following the state

    def _follow(self) -> None:
        self._enable()
        if self.isVisible():
            self._show_state()

    def _follow_changes(self) -> None:
        """Follow if anything that is shown here has changed."""
        run = self._timeline.run
        seen = (run.id, self._shown(), run.plan, run.ending, run.picture, run.path, self._generation.running) if run else ()
        if seen != self._seen:
            self._seen = seen
            self._follow()

    def _enable(self) -> None:
        run = self._timeline.run
        for command in self.commands:
            command.setEnabled(run is not None)
        self._copy_prompt.setEnabled(run is not None and bool(run.recipe.final.prompt.text))
        self._show_file.setEnabled(run is not None and run.path is not None)

    def _show_state(self) -> None:
        run, recipe = self._timeline.run, self._shown()
        self._tint()
        for widget in (*self._buttons, self._copy_button, self._more, self._facts, *self._rules):
            widget.setVisible(run is not None)
        if run is None or recipe is None:
            _say(self._prompt, tr("Safelight", "The prompt and the settings of the shown picture appear here."))
            for words in (self._negative, self._unread, self._differs, self._lineage, self._origin):
                _say(words, "")
            self._ending.setText("")
            self._show_branches(False)
            return
        _say(self._prompt, recipe.prompt.text.strip() or tr("Safelight", "(no prompt)"))
        negative = recipe.prompt.negative.strip()
        _say(self._negative, tr("Safelight", "Without: {words}").format(words=negative) if negative else "")
        truncated = quoted(run.plan.truncated, MOST_QUOTED) if run.plan else ""
        _say(self._unread, tr("Safelight", "Ignored because the prompt is too long: {words}").format(words=truncated) if truncated else "")
        enlarged = run.plan is not None and run.plan.enlarges > 1
        refiner = fields.UPSCALER if enlarged else fields.named("refiner")
        self._facts.name(refiner.key, tr("Safelight", refiner.caption), tr("Safelight", refiner.explanation))
        self._facts.show_settings(lambda key: None if enlarged and key == "refine_from" else recipe.value(key))
        self._facts.show_size(run.size.width, run.size.height)
        self._show_environment(run)
        self._show_lineage(run)
        ending = _ending(run, resumes_by_space=not self._generation.running)
        shown = _ending(run, resumes_by_space=False)  # for the rest there is no room
        self._ending.setText(self._ending.fontMetrics().elidedText(shown, Qt.TextElideMode.ElideMiddle, self._room))
        self._ending.setAccessibleName(ending)
        self._ending.setToolTip(tooltip(str(run.path) if run.path else ending))
        self._show_difference()

    @property
    def _room(self) -> int:
        """px for how the run ended."""
        return max(80, self.width() - 2 * 28 - 4 - 16 - 12 - 8)

    def _show_environment(self, run: Run) -> None:
        facts = run.plan.environment if run.plan else {}
        version = facts.get("app")
        self._facts.show_value("made_with", f"Safelight {version}" if version else "")
        known = [f"{key}: {facts[key]}" for key in ENVIRONMENT if facts.get(key)]
        self._facts.name("made_with", tr("Safelight", "Made with"), "\n".join(known))

    def _show_lineage(self, run: Run) -> None:
        branches = len(self._timeline.lanes)
        origin = "\n".join(_origin(run))
        _say(self._lineage, tr("Safelight", "Branches") if branches > 1 or origin else "")
        _say(self._origin, origin)
        self._rules[1].setVisible(branches > 1 or bool(origin))
        self._show_branches(branches > 1)

    def _show_branches(self, shown: bool) -> None:
        """Make the list when it is first shown: the first paint need not wait for it."""
        if shown and self._branches is None:
            from .branch_list import BranchList

            self._branches = BranchList(self._timeline, self._stars, self._theme)
            self._branches.delete_requested.connect(self.delete_requested)
            self._below.addWidget(self._branches)
        if self._branches is not None:
            self._branches.setVisible(shown)

    def _show_difference(self) -> None:
        """Say in which settings the left panel differs. A seed counts only where it is locked: else it is a random one."""
        recipe = self._shown()
        if recipe is None:
            return
        drafts = self._typed()
        typed = drafts.recipe.final
        captions: dict[str, None] = {}  # a set that keeps the order
        for field in fields.FIELDS:
            if not field.part or (field.editor is Editor.SEED and not drafts.seed_locked):
                continue
            if not (typed.has_effect(field) and recipe.has_effect(field)):
                continue
            if typed.value(field.key) != recipe.value(field.key):
                captions[tr("Safelight", "Size") if field.editor is Editor.SIDE else tr("Safelight", field.caption)] = None
        listed = ("、" if spoken() == "zh" else ", ").join(captions).lower()
        _say(self._differs, tr("Safelight", "The left panel differs: {settings}").format(settings=listed) if captions else "")

    def _tint(self) -> None:
        run = self._timeline.run
        is_starred = run is not None and self._stars.has(run.key)
        for command, icon in (
            (self._reuse_all, "undo-2"),
            (self._copy_prompt, "copy"),
            (self._star, "star-filled" if is_starred else "star"),
            (self._show_file, "folder-open"),
            (self._generate_again, "repeat"),
        ):
            command.setIcon(self._theme.icon(icon, self._theme.tokens.quiet))
        self._more.setIcon(self._theme.icon("ellipsis", self._theme.tokens.quiet))
        self._star.explain(
            tr("Safelight", "Remove star") if is_starred else tr("Safelight", "Star"),
            tr("Safelight", "Give the shown picture a star, or remove its star."),
        )

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_state()

    def retranslate(self) -> None:
        for command, name, explanation in (
            (
                self._reuse_all,
                tr("Safelight", "Reuse all"),
                tr("Safelight", "Fill in the prompt and all settings of the shown picture at the left. Undo restores yours."),
            ),
            (
                self._reuse_prompt,
                tr("Safelight", "Reuse prompt"),
                tr("Safelight", "Fill in only the prompt of the shown picture at the left."),
            ),
            (self._reuse_seed, tr("Safelight", "Reuse seed"), tr("Safelight", "Fill in only the seed of the shown picture at the left.")),
            (self._copy_prompt, tr("Safelight", "Copy prompt"), tr("Safelight", "Copy the prompt as text.")),
            (
                self._copy_recipe,
                tr("Safelight", "Copy recipe as text"),
                tr("Safelight", "Copy the prompt and all settings as text, as A1111 writes them. Pasting it here restores them."),
            ),
            (
                self._generate_again,
                tr("Safelight", "Generate again"),
                tr("Safelight", "Generate this picture again from its recipe, with its branches."),
            ),
            (self._show_file, tr("Safelight", "Show in folder"), tr("Safelight", "Open the folder of this picture.")),
        ):
            command.explain(name, explanation)
        captions = (fields.named(key).caption for key in ("prompt", "seed"))
        for button, words in zip(self._buttons, (tr("Safelight", "Reuse all"), *(tr("Safelight", each) for each in captions)), strict=True):
            button.setText(words)
        explain(self._more, tr("Safelight", "More"), tr("Safelight", "Copy the recipe as text, or generate the picture again."))
        self._facts.name_settings()
        explain_status(self._origin, tr("Safelight", "The branches that led to this picture."))
        self._enable()
        self._show_state()


class _Button(CommandButton):
    """Its short text is set by the owner."""

    def __init__(self, command: Command) -> None:
        super().__init__(command)
        self.setProperty("compact", "true")

    def follow(self) -> None:
        super().follow()
        self.setIcon(self.command.icon())
        self.setEnabled(self.command.isEnabled())


def _rule() -> QFrame:
    rule = QFrame()
    rule.setProperty("rule", "true")
    return rule


def _say(words: QLabel, text: str) -> None:
    """Show `text` in `words`; hide `words` if it is empty, so that it takes no room."""
    if text != words.text():
        words.setText(text)
    words.setVisible(bool(text))


def _origin(run: Run) -> list[str]:
    """The branches that led to `run`, the first one first, each with its step and its changes."""
    lines = [
        tr("Safelight", "Refined from step {step}.").format(step=turn.after)
        if turn.refines
        else tr("Safelight", "Branch from step {step}: {changes}.").format(step=turn.after, changes=quoted(changes_of(turn), MOST_QUOTED))
        for turn in run.recipe.turns
    ]
    if run.branched_after is not None and (not run.recipe.turns or run.recipe.turns[-1].after != run.branched_after):
        template = tr("Safelight", "Branch from step {step}: {changes}.")
        lines.append(template.format(step=run.branched_after, changes=tr("Safelight", "unchanged")))
    return lines


def _ending(run: Run, resumes_by_space: bool) -> str:
    """How `run` ended, and what can be done with it. `resumes_by_space`: else Space would pause another run."""
    newest, steps = max(0, len(run.steps) - 1), run.expected_steps
    match run.ending:
        case Ending.RUNNING:
            return tr("Safelight", "Saved when finished")
        case Ending.PAUSED if not resumes_by_space:
            return tr("Safelight", "Paused at step {step} of {steps}.").format(step=newest, steps=steps)
        case Ending.PAUSED:
            return tr("Safelight", "Paused at step {step} of {steps}. Press Space to resume.").format(step=newest, steps=steps)
        case Ending.STOPPED:
            return (
                tr("Safelight", "Stopped at step {step}.").format(step=newest)
                if newest
                else tr("Safelight", "Stopped before the first step.")
            )
        case Ending.FAILED if run.picture is None:
            return (
                tr("Safelight", "Failed at step {step}.").format(step=newest)
                if newest
                else tr("Safelight", "Failed before the first step.")
            )
        case _ if run.path:
            return tr("Safelight", "Saved as {file}").format(file=run.path.name)
        case _ if run.picture:
            return tr("Safelight", "Not saved yet. The picture is kept in memory.")
    return ""
