from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.diffusion.weights import MOST_WEIGHT, adjust, parse, plain, typed_index

prompts = st.text(alphabet=st.sampled_from("ab猫 ,:.12()[]\\"), max_size=40)


def weights(prompt: str) -> list[tuple[str, float]]:
    return [(fragment.text, fragment.weight) for fragment in parse(prompt)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat", [("a cat", 1)]),
        ("", []),
        ("a (cat)", [("a ", 1), ("cat", 1.1)]),
        ("a ((cat))", [("a ", 1), ("cat", 1.21)]),
        ("a [cat]", [("a ", 1), ("cat", 0.909091)]),
        ("[(cat)]", [("cat", 1)]),
        ("a (cat:1.3) sat", [("a ", 1), ("cat", 1.3), (" sat", 1)]),
        ("((red:2) cat:1.5)", [("red", 3), (" cat", 1.5)]),
        ("(三只熊猫:0.5)在雪地里", [("三只熊猫", 0.5), ("在雪地里", 1)]),
        ("(a:1.2, b)", [("a:1.2, b", 1.1)]),
        (r"\(cat\) \[dog\] \\", [(r"(cat) [dog] " + "\\", 1)]),
    ],
)
def test_marks_are_read_as_in_a1111(prompt, expected):
    assert weights(prompt) == expected


@pytest.mark.parametrize("prompt", ["a smile :)", "(a", "a]", ":(", "a [b", ")(", "(a]"])
def test_a_bracket_without_a_partner_is_plain_text(prompt):
    assert weights(prompt) == [(prompt, 1)]


def test_brackets_of_two_kinds_do_not_cross():
    assert weights("(a [b) c]") == [("a [b", 1.1), (" c]", 1)]


@given(prompts)
def test_fragments_make_up_the_plain_prompt_in_order(prompt):
    fragments = parse(prompt)
    assert "".join(fragment.text for fragment in fragments) == plain(prompt)
    edges = [edge for fragment in fragments for edge in (fragment.start, fragment.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(prompt) for edge in edges)
    assert all(one.weight != next_one.weight for one, next_one in pairwise(fragments))


@given(prompts)
def test_every_plain_character_maps_to_its_typed_index(prompt):
    for index, character in enumerate(plain(prompt)):
        assert prompt[typed_index(prompt, index) :].removeprefix("\\").startswith(character) or character == "\\"
    assert typed_index(prompt, len(plain(prompt))) == len(prompt)


@given(prompts, st.data())
def test_adjusting_never_changes_the_words(prompt, data):
    start = data.draw(st.integers(0, len(prompt)))
    end = data.draw(st.integers(start, len(prompt)))
    adjusted, first, last = adjust(prompt, start, end, data.draw(st.sampled_from((0.1, -0.1))))
    assert plain(adjusted) == plain(prompt)
    assert 0 <= first <= last <= len(adjusted)


def test_the_keys_go_up_and_come_back_to_no_marks():
    once = adjust("a red cat", 2, 5, 0.1)
    assert once == ("a (red:1.1) cat", 3, 6)
    twice = adjust(*once, 0.1)
    assert twice == ("a (red:1.2) cat", 3, 6)
    assert adjust(*adjust(*twice, -0.1), -0.1) == ("a red cat", 2, 5)
    assert adjust("a red cat", 2, 5, -0.1) == ("a (red:0.9) cat", 3, 6)


def test_without_a_selection_the_word_at_the_cursor_is_meant():
    assert adjust("a red cat", 3, 3, 0.1) == ("a (red:1.1) cat", 3, 6)
    assert adjust("a  cat", 2, 2, 0.1) == ("a  cat", 2, 2)


def test_a_selection_leaves_its_spaces_outside():
    assert adjust("a red cat", 1, 6, 0.1) == ("a (red:1.1) cat", 3, 6)


def test_marks_without_a_number_count_as_1_1():
    assert adjust("a (red) cat", 3, 6, 0.1) == ("a (red:1.2) cat", 3, 6)
    assert adjust("a (red) cat", 3, 6, -0.1) == ("a red cat", 2, 5)


def test_half_a_pair_of_brackets_cannot_carry_a_weight():
    assert adjust("(a red) cat", 3, 11, 0.1) == ("(a red) cat", 3, 11)


def test_weights_stay_between_zero_and_the_most():
    prompt = ("cat", 0, 3)
    for _ in range(30):
        prompt = adjust(*prompt, 0.1)
    assert weights(prompt[0]) == [("cat", MOST_WEIGHT)]
    for _ in range(40):
        prompt = adjust(*prompt, -0.1)
    assert weights(prompt[0]) == [("cat", 0)]


@settings(max_examples=20)
@given(st.sampled_from("([)]:\\"))
def test_deep_nesting_is_no_trouble(mark):
    assert len(plain(mark * 5000)) <= 5000
