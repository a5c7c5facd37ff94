"""ExportDialog: choose how the steps of a run are exported, with a preview that plays beside the choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QLocale, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ...diffusion.run import RECORDED
from ...library.export import LEAST_SECONDS, MOST_SECONDS, Format, Timing, unavailable
from ...studio.exporting import Exporting, Proof
from ..language import Retranslating, explain, sentence, tr
from ..theme import Theme
from ..widgets.controls import Decimal, Form, IconButton, ValueChoice, label, reserve_two_lines
from ..widgets.dialog_foot import DialogFoot
from ..widgets.dialog_sheet import DialogSheet
from ..widgets.images import to_qimage

PREVIEW = 344  # px
WIDTH = 800  # px


class ExportDialog(Retranslating, QDialog):
    """Not modal. Emits `wanted` with the path to write, then closes."""

    wanted = Signal(Path)

    def __init__(self, exporting: Exporting, proof: Proof, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exporting = exporting
        self._proof = proof
        self.setObjectName("export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        now = proof.choices
        self._preview = Preview(proof, theme)
        self._play = IconButton(theme, "pause", "play_export")
        self._facts = label("quiet", "export_facts")
        self._format = ValueChoice(theme, "export_format", tuple(Format), now.format)
        self._about_format = label("quiet", "about_format")
        self._missing = label("quiet", "video_missing")
        self._view = ValueChoice(theme, "export_view", RECORDED, now.view)
        self._size = ValueChoice(theme, "export_size", (), None)
        self._in_full = ValueChoice(theme, "export_in_full", (False, True), proof.in_full)
        self._seconds = _seconds("export_seconds", LEAST_SECONDS, now.timing.seconds)
        self._ease_out = ValueChoice(theme, "export_ease_out", (True, False), now.timing.ease_out)
        self._hold = _seconds("export_hold", 0.0, now.timing.hold)
        self._loop = ValueChoice(theme, "export_loop", (True, False), now.timing.loop)
        self._numbers = ValueChoice(theme, "export_numbers", (True, False), now.numbers)
        self._foot = DialogFoot(self, "export", self._ask_where, 112)
        self._captions: dict[QWidget, QLabel] = {}
        self._lay_out()

        self._play.clicked.connect(self._preview.toggle)
        self._preview.toggled.connect(self._show_playing)
        self._format.chosen.connect(lambda format: proof.choose(format=format))
        self._view.chosen.connect(lambda view: proof.choose(view=view))
        self._size.chosen.connect(lambda size: proof.choose(width=size[0], height=size[1]))
        self._in_full.chosen.connect(lambda in_full: proof.choose(in_full=in_full))
        self._seconds.valueChanged.connect(lambda value: self._time(lambda now: replace(now, seconds=value)))
        self._ease_out.chosen.connect(lambda value: self._time(lambda now: replace(now, ease_out=value)))
        self._hold.valueChanged.connect(lambda value: self._time(lambda now: replace(now, hold=value)))
        self._loop.chosen.connect(lambda value: self._time(lambda now: replace(now, loop=value)))
        self._numbers.chosen.connect(lambda numbers: proof.choose(numbers=numbers))
        self.finished.connect(lambda _: proof.stop())
        proof.chosen.connect(self._show_choices)
        proof.printed.connect(self._show_facts)
        proof.weighed.connect(self._show_facts)
        self.retranslate()

    def _time(self, change: Callable[[Timing], Timing]) -> None:
        self._proof.choose(timing=change(self._proof.choices.timing))

    def _show_choices(self) -> None:
        """Show the possible choices and the current ones."""
        proof, now = self._proof, self._proof.choices
        own, sizes = (proof.run.size.width, proof.run.size.height), proof.sizes
        self._size.offer(sizes, (now.width, now.height))
        self._size.show_words(
            [
                (tr("Safelight", "{size} (original size)") if size == own else "{size}").format(size=f"{size[0]} × {size[1]}")
                for size in sizes
            ]
        )
        self._in_full.offer((False, True), proof.in_full)
        self._in_full.setEnabled(proof.recorded)
        self._hold.setMaximum(now.timing.seconds - LEAST_SECONDS / 2)
        for control in (self._seconds, self._ease_out, self._hold):
            control.setEnabled(now.format.moves)
        self._loop.setEnabled(now.format.loops)
        self._foot.start.setEnabled(unavailable(now.format) is None)
        self._about_format.setText(_meaning(now.format))
        self._show_facts()

    def _show_facts(self) -> None:
        """Show the number of pictures, their size and the file size."""
        proof = self._proof
        facts = [tr("Safelight", "{count} pictures").format(count=proof.shown), f"{proof.size[0]} × {proof.size[1]}"]
        if proof.nbytes is not None:
            size = QLocale().formattedDataSize(proof.nbytes, int(proof.nbytes >= 10**6), QLocale.DataSizeFormat.DataSizeSIFormat)
            facts.append((tr("Safelight", "{size} or more") if proof.in_full else tr("Safelight", "about {size}")).format(size=size))
        elif proof.recorded:
            facts.append("…")
        self._facts.setText("  ·  ".join(facts))
        self._play.setVisible(len(proof.pictures) > 1)

    def _show_playing(self, playing: bool) -> None:
        self._play.show_icon("pause" if playing else "play")
        name = tr("Safelight", "Pause") if playing else tr("Safelight", "Play")
        explain(self._play, name, tr("Safelight", "Play or pause the preview of the export (Space)."))

    def _ask_where(self) -> None:
        format = self._proof.choices.format
        dialog = QFileDialog(self, tr("Safelight", "Export the animation as"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # exporting never overwrites and says so
        if format.suffix:
            dialog.setDefaultSuffix(format.suffix)
            dialog.setNameFilter(f"{_name(format)} (*{format.suffix})")
        path = self._exporting.free_path(self._proof)
        dialog.setDirectory(str(path.parent))
        dialog.selectFile(path.name)
        dialog.fileSelected.connect(self._choose_place)
        dialog.open()

    def _choose_place(self, file: str) -> None:
        self.wanted.emit(Path(file))
        self.accept()

    def open(self) -> None:
        self._format.setFocus()
        self.show()  # QDialog.open would be modal

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Safelight", "Export as animation"))
        self._format.show_words([_name(format) for format in Format])
        self._view.show_words((tr("Safelight", "Estimate"), tr("Safelight", "Noisy image")))
        self._in_full.show_words((tr("Safelight", "Recorded previews"), tr("Safelight", "Full decoder")))
        self._ease_out.show_words((tr("Safelight", "Ease out"), tr("Safelight", "Constant")))
        self._loop.show_words((tr("Safelight", "Loop forever"), tr("Safelight", "Play once")))
        self._numbers.show_words((tr("Safelight", "Shown"), tr("Safelight", "Hidden")))
        for control, words, explanation in (
            (self._format, tr("Safelight", "Format"), tr("Safelight", "The type of the exported file.")),
            (self._view, tr("Safelight", "View"), tr("Safelight", "Whether each step shows the expected picture or the noisy image.")),
            (
                self._in_full,
                tr("Safelight", "Sharpness"),
                tr("Safelight", "Whether to use the recorded previews or to decode every step in full, which takes a while."),
            ),
            (self._size, tr("Safelight", "Size"), tr("Safelight", "Width and height of each step in pixels.")),
            (self._numbers, tr("Safelight", "Step numbers"), tr("Safelight", "Whether the step number is written on the picture.")),
            (self._seconds, tr("Safelight", "Length"), tr("Safelight", "How long the animation plays in total.")),
            (self._hold, tr("Safelight", "Hold the end"), tr("Safelight", "How much of that time shows the finished picture.")),
            (
                self._ease_out,
                tr("Safelight", "Pace"),
                tr("Safelight", "Whether the animation slows down while details form, or shows every step equally long."),
            ),
            (
                self._loop,
                tr("Safelight", "Repeat"),
                tr("Safelight", "Whether the animation starts again at its end; for MP4 the player decides."),
            ),
        ):
            self._captions[control].setText(words)
            explain(control, words, explanation)
        for spin in (self._seconds, self._hold):
            spin.setSuffix(tr("Safelight", " s"))
        self._foot.show_words(
            tr("Safelight", "Export…"),
            tr("Safelight", "Choose where to save and start the export; the window stays usable."),
            tr("Safelight", "Close this window without writing a file."),
        )
        self._preview.setAccessibleName(tr("Safelight", "Preview"))
        self._preview.setAccessibleDescription(tr("Safelight", "A preview of the exported file."))
        self._explain_missing()
        self._show_choices()
        self._show_playing(self._preview.playing)

    def _explain_missing(self) -> None:
        """Grey the formats that cannot be written here, and say why."""
        said = []
        for row, format in enumerate(Format):
            problem = unavailable(format)
            words = sentence(problem.template, problem.values) if problem else ""
            self._format.explain_entry(row, words or _meaning(format), problem is None)
            said += [words] if words else []
        self._missing.setText("\n".join(said))
        self._missing.setVisible(bool(said))

    def _lay_out(self) -> None:
        for words in (self._about_format, self._missing):
            words.setWordWrap(True)
        reserve_two_lines(self._about_format)
        self._missing.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        rows = Form(104)

        def add(control: QWidget, *below: QWidget) -> None:
            self._captions[control] = rows.add(control, *below)

        add(self._format, self._about_format, self._missing)
        for control in (self._view, self._in_full, self._size, self._numbers, self._seconds, self._hold, self._ease_out, self._loop):
            add(control)
        under = QHBoxLayout()
        under.setSpacing(8)
        under.addWidget(self._play)
        under.addWidget(self._facts, 1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self._preview)
        left.addLayout(under)
        left.addStretch()
        right = QVBoxLayout()
        right.addLayout(rows)
        right.addStretch()
        both = QHBoxLayout()
        both.setSpacing(24)
        both.addLayout(left)
        both.addLayout(right, 1)
        form = QVBoxLayout()
        form.setContentsMargins(24, 24, 24, 20)
        form.setSpacing(20)
        form.addLayout(both)
        DialogSheet(self, form, self._foot, WIDTH)


class Preview(QWidget):
    """Plays the pictures of a proof like the export; with reduced motion it shows the last one until the user presses Play."""

    toggled = Signal(bool)

    def __init__(self, proof: Proof, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("export_preview")
        self._proof = proof
        self._theme = theme
        self._index = 0
        self.playing = not theme.reduce_motion
        self.setFixedSize(PREVIEW, PREVIEW)
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._advance)
        proof.printed.connect(self._begin)
        theme.changed.connect(self.update)

    def toggle(self) -> None:
        self.playing = not self.playing
        if self.playing and self._index == len(self._proof.pictures) - 1:
            self._index = 0
        self._show_picture()
        self.toggled.emit(self.playing)

    def _begin(self) -> None:
        self._index = 0 if self.playing else max(0, len(self._proof.pictures) - 1)
        self._show_picture()

    def _show_picture(self) -> None:
        """Show the current picture for its duration."""
        self.update()
        seconds = self._proof.seconds
        if self.playing and len(seconds) > 1:
            self._next.start(round(1000 * seconds[self._index]))
        else:
            self._next.stop()

    def _advance(self) -> None:
        seconds, choices = self._proof.seconds, self._proof.choices
        following = next((index for index in range(self._index + 1, len(seconds)) if seconds[index]), None)
        if following is None and choices.format.loops and not choices.timing.loop:
            self.toggle()
            return
        self._index = following or 0
        self._show_picture()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        whole = QRectF(self.rect())
        stage = QPainterPath()
        stage.addRoundedRect(whole, 6, 6)
        painter.fillPath(stage, QColor(self._theme.tokens.stage))
        if self._proof.pictures:
            image = to_qimage(self._proof.pictures[min(self._index, len(self._proof.pictures) - 1)])
            size = QSizeF(image.size()).scaled(whole.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(whole.center().x() - size.width() / 2, whole.center().y() - size.height() / 2, size.width(), size.height())
            painter.setClipPath(stage)
            painter.drawImage(place, image)

    def hideEvent(self, event: QHideEvent) -> None:
        self._next.stop()
        super().hideEvent(event)


def _seconds(name: str, least: float, now: float) -> Decimal:
    spin = Decimal(name, least, MOST_SECONDS, 0.5)
    spin.setValue(now)
    return spin


def _name(format: Format) -> str:
    match format:
        case Format.GIF:
            return "GIF"
        case Format.WEBP:
            return "WebP"
        case Format.APNG:
            return "APNG"
        case Format.MP4:
            return "MP4"
        case Format.SHEET:
            return tr("Safelight", "Contact sheet")
        case Format.STEPS:
            return tr("Safelight", "Numbered pictures")


def _meaning(format: Format) -> str:
    match format:
        case Format.GIF:
            return tr("Safelight", "Plays everywhere, but has only 256 colours per step and a large file.")
        case Format.WEBP:
            return tr("Safelight", "Small and in full colour; browsers and newer programs play it.")
        case Format.APNG:
            return tr("Safelight", "Exact colours and a large file; browsers play it, other programs show the first step.")
        case Format.MP4:
            return tr("Safelight", "A video with the smallest file; phones and all players play it.")
        case Format.SHEET:
            return tr("Safelight", "All steps side by side in one PNG file.")
        case Format.STEPS:
            return tr("Safelight", "A new folder with one PNG file per step.")
