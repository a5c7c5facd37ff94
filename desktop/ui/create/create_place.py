"""CreatePlace: describe a picture, watch its steps, branch it, and work with finished pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from ...diffusion.recipe import Recipe
from ...errors import QT_TRANSLATE_NOOP
from ...studio.desk import Desk
from ...studio.forecast import Forecast
from ...studio.generation import Generation
from ...studio.grids import Grids
from ...studio.loras import Loras
from ...studio.notices import Notices
from ...studio.pictures import Pictures
from ...studio.probe import Probe
from ...studio.prompt_history import PromptHistory
from ...studio.stars import Stars
from ...studio.styles import Styles
from ...studio.timeline import Arrangement, Timeline
from ...studio.undo import Change, Undo, between
from ..language import Retranslating, tr
from ..theme import Theme
from ..widgets.command import Command
from ..widgets.controls import Slider, named
from ..widgets.left_panel import NARROWEST, WIDEST, WIDTH
from ..widgets.splitter import SideOver, Splitter
from .canvas import Canvas
from .canvas_area import CanvasArea
from .compare_bar import CompareBar, CompareButton, arrangement_meaning, arrangement_name
from .filmstrip import Filmstrip
from .inspector import NARROWEST as NARROWEST_INSPECTOR
from .inspector import WIDEST as WIDEST_INSPECTOR
from .inspector import WIDTH as INSPECTOR
from .inspector import Inspector
from .prompt_panel import SEEDS, TWINS, PromptPanel
from .recipe_tab import RecipeTab, Reused
from .shown_picture import ShownPicture
from .timeline_bar import TimelineBar

if TYPE_CHECKING:
    from ...diffusion.run import Run
    from ...library.examples import Example
    from ...library.few_steps import Advice
    from ...library.models import Model
    from ...library.tokens import TokenMeter
    from ...studio.exporting import Exporting
    from ...studio.run_history import RunHistory
    from .branch_panel import BranchPanel
    from .history_tab import HistoryTab
    from .step_tab import StepTab

WIDE = 1296  # px: in a narrower place the inspector is closed at first, and opens over the canvas
SMALL = 1040  # px: in a smaller place the sections of the left panel are folded
LOW = 640  # px: in a lower place the picture has the room of the caption and of a part of the film
HIGH = 820  # px: a lower place shows fewer lanes, and no curve until the user makes the timeline higher
GROWTH = 32  # px, of a panel by command
OWN_KEYS = (Slider, QAbstractSpinBox, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit)
DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class CreatePlace(Retranslating, QWidget):
    """Its keys work while the focus is in it; `actions()` has every key.

    The top bar shows `compare_button`, `menu` and `panel_commands`.
    """

    previews_changed = Signal(object)  # Previews, chosen by the user
    captions_toggled = Signal(bool)  # the user shows or hides them
    full_screen_left = Signal()  # by Esc
    tour_answered = Signal(bool)  # whether to show it

    def __init__(
        self,
        theme: Theme,
        timeline: Timeline,
        generation: Generation,
        forecast: Forecast,
        grids: Grids,
        styles: Styles,
        pictures: Pictures,
        desk: Desk,
        make_exporting: Callable[[], Exporting],
        probe: Probe,
        notices: Notices,
        undo: Undo,
        history: PromptHistory,
        stars: Stars,
        run_history: Callable[[], RunHistory],
        loras: Loras,
    ) -> None:
        """`make_exporting` is called at the first export, `run_history` when the history of all runs is first shown."""
        super().__init__()
        self.setObjectName("create")
        self._theme = theme
        self._timeline = timeline
        self._generation = generation
        self._grids = grids
        self._desk = desk
        self._notices = notices
        self._undo = undo
        self._run_history = run_history
        self._loras = loras
        self._prompt_history = history
        self._branch_panel: BranchPanel | None = None
        self._meter: tuple[TokenMeter | None, Model | None] = None, None
        self.prompt_panel = PromptPanel(generation, forecast, grids, styles, theme, history, loras)
        self.canvas = Canvas(timeline, generation, theme, probe)
        self.compare_bar = CompareBar(timeline, pictures, theme, notices)
        self.canvas_area = CanvasArea(self.canvas, self.compare_bar, timeline, generation, theme)
        recipe = RecipeTab(timeline, generation, desk, stars, theme, notices, self.prompt_panel.drafts)
        self.inspector = Inspector(recipe, self._make_step, self._make_history)
        self.timeline_bar = TimelineBar(timeline, generation, stars, theme)
        self.compare_button = CompareButton(timeline, theme)
        self.shown_picture = ShownPicture(timeline, pictures, desk, make_exporting, theme, notices, self)
        self._is_branching = self._is_alone = self._is_narrow = self._is_small = self._is_low = False
        self._left_width = WIDTH  # px, while the place is not small
        self._wants_inspector = True  # where it has room beside the canvas
        self._lay_out()
        self._make_commands()
        self._connect()
        self._tint()
        self.retranslate()

    def _lay_out(self) -> None:
        self._columns = columns = Splitter(Qt.Orientation.Horizontal, "create_columns")
        self._rows = rows = Splitter(Qt.Orientation.Vertical, "create_rows")
        self._upper = upper = Splitter(Qt.Orientation.Horizontal, "create_upper")
        self._left = named(QWidget(), "left_panels")
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(columns)
        columns.add(self._left, WIDTH)  # from the outside to the inside: a widget is styled again with each new parent
        self._beside = QHBoxLayout(self._left)  # panels that are shown one by one
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(0)
        self._beside.setSizeConstraint(QHBoxLayout.SizeConstraint.SetMinAndMaxSize)
        columns.add(rows, None)
        columns.splitterMoved.connect(self._keep_left_width)
        rows.add(upper, None)
        rows.add(self.timeline_bar, 0)
        upper.add(self.canvas_area, None)
        self._right, over = _InspectorRoom(), _InspectorRoom()
        self._right.hold(self.inspector)
        upper.add(self._right, INSPECTOR)
        self._over = SideOver("create_over", over, INSPECTOR)
        self.canvas_area.lay_over(self._over)
        self._rooms = {False: self._right, True: over}  # by whether the place is narrow
        self._beside.addWidget(self.prompt_panel)

    def _make_commands(self) -> None:
        timeline, bar, panel, picture = self._timeline, self.timeline_bar, self.prompt_panel, self.shown_picture
        self._open_picture = Command(self, "open_picture", picture.ask_picture, QKeySequence.StandardKey.Open)
        self._paste = Command(self, "paste_recipe", picture.paste, QKeySequence.StandardKey.Paste)
        self._open_model = Command(self, "open_model", picture.ask_model_folder, "Ctrl+Shift+O")
        self._open_model_file = Command(self, "open_model_file", picture.ask_model_file)
        self._open_pictures = Command(self, "open_pictures", picture.show_folder)
        self._save_as = Command(self, "save_as", picture.ask_where_to_save, QKeySequence.StandardKey.Save)
        self._copy = Command(self, "copy_picture", picture.copy, "Ctrl+Shift+C")
        self._export = Command(self, "export", picture.export, "Ctrl+E")
        self._branch = Command(self, "branch_step", self._open_branch, "Ctrl+B")
        self._refine = Command(self, "refine", lambda: self._open_branch(refine=True), "Ctrl+Shift+B")
        self._seeds = Command(self, "many_seeds", panel.ask_seeds, SEEDS, "Ctrl+Shift+Enter")
        self._choose_seeds = Command(self, "choose_seeds", self.canvas_area.show_seeds)
        self._choose_seeds.setEnabled(False)
        self._twins = Command(self, "twin_run", panel.ask_twin, TWINS)
        self._prompts = Command(self, "many_prompts", panel.ask_prompts)
        self._grid = Command(self, "make_grid", panel.ask_grid)
        self._styles = Command(self, "edit_styles", panel.edit_styles)
        self._show_prompt = Command(self, "show_prompt", None, "Ctrl+1", checkable=True)
        self._show_inspector = Command(self, "show_inspector", None, "Ctrl+2", checkable=True)
        self._show_timeline = Command(self, "show_timeline", None, "Ctrl+3", checkable=True)
        self._sizes = [
            Command(self, "widen_left", partial(self._columns.grow, self._left, GROWTH)),
            Command(self, "narrow_left", partial(self._columns.grow, self._left, -GROWTH)),
            Command(self, "widen_right", partial(self._grow_inspector, GROWTH)),
            Command(self, "narrow_right", partial(self._grow_inspector, -GROWTH)),
            Command(self, "raise_timeline", partial(self._rows.grow, bar, GROWTH)),
            Command(self, "lower_timeline", partial(self._rows.grow, bar, -GROWTH)),
        ]
        self._usual_sizes = Command(self, "usual_sizes", self._restore_sizes)
        self._show_captions = Command(
            self, "show_captions", lambda: self.captions_toggled.emit(self._show_captions.isChecked()), "Ctrl+5", checkable=True
        )
        self._show_values = Command(
            self, "show_values", lambda: self.canvas.show_values(self._show_values.isChecked()), "V", checkable=True
        )
        self._examples = Command(self, "show_examples", lambda: self._notices.spawn(self.show_examples(focus=True)))
        self._vocabulary = Command(self, "show_vocabulary", panel.show_vocabulary)
        self._show_loupe = Command(self, "show_loupe", lambda: self.canvas.show_loupe(self._show_loupe.isChecked()), "Z", checkable=True)
        self._zooms = [
            Command(self, "enlarge_picture", self.canvas.zoom_in, "+", "="),
            Command(self, "shrink_picture", self.canvas.zoom_out, "-"),
            Command(self, "fit_picture", self.canvas.fit, "0"),
            Command(self, "show_every_pixel", lambda: self.canvas.zoom_to(1.0), "1"),
        ]
        self._compare = Command(self, "compare", self._compare_or_not, "\\")
        self._arrange = {
            arrangement: Command(self, f"compare_{arrangement.name.lower()}", partial(self.compare_bar.arrange, arrangement))
            for arrangement in Arrangement
        }
        self._generate = Command(self, "generate", self._generate_or_branch, "Ctrl+Return", "Ctrl+Enter")
        self._surprise = Command(self, "surprise_me", panel.surprise)
        self._stop = Command(self, "stop", self._stop_or_leave, "Esc")
        self._walk = [
            Command(self, "step_back", lambda: timeline.go_by(-1), "Left"),
            Command(self, "step_forward", lambda: timeline.go_by(1), "Right"),
            Command(self, "first_step", lambda: timeline.go_to(0), "Home"),
            Command(self, "newest_step", bar.go_to_end, "End"),
        ]
        self._play_or_pause = Command(self, "play_or_pause", bar.playback.toggle, "Space")
        self._one_step = Command(self, "one_step", bar.playback.step_once)
        self._save_step = Command(self, "save_this_step", picture.save_step)
        self._film = [
            Command(self, "play_slower", lambda: bar.playback.change_speed(-1), "J"),
            Command(self, "play_faster", lambda: bar.playback.change_speed(1), "K"),
            Command(self, "lane_before", lambda: bar.lanes.walk(-1), "["),
            Command(self, "lane_after", lambda: bar.lanes.walk(1), "]"),
            Command(self, "repeat_film", lambda: bar.playback.repeat(not bar.playback.repeats)),
            Command(self, "pause_here", bar.toggle_pause_here, "M"),
        ]
        Command(self, "play_or_pause_while_typing", bar.playback.toggle, "Ctrl+P", "Media Play")
        self.addActions([*self.canvas_area.pills.view_actions, *bar.run_actions, *self.inspector.commands])
        for action in self.actions():
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._panels = {self._show_prompt: self.prompt_panel, self._show_inspector: self.inspector, self._show_timeline: self.timeline_bar}
        for command in self._panels:
            command.setChecked(True)
            command.toggled.connect(self._tint)
            command.toggled.connect(self._show_panels)
        self._show_prompt.toggled.connect(self._end_branch)
        self._show_inspector.toggled.connect(self._keep_wish)

    @property
    def menu(self) -> Sequence[QAction | None]:
        """Entries for the window's menu, with None between groups."""
        return (
            self._open_picture,
            self._paste,
            self._open_model,
            self._open_model_file,
            self._open_pictures,
            None,
            self._save_as,
            self._copy,
            self._export,
            None,
            self._branch,
            self._refine,
            self._seeds,
            self._choose_seeds,
            self._twins,
            self._prompts,
            self._grid,
            self._compare,
            None,
            *self.panel_commands,
            self._show_captions,
            self._show_values,
            self._show_loupe,
        )

    @property
    def help_commands(self) -> Sequence[Command]:
        """What explains the model."""
        return self._examples, self._vocabulary

    @property
    def panel_commands(self) -> Sequence[QAction]:
        """Each shows and hides one panel."""
        return tuple(self._panels)

    @property
    def panel_choices(self) -> dict[str, bool]:
        """Which panels the user wants to see where there is room for them, by the name of their command."""
        choices = {command.objectName(): command.isChecked() for command in self._panels}
        choices[self._show_inspector.objectName()] = self._wants_inspector
        return choices

    def _connect(self) -> None:
        bar, canvas, picture = self.timeline_bar, self.canvas, self.shown_picture
        self.prompt_panel.requested.connect(self.canvas_area.show_canvas)
        self.prompt_panel.recipe_pasted.connect(picture.take_text)
        picture.loras_dropped.connect(self._loras.add)
        self._loras.advised.connect(self._follow_advice)
        self._grids.folder_wanted.connect(picture.show_among_files)
        self.canvas_area.example_chosen.connect(self._make_example)
        self.canvas_area.tour_answered.connect(self.tour_answered)
        self.canvas_area.choices_changed.connect(self._choose_seeds.setEnabled)
        self.canvas_area.pressed.connect(self._uncover_canvas)
        for shown in (bar, canvas):
            shown.save_step_requested.connect(picture.save_step)
            shown.save_as_requested.connect(picture.ask_where_to_save)
            shown.copy_requested.connect(picture.copy)
            shown.show_requested.connect(picture.show_in_folder)
        bar.delete_requested.connect(picture.delete)
        bar.lanes.delete_requested.connect(lambda run: self._desk.trash.delete_runs([run]))
        bar.lanes.rename_requested.connect(self._rename)
        bar.export_requested.connect(picture.export)
        bar.pin_requested.connect(picture.pin)
        bar.branch_requested.connect(self._open_branch)
        bar.refine_requested.connect(lambda: self._open_branch(refine=True))
        inspector, recipe = self.inspector, self.inspector.recipe
        inspector.asked_for.connect(lambda: self._show_inspector.setChecked(True))
        recipe.reuse_requested.connect(self._reuse)
        recipe.show_requested.connect(picture.show_in_folder)
        recipe.delete_requested.connect(lambda run: self._desk.trash.delete_runs([run]))
        self.prompt_panel.edited.connect(recipe.follow_typing)
        canvas.values_toggled.connect(self._show_values.setChecked)
        canvas.loupe_toggled.connect(self._show_loupe.setChecked)
        canvas.turned.connect(self.compare_bar.show_turn)
        self.canvas_area.pills.loupe_requested.connect(canvas.show_loupe)
        self.canvas_area.pills.values_requested.connect(canvas.show_values)
        self.compare_bar.picture_chosen.connect(lambda place, recent: self._notices.spawn(self._desk.compare_recent(recent, place)))
        self.compare_bar.file_requested.connect(picture.ask_other_picture)
        self.compare_button.clicked.connect(self._compare_or_not)
        self._desk.recipe_opened.connect(self.fill_in)
        self._generation.place_wanted.connect(picture.ask_where_to_save_run)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._adapt_keys)
        self._theme.changed.connect(self._tint)

    @property
    def branch_panel(self) -> BranchPanel:
        """Made when it is first asked for: the first paint need not wait for it."""
        if self._branch_panel is None:
            from .branch_panel import BranchPanel

            panel = self._branch_panel = BranchPanel(
                self._timeline, self._generation, self._theme, self._prompt_history, self._loras.embeddings
            )
            panel.hide()
            self._beside.addWidget(panel)
            panel.setMaximumWidth(self.prompt_panel.maximumWidth())
            panel.set_models(self.prompt_panel.models)
            panel.set_meter(*self._meter)
            panel.closed.connect(self._close_branch)
        return self._branch_panel

    @property
    def _is_branch_panel_visible(self) -> bool:
        return self._branch_panel is not None and self._branch_panel.isVisible()

    # -- what the program asks of the place

    def set_models(self, models: Sequence[Model], chosen: str) -> None:
        """Offer `models`; the one called `chosen` is selected."""
        self.prompt_panel.set_models(models, chosen)
        if self._branch_panel is not None:
            self._branch_panel.set_models(models)

    def set_meter(self, meter: TokenMeter | None, model: Model | None) -> None:
        """Count tokens with `meter`, as `model` does."""
        self._meter = meter, model
        self.prompt_panel.set_meter(meter)
        if self._branch_panel is not None:
            self._branch_panel.set_meter(meter, model)

    async def show_examples(self, *, focus: bool = False, offers_tour: bool = False) -> None:
        """Show the examples in place of the canvas, if the bundled model can make them; `focus` gives them the keyboard."""
        if any(model.bundled and not model.problem for model in self.prompt_panel.models):
            examples = await self._desk.examples()
            if examples["en"]:
                self.canvas_area.show_examples(examples, focus=focus, offers_tour=offers_tour)

    def show_captions(self, shown: bool) -> None:
        self._show_captions.setChecked(shown)
        self.canvas_area.show_captions(shown)

    def notice_room(self) -> QRect:
        """Where notices may be shown: in a panel above its buttons, else over the timeline; never on the picture."""
        sides: tuple[tuple[QWidget, tuple[Inspector | PromptPanel | BranchPanel, ...]], ...] = (
            (self.inspector, (self.inspector,)),
            (self._left, self._left_panels),
        )
        for side, panels in sides:
            for panel in panels:
                if panel.isVisible():
                    room = self._place_of(side)
                    room.setBottom(self._place_of(panel.body).bottom())
                    return room
        return self._place_of(self.timeline_bar) if self.timeline_bar.isVisible() else self.rect()

    def show_alone(self, alone: bool) -> None:
        """Show only the canvas and its timeline, or again every panel that the user has switched on."""
        self._is_alone = alone
        self._end_branch()

    # -- slots

    def _restore_sizes(self) -> None:
        for splitter in (self._columns, self._rows, self._upper, self._over):
            splitter.restore_usual()
        self._left_width = WIDTH

    def _place_of(self, part: QWidget) -> QRect:
        return QRect(part.mapTo(self, QPoint()), part.size())

    def _grow_inspector(self, distance: int) -> None:
        splitter = self._over if self._is_narrow else self._upper
        splitter.grow(self._rooms[self._is_narrow], distance)

    def _keep_wish(self, is_wanted: bool) -> None:
        if not self._is_narrow:
            self._wants_inspector = is_wanted

    @property
    def _is_canvas_covered(self) -> bool:
        """Whether the inspector lies over the canvas."""
        return self._over.isVisible()

    def _is_in_inspector(self, widget: QWidget | None) -> bool:
        return widget is not None and self.inspector.isAncestorOf(widget)

    def _uncover_canvas(self) -> None:
        """Close the inspector if it lies over the canvas."""
        if self._is_canvas_covered:
            if self._is_in_inspector(QApplication.focusWidget()):
                self.canvas.setFocus()  # else hiding the panel moves the focus as Tab does
            self._show_inspector.setChecked(False)

    def _show_panels(self) -> None:
        for command, panel in self._panels.items():
            panel.setVisible(command.isChecked() and (not self._is_alone or panel is self.timeline_bar))
        self._show_inspector_room()
        if self._is_branching:
            self.prompt_panel.hide()
        if self._branch_panel is not None:
            self._branch_panel.setVisible(self._is_branching)
        self._left.setVisible(any(not panel.isHidden() for panel in self._left.findChildren(QWidget, options=DIRECT)))

    def _show_inspector_room(self) -> None:
        """Have the inspector, if it is to be seen, beside the canvas, or over it in a narrow place."""
        is_shown, room = not self.inspector.isHidden(), self._rooms[self._is_narrow]
        if is_shown and self.inspector.parentWidget() is not room:  # only then: it is styled again
            focused = QApplication.focusWidget()
            room.hold(self.inspector)
            self.inspector.show()
            if focused is not None and self._is_in_inspector(focused):
                focused.setFocus()
        self._right.setVisible(is_shown and not self._is_narrow)
        self._over.setVisible(is_shown and self._is_narrow)
        self._over.raise_()

    @property
    def _left_panels(self) -> tuple[PromptPanel | BranchPanel, ...]:
        """Those that are made."""
        return (self.prompt_panel,) if self._branch_panel is None else (self.prompt_panel, self._branch_panel)

    def _make_room_at_left(self) -> None:
        """In a small place the left panels are as narrow as they may be, with their sections folded."""
        wanted = self._left_width
        self.prompt_panel.make_room(self._is_small)
        for panel in self._left_panels:
            panel.setMaximumWidth(NARROWEST if self._is_small else WIDEST)
        for layout in (self.layout(), self._beside):
            if layout is not None:
                layout.activate()  # the columns must have their width, and are held to those of the panels
        self._columns.grow(self._left, (NARROWEST if self._is_small else wanted) - self._left.width())
        self._left_width = wanted

    def _keep_left_width(self) -> None:
        """The user moved the line beside the left panels."""
        if not self._is_small:
            self._left_width = self._left.width()

    def _end_branch(self) -> None:
        self._is_branching = False
        self._show_panels()

    def _generate_or_branch(self) -> None:
        self.branch_panel.generate() if self._is_branch_panel_visible else self.prompt_panel.generate()

    def _stop_or_leave(self) -> None:
        if self._is_canvas_covered and self._is_in_inspector(QApplication.focusWidget()):
            self._uncover_canvas()
        elif self._generation.running:
            self._generation.stop()
        elif self._is_canvas_covered:
            self._uncover_canvas()
        elif self.window().isFullScreen():
            self.full_screen_left.emit()
        elif self._is_branch_panel_visible:
            self._close_branch()

    def _compare_or_not(self) -> None:
        """Show one picture again, or two."""
        self.canvas_area.show_canvas()
        self._timeline.show_single() if self._timeline.is_double else self._timeline.show_double()

    def fill_in(self, recipe: Recipe) -> None:
        """Fill the prompt panel with `recipe`; it can be undone."""
        panel, before = self.prompt_panel, self.prompt_panel.drafts()
        panel.set_recipe(recipe)
        if panel.drafts() != before:
            self._undo.record(
                Change(
                    QT_TRANSLATE_NOOP("Safelight", "filling in a recipe"),
                    "",
                    between(lambda: panel.restore(before), lambda: panel.set_recipe(recipe)),
                )
            )

    def _follow_advice(self, name: str, advice: Advice) -> None:
        """Set sampler, steps and guidance as the few-step LoRA called `name` needs them; one step of undo brings all of them back."""
        panel, before = self.prompt_panel, self.prompt_panel.drafts().recipe
        held = {key: before.value(key) for key in advice.values}
        if held == advice.values:
            return

        def use(values: Mapping[str, object]) -> None:
            panel.set_recipe(panel.drafts().recipe.with_values(**values))

        use(advice.values)
        self._undo.record(
            Change(
                QT_TRANSLATE_NOOP("Safelight", "the settings of the LoRA “{name}”"),
                QT_TRANSLATE_NOOP("Safelight", "“{name}” is a few-step LoRA ({method}): sampler, steps and guidance were set for it."),
                between(lambda: use(held), lambda: use(advice.values)),
                {"name": name, "method": advice.kind},
            )
        )

    def _reuse(self, reused: Reused) -> None:
        self.fill_in(self.prompt_panel.drafts().recipe.with_values(**reused.values))

    def _rename(self, run: Run, name: str) -> None:
        """Call `run` by `name`; it can be undone."""
        before, archive = run.name, self._desk.archive

        def give(name: str) -> None:
            self._notices.spawn(archive.rename(run, name))

        give(name)
        self._undo.record(
            Change(QT_TRANSLATE_NOOP("Safelight", "renaming a branch"), "", between(lambda: give(before), lambda: give(name)))
        )

    def _make_example(self, example: Example) -> None:
        self.fill_in(example.recipe)
        self.prompt_panel.generate()
        self.prompt_panel.unlock_seed()

    def _make_step(self) -> StepTab:
        from .step_tab import StepTab

        tab = StepTab(self._timeline, self._generation, self._theme)
        tab.previews_changed.connect(self.previews_changed)
        return tab

    def _make_history(self) -> HistoryTab:
        from .history_tab import HistoryTab  # here: the first paint need not wait for it

        tab = HistoryTab(self._run_history(), self._timeline, self._generation, self._desk, self._theme, self._notices)
        tab.chosen.connect(self.canvas_area.show_canvas)
        self.addActions(tab.commands)
        return tab

    def _open_branch(self, *, refine: bool = False) -> None:
        """Show the branch panel in the place of the prompt panel."""
        self.canvas_area.show_canvas()
        self.branch_panel.open(refine)
        self._is_branching = True
        self._show_panels()

    def _close_branch(self) -> None:
        self.canvas.setFocus()  # else hiding the panel moves the focus as Tab does
        self._end_branch()

    def _adapt_keys(self, _: QWidget | None, focused: QWidget | None) -> None:
        """Leave the arrows and Space to a widget that types or moves a value, and Space also to a button that was reached by key."""
        has_own = isinstance(focused, OWN_KEYS)
        for command in self._walk:
            command.listen(not has_own)
        for command in self._zooms:  # the timeline has these keys too
            command.listen(not has_own and not isinstance(focused, Filmstrip) and self.canvas.isVisible())
        is_pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        self._play_or_pause.listen(not has_own and (is_pressed or not isinstance(focused, QAbstractButton)))

    def _tint(self) -> None:
        tokens = self._theme.tokens
        for command, icon in zip(self._panels, ("panel-left", "panel-right", "panel-bottom"), strict=True):
            command.setIcon(self._theme.icon(icon, tokens.quiet if command.isChecked() else tokens.faint))

    # -- Qt

    def retranslate(self) -> None:
        for command, name, explanation in (
            (self._open_picture, tr("Safelight", "Open picture…"), tr("Safelight", "Open a picture and restore its recipe.")),
            (
                self._paste,
                tr("Safelight", "Paste recipe"),
                tr("Safelight", "Restore the recipe of a copied picture file, or copied generation parameters of another program."),
            ),
            (
                self._open_model,
                tr("Safelight", "Open model folder…"),
                tr("Safelight", "Use a model on this computer, in diffusers layout."),
            ),
            (
                self._open_model_file,
                tr("Safelight", "Open model file…"),
                tr("Safelight", "Use a model that is a single safetensors or GGUF file, as ComfyUI, Forge and A1111 use them."),
            ),
            (
                self._open_pictures,
                tr("Safelight", "Show the pictures folder"),
                tr("Safelight", "Open the folder with all finished pictures."),
            ),
            (
                self._save_as,
                tr("Safelight", "Save as…"),
                tr("Safelight", "Decode what is on the canvas in full and save it where you choose."),
            ),
            (self._copy, tr("Safelight", "Copy picture"), tr("Safelight", "Copy what is on the canvas.")),
            (
                self._export,
                tr("Safelight", "Export as animation…"),
                tr("Safelight", "Make an animation, a video or a contact sheet of the steps."),
            ),
            (
                self._branch,
                tr("Safelight", "Branch from this step…"),
                tr("Safelight", "Keep the steps up to this one and continue with changes."),
            ),
            (
                self._refine,
                tr("Safelight", "Refine…"),
                tr("Safelight", "Add the noise of this step to the finished picture and denoise it again from there."),
            ),
            (
                self._seeds,
                tr("Safelight", "Try several seeds…"),
                tr("Safelight", "Generate the first steps of several pictures, then choose which to finish."),
            ),
            (
                self._choose_seeds,
                tr("Safelight", "Choose which to finish"),
                tr("Safelight", "Go back to the paused seeds and choose which to finish."),
            ),
            (
                self._twins,
                tr("Safelight", "Compare two pictures…"),
                tr("Safelight", "Generate two pictures that differ in one setting, step by step together."),
            ),
            (
                self._prompts,
                tr("Safelight", "Several prompts…"),
                tr("Safelight", "Generate a picture of each of several prompts, one on each line."),
            ),
            (
                self._grid,
                tr("Safelight", "Grid over two settings…"),
                tr("Safelight", "Generate a picture of each combination of two settings, with a contact sheet."),
            ),
            (self._styles, tr("Safelight", "Edit styles…"), tr("Safelight", "Write, rename and delete words that you use often.")),
            (self._vocabulary, tr("Safelight", "What does it know?"), tr("Safelight", "Show everything that this model knows.")),
            (self._examples, tr("Safelight", "Show examples"), tr("Safelight", "Show the examples of the first start again.")),
            (
                self._compare,
                tr("Safelight", "Compare"),
                tr("Safelight", "Compare the picture with another picture, branch or view, or show it alone again."),
            ),
            *(
                (command, tr("Safelight", "Compare: {how}").format(how=arrangement_name(arrangement)), arrangement_meaning(arrangement))
                for arrangement, command in self._arrange.items()
            ),
            (self._generate, tr("Safelight", "Generate"), tr("Safelight", "Generate the picture. You can watch every step.")),
            (self._surprise, tr("Safelight", "Surprise me"), tr("Safelight", "Replace the prompt with one that this model draws well.")),
            (self._stop, tr("Safelight", "Stop"), tr("Safelight", "Stop immediately. The finished steps are kept.")),
            (
                self._play_or_pause,
                tr("Safelight", "Play, pause or resume"),
                tr("Safelight", "Play the steps of a finished run like film; pause a live run after this step, or resume it."),
            ),
            (self._one_step, tr("Safelight", "One step"), tr("Safelight", "Compute one more step, then pause.")),
            (
                self._save_step,
                tr("Safelight", "Save this step"),
                tr("Safelight", "Save the current step in the pictures folder, decoded in full."),
            ),
            (self._film[0], tr("Safelight", "Play slower"), tr("Safelight", "Play the steps more slowly.")),
            (self._film[1], tr("Safelight", "Play faster"), tr("Safelight", "Play the steps faster.")),
            (self._film[2], tr("Safelight", "Branch above"), tr("Safelight", "Show the branch above the shown one, at the same step.")),
            (self._film[3], tr("Safelight", "Branch below"), tr("Safelight", "Show the branch below the shown one, at the same step.")),
            (self._film[4], tr("Safelight", "Repeat"), tr("Safelight", "Play a finished run again and again.")),
            (self._film[5], tr("Safelight", "Pause here"), tr("Safelight", "Pause the run after this step, or remove that pause.")),
            (self._walk[0], tr("Safelight", "Step back"), tr("Safelight", "Go one step back.")),
            (self._walk[1], tr("Safelight", "Step forward"), tr("Safelight", "Go one step forward.")),
            (self._walk[2], tr("Safelight", "Starting noise"), tr("Safelight", "Go to the noise that the run starts from.")),
            (self._walk[3], tr("Safelight", "Newest step"), tr("Safelight", "Go to the newest step and follow the run from there.")),
            *zip(
                self._zooms,
                (
                    tr("Safelight", "Zoom in"),
                    tr("Safelight", "Zoom out"),
                    tr("Safelight", "Fit the picture"),
                    tr("Safelight", "Show every pixel"),
                ),
                (
                    tr("Safelight", "Make the picture larger; the wheel does the same."),
                    tr("Safelight", "Make the picture smaller; the wheel does the same."),
                    tr("Safelight", "Show the whole picture as large as it fits."),
                    tr("Safelight", "Show every pixel of the picture as one pixel of the screen."),
                ),
                strict=True,
            ),
            *zip(
                self._sizes,
                (
                    tr("Safelight", "Widen the left panel"),
                    tr("Safelight", "Narrow the left panel"),
                    tr("Safelight", "Widen the inspector"),
                    tr("Safelight", "Narrow the inspector"),
                    tr("Safelight", "Raise the timeline"),
                    tr("Safelight", "Lower the timeline"),
                ),
                [tr("Safelight", "Resize a panel; dragging its edge does the same.")] * len(self._sizes),
                strict=True,
            ),
            (
                self._usual_sizes,
                tr("Safelight", "Restore panel sizes"),
                tr("Safelight", "Give all panels their usual sizes; a double click on an edge does so for one."),
            ),
            (self._show_prompt, tr("Safelight", "Prompt panel"), tr("Safelight", "Show or hide the prompt and its settings.")),
            (
                self._show_inspector,
                tr("Safelight", "Inspector"),
                tr("Safelight", "Show or hide the recipe and the step of the picture, and the history."),
            ),
            (self._show_timeline, tr("Safelight", "Timeline"), tr("Safelight", "Show or hide the strip of all steps.")),
            (
                self._show_captions,
                tr("Safelight", "Captions"),
                tr("Safelight", "Show or hide the line that says what happens in the step."),
            ),
            (
                self._show_values,
                tr("Safelight", "Values under the pointer"),
                tr("Safelight", "Show or hide the latents' values under the pointer."),
            ),
            (
                self._show_loupe,
                tr("Safelight", "Loupe"),
                tr("Safelight", "Magnify what is under the pointer, in both pictures if two are shown."),
            ),
        ):
            command.explain(name, explanation)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._keep_left_width()

    def _fit_height(self, height: int) -> None:
        """Give the timeline its usual height for a place of `height` px, unless the user made it higher."""
        bar, is_low = self.timeline_bar, height < LOW
        is_usual = bar.height() <= bar.usual_height()
        if is_low != self._is_low:
            self._is_low = is_low
            self.canvas_area.be_low(is_low)
            bar.be_low(is_low)
            self._show_captions.setEnabled(not is_low)
        bar.be_roomy(height >= HIGH)
        if is_usual and (missing := bar.usual_height() - bar.height()):
            self._rows.grow(bar, missing)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_small = event.size().width() < SMALL
        if is_small != self._is_small:
            self._is_small = is_small
            self._make_room_at_left()
            self.canvas_area.pills.make_room(is_small)
            self.timeline_bar.make_room(is_small)
        self._fit_height(event.size().height())
        is_narrow = event.size().width() < WIDE
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._show_inspector.setChecked(self._wants_inspector and not is_narrow)
            self._show_panels()


class _InspectorRoom(QWidget):
    """A panel of a splitter that may hold the inspector."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(NARROWEST_INSPECTOR)
        self.setMaximumWidth(WIDEST_INSPECTOR)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def hold(self, inspector: Inspector) -> None:
        self._layout.addWidget(inspector)
