"""Theme: colours, fonts, icons and motion. No other module defines colours or fonts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from string import Template
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap, QScreen
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from ..resources import RESOURCES

Choice = Literal["", "dark", "light"]
# After Inter, fonts with simplified Chinese glyphs; without them Qt picks Japanese glyphs.
FAMILIES = ["Inter", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "Droid Sans Fallback"]
BODY = 13  # px
DISABLED = 0.4  # opacity of the icon of what cannot be used now


@dataclass(frozen=True, slots=True)
class ThemeTokens:
    """All colours. `text` and `quiet` are readable on every background; `faint` is for hints (contrast ≥ 3:1), never on `select`."""

    window: str
    panel: str
    field: str
    line: str  # between regions
    text: str
    quiet: str
    faint: str
    accent: str  # safelight red; for fills, icons and frames
    on_accent: str  # text on it
    accent_soft: str  # background of selected text
    stage: str  # around the picture
    hover: str  # background under the pointer
    danger: str
    select: str  # background of what is chosen or pressed
    edge: str  # around controls and popovers
    accent_hover: str
    accent_press: str
    sand: str  # data only, as the two that follow: change and ᾱ
    steel: str  # noise and β
    sage: str  # SNR
    scrim: str  # #AARRGGBB, behind badges on pictures
    on_scrim: str  # text on it


DARK = ThemeTokens(
    window="#151211",
    panel="#1c1817",
    field="#262120",
    line="#2c2623",
    text="#f0e9e4",
    quiet="#a3978f",
    faint="#7d726b",
    accent="#ff6b3d",
    on_accent="#1a0f0b",
    accent_soft="#43231a",
    stage="#0d0b0a",
    hover="#2f2927",
    danger="#ff8a80",
    select="#38302c",
    edge="#3d3531",
    accent_hover="#ff8158",
    accent_press="#e4572c",
    sand="#e3bd86",
    steel="#86a9c6",
    sage="#9db88d",
    scrim="#c70d0b0a",
    on_scrim="#f0e9e4",
)
LIGHT = ThemeTokens(
    window="#efebe7",
    panel="#f8f5f2",
    field="#ffffff",
    line="#e0d8d1",
    text="#26201d",
    quiet="#695e57",
    faint="#877b73",
    accent="#cf431c",
    on_accent="#ffffff",
    accent_soft="#f9ddd3",
    stage="#e3ddd8",
    hover="#ece5df",
    danger="#b3261e",
    select="#e4dad2",
    edge="#cfc4bb",
    accent_hover="#b93a16",
    accent_press="#a23312",
    sand="#8a5a12",
    steel="#2f6690",
    sage="#47703a",
    scrim="#d126201d",
    on_scrim="#f0e9e4",
)


class Theme(QObject):
    """Dark or light, chosen by the user or the system. Views paint with `tokens` and repaint on `changed`."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app: QApplication | None = None
        self._choice: Choice = ""
        self._icons: dict[tuple[str, str, int], QIcon] = {}
        self._scales = _scales()  # device pixel ratios for which icons are drawn
        self.dark = True
        self.reduce_motion = False  # `duration` obeys it

    @property
    def tokens(self) -> ThemeTokens:
        return DARK if self.dark else LIGHT

    def apply(self, app: QApplication) -> None:
        """Give the application fonts and colours and follow the system's colour scheme from now on; `style` does the rest."""
        self._app = app
        _load_fonts()
        font = QFont(FAMILIES)
        font.setPixelSize(BODY)
        font.setFeature(QFont.Tag("calt"), 0)  # without contextual alternates, which turn "2x4" into "2×4"
        app.setFont(font)
        app.styleHints().colorSchemeChanged.connect(self._follow)
        for screen in app.screens():
            self._watch(screen)
        app.screenAdded.connect(self._watch)
        self.dark = self._wants_dark()
        app.setPalette(palette_of(self.tokens))

    def style(self) -> None:
        """Set the style sheet, after the window is built: a widget that gets a parent later is styled again with all that it contains."""
        assert self._app is not None
        sheet = style_sheet(self.tokens)
        if self._app.styleSheet() != sheet:  # setting it again would style every widget again
            self._app.setStyleSheet(sheet)
        font = self._app.font()
        font.setFeature(QFont.Tag("tnum"), 1)  # tabular figures, so that changing numbers keep their width
        for numeric in ("QLabel", "QAbstractSpinBox"):
            self._app.setFont(font, numeric)  # type: ignore[arg-type]  # the stub asks for bytes, which Qt refuses

    def choose(self, choice: Choice) -> None:
        """`""` follows the system's colour scheme."""
        self._choice = choice
        self._follow()

    def icon(self, name: str, colour: str | None = None, size: int = 18) -> QIcon:
        """The Lucide icon `name` in `colour` (default `tokens.quiet`), drawn for the scales of all screens."""
        key = (name, colour or self.tokens.quiet, size)
        if key not in self._icons:
            self._icons[key] = self._draw(*key)
        return self._icons[key]

    def duration(self, milliseconds: int) -> int:
        """Duration of an animation in ms: `milliseconds`, or 0 with reduced motion."""
        return 0 if self.reduce_motion else milliseconds

    def _draw(self, name: str, colour: str, size: int) -> QIcon:
        svg = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        icon = QIcon()
        renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour).encode()))
        for scale in self._scales:  # no others, as each takes time at start
            drawn, faded = (QPixmap(round(size * scale), round(size * scale)) for _ in range(2))
            for pixmap in (drawn, faded):
                pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(drawn)
            renderer.render(painter)
            painter.end()
            painter = QPainter(faded)
            painter.setOpacity(DISABLED)
            painter.drawPixmap(0, 0, drawn)  # much cheaper than the drawing once more
            painter.end()
            for pixmap, mode in ((drawn, QIcon.Mode.Normal), (faded, QIcon.Mode.Disabled)):
                pixmap.setDevicePixelRatio(scale)
                icon.addPixmap(pixmap, mode)
        return icon

    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._follow_screens)  # another scale changes it too
        self._follow_screens()

    def _follow_screens(self) -> None:
        """Draw all icons again if a screen has a scale that they are not drawn for."""
        scales = _scales()
        if not scales <= self._scales:
            self._scales = scales
            self._icons.clear()
            self.changed.emit()

    def _wants_dark(self) -> bool:
        scheme = QApplication.styleHints().colorScheme()
        return self._choice == "dark" if self._choice else scheme is not Qt.ColorScheme.Light

    def _follow(self) -> None:
        dark = self._wants_dark()
        if dark != self.dark:
            self.dark = dark
            self._icons.clear()
            if self._app is not None:
                self._app.setPalette(palette_of(self.tokens))
                self.style()
            self.changed.emit()


