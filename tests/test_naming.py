"""File names from prompts, valid on every system."""

import unicodedata
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.diffusion.recipe import Recipe
from desktop.library.naming import PLACES, TEMPLATE, first_words, picture_name, safe_name

MOMENT = datetime(2026, 11, 22, 10, 45, 12).astimezone()


def named(prompt: str, template: str = "{words}", **recipe) -> str:
    return picture_name(template, Recipe.of(prompt=prompt, **recipe), MOMENT, 7)


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a mouse is playing guitar", "a mouse is playing guitar"),
        ("a (mouse:1.2) [playing] guitar", "a mouse playing guitar"),
        ("一只老鼠在弹吉他", "一只老鼠在弹吉他"),
        ("мышь играет на гитаре", "мышь играет на гитаре"),
        ("🎸🐭", "🎸🐭"),
        ("👨‍👩‍👧 at home", "👨‍👩‍👧 at home"),
        ("می‌خواهم", "می‌خواهم"),
        ("cafe\u0301", "café"),
        ("", "picture"),
        ("   \n\t ", "picture"),
        ("...", "picture"),
        ("\u202e\u200b", "picture"),
        ("///", "picture"),
        ("../../etc/passwd", "etc passwd"),
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h"),
        ("\u202egnp.exe", "gnp.exe"),
        ("two\nlines\0here", "two lineshere"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1", "_com1"),
        ("LPT³", "_LPT³"),
        ("console", "console"),
        (" .hidden. ", "hidden"),
        ("-rf", "rf"),
        ("{seed}{time.__class__}", "{seed}{time.__class__}"),
        ("\ud800 half", "half"),
    ],
)
def test_a_prompt_becomes_a_file_name(prompt, name):
    assert named(prompt) == name


def test_a_name_ends_with_a_whole_word():
    assert first_words("one two three four five six seven eight nine") == "one two three four five six seven eight"
    assert first_words("incomprehensibilities " * 8) == "incomprehensibilities incomprehensibilities"
    assert first_words("词" * 100) == "词" * 60


def test_a_template_fills_its_places():
    everything = " ".join(f"{{{place}}}" for place in PLACES)
    assert named("a mouse", everything, seed=5, model="dream/shaper", sampler="DPM++ 2M", steps=20, width=64, height=96) == (
        "2026-11-22 104512 5 a mouse dream shaper DPM++ 2M 20 64 96 0007"
    )
    assert named("a mouse", TEMPLATE, seed=5) == "104512-5-a mouse"
    assert named("a mouse", "{what} {0} {} {words.__class__}") == "{what} {0} {} {words.__class__}"
    assert named("{seed}", "{words}", seed=5) == "{seed}"  # what a prompt says is never filled in


def test_a_long_name_is_cut_between_characters():
    for letter in ("x", "é", "词", "🎸"):
        name = safe_name(letter * 500, 100)
        assert set(name) == {letter}
        assert 100 - len(letter.encode()) < len(name.encode()) <= 100
    assert safe_name("ab\u0327\u0308" * 50, 8) == "ab\u0327\u0308a"  # an accent stays with its letter
    assert safe_name("x" * 90 + "👨‍👩‍👧", 100) == "x" * 90  # a family is not parted
    assert safe_name("🐭🏽" * 50, 12) == "🐭🏽"


@given(st.text(st.characters(codec=None), max_size=400), st.sampled_from([TEMPLATE, "{words}", "{model}", "..{words}/{words}"]))
def test_every_name_is_safe(prompt, template):
    name = named(prompt, template, model=prompt)
    assert 0 < len(name.encode()) <= 200
    assert name == name.strip(" .")
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(
        unicodedata.category(letter) in ("Cc", "Cs") or unicodedata.bidirectional(letter) in ("RLO", "LRO", "RLE", "LRE", "PDF")
        for letter in name
    )
    assert unicodedata.is_normalized("NFC", name)
