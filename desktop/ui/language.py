"""Language: interface texts in English or Chinese, switchable while the window is open.

Texts are written as `tr("Safelight", "literal text")`, because lupdate finds only literals, and none inside an f-string.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Literal

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from ..diffusion.fields import Captions
from ..resources import RESOURCES
from ..studio.notices import Words

MINUS = "\N{MINUS SIGN}"

Choice = Literal["", "en", "zh_CN"]
_sources: dict[str, str] = {}  # by translation


def tr(context: str, text: str, disambiguation: str | None = None) -> str:
    """Return `text` in the language of the window."""
    words = QCoreApplication.translate(context, text, disambiguation)
    if words != text:
        _sources[words] = text
    return words


def in_every_language(words: str) -> tuple[str, str]:
    """`words`, as `tr` returned it, in English and in Chinese."""
    source = _sources.get(words, words)
    return source, _texts("safelight_zh_CN").translate("Safelight", source) or source


@cache
def _texts(name: str, folder: str = str(RESOURCES / "i18n")) -> QTranslator:
    """The translations in a .qm file; none if there is no such file."""
    translator = QTranslator()
    translator.load(name, folder)
    return translator


class Language:
    """The language of the window: the chosen one, else the system's, else English."""

    def __init__(self) -> None:
        self.current: Literal["en", "zh_CN"] = "en"
        self._translators: list[QTranslator] = []

    def install(self, app: QCoreApplication, choice: Choice = "") -> None:
        system = QLocale.system()
        in_chinese = system.language() is QLocale.Language.Chinese
        self.current = choice or ("zh_CN" if in_chinese else "en")
        # The system's number format, unless the user chose another language than the system's.
        QLocale.setDefault(system if in_chinese == (self.current == "zh_CN") else QLocale(self.current))
        for translator in self._translators:
            app.removeTranslator(translator)
        self._translators = []
        for name, folder in (
            (f"safelight_{self.current}", str(RESOURCES / "i18n")),
            (f"qtbase_{self.current}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        ):
            translator = _texts(name, folder)
            if not translator.isEmpty():
                app.installTranslator(translator)
                self._translators.append(translator)


def spoken() -> Literal["en", "zh"]:
    """The language of the window, as vocabularies name it."""
    return "zh" if QLocale().language() is QLocale.Language.Chinese else "en"


class Retranslating:
    """Mixin for widgets, listed before the Qt class: `retranslate` sets all texts, at first and when the language changes."""

    def retranslate(self) -> None:
        raise NotImplementedError

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)  # type: ignore[misc]
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()


def sentence(template: str, values: Mapping[str, object]) -> str:
    """Translate `template` and fill its placeholders; values that are marked for translation are translated too."""
    return tr("Safelight", template).format(**{name: _translated(value) for name, value in values.items()})


def titled(template: str, values: Mapping[str, object]) -> str:
    """As `sentence`; `in_every_language` then knows the template."""
    words = sentence(template, values)
    _sources[words] = template
    return words


def _translated(value: object) -> object:
    if isinstance(value, Words):
        return sentence(value.template, value.values)
    if isinstance(value, Captions):
        return value.worded(_translated_text)
    return _translated_text(value) if isinstance(value, str) else value


def _translated_text(text: str) -> str:
    return tr("Safelight", text) if text else text


def decimal(value: float, digits: int) -> str:
    """Format `value` with the user's number format."""
    return QLocale().toString(float(value), "f", digits).replace("-", MINUS)


def clock(seconds: float) -> str:
    """Format a duration as minutes and seconds, rounded up, with hours if there are any."""
    whole = math.ceil(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def explain(widget: QWidget, name: str, explanation: str) -> None:
    """Give `widget` a name for screen readers and one sentence that is read out and shown on hover.

    Not for labels that show a status: the name would hide their text from screen readers.
    """
    widget.setAccessibleName(name)
    widget.setAccessibleDescription(explanation)
    widget.setToolTip(tooltip(explanation))


def explain_button(button: QAbstractButton, words: str, explanation: str) -> None:
    """Write `words` on `button`, which name it for screen readers too, and explain it."""
    button.setText(words)
    explain(button, words, explanation)


def tooltip(text: str) -> str:
    """Return `text` escaped if Qt would read it as rich text, for example a file name with angle brackets."""
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text