def _scales() -> set[float]:
    return {screen.devicePixelRatio() for screen in QGuiApplication.screens()}


@cache  # adding them again makes every text slower
def _load_fonts() -> None:
    for weight in ("Regular", "Medium", "SemiBold"):
        QFontDatabase.addApplicationFont(str(RESOURCES / "fonts" / f"Inter-{weight}.ttf"))


def style_sheet(tokens: ThemeTokens) -> str:
    return Template((RESOURCES / "themes" / "safelight.qss").read_text(encoding="utf-8")).substitute(asdict(tokens))


def palette_of(tokens: ThemeTokens) -> QPalette:
    """Colours for parts that the style sheet does not cover: selections, placeholders, native dialogs."""
    role = QPalette.ColorRole
    palette = QPalette(QColor(tokens.field), QColor(tokens.panel))
    for of, colour in {
        role.Window: tokens.panel,
        role.WindowText: tokens.text,
        role.Base: tokens.field,
        role.AlternateBase: tokens.panel,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.faint,
        role.Button: tokens.field,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.danger,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.ToolTipBase: tokens.field,
        role.ToolTipText: tokens.text,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Mid: tokens.edge,
        role.Midlight: tokens.line,
        role.Light: tokens.field,
        role.Dark: tokens.line,
        role.Shadow: tokens.stage,
        role.Accent: tokens.accent,
    }.items():
        palette.setColor(of, QColor(colour))
    for of in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, of, QColor(tokens.faint))
    return palette
