"""The prompts that choices in braces and several lines stand for."""

import pytest

from desktop.studio.variants import variants, variants_of_lines


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a fox", ["a fox"]),
        ("", [""]),
        ("a {red|blue} {fox|owl}", ["a red fox", "a red owl", "a blue fox", "a blue owl"]),
        ("a {|red }fox", ["a fox", "a red fox"]),
        ("a {fox|fox}", ["a fox"]),
        ("{fox} {a|b", ["{fox} {a|b"]),
        ("{a {b|c}|d}", ["{a b|d}", "{a c|d}"]),
    ],
)
def test_choices_in_braces(prompt: str, expected: list[str]):
    assert variants(prompt, 100) == expected


def test_too_many_variants_are_cut_off_at_once():
    assert len(variants("{" + "|".join(map(str, range(1000))) + "}" + "{a|b}" * 400, 101)) == 101
    assert variants("{" + "|" * 100_000, 5) == ["{" + "|" * 100_000]


def test_each_line_has_its_variants():
    assert variants_of_lines("a fox\n\n  an {old|young} owl \na fox", 100) == ["a fox", "an old owl", "an young owl"]
    assert variants_of_lines("{a|b|c}\nd", 2) == ["a", "b"]
