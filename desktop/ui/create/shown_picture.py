"""ShownPicture: save, copy, delete or export what is on the canvas, and open files from disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from ...diffusion.gguf_file import SUFFIX as GGUF
from ...diffusion.run import Run
from ...diffusion.weight_file import SUFFIX
from ...errors import NothingToExport, SafelightError
from ...library.inspection import MODEL_FILES
from ...studio.desk import Desk
from ...studio.notices import NoticeKind, Notices
from ...studio.pictures import Pictures, Recent, SaveChoices
from ...studio.timeline import Timeline
from ..language import tr
from ..theme import Theme
from ..widgets.dropped import local_files
from ..widgets.images import to_qimage
from ..widgets.open_dialog import come_forward
from ..widgets.outside import open_outside
from ..widgets.picture_filter import picture_filter

if TYPE_CHECKING:
    from ...studio.exporting import Exporting
    from .save_dialog import SaveDialog


class ShownPicture(QObject):
    """Asks with dialogs over the window of `place`; the window stays usable."""

    model_chosen = Signal(Path)  # a folder or file to open
    loras_dropped = Signal(list)  # of Path

    def __init__(
        self,
        timeline: Timeline,
        pictures: Pictures,
        desk: Desk,
        make_exporting: Callable[[], Exporting],
        theme: Theme,
        notices: Notices,
        place: QWidget,
    ) -> None:
        """`make_exporting` is called when something is first exported."""
        super().__init__(place)
        self._timeline = timeline
        self._pictures = pictures
        self._desk = desk
        self._make_exporting = make_exporting
        self._theme = theme
        self._notices = notices
        self._place = place
        desk.folder_wanted.connect(self.show_among_files)

    # -- files from disk

    def open_files(self, files: list[Path]) -> None:
        """Open what was dropped: a folder is a model, a file of weights a model or LoRAs, any other file a picture."""
        if files[0].is_dir():
            self.model_chosen.emit(files[0])
        elif files[0].suffix.lower() in MODEL_FILES:
            self._notices.spawn(self._open_weights(files))
        else:
            self._notices.spawn(self._desk.open(files))

    async def _open_weights(self, files: list[Path]) -> None:
        if loras := await self._desk.loras_among(files):
            self.loras_dropped.emit(loras)
        else:
            self.model_chosen.emit(files[0])

    def paste(self) -> None:
        """Open what was copied: files as if they were dropped, a text as the recipe of a picture."""
        copied = QGuiApplication.clipboard().mimeData()
        if files := local_files(copied):
            self.open_files(files)
        else:
            self.take_text(copied.text())

    def take_text(self, text: str) -> None:
        """Restore the recipe in a text of another program."""
        self._notices.spawn(self._desk.take_text(text))

    def ask_picture(self) -> None:
        dialog = self._picture_dialog(tr("Safelight", "Open a picture and its recipe"))
        dialog.fileSelected.connect(lambda file: self._notices.spawn(self._desk.take_recipe(Path(file))))
        dialog.open()

    def ask_other_picture(self, place: int) -> None:
        """Ask for a picture to show as the first (`place` 0) or the second (1) of two."""
        dialog = self._picture_dialog(tr("Safelight", "Choose a picture to compare"))
        dialog.fileSelected.connect(lambda file: self._notices.spawn(self._desk.compare_recent(Recent(Path(file), None), place)))
        dialog.open()

    def ask_model_folder(self) -> None:
        dialog = self._dialog(tr("Safelight", "Open a model folder"), QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda folder: self.model_chosen.emit(Path(folder)))
        dialog.open()

    def ask_model_file(self) -> None:
        dialog = self._dialog(tr("Safelight", "Open a model file"), QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(tr("Safelight", "Models") + f" (*{SUFFIX} *{GGUF})")
        dialog.fileSelected.connect(lambda file: self.model_chosen.emit(Path(file)))
        dialog.open()

    def show_folder(self) -> None:
        """Open the folder with all finished pictures."""
        self._notices.spawn(self._show_folder())

    async def _show_folder(self) -> None:
        folder = await asyncio.to_thread(self._pictures.make_folder)
        open_outside(folder)

    # -- the picture on the canvas

    def copy(self) -> None:
        if pixels := self._timeline.pixels:
            QGuiApplication.clipboard().setImage(to_qimage(pixels))

    def save_step(self) -> None:
        """Save the step on the canvas among the pictures."""
        if run := self._timeline.run:
            self._notices.spawn(self._desk.save_step(run, self._timeline.index))

    def ask_where_to_save_run(self, run: Run) -> None:
        self._timeline.show(run, follow=False)
        self.ask_where_to_save()

    def ask_where_to_save(self) -> None:
        """Save what is on the canvas now, even if the canvas shows something else when the place is chosen."""
        run, number = self._timeline.run, self._timeline.index
        if run is None or self._timeline.pixels is None:
            return
        if not come_forward(self._place.window(), "save_picture"):
            self._notices.spawn(self._ask_where_to_save(run, number))

    async def _ask_where_to_save(self, run: Run, number: int) -> None:
        from .save_dialog import SaveDialog  # here: the first paint need not wait for it

        place = await self._desk.where_to_save(run, number)
        dialog = SaveDialog(place, self._pictures.save_choices, self._theme, self._place.window())
        dialog.wanted.connect(lambda path, choices: self._notices.spawn(self._save(dialog, run, number, path, choices)))
        dialog.open()

    async def _save(self, dialog: SaveDialog, run: Run, number: int, path: Path, choices: SaveChoices) -> None:
        try:
            await self._desk.check_place(path)
        except SafelightError as problem:
            if dialog.is_open:
                dialog.explain(problem)
            return
        if dialog.is_open:
            dialog.accept()
            self._pictures.remember(choices, path.parent)
            await self._desk.save_step(run, number, path, choices)

    def show_in_folder(self) -> None:
        run = self._timeline.run
        if run and run.path:
            self.show_among_files(run.path)

    def delete(self) -> None:
        """Delete the picture on the canvas; a run without a picture goes as a whole."""
        if run := self._timeline.run:
            self._desk.trash.delete_pictures([run.path]) if run.path else self._desk.trash.delete_runs([run])

    def pin(self, pinned: bool) -> None:
        """Pin the recording of the run, so that it is not deleted to free disk space, or unpin it."""
        if run := self._timeline.run:
            self._notices.spawn(self._desk.archive.pin(run, pinned))

    def export(self) -> None:
        window = self._place.window()
        if come_forward(window, "export"):
            return
        from .export_dialog import PREVIEW, ExportDialog  # here: the first paint need not wait for it

        try:
            proof = self._exporting.proof(self._timeline.run, round(PREVIEW * window.devicePixelRatioF()))
        except NothingToExport as nothing:
            self._notices.tell(NoticeKind.WARNING, nothing.template)
            return
        dialog = ExportDialog(self._exporting, proof, self._theme, window)
        dialog.wanted.connect(lambda path: self._notices.spawn(self._exporting.export(proof, path)))
        dialog.open()

    @cached_property
    def _exporting(self) -> Exporting:
        exporting = self._make_exporting()
        exporting.folder_wanted.connect(self.show_among_files)
        return exporting

    def show_among_files(self, file: Path) -> None:
        open_outside(file.parent)

    def _picture_dialog(self, title: str) -> QFileDialog:
        dialog = self._dialog(title, QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(picture_filter())
        dialog.setDirectory(str(self._pictures.folder))
        return dialog

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._place.window(), title)
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog
