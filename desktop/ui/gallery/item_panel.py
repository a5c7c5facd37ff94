"""ItemPanel: how the chosen picture of the gallery was made, and what can be done with it; or with several chosen ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ...diffusion.fields import Captions
from ...diffusion.run import Pixels
from ...errors import QT_TRANSLATE_NOOP, PictureUnreadable
from ...library.gallery_index import Item
from ...studio.gallery import Gallery
from ...studio.notices import Notices
from ..language import Retranslating, sentence, tr
from ..widgets import item_words as words
from ..widgets.command import Command, CommandButton, command_tool
from ..widgets.controls import Elided, ScrollArea, label, named
from ..widgets.facts import RecipeFacts
from ..widgets.images import to_qimage
from ..widgets.scaled_picture import ScaledPicture

LEAST, USUAL, MOST = 260, 320, 560  # px, widths
FRAMES = 8  # steps in the strip below it

COULD_NOT_BE_READ = QT_TRANSLATE_NOOP("Safelight", "Could not be read: {values}")


class ItemPanel(Retranslating, QFrame):
    """`commands` are the place's own, by name; the panel shows buttons for some of them."""

    def __init__(self, gallery: Gallery, notices: Notices, commands: dict[str, Command]) -> None:
        super().__init__()
        self._gallery = gallery
        self._notices = notices
        self._items: list[Item] = []
        self.setObjectName("item_panel")
        self.setProperty("ground", "panel")  # opaque over the pictures
        self.setMinimumWidth(LEAST)
        self.setMaximumWidth(MOST)
        self._picture = _Picture()
        self._title = label("title", "item_prompt")
        self._title.setWordWrap(True)
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._state = label("quiet", "item_state")
        self._state.setWordWrap(True)
        self._problem = label("warning", "item_problem")
        self._problem.setWordWrap(True)
        self._facts = RecipeFacts("branches", "program", "made", with_negative=True)
        self._file = Elided("quiet", "item_file", Qt.TextElideMode.ElideMiddle, Qt.AlignmentFlag.AlignLeft)
        self._main = [_Button(commands[name]) for name in ("gallery_open", "gallery_reuse", "gallery_compare", "gallery_restore")]
        self._small = [command_tool(commands[name]) for name in ("gallery_star", "gallery_copy_prompt", "gallery_alike")]
        self._foot = [command_tool(commands[name]) for name in ("gallery_show_file", "gallery_trash")]
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        inner = named(QWidget(), "item_panel_inner")
        inner.setMinimumWidth(1)  # as wide as the panel, also where all buttons together would be wider
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addWidget(self._picture)
        column.addWidget(self._title)
        column.addWidget(self._state)
        column.addWidget(self._problem)
        actions = QHBoxLayout()
        actions.setSpacing(6)
        for button in self._main:
            actions.addWidget(button)
        actions.addStretch()
        for tool in self._small:
            actions.addWidget(tool)
        column.addLayout(actions)
        column.addWidget(self._facts)
        column.addStretch()
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 4, 12, 6)
        foot.setSpacing(4)
        foot.addWidget(self._file, 1)
        for tool in self._foot:
            foot.addWidget(tool)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(ScrollArea("item_scroll", inner), 1)
        whole.addLayout(foot)

    def show_items(self, items: Sequence[Item]) -> None:
        """Show how the only one of `items` was made, or how many there are."""
        first_before = self._items[0] if len(self._items) == 1 else None
        self._items = list(items)
        self.retranslate()
        if len(items) != 1:
            self._picture.show_picture(None, ())
        elif first_before is None or items[0][:4] != first_before[:4] or items[0].is_recorded != first_before.is_recorded:
            self._picture.show_picture(None, ())
            self._notices.spawn(self._read(items[0]))

    async def _read(self, item: Item) -> None:
        def is_shown() -> bool:
            return [each.id for each in self._items] == [item.id]

        try:
            pixels = await self._gallery.picture(item)
        except PictureUnreadable:
            return  # the panel says so
        if is_shown():
            self._picture.show_picture(pixels, ())
            frames = await self._gallery.film(item, MOST // FRAMES * 2)
            if is_shown() and len(frames) >= FRAMES:
                self._picture.show_picture(pixels, [frames[round(place * (len(frames) - 1) / (FRAMES - 1))] for place in range(FRAMES)])

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Safelight", "Details of the picture"))
        item = self._items[0] if len(self._items) == 1 else None
        self._picture.setVisible(item is not None and not item.problem)
        self._problem.setVisible(bool(item and (item.problem or item.lost)))
        self._facts.setVisible(item is not None)
        self._facts.name_settings()
        self._facts.name("branches", tr("Safelight", "Branches"), tr("Safelight", "How often the run branched."))
        self._facts.name("program", tr("Safelight", "Program"), tr("Safelight", "The program that wrote the recipe."))
        self._facts.name("made", tr("Safelight", "Made"), tr("Safelight", "When the picture was made."))
        if item is None:
            count = len(self._items)
            self._title.setText(
                tr("Safelight", "{count} pictures are selected.").format(count=count)
                if count
                else tr("Safelight", "Select a picture to see how it was made.")
            )
            self._state.hide()
            self._file.show_text("")
            return
        self._title.setText(item.prompt.strip() or words.title(item))
        state = words.state(item) if item.has_recipe or item.is_run else tr("Safelight", "This picture has no recipe.")
        self._state.setText(state)
        self._state.setVisible(bool(state) and not item.problem)
        if item.error:
            self._problem.setText(sentence(item.error.template, item.error.values))
        else:
            self._problem.setText(sentence(COULD_NOT_BE_READ, {"values": Captions.of(item.lost.splitlines())}))
        name = "" if item.is_run else item.path.name
        self._file.show_text(name)
        self._file.setToolTip(str(item.path))
        self._show_facts(item)

    def _show_facts(self, item: Item) -> None:
        self._facts.show_settings(item.value if item.has_recipe else None)
        self._facts.show_size(item.width, item.height)
        self._facts.show_value("branches", str(item.branches) if item.branches else "")
        self._facts.show_value("program", item.program)
        self._facts.show_value("made", words.moment(item))


class _Button(CommandButton):
    """Has the text of its command, and is hidden while that is impossible."""

    def follow(self) -> None:
        super().follow()
        self.setText(self.command.text())
        self.setVisible(self.command.isEnabled())


class _Picture(QWidget):
    """The picture, as wide as the panel, and a strip of its steps below."""

    def __init__(self) -> None:
        super().__init__()
        self._pixels: Pixels | None = None
        self._frames: Sequence[Pixels] = ()
        self._print = ScaledPicture()
        self.setMinimumHeight(1)

    def show_picture(self, pixels: Pixels | None, frames: Sequence[Pixels]) -> None:
        self._pixels, self._frames = pixels, frames
        self._fit()
        self.update()

    @property
    def _frame_side(self) -> int:
        return self.width() // FRAMES

    def _fit(self) -> None:
        """As high as picture and steps, which may be scrolled; while the next picture is read, the height stays."""
        if self._pixels is not None:
            width, pixels = self.width(), self._pixels
            self.setFixedHeight(min(width, max(1, width * pixels.height // pixels.width)) + (self._frame_side + 6 if self._frames else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pixels is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        side = self._frame_side
        room = QSize(self.width(), self.height() - (side + 6 if self._frames else 0))
        size = QSize(self._pixels.width, self._pixels.height).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        frame = QRect((self.width() - size.width()) // 2, 0, size.width(), size.height())
        outline = QPainterPath()
        outline.addRoundedRect(frame, 4, 4)
        painter.setClipPath(outline)
        self._print.paint(painter, self._pixels, QRectF(frame), (QSizeF(size) * self.devicePixelRatioF()).toSize())
        painter.setClipping(False)
        for place, pixels in enumerate(self._frames):
            painter.drawImage(QRect(place * (side + 1), frame.bottom() + 7, side - 1, side - 1), to_qimage(pixels))
