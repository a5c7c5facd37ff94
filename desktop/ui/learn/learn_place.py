"""LearnPlace: the stations, the reader's picture, the open station with its formulas, and what was guessed and found there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QHideEvent, QIcon, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from ...diffusion.run import Pixels
from ...errors import FileNotSaved, SafelightError, StationUnreadable
from ...library import safe_file
from ...library.artwork import FORMATS, read_pixels
from ...library.lessons_file import Settings
from ...studio.lessons import Subject
from ...studio.notices import NoticeKind, Words
from ..language import Retranslating, explain, explain_button, tr
from ..theme import Theme
from ..widgets.command import Command, CommandButton, LocalCommand
from ..widgets.controls import Elided, IconButton, ScrollArea, label, named
from ..widgets.dropped import local_files
from ..widgets.images import Thumbnail, to_qimage
from ..widgets.left_panel import NARROWEST, WIDEST, WIDTH
from ..widgets.picture_filter import picture_filter
from ..widgets.splitter import DetailsOver, Splitter
from .formula import FormulaBar
from .guess_card import FoundList, GuessCard
from .reading import Reading
from .station import SKIPPED, Station, Tools
from .station_list import StationList
from .stations import STATIONS, TOUR, Entry

ROOMY = 1200  # px, from which the right panel has room beside the station
HIGH = 820  # px, from which the list has room for subtitles
USUAL = 320  # px, of the right panel
MARGIN = 20  # px
BAR = 60  # px, from the top: title and subtitle
STATION_FILE = ".station.json"
SCHEMA = 1
RECENT = 12  # pictures that are offered
MOST_BYTES = 1 << 20


class LearnPlace(Retranslating, QWidget):
    """Its keys work while the focus is in it."""

    carried = Signal(object)  # Recipe or Run, for Create

    def __init__(self, theme: Theme, tools: Tools) -> None:
        super().__init__()
        self.setObjectName("learn")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._theme = theme
        self._tools = tools
        self._lessons = tools.lessons
        self._entries = {entry.key: entry for entry in STATIONS}
        self._stations: dict[str, Station] = {}
        self._open: Station | None = None
        self._guessed = "", SKIPPED  # the last guess and its value
        self._header_buttons: list[_HeaderButton] = []
        self._make_commands()
        self.list = StationList(theme, STATIONS)
        self._tour = _NamedButton(self._command("tour"))
        self._tour.setProperty("quiet", "true")
        self._subject_title = label("section", "learn_subject_title")
        self._thumbnail = Thumbnail(theme, "learn_subject", 56)
        self._subject_name = Elided("fact", "learn_subject_name", side=Qt.AlignmentFlag.AlignLeft)
        self._from_gallery, self._from_file = (named(QPushButton(), f"learn_from_{source}") for source in ("gallery", "file"))
        self._controls = QVBoxLayout()
        self._title = Elided("page", "learn_title", side=Qt.AlignmentFlag.AlignLeft)  # gives way to the buttons beside it
        self._subtitle = label("subtitle", "learn_subtitle")
        self._buttons = QHBoxLayout()
        self._more = IconButton(theme, "ellipsis", "learn_more")
        self._panel_button = IconButton(theme, "panel-right", "learn_panel_button")
        self._middle = named(QStackedWidget(), "learn_middle")
        self._formulas = FormulaBar(theme)
        self.guess, self.found, self.reading = GuessCard(theme), FoundList(theme), Reading(theme)
        self._side = QVBoxLayout()
        self._next = _NamedButton(self._command("next"))
        self._lay_out()
        self._connect()
        self._tint()
        for entry in STATIONS:
            self._show_progress(entry.key)
        self.retranslate()

    def _make_commands(self) -> None:
        def command(name: str, do: Callable[[], object] | None, *keys: str, checkable: bool = False) -> Command:
            return LocalCommand(self, f"learn_{name}", do, *keys, checkable=checkable)

        made = (
            command("next", self._go_on, "Alt+Right"),
            command("back", self._go_back, "Alt+Left"),
            command("tour", self._start_tour, checkable=True),
            command("copy_formula", lambda: self._formulas.copy(0), "Ctrl+Shift+C"),
            command("save_picture", self._ask_picture, "Ctrl+S"),
            command("save_station", self._ask_station, "Ctrl+Shift+S"),
            command("open_station", self._ask_open, "Ctrl+O"),
            command("panel", None, "Ctrl+2", checkable=True),
        )
        self._commands = {each.objectName(): each for each in made}

    def _command(self, name: str) -> Command:
        return self._commands[f"learn_{name}"]

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(0)
        column.addWidget(self.list)
        tour = QHBoxLayout()
        tour.setContentsMargins(8, 0, 8, 8)
        tour.addWidget(self._tour)
        tour.addStretch()
        column.addLayout(tour)
        column.addWidget(self._lay_out_subject())
        column.addLayout(self._controls)
        column.addStretch()
        scrolled = ScrollArea("learn_left", left)
        scrolled.setProperty("ground", "panel")
        scrolled.setMinimumWidth(NARROWEST)
        scrolled.setMaximumWidth(WIDEST)
        self._splitter = Splitter(Qt.Orientation.Horizontal, "learn_splitter")
        self._splitter.add(scrolled, WIDTH)
        self._splitter.add(self._lay_out_middle(), None)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.addWidget(self._splitter, 1)
        self._over = DetailsOver("learn_right", self._lay_out_right(), USUAL, self, columns, self._command("panel"), roomy=ROOMY, top=BAR)

    def _lay_out_subject(self) -> QWidget:
        part = QWidget()
        part.setObjectName("learn_subject_part")
        part.setProperty("ground", "section")
        part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self._from_gallery, self._from_file):
            button.setProperty("compact", "true")
            buttons.addWidget(button)
        buttons.addStretch()
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._subject_name)
        words.addLayout(buttons)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._thumbnail)
        row.addLayout(words, 1)
        column = QVBoxLayout(part)
        column.setContentsMargins(16, 8, 16, 12)
        column.addWidget(self._subject_title)
        column.addLayout(row)
        return part

    def _lay_out_middle(self) -> QWidget:
        head = QHBoxLayout()
        head.setContentsMargins(MARGIN, 8, 8, 0)
        head.setSpacing(2)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        self._subtitle.setWordWrap(True)
        words.addWidget(self._subtitle)
        head.addLayout(words, 1)
        head.addLayout(self._buttons)
        for button in (self._more, self._panel_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._panel_button.setDefaultAction(self._command("panel"))
        middle = named(QWidget(), "learn_page")
        middle.setProperty("ground", "panel")
        middle.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._middle, 1)
        self._formulas.setProperty("ground", "dock")
        self._formulas.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column.addWidget(self._formulas)
        return middle

    def _lay_out_right(self) -> QWidget:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 14, 0, 8)
        column.setSpacing(6)
        card = QHBoxLayout()
        card.setContentsMargins(16, 0, 16, 0)
        card.addWidget(self.guess)
        column.addLayout(card)
        column.addWidget(self.found)
        column.addLayout(self._side)
        column.addWidget(self.reading)
        column.addStretch()
        foot = named(QWidget(), "learn_foot")
        foot.setProperty("ground", "dock")
        foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 10, 16, 10)
        row.addWidget(self._next)
        right = named(QWidget(), "learn_right_panel")
        right.setProperty("ground", "panel")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        right.setMinimumWidth(280)
        right.setMaximumWidth(440)
        whole = QVBoxLayout(right)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(ScrollArea("learn_right_scroll", inner), 1)
        whole.addWidget(foot)
        return right

    def _connect(self) -> None:
        self.list.chosen.connect(self.open)
        self.guess.marked.connect(self._mark)
        self.guess.looked.connect(self._look)
        self.found.forget_wanted.connect(self._ask_again)
        self._tools.notices.told.connect(lambda notice: self.guess.be_ready() if notice.kind is NoticeKind.ERROR else None)
        self._lessons.found.connect(self._show_progress)
        self._lessons.subject_changed.connect(self._show_subject)
        self._from_gallery.clicked.connect(lambda: self._tools.notices.spawn(self._offer_pictures()))
        self._from_file.clicked.connect(self._ask_subject)
        self._more.clicked.connect(self._show_menu)
        self._theme.changed.connect(self._tint)

    # -- stations

    @property
    def station(self) -> Station | None:
        """The open one."""
        return self._open

    def open(self, key: str) -> None:
        """Show the station `key`, made when it is first opened."""
        if self._open is not None:
            if self._open.KEY == key:
                return
            self._leave()
        if key not in self._stations:
            self._add(self._entries[key])
        self._open = station = self._stations[key]
        self.list.choose(key)
        for each in self._stations.values():
            for part in (each.controls, each.side):
                if part is not None:
                    part.setVisible(each is station)
        self._middle.setCurrentWidget(station)
        self._show_buttons()
        self.reading.show_station(key, station.SOURCES)
        self._show_questions()
        self._show_formulas()
        self._order_focus()
        self.retranslate()
        if self.isVisible():
            station.enter()
        self.keep()

    def _add(self, entry: Entry) -> None:
        station = entry.make(self._tools)
        self._stations[entry.key] = station
        _restore(station, self._lessons.settings(entry.key))
        self._middle.addWidget(station)
        if station.controls is not None:
            self._controls.addWidget(station.controls)
        if station.side is not None:
            self._side.addWidget(station.side)
        station.answered.connect(partial(self._answer, station))
        station.formulas_changed.connect(self._show_formulas)
        station.carried.connect(self.carried)
        station.station_wanted.connect(self.open)
        if self._lessons.subject is not None:
            station.show_subject()
        self._show_progress(entry.key)

    def _leave(self) -> None:
        if self._open is not None:
            self._open.leave()
            self.guess.be_ready()
            self.keep()

    def keep(self) -> None:
        """Keep the settings of the open station: it is left, or the program ends."""
        if self._open is not None:
            self._lessons.keep(self._open.KEY, self._open.settings())

    def _go_on(self) -> None:
        self._step(1)

    def _go_back(self) -> None:
        self._step(-1)

    @property
    def _order(self) -> list[str]:
        """The keys of the stations as Next goes through them."""
        return [key for key in TOUR if key in self._entries] if self._command("tour").isChecked() else list(self._entries)

    def _step(self, by: int) -> None:
        keys = self._order
        if self._open is not None:
            self.open(keys[(keys.index(self._open.KEY) + by) % len(keys)])

    def _start_tour(self) -> None:
        """Go through the stations in the order of the article from now on, or in that of the list again."""
        if self._command("tour").isChecked():
            self.open(self._order[0])
        self.retranslate()

    # -- guesses

    def _mark(self, guess: str, value: int) -> None:
        if self._open is not None:
            self._open.mark(guess, value)

    def _ask_again(self) -> None:
        if self._open is not None:
            self._lessons.forget(self._open.KEY)

    def _look(self, guess: str, value: int) -> None:
        if self._open is not None:
            self._guessed = guess, value
            self._open.look(guess, value)

    def _answer(self, station: Station, guess: str, words: Words) -> None:
        asked, value = self._guessed
        guessed = value if asked == guess and value != SKIPPED else None
        self._lessons.find(station.KEY, guess, guessed, words)

    def _show_progress(self, key: str) -> None:
        if key not in self._entries:
            return
        station, findings = self._stations.get(key), self._lessons.findings(key)
        if station is not None:
            known = {guess.key for guess in station.GUESSES}
            self.list.show_progress(key, len(known & {finding.guess for finding in findings}), len(known))
        elif findings:
            self.list.show_progress(key, len(findings), max(len(findings), self._entries[key].questions))
        if self._open is not None and self._open.KEY == key:
            self._show_questions()
            self._order_focus()

    def _show_questions(self) -> None:
        if self._open is not None:
            findings = self._lessons.findings(self._open.KEY)
            self.guess.ask(self._open.GUESSES, {finding.guess for finding in findings})
            self.found.show_findings(self._open.GUESSES, findings)

    def _show_formulas(self) -> None:
        formulas = self._open.formulas() if self._open is not None else ()
        self._formulas.show_formulas(formulas)
        self._command("copy_formula").setEnabled(bool(formulas))

    # -- the reader's picture

    def _show_subject(self) -> None:
        subject = self._lessons.subject
        self._thumbnail.show_pixels(subject.pixels if subject else None)
        for station in self._stations.values():
            station.show_subject()
        self.retranslate()

    async def _offer_pictures(self) -> None:
        """A menu of the picture in Create and the newest saved ones."""
        paths = [recent.path for recent in self._tools.pictures.recent if recent.path is not None][:RECENT]
        small = await asyncio.to_thread(_small, paths)
        menu = QMenu(self)
        menu.setObjectName("learn_pictures_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown = self._tools.timeline.run
        in_create = menu.addAction(tr("Safelight", "The picture in Create"), self._take_shown)
        in_create.setEnabled(shown is not None and shown.picture is not None)
        menu.addSeparator()
        for path, pixels in small:
            action = menu.addAction(path.stem, partial(self.take, path))
            action.setIcon(QIcon(QPixmap.fromImage(to_qimage(pixels))))
        menu.popup(self._from_gallery.mapToGlobal(self._from_gallery.rect().bottomLeft()))

    def _take_shown(self) -> None:
        run = self._tools.timeline.run
        if run is not None and run.picture is not None:
            self._lessons.use(Subject(run.recipe.final.prompt.text, run.picture, run.path))

    def _ask_subject(self) -> None:
        dialog = self._dialog(tr("Safelight", "Choose a picture"), QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(picture_filter())
        dialog.fileSelected.connect(lambda file: self.take(Path(file)))
        dialog.open()

    def take(self, path: Path) -> None:
        """Use the picture in `path`, or open the station in it."""
        if path.name.endswith(STATION_FILE):
            self._tools.notices.spawn(self._open_file(path))
        else:
            self._tools.notices.spawn(self._lessons.take(path))

    # -- files

    def _dialog(self, title: str, mode: QFileDialog.FileMode, suffix: str = "") -> QFileDialog:
        dialog = QFileDialog(self.window(), title)
        dialog.setObjectName("learn_file_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        if suffix:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(suffix)
            dialog.setDirectory(str(self._tools.folders[0]))
        return dialog

    def _ask_picture(self) -> None:
        if self._open is None:
            return
        buffer = QBuffer()
        self._open.view().grab().save(buffer, "PNG")
        data = bytes(buffer.data().data())
        dialog = self._dialog(tr("Safelight", "Save as picture"), QFileDialog.FileMode.AnyFile, "png")
        dialog.selectFile(f"{self._open.KEY}.png")
        dialog.fileSelected.connect(lambda file: self._tools.notices.spawn(_write(Path(file), data)))
        dialog.open()

    def _ask_station(self) -> None:
        if self._open is None:
            return
        shared = {"safelight_station": SCHEMA, "station": self._open.KEY, "settings": dict(self._open.settings())}
        data = json.dumps(shared, indent=1, ensure_ascii=False).encode()
        dialog = self._dialog(tr("Safelight", "Save this station"), QFileDialog.FileMode.AnyFile, STATION_FILE[1:])
        dialog.selectFile(f"{self._open.KEY}{STATION_FILE}")
        dialog.fileSelected.connect(lambda file: self._tools.notices.spawn(_write(Path(file), data)))
        dialog.open()

    def _ask_open(self) -> None:
        dialog = self._dialog(tr("Safelight", "Open a station"), QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Safelight", "Stations") + f" (*{STATION_FILE})")
        dialog.fileSelected.connect(lambda file: self.take(Path(file)))
        dialog.open()

    async def _open_file(self, path: Path) -> None:
        key, settings = await asyncio.to_thread(read_station, path)
        if key not in self._entries:
            raise StationUnreadable(file=path)
        self.open(key)
        _restore(self._stations[key], settings)

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("learn_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in (("tour", "back", "next"), ("save_picture", "copy_formula"), ("save_station", "open_station")):
            for name in group:
                menu.addAction(self._command(name))
            menu.addSeparator()
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _show_buttons(self) -> None:
        while self._header_buttons:
            self._header_buttons.pop().deleteLater()
        assert self._open is not None
        for command, icon in self._open.commands:
            button = _HeaderButton(self._theme, command, icon)
            self._buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self._header_buttons.append(button)
        self._tint()

    def _order_focus(self) -> None:
        """Let Tab go through the place from left to right: what belongs to a station is made when that is first opened."""
        station = self._open
        assert station is not None
        middle = (*self._header_buttons, self._more, self._panel_button, station, self._formulas)
        before: QWidget = self._from_file
        for part in filter(None, (station.controls, *middle, self.guess, self.found, station.side, self.reading, self._next)):
            for each in (part, *part.findChildren(QWidget)):
                if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.window() is self.window() and each.focusProxy() is None:
                    QWidget.setTabOrder(before, each)
                    before = each

    def _tint(self) -> None:
        for button in self._header_buttons:
            button.follow()
        self._next.setIcon(self._theme.icon("arrow-right", self._theme.tokens.text))
        self._tour.setIcon(self._theme.icon("list-ordered", size=15))
        self._command("panel").setIcon(self._theme.icon("panel-right"))

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._open is None:
            kept = self._lessons.kept.station
            self.open(kept if kept in self._entries else STATIONS[0].key)
        else:
            self._open.enter()
        self._tools.notices.spawn(self._lessons.open())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.set_low(self.height() < HIGH)
        self._over.fit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take pictures and stations; anything else is left to the window."""
        event.setAccepted(_taken_from(event) is not None)

    def dropEvent(self, event: QDropEvent) -> None:
        if (path := _taken_from(event)) is not None:
            event.acceptProposedAction()
            self.take(path)

    def retranslate(self) -> None:
        entry = self._entries[self._open.KEY] if self._open is not None else STATIONS[0]
        self._title.show_text(tr("Safelight", entry.title))
        self._subtitle.setText(tr("Safelight", entry.subtitle))
        self._subject_title.setText(tr("Safelight", "Your picture"))
        subject = self._lessons.subject
        if subject is None or subject.is_bundled:
            self._subject_name.show_text(tr("Safelight", "A fox, made with the starter"))
        else:
            self._subject_name.show_text(subject.name or tr("Safelight", "The picture in Create"))
        self._thumbnail.setAccessibleName(tr("Safelight", "Your picture"))
        explain_button(
            self._from_gallery,
            tr("Safelight", "Yours…"),
            tr("Safelight", "Work on the picture that is shown in Create, or on one of the newest."),
        )
        explain_button(
            self._from_file, tr("Safelight", "File…"), tr("Safelight", "Work on a picture from a file. You can also drop one here.")
        )
        explain(self._more, tr("Safelight", "More"), tr("Safelight", "Save, share and open this station."))
        for name, text, explanation in (
            ("next", tr("Safelight", "Next: {station}"), tr("Safelight", "Open the next station.")),
            (
                "tour",
                tr("Safelight", "Leave the tour")
                if self._command("tour").isChecked()
                else tr("Safelight", "Tour in the order of the article"),
                tr("Safelight", "GAN, VAE and diffusion first, then forward, reverse and training, then Stable Diffusion part by part."),
            ),
            ("back", tr("Safelight", "Station before"), tr("Safelight", "Open the station before this one.")),
            ("copy_formula", tr("Safelight", "Copy the formula as LaTeX"), tr("Safelight", "Copy the first formula as LaTeX.")),
            ("save_picture", tr("Safelight", "Save as picture…"), tr("Safelight", "Save what this station shows as a picture.")),
            (
                "save_station",
                tr("Safelight", "Save this station…"),
                tr("Safelight", "Save the settings of this station in a small file, to open or to share it."),
            ),
            ("open_station", tr("Safelight", "Open a station…"), tr("Safelight", "Open the settings of a station from a file.")),
            ("panel", tr("Safelight", "Questions and texts"), tr("Safelight", "Show or hide the panel at the right.")),
        ):
            self._command(name).explain(text.format(station=self._next_title) if name == "next" else text, explanation)

    @property
    def _next_title(self) -> str:
        keys = self._order
        here = keys.index(self._open.KEY) if self._open is not None else 0
        return tr("Safelight", self._entries[keys[(here + 1) % len(keys)]].title)


