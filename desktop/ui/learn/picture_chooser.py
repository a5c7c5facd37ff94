"""PictureChooser: the section with the pictures that a station works on, how their reading goes, and what was left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QTreeView, QVBoxLayout, QWidget

from ...learn.pictures import BUNDLED
from ...library.picture_folder import MOST_FILES, Remark
from ...studio.notices import Notices
from ...studio.picture_source import SIDES, Origin, PictureSource
from ..language import Retranslating, decimal, explain, explain_button, sentence, tr
from ..theme import Theme
from ..widgets.controls import ValueChoice, check_only, label, named, segment, segments
from ..widgets.dialog_sheet import resize_within_screen
from ..widgets.dropped import local_files
from ..widgets.open_dialog import come_forward
from .pictures import Picture

ANOTHER = "another"  # the entry that asks for a folder
SHOWN = 2, 10  # rows and columns of pictures


class PictureChooser(Retranslating, QWidget):
    """A folder may be dropped on it; a station that accepts drops lets it have them by the same methods."""

    def __init__(self, theme: Theme, notices: Notices, source: PictureSource, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._notices = notices
        self._source = source
        self._title = label("section", f"{name}_title")
        self._choice = ValueChoice(theme, f"{name}_choice", [*Origin, ANOTHER], source.origin)
        self._sides = {side: segment(f"{name}_side_{side}") for side in SIDES}
        self._groove = segments(list(self._sides.values()))
        self._sheet = Picture(theme, f"{name}_sheet", 24, 56, smooth=False)
        self._facts, self._notes = label("fact", f"{name}_facts"), label("quiet", f"{name}_notes")
        for words in (self._facts, self._notes):
            words.setWordWrap(True)
        self._remarks = named(QPushButton(), f"{name}_remarks")
        self._remarks.setProperty("compact", "true")
        self._progress = label("quiet", f"{name}_progress")
        self._enough, self._stop = named(QPushButton(), f"{name}_enough"), named(QPushButton(), f"{name}_stop")
        for button in (self._enough, self._stop):
            button.setProperty("compact", "true")
        self.setAcceptDrops(True)
        self._lay_out()
        self._choice.chosen.connect(self._choose)
        for side, option in self._sides.items():
            option.clicked.connect(lambda _=False, side=side: notices.spawn(source.resize(side)))
        self._remarks.clicked.connect(self._show_remarks)
        self._enough.clicked.connect(source.finish)
        self._stop.clicked.connect(source.stop)
        source.changed.connect(self.retranslate)
        source.progressed.connect(self._show_progress)
        self.retranslate()

    def _lay_out(self) -> None:
        self._buttons = QWidget()
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(6)
        buttons.addWidget(self._enough)
        buttons.addWidget(self._stop)
        buttons.addStretch()
        more = QHBoxLayout()
        more.addWidget(self._remarks)
        more.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        for part in (self._title, self._choice, self._groove, self._sheet, self._facts, self._notes, self._progress, self._buttons):
            column.addWidget(part)
        for part in (self._progress, self._buttons):
            part.hide()
        column.addLayout(more)

    def take(self, folder: Path) -> None:
        """Use the pictures in `folder`."""
        self._notices.spawn(self._source.choose(Origin.FOLDER, folder))

    def use(self, origin: Origin) -> None:
        """Use the pictures of `origin`, now or when the station is shown for the first time."""
        if self._source.pictures is None:
            self._source.origin = origin
        elif origin is not self._source.origin:
            self._notices.spawn(self._source.choose(origin))

    def _choose(self, value: object) -> None:
        if value == ANOTHER or (value is Origin.FOLDER and self._source.folder is None):
            self._ask()
        else:
            self._notices.spawn(self._source.choose(Origin(str(value))))
        self.retranslate()  # until it is read, the entry stays that of the pictures in use

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), tr("Safelight", "Choose a folder with pictures"))
        dialog.setObjectName("learn_folder_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: self.take(Path(folder)))
        dialog.open()

    def _show_remarks(self) -> None:
        if self._source.found is not None and not come_forward(self.window(), "learn_remarks"):
            found = self._source.found
            RemarksDialog(found.name, (*found.skipped, *found.changed), len(found.skipped), self.window()).show()

    # -- Qt

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take a folder; anything else is left to the place."""
        event.setAccepted(_dropped_folder(event) is not None)

    def dropEvent(self, event: QDropEvent) -> None:
        if (folder := _dropped_folder(event)) is not None:
            event.acceptProposedAction()
            self.take(folder)

    # -- words

    def retranslate(self) -> None:
        source = self._source
        self._title.setText(tr("Safelight", "Pictures"))
        names = {entry.key: (tr("Safelight", entry.name), tr("Safelight", entry.about)) for entry in BUNDLED}
        names[Origin.GALLERY] = tr("Safelight", "Your pictures"), tr("Safelight", "Those in the folder where Safelight saves pictures.")
        names[Origin.FOLDER] = (
            source.folder.name if source.folder else tr("Safelight", "A folder…"),
            tr("Safelight", "Pictures of your own. Subfolders are taken as kinds. You can also drop a folder here."),
        )
        names[ANOTHER] = tr("Safelight", "Another folder…"), tr("Safelight", "Choose another folder.")
        values = [*Origin, *([ANOTHER] if source.folder else [])]
        self._choice.offer(values, source.origin)
        self._choice.show_words([names[value][0] for value in values])
        for row, value in enumerate(values):
            self._choice.explain_entry(row, names[value][1])
        explain(self._choice, tr("Safelight", "Pictures"), names[source.origin][1])
        self._groove.setVisible(not source.origin.is_bundled)
        check_only(list(self._sides.values()), self._sides[source.side])
        for side, option in self._sides.items():
            explain_button(option, f"{side} px", tr("Safelight", "Reduce each picture to {side} × {side} px.").format(side=side))
        explain_button(
            self._enough, tr("Safelight", "Use these"), tr("Safelight", "Read no further, and use the pictures that have been read.")
        )
        explain_button(self._stop, tr("Safelight", "Cancel"), tr("Safelight", "Read no further; the pictures stay as they were."))
        self._show_facts()
        self._show_progress()

    def _show_facts(self) -> None:
        source, pictures = self._source, self._source.pictures
        found = source.found
        self._facts.setVisible(pictures is not None)
        if pictures is not None:
            rows, columns = SHOWN
            self._sheet.show_pixels(_sheet(pictures.pixels[: rows * columns], columns))
            self._sheet.describe(tr("Safelight", "The first pictures of the set"))
            facts = [tr("Safelight", "{count} pictures of {side} × {side} px").format(count=decimal(len(pictures), 0), side=pictures.side)]
            if pictures.kinds:
                facts.append(tr("Safelight", "{count} kinds").format(count=len(pictures.kinds)))
            if source.is_partial:
                facts.append(tr("Safelight", "read so far"))
            if len(pictures) < source.whole:
                facts.append(tr("Safelight", "the first of {count}").format(count=decimal(source.whole, 0)))
            self._facts.setText(" · ".join(facts))
        notes = []
        if source.refused is not None:
            notes.append(sentence(source.refused.template, source.refused.values))
        if found is not None and not source.origin.is_bundled:
            if found.unread:
                notes.append(tr("Safelight", "A random choice: {count} more were not read.").format(count=decimal(found.unread, 0)))
            if found.is_cut:
                notes.append(tr("Safelight", "Only the first {count} files were looked at.").format(count=decimal(MOST_FILES, 0)))
        self._notes.setText(" ".join(notes))
        self._notes.setVisible(bool(notes))
        says = found is not None and (source.refused is not None or not source.origin.is_bundled)
        self._remarks.setVisible(says and found is not None and bool(found.skipped or found.changed))
        if found is not None:
            explain_button(
                self._remarks,
                tr("Safelight", "Left out: {skipped} · changed: {changed}").format(
                    skipped=decimal(len(found.skipped), 0), changed=decimal(len(found.changed), 0)
                ),
                tr("Safelight", "List the files that were left out or changed, with the reasons."),
            )

    def _show_progress(self) -> None:
        reading = self._source.reading
        if reading is None or self._buttons.isHidden():  # it has begun or ended
            for part in (self._progress, self._buttons):
                part.setVisible(reading is not None)
            self._show_facts()
        if reading is not None:
            self._progress.setText(
                tr("Safelight", "Reading: {done} of {total}").format(done=decimal(reading.done, 0), total=decimal(reading.total, 0))
                if reading.total
                else tr("Safelight", "Looking for pictures…")
            )
            self._enough.setEnabled(reading.found > 1)


