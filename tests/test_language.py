"""English and Chinese, switched while the window is open."""

import pytest
from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desktop.diffusion.fields import Captions
from desktop.errors import OutOfRange
from desktop.ui.language import Language, Retranslating, explain, sentence, tr


class Greeting(Retranslating, QLabel):
    def __init__(self) -> None:
        super().__init__()
        self.retranslate()

    def retranslate(self) -> None:
        self.setText(tr("Safelight", "Prompt"))


@pytest.fixture
def language(qapp: QApplication):
    before = QLocale()
    language = Language()
    yield language
    language.install(qapp, "en")
    QLocale.setDefault(before)


def test_every_text_changes_with_the_language(qapp: QApplication, qtbot, language: Language):
    greeting = Greeting()
    qtbot.addWidget(greeting)
    language.install(qapp, "zh_CN")
    qtbot.waitUntil(lambda: greeting.text() == "提示词")
    assert tr("QPlatformTheme", "Cancel") == "取消"  # Qt's own dialogs
    language.install(qapp, "en")
    qtbot.waitUntil(lambda: greeting.text() == "Prompt")


def test_numbers_follow_the_language_that_is_read(qapp: QApplication, language: Language):
    language.install(qapp, "zh_CN")
    assert QLocale().language() is QLocale.Language.Chinese


@pytest.mark.parametrize(("system", "expected"), [("zh_CN", "zh_CN"), ("de_DE", "en"), ("C", "en")])
def test_without_a_choice_the_system_decides(qapp, language: Language, monkeypatch: pytest.MonkeyPatch, system: str, expected: str):
    monkeypatch.setattr(QLocale, "system", staticmethod(lambda: QLocale(system)))
    language.install(qapp, "")
    assert language.current == expected


@pytest.mark.slow
def test_what_could_not_be_restored_is_named_by_captions_in_both_languages(qapp: QApplication, language: Language):
    lost = Captions.of(["model: dreams", "steps: -1", "turns: [7]", "safelight", "parameters", "LoRA: ink 0.7"])
    template = "The recipe of {file} is restored, except for: {lost}."
    english = "The recipe of a.png is restored, except for: Model: dreams, Steps: -1, Branches, Metadata, LoRA: ink 0.7."
    assert sentence(template, {"file": "a.png", "lost": lost}) == template.format(file="a.png", lost=lost) == english
    language.install(qapp, "zh_CN")
    assert "模型: dreams, 步数: -1, 分支, 元数据, LoRA 模型: ink 0.7" in sentence(template, {"file": "a.png", "lost": lost})


def test_an_error_is_one_sentence_in_the_language_that_is_read(qapp: QApplication, language: Language):
    error = OutOfRange(name="Steps", value=0, allowed="1 … 150")
    assert sentence(error.template, error.values) == str(error)
    language.install(qapp, "zh_CN")
    in_chinese = sentence(error.template, error.values)
    assert "0" in in_chinese
    assert "Steps" not in in_chinese
    assert "1 … 150" in in_chinese


def test_a_name_with_brackets_is_shown_as_it_is(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    explain(widget, "Model", "from <b>folder</b>")
    assert "&lt;b&gt;" in widget.toolTip()
    explain(widget, "Model", "plain words")
    assert widget.toolTip() == widget.accessibleDescription() == "plain words"


def test_qt_ships_its_own_chinese(qapp: QApplication):
    assert QTranslator().load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
