"""The theme: contrast, icons, and following the system."""

import re
from dataclasses import asdict

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from desktop.resources import RESOURCES
from desktop.ui.theme import DARK, LIGHT, Theme, ThemeTokens, style_sheet


def luminance(colour: str) -> float:
    """WCAG 2.2: relative luminance of an sRGB colour."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_every_text_can_be_read_on_every_ground(tokens: ThemeTokens):
    for ground in ("window", "panel", "field", "stage", "hover", "select"):
        for text, least in (("text", 4.5), ("quiet", 4.5), ("danger", 4.5), ("accent", 3)):
            assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= least, (text, ground)
    for ground in ("window", "panel", "field", "hover", "stage"):
        assert contrast(tokens.faint, getattr(tokens, ground)) >= 3, ground
    for accent in ("accent", "accent_hover", "accent_press"):
        assert contrast(tokens.on_accent, getattr(tokens, accent)) >= 4.5, accent
    assert contrast(tokens.text, tokens.accent_soft) >= 4.5
    for data in ("sand", "steel", "sage"):
        assert min(contrast(getattr(tokens, data), ground) for ground in (tokens.window, tokens.panel)) >= 4.5, data


def test_the_style_sheet_names_tokens_only():
    plain = (RESOURCES / "themes" / "safelight.qss").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", plain)
    assert set(re.findall(r"\$(\w+)", plain)) <= set(asdict(DARK))
    assert "$" not in style_sheet(LIGHT)


def test_every_look_that_a_widget_is_given_is_in_the_style_sheet():
    sheet = (RESOURCES / "themes" / "safelight.qss").read_text(encoding="utf-8")
    sources = [path.read_text(encoding="utf-8") for path in (RESOURCES.parent / "desktop" / "ui").rglob("*.py")]
    given = {found for source in sources for found in re.findall(r'setProperty\("(\w+)", "(\w+)"\)', source)}
    read = {name for source in sources for name in re.findall(r'\.property\("(\w+)"\)', source)}
    assert {(name, value) for name, value in given if f'[{name}="{value}"]' not in sheet and name not in read} == set()


def test_the_choice_wins_over_the_system_and_says_so_once(qapp: QApplication):
    theme, changes = Theme(), []
    theme.changed.connect(lambda: changes.append(theme.dark))
    theme.choose("light")
    theme.choose("light")
    theme.choose("dark")
    assert changes == [False, True]
    assert theme.tokens is DARK


def test_the_system_is_followed_while_nothing_is_chosen(qapp: QApplication, theme: Theme, monkeypatch: pytest.MonkeyPatch):
    class Hints:
        def colorScheme(self) -> Qt.ColorScheme:
            return Qt.ColorScheme.Light

    monkeypatch.setattr(QApplication, "styleHints", staticmethod(Hints))
    theme.choose("")
    QGuiApplication.styleHints()
    assert theme.tokens is LIGHT


def test_an_icon_is_tinted_and_crisp_at_the_scale_of_every_screen_that_comes(qapp: QApplication, monkeypatch: pytest.MonkeyPatch):
    class Screen:
        def __init__(self, scale: float) -> None:
            self.devicePixelRatio = lambda: scale

    theme = Theme()
    theme.apply(qapp)
    changes = []
    theme.changed.connect(lambda: changes.append(1))
    for scale in (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0):
        monkeypatch.setattr(QGuiApplication, "screens", staticmethod(lambda scale=scale: [Screen(1.0), Screen(scale)]))
        qapp.screenAdded.emit(qapp.primaryScreen())
        for drawn_for in (1.0, scale):
            image = theme.icon("square", "#ff0000", 18).pixmap(QSize(18, 18), drawn_for).toImage()
            assert abs(image.width() - 18 * drawn_for) < 1
            assert _drawn(image) == {"#ff0000"}
    assert len(changes) == 6
    qapp.primaryScreen().geometryChanged.emit(qapp.primaryScreen().geometry())
    assert len(changes) == 6, "icons that are drawn already stay"


def test_an_icon_that_is_missing_is_an_error(qapp: QApplication):
    with pytest.raises(FileNotFoundError):
        Theme().icon("no-such-icon")


def test_reduced_motion_takes_no_time(qapp: QApplication):
    theme = Theme()
    assert theme.duration(140) == 140
    theme.reduce_motion = True
    assert theme.duration(140) == 0


def test_figures_in_labels_are_all_of_one_width(qtbot, theme: Theme):
    label = QLabel("0")
    label.setProperty("role", "big")
    qtbot.addWidget(label)
    label.ensurePolished()
    assert len({label.fontMetrics().horizontalAdvance(digit * 10) for digit in "0123456789"}) == 1


def test_a_button_that_cannot_be_pressed_looks_different(qtbot, theme: Theme):
    for kind in ("chip", "quiet", "segment", "bar"):
        button = QPushButton("Branch")
        button.setProperty(kind, "true")
        qtbot.addWidget(button)
        button.ensurePolished()
        possible = button.grab().toImage()
        button.setEnabled(False)
        assert button.grab().toImage() != possible, kind


def _drawn(image: QImage) -> set[str]:
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {pixel.name() for pixel in pixels if pixel.alpha() > 127}