def _sheet(pixels: np.ndarray, columns: int) -> np.ndarray:
    """N×side×side×3 → one picture with rows of `columns`; what is missing in the last row is left out."""
    count, side = len(pixels), pixels.shape[1]
    columns = min(columns, count)
    rows = count // columns
    return pixels[: rows * columns].reshape(rows, columns, side, side, 3).swapaxes(1, 2).reshape(rows * side, columns * side, 3)


def _dropped_folder(event: QDropEvent) -> Path | None:
    """What is dragged, if it may be a folder: one thing whose name does not end as that of a file."""
    paths = local_files(event.mimeData())
    return paths[0] if len(paths) == 1 and not (1 < len(paths[0].suffix) <= 12 and not paths[0].suffix[1:].isdigit()) else None


class RemarksDialog(Retranslating, QDialog):
    """What was left out and what was changed. Not modal."""

    def __init__(self, folder: str, remarks: tuple[Remark, ...], skipped: int, parent: QWidget) -> None:
        """The first `skipped` of `remarks` are of files that were left out."""
        super().__init__(parent)
        self.setObjectName("learn_remarks")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("ground", "panel")
        self._folder = folder
        self._table = RemarkTable(remarks, skipped)
        self._view = named(QTreeView(), "learn_remarks_list")
        self._view.setRootIsDecorated(False)
        self._view.setUniformRowHeights(True)
        self._view.setModel(self._table)
        self._view.setHeaderHidden(True)
        self._view.header().resizeSection(0, 240)  # px
        self._view.header().resizeSection(1, 80)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self._view)
        self.retranslate()
        resize_within_screen(self, 680, 440)

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Files in {folder}").format(folder=self._folder))
        explain(self._view, tr("Safelight", "Files"), tr("Safelight", "Files that were left out or changed, with the reasons."))
        self._view.setToolTip("")
        self._view.viewport().update()


class RemarkTable(QAbstractTableModel):
    def __init__(self, remarks: tuple[Remark, ...], skipped: int) -> None:
        super().__init__()
        self._remarks = remarks
        self._skipped = skipped

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._remarks)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        remark = self._remarks[index.row()]
        if index.column() == 0:
            return remark.file
        if index.column() == 1:
            return tr("Safelight", "left out") if index.row() < self._skipped else tr("Safelight", "used")
        return sentence(remark.words, dict(remark.values))
