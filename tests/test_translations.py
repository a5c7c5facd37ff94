"""Every text has a Chinese translation, and the .qm files are up to date."""

import ast
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from installer import translate

CHINESE = translate.FOLDER / "safelight_zh_CN.ts"
PLACES = re.compile(r"\{\w+\}|%n|%\d")


def messages(file: Path) -> list[ElementTree.Element]:
    return list(ElementTree.parse(file).iter("message"))


def marked() -> set[str]:
    """Every literal in the program that is translated, or marked for it."""
    found = set()
    for file in (file for part in ("desktop", "installer") for file in (translate.ROOT / part).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "QT_TRANSLATE_NOOP"):
                context, text = node.args[:2]
                assert ast.literal_eval(context) == "Safelight", f"{file.name}:{node.lineno}"
                assert not isinstance(text, ast.JoinedStr), f"{file.name}:{node.lineno}: lupdate does not see f-strings"
                if isinstance(text, ast.Constant):
                    found.add(text.value)
    return found


@pytest.mark.slow
def test_every_sentence_of_the_program_was_gathered():
    gathered = {message.findtext("source") for message in messages(CHINESE)}
    assert marked() - gathered == set(), "run installer/translate.py"


@pytest.mark.slow
@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_nothing_is_missing_unfinished_or_left_over(tmp_path: Path, language: str):
    name = f"safelight_{language}.ts"
    for other in translate.LANGUAGES:
        shutil.copy(translate.FOLDER / f"safelight_{other}.ts", tmp_path)
    translate.gather(tmp_path)
    untranslated = [
        message.findtext("source")
        for message in messages(tmp_path / name)
        if "type" in message.find("translation").attrib or not "".join(message.find("translation").itertext()).strip()
    ]
    assert untranslated == [], "run installer/translate.py and translate these"
    assert (tmp_path / name).read_bytes() == (translate.FOLDER / name).read_bytes(), "run installer/translate.py"


def test_places_survive_translation():
    for message in messages(CHINESE):
        source, translation = message.findtext("source"), "".join(message.find("translation").itertext())
        assert sorted(PLACES.findall(source)) == sorted(PLACES.findall(translation)), source


def test_a_sentence_is_chinese_and_ends_as_its_original_does():
    kept = {"100 %", "{figure} %", "log SNR", "UNet", "LoRA {value}", "a LoRA", "a ControlNet", " of {size}", "{needed} of {size}"}
    for message in messages(CHINESE):
        source, translation = message.findtext("source"), "".join(message.find("translation").itertext())
        assert source in kept or re.search("[\u4e00-\u9fff]", translation), source
        assert source.endswith(".") == translation.endswith("。"), source


@pytest.mark.slow
@pytest.mark.parametrize("language", translate.LANGUAGES)
def test_what_the_window_loads_is_up_to_date(tmp_path: Path, language: str):
    translate.compile_into(tmp_path)
    name = f"safelight_{language}.qm"
    assert (tmp_path / name).read_bytes() == (translate.FOLDER / name).read_bytes(), "run installer/translate.py"