def _small(paths: Sequence[Path]) -> list[tuple[Path, Pixels]]:
    """Those of the pictures that can be read, small. Reads the disk."""
    read = []
    for path in paths:
        with suppress(SafelightError):
            read.append((path, read_pixels(path, 48)))
    return read


def read_station(path: Path) -> tuple[str, Settings]:
    """The key and the settings of the station in a file. Raises `StationUnreadable`. Not on the GUI thread."""
    try:
        match json.loads(safe_file.read(path, MOST_BYTES)):
            case {"safelight_station": int(), "station": str(key), "settings": dict(settings)}:
                return key, settings
    except (OSError, ValueError, RecursionError) as problem:
        raise StationUnreadable(file=path) from problem
    raise StationUnreadable(file=path)


def _restore(station: Station, settings: Settings) -> None:
    """Give `station` its settings, without truth values where it has numbers, and the other way round."""
    own = station.settings()
    station.restore({name: value for name, value in settings.items() if isinstance(value, bool) is isinstance(own.get(name), bool)})


async def _write(path: Path, data: bytes) -> None:
    try:
        await asyncio.to_thread(safe_file.replace, path, data)
    except OSError as problem:
        raise FileNotSaved(file=path, problem=safe_file.why(problem)) from problem


def _taken_from(event: QDropEvent) -> Path | None:
    """The one picture or station that is dragged, by its name."""
    paths = local_files(event.mimeData())
    fits = [path for path in paths if path.suffix.lower() in FORMATS or path.name.endswith(STATION_FILE)]
    return fits[0] if len(fits) == len(paths) == 1 else None


class _NamedButton(CommandButton):
    """Shows the name of its command, and its icon if it has one of its own."""

    def follow(self) -> None:
        super().follow()
        self.setText(self.command.text())
        if not self.command.icon().isNull():
            self.setIcon(self.command.icon())


class _HeaderButton(_NamedButton):
    """Beside the title of a station; its icon is the one that the command names, or else `usual`."""

    def __init__(self, theme: Theme, command: Command, usual: str) -> None:
        super().__init__(command)
        self._theme = theme
        self._usual = usual
        self.setProperty("quiet", "true")

    def follow(self) -> None:
        super().follow()
        self.setIcon(self._theme.icon(self.command.icon_name or self._usual, size=15))
