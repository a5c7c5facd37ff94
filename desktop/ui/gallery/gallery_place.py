"""GalleryPlace: all pictures by day, to search, look at, compare and keep in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...errors import QT_TRANSLATE_NOOP
from ...library.gallery_index import Item
from ...library.trash import Trashed
from ...studio.desk import Desk
from ...studio.gallery import Gallery
from ...studio.notices import Notices
from ...studio.trash import Deleted
from ...studio.undo import Change, Undo, between
from ..language import Retranslating, explain, sentence, tr
from ..theme import Theme
from ..widgets import item_words as words
from ..widgets.command import Command, LocalCommand
from ..widgets.controls import label, named
from ..widgets.outside import open_outside
from ..widgets.splitter import DetailsOver
from .filters import HEIGHT, FilterBar
from .grid import PictureGrid
from .item_panel import USUAL, ItemPanel
from .viewer import Viewer

ROOMY = 1240  # px, from which the panel has room beside the pictures, and is shown unless the user hides it


class GalleryPlace(Retranslating, QWidget):
    """Its keys work while the focus is in it."""

    create_wanted = Signal()  # show Create, where something was opened
    folders_changed = Signal(object)  # list[Path]: the user's choice of folders besides the pictures folder

    def __init__(self, theme: Theme, gallery: Gallery, desk: Desk, notices: Notices, undo: Undo) -> None:
        super().__init__()
        self.setObjectName("gallery")
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._gallery = gallery
        self._desk = desk
        self._notices = notices
        self._undo = undo
        self._make_commands()
        self.filters = FilterBar(gallery, theme)
        self.grid = PictureGrid(gallery, theme, notices)
        self.viewer = Viewer(gallery, self.grid, theme, notices)
        self.panel = ItemPanel(gallery, notices, self._commands)
        self._pages = named(QStackedWidget(), "gallery_pages")
        self._progress = named(QProgressBar(textVisible=False), "gallery_progress")
        self._alike = label("quiet", "gallery_alike_text")
        self._all = named(QPushButton(), "gallery_all")
        self._all.setProperty("quiet", "true")
        self._empty = named(QPushButton(), "gallery_empty")
        self._empty.setProperty("quiet", "true")
        self._problems = label("warning", "gallery_problems")
        self._problems.setWordWrap(True)
        self._awaited: set[Path] = set()  # files that were restored and are to be selected as soon as they are found
        self._came: set[Path] = set()  # those of them that were found and selected
        self._lay_out()
        self._connect()
        self._tint()
        self._show_state()
        self.retranslate()

    def _make_commands(self) -> None:
        def command(name: str, do: Callable[[], object] | None, *keys: str, checkable: bool = False) -> Command:
            return LocalCommand(self, f"gallery_{name}", do, *keys, checkable=checkable)

        command("find", self._find, "Ctrl+F")
        made = (
            command("view", self._view),
            command("open", self._open, "O", "Ctrl+Return"),
            command("reuse", self._reuse, "R"),
            command("compare", self._compare, "\\"),
            command("alike", self._ask_alike, "L"),
            command("star", self._star, "S"),
            command("copy", self._copy, "Ctrl+C"),
            command("copy_prompt", self._copy_prompt, "Ctrl+Shift+C"),
            command("show_file", self._show_file),
            command("rename", self._rename, "F2"),
            command("move", self._move, "Ctrl+M"),
            command("restore", self._restore, "Ctrl+R"),
            command("trash", self._trash, "Del"),
            command("empty_trash", self._empty_trash),
            command("larger", lambda: self.filters.slider.triggerAction(QSlider.SliderAction.SliderSingleStepAdd), "Ctrl++", "Ctrl+="),
            command("smaller", lambda: self.filters.slider.triggerAction(QSlider.SliderAction.SliderSingleStepSub), "Ctrl+-"),
            command("panel", None, "Ctrl+2", checkable=True),
            command("all", self._show_all, "Esc"),
        )
        self._commands = {each.objectName(): each for each in made}

    def _command(self, name: str) -> Command:
        return self._commands[f"gallery_{name}"]

    def _lay_out(self) -> None:
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(policy)
        self._notes = QWidget()
        self._notes.setFixedHeight(28)  # whether the button is shown or not: nothing moves
        notes = QHBoxLayout(self._notes)
        notes.setContentsMargins(20, 0, 12, 0)
        notes.setSpacing(12)
        notes.addWidget(self._alike)
        notes.addWidget(self._all)
        notes.addWidget(self._empty)
        notes.addStretch()
        middle = QVBoxLayout()
        middle.setSpacing(0)
        troubles = QHBoxLayout()
        troubles.setContentsMargins(20, 0, 12, 0)
        troubles.addWidget(self._problems)
        all_pictures = QWidget()
        column = QVBoxLayout(all_pictures)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self._progress)
        column.addWidget(self._notes)
        column.addLayout(troubles)
        column.addWidget(self.grid, 1)
        self._pages.addWidget(all_pictures)
        self._pages.addWidget(self.viewer)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.addWidget(self._pages, 1)
        panel = self._command("panel")
        self._over = DetailsOver("gallery_right", self.panel, USUAL, self, columns, panel, roomy=ROOMY, top=HEIGHT)
        self.filters.panel.setDefaultAction(self._command("panel"))
        self.setFocusProxy(self.grid)

    def _connect(self) -> None:
        grid, viewer, filters = self.grid, self.viewer, self.filters
        grid.opened.connect(self._view_item)
        grid.star_toggled.connect(self._star_item)
        grid.menu_wanted.connect(self._show_menu)
        grid.tile_side_changed.connect(filters.slider.setValue)
        grid.selectionModel().selectionChanged.connect(self._show_state)
        grid.selectionModel().currentChanged.connect(self._show_state)
        viewer.closed.connect(self._close_viewer)
        viewer.shown.connect(self._viewed)
        viewer.menu_wanted.connect(self._show_menu)
        filters.tile_side_chosen.connect(grid.set_tile_side)
        filters.search.left.connect(self._enter_grid)
        filters.folders.menu().aboutToShow.connect(self._fill_folders)
        self._all.clicked.connect(self._show_all)
        self._empty.clicked.connect(self._empty_trash)
        self._gallery.facets_changed.connect(self._show_state)
        self._gallery.found.connect(self._select_restored)
        self._gallery.found.connect(self._show_state)
        self._gallery.trash.leaving.connect(self._forget_deleted)
        self._gallery.trash.returned.connect(self._await_restored)
        self._gallery.progressed.connect(self._show_progress)
        self._gallery.problems_changed.connect(self._show_problems)
        self._theme.changed.connect(self._tint)

    # -- what the actions are about

    @property
    def chosen(self) -> list[Item]:
        """The item in the viewer, else the selected ones, else the one with the ring of the focus."""
        if self._is_viewing:
            return [self.viewer.item] if self.viewer.item else []
        return self.grid.selected or ([self.grid.current] if self.grid.current else [])

    @property
    def _is_viewing(self) -> bool:
        return self._pages.currentWidget() is self.viewer

    def _only(self) -> Item | None:
        chosen = self.chosen
        return chosen[0] if len(chosen) == 1 else None

    # -- showing

    def _view(self) -> None:
        if item := self._only() or self.grid.current:
            self._view_item(item)

    def _view_item(self, item: Item) -> None:
        self._pages.setCurrentWidget(self.viewer)
        self.viewer.show_item(item)
        self.viewer.setFocus()

    def _viewed(self, item: Item) -> None:
        self.grid.go_to(item)
        self._show_state()

    def _close_viewer(self) -> None:
        self._pages.setCurrentIndex(0)
        self.grid.setFocus()
        self._show_state()

    def _open(self) -> None:
        """Show a picture in Create, with its steps where they are recorded."""
        if item := self._only():
            self.create_wanted.emit()
            self._notices.spawn(self._desk.archive.show(item.run) if item.is_run else self._desk.show_picture(item.path))

    def _reuse(self) -> None:
        if item := self._only():
            self.create_wanted.emit()
            self._notices.spawn(self._desk.reuse_run(item.run) if item.is_run else self._desk.take_recipe(item.path))

    def _compare(self) -> None:
        chosen = self.chosen
        if len(chosen) == 2 and not any(item.is_run for item in chosen):
            self.create_wanted.emit()
            self._notices.spawn(self._desk.compare(chosen[0].path, chosen[1].path))

    def _ask_alike(self) -> None:
        if item := self._only():
            self._close_viewer()
            self._gallery.ask_alike(item)

    def _show_all(self) -> None:
        """Look for everything again."""
        self.filters.clear()
        self.grid.setFocus()

    def _find(self) -> None:
        self._pages.setCurrentIndex(0)
        self.filters.search.setFocus()
        self.filters.search.selectAll()

    def _enter_grid(self) -> None:
        self.grid.setFocus()
        if self.grid.current is None and self._gallery.items:
            self.grid.go_to(self._gallery.items[0])

    # -- changing

    def _star(self) -> None:
        if chosen := self.chosen:
            self._gallery.stars.set([item.key for item in chosen], not all(map(self._gallery.is_starred, chosen)))

    def _star_item(self, item: Item) -> None:
        self._gallery.stars.toggle(item.key)

    def _trash(self) -> None:
        chosen = self.chosen
        if chosen and self._gallery.query.trashed:
            self._ask_to_delete(self._gallery.trashed(chosen))
        elif chosen:
            if self._is_viewing:
                self.viewer.leave_out(chosen)
            elif following := self._following(chosen):
                self.grid.go_to(following)
            self._gallery.trash.delete_pictures([item.path for item in chosen])

    def _forget_deleted(self, deleted: Deleted) -> None:
        self._awaited -= deleted.pictures
        self._came.clear()

    def _await_restored(self, deleted: Deleted) -> None:
        self._awaited |= deleted.pictures

    def _select_restored(self) -> None:
        """Select what was restored, together with what else has just come back."""
        found = [item for item in self._gallery.items if item.path in self._awaited] if self._awaited else []
        if found:
            before = [item for item in self.grid.selected if item.path in self._came]
            self._came |= {item.path for item in found}
            self._awaited -= self._came
            self.grid.select([*before, *found])

    def _restore(self) -> None:
        if chosen := self._gallery.trashed(self.chosen):
            self._leave_viewer()
            self._gallery.trash.restore(chosen)

    def _empty_trash(self) -> None:
        self._ask_to_delete(self._gallery.trashed())

    def _ask_to_delete(self, trashed: list[Trashed]) -> None:
        """Delete things in the trash for good, if the user confirms."""
        if not trashed:
            return
        box = QMessageBox(
            QMessageBox.Icon.NoIcon,
            "Safelight",
            tr("Safelight", "Delete {count} from the trash for good?").format(count=words.items(len(trashed))),
            parent=self.window(),
        )
        box.setObjectName("delete_question")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setInformativeText(tr("Safelight", "This cannot be undone."))
        delete = box.addButton(tr("Safelight", "Delete for good"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(tr("Safelight", "Cancel"), QMessageBox.ButtonRole.RejectRole))

        def answered() -> None:
            if box.clickedButton() is delete:
                self._leave_viewer()
                self._gallery.trash.delete_for_good(trashed)

        box.finished.connect(answered)
        box.open()

    def _leave_viewer(self) -> None:
        if self._is_viewing:
            self._close_viewer()

    def _following(self, items: list[Item]) -> Item | None:
        """The item that takes the place of `items` when they are gone."""
        gone = {item.id for item in items}
        for direction, item in ((1, items[-1]), (-1, items[0])):
            beside = self.grid.beside(item, direction)
            if beside and beside.id not in gone:
                return beside
        return None

    def _rename(self) -> None:
        item = self._only()
        if item is None or item.is_run:
            return
        dialog = QInputDialog(self.window())
        dialog.setObjectName("rename_picture")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("Safelight", "Rename the picture"))
        dialog.setLabelText(tr("Safelight", "New name of {file}:").format(file=item.path.name))
        dialog.setTextValue(item.path.stem)
        dialog.textValueSelected.connect(lambda stem: self._gallery.files.rename(item.path, stem))
        dialog.open()

    def _move(self) -> None:
        paths = [item.path for item in self.chosen if not item.is_run]
        if paths:
            self._ask_folder(
                tr("Safelight", "Move to a folder"), paths[0].parent, lambda folder: self._gallery.files.move(paths, Path(folder))
            )

    def _copy(self) -> None:
        """Copy the files; programs that take none get the names."""
        items = [item for item in self.chosen if not item.is_run]
        if items:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(item.path)) for item in items])
            data.setText("\n".join(str(item.path) for item in items))
            QGuiApplication.clipboard().setMimeData(data)

    def _copy_prompt(self) -> None:
        if (item := self._only()) and item.prompt:
            QGuiApplication.clipboard().setText(item.prompt)

    def _show_file(self) -> None:
        if item := self._only():
            open_outside(item.path.parent)

    # -- folders

    def _fill_folders(self) -> None:
        menu = self.filters.folders.menu()
        menu.clear()
        folders = self._gallery.folders
        for folder in folders:
            menu.addAction(str(folder), partial(open_outside, folder))
        menu.addSeparator()
        menu.addAction(
            tr("Safelight", "Add a folder…"),
            lambda: self._ask_folder(tr("Safelight", "Add a folder to the gallery"), folders[0], self._add_folder),
        ).setObjectName("add_folder")
        for folder in folders[1:]:
            text = tr("Safelight", "Remove {folder} from the gallery").format(folder=folder.name)
            menu.addAction(text, partial(self._remove_folder, folder))

    def _add_folder(self, folder: str) -> None:
        if Path(folder) not in self._gallery.folders:
            self.folders_changed.emit([*self._gallery.folders[1:], Path(folder)])

    def _remove_folder(self, folder: Path) -> None:
        before = self._gallery.folders[1:]
        after = [each for each in before if each != folder]
        self.folders_changed.emit(after)
        self._undo.record(
            Change(
                QT_TRANSLATE_NOOP("Safelight", "removing {folder} from the gallery"),
                QT_TRANSLATE_NOOP("Safelight", "{folder} is no longer shown in the gallery. Its files are unchanged."),
                between(lambda: self.folders_changed.emit(before), lambda: self.folders_changed.emit(after)),
                {"folder": folder.name},
            )
        )

    def _ask_folder(self, title: str, start: Path, then: Callable[[str], object]) -> None:
        dialog = QFileDialog(self.window(), title, str(start))
        dialog.setObjectName("gallery_folder")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(then)
        dialog.open()

    # -- following the state

    def _show_state(self) -> None:
        """Show what is selected, and enable what can be done with it."""
        chosen = self.chosen
        only = chosen[0] if len(chosen) == 1 else None
        in_trash = self._gallery.query.trashed
        pictures = [item for item in chosen if not item.is_run]
        can_open = only is not None and not in_trash
        for name, is_possible in (
            ("view", only is not None),
            ("open", can_open and only is not None and not only.problem),
            ("reuse", can_open and only is not None and only.has_recipe),
            ("compare", not in_trash and len(pictures) == len(chosen) == 2 and not any(item.problem for item in chosen)),
            ("alike", can_open and only is not None and only.has_recipe),
            ("star", not in_trash and any(item.key for item in chosen)),
            ("copy", bool(pictures) and not in_trash),
            ("copy_prompt", only is not None and bool(only.prompt)),
            ("show_file", can_open),
            ("rename", can_open and only is not None and not only.is_run),
            ("move", bool(pictures) and not in_trash),
            ("restore", bool(chosen) and in_trash),
            ("trash", bool(chosen)),
            ("empty_trash", bool(self._gallery.trashed())),
        ):
            self._command(name).setEnabled(is_possible)
        self._command("trash").setText(tr("Safelight", "Delete for good") if in_trash else tr("Safelight", "Delete"))
        is_narrow = self._gallery.query.is_narrow or self._gallery.origin is not None
        self._command("all").setEnabled(is_narrow and not self._is_viewing)
        self._tint()
        self.panel.show_items(chosen)
        self._show_note()

    def _show_note(self) -> None:
        """Say what is shown."""
        origin, query = self._gallery.origin, self._gallery.query
        self._all.setVisible(origin is not None or query.is_narrow)
        self._empty.setVisible(query.trashed and bool(self._gallery.trashed()))
        if origin is not None:
            self._alike.setText(tr("Safelight", "Pictures made like “{prompt}”").format(prompt=words.title(origin)))
        elif query.trashed:
            self._alike.setText(
                tr("Safelight", "{count} in the trash. What was deleted 30 days ago is deleted for good at the next start.").format(
                    count=words.items(len(self._gallery.items))
                )
            )
        else:
            self._alike.setText(words.counted(len(self._gallery.items)))

    def _show_progress(self) -> None:
        progress = self._gallery.progress
        self._progress.setVisible(progress.of > 0)
        self._progress.setMaximum(max(1, progress.of))
        self._progress.setValue(progress.done)
        self._progress.setAccessibleName(
            tr("Safelight", "{done} of {count} pictures are read").format(done=progress.done, count=progress.of) if progress.of else ""
        )
        self._progress.setToolTip(self._progress.accessibleName())

    def _show_problems(self) -> None:
        problems = self._gallery.problems
        self._problems.setText("\n".join(sentence(each.template, each.values) for each in problems))
        self._problems.setVisible(bool(problems))

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setObjectName("gallery_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        groups = (
            ("view", "open", "reuse", "compare", "alike"),
            ("star", "copy", "copy_prompt"),
            ("show_file", "rename", "move", "restore", "trash"),
        )
        for group in groups:
            for name in group:
                if self._command(name).isEnabled():
                    menu.addAction(self._command(name))
            menu.addSeparator()
        if (item := self._only()) and item.is_run and not self._gallery.query.trashed:
            resume = QAction(tr("Safelight", "Resume"), menu)
            resume.triggered.connect(lambda: self._resume(item))
            menu.insertAction(self._command("reuse"), resume)
        menu.popup(at)

    def _resume(self, item: Item) -> None:
        self.create_wanted.emit()
        self._notices.spawn(self._desk.archive.resume(item.run))

    def _tint(self) -> None:
        theme, chosen = self._theme, self.chosen
        is_starred = bool(chosen) and all(map(self._gallery.is_starred, chosen))
        for name, icon in (
            ("star", "star-filled" if is_starred else "star"),
            ("copy_prompt", "copy"),
            ("alike", "images"),
            ("show_file", "folder-open"),
            ("trash", "trash-2"),
            ("panel", "panel-right"),
        ):
            self._command(name).setIcon(theme.icon(icon))
        self._command("star").setText(tr("Safelight", "Remove star") if is_starred else tr("Safelight", "Star"))
        has_steps = len(chosen) == 1 and chosen[0].is_recorded
        self._command("open").setText(tr("Safelight", "Open steps") if has_steps else tr("Safelight", "Open"))

    # -- Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._gallery.open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._over.fit()

    def retranslate(self) -> None:
        for name, text, explanation in (
            ("view", tr("Safelight", "View"), tr("Safelight", "Show this picture large.")),
            ("open", tr("Safelight", "Open steps"), tr("Safelight", "Open the picture in Create, with its steps if they are recorded.")),
            ("reuse", tr("Safelight", "Reuse"), tr("Safelight", "Fill in the prompt and all settings of this picture in Create.")),
            ("compare", tr("Safelight", "Compare"), tr("Safelight", "Compare the two selected pictures in Create.")),
            (
                "alike",
                tr("Safelight", "More like this"),
                tr("Safelight", "Show pictures with the same prompt, the same starting noise or a similar prompt."),
            ),
            ("star", tr("Safelight", "Star"), tr("Safelight", "Give the selected pictures a star, or remove their stars.")),
            ("copy", tr("Safelight", "Copy"), tr("Safelight", "Copy the selected files.")),
            ("copy_prompt", tr("Safelight", "Copy prompt"), tr("Safelight", "Copy the prompt as text.")),
            ("show_file", tr("Safelight", "Show in folder"), tr("Safelight", "Open the folder of this picture.")),
            ("rename", tr("Safelight", "Rename…"), tr("Safelight", "Give the file another name.")),
            ("move", tr("Safelight", "Move to folder…"), tr("Safelight", "Move the selected files to another folder.")),
            ("trash", tr("Safelight", "Delete"), tr("Safelight", "Move the selected pictures to the trash.")),
            ("restore", tr("Safelight", "Restore"), tr("Safelight", "Put the selected pictures and runs back to where they were.")),
            ("empty_trash", tr("Safelight", "Empty the trash…"), tr("Safelight", "Delete everything in the trash for good.")),
            ("larger", tr("Safelight", "Larger tiles"), tr("Safelight", "Show fewer and larger pictures.")),
            ("smaller", tr("Safelight", "Smaller tiles"), tr("Safelight", "Show more and smaller pictures.")),
            ("panel", tr("Safelight", "Details"), tr("Safelight", "Show or hide how the picture was made.")),
            ("all", tr("Safelight", "Show all pictures"), tr("Safelight", "Remove the search and all filters.")),
        ):
            self._command(name).explain(text, explanation)
        explain(self._all, tr("Safelight", "Show all pictures"), tr("Safelight", "Remove the search and all filters. (Esc)"))
        self._all.setText(tr("Safelight", "Show all pictures"))
        explain(self._empty, tr("Safelight", "Empty the trash…"), tr("Safelight", "Delete everything in the trash for good."))
        self._empty.setText(tr("Safelight", "Empty the trash…"))
        self._show_state()
        self._show_problems()
        self._show_progress()
