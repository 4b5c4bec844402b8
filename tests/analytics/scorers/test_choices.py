"""The chosen letter is found in prose, and an unclear choice is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.benchmarking.scorers.choice_text import chosen_letter
from tests.analytics.scorers.scored import scored


@pytest.mark.parametrize(
    "text",
    [
        "B",
        "b",
        "(B)",
        "**B**",
        " B.\n",
        "B) Paris",
        "B. Paris is the capital",
        "B\nBecause A is wrong.",
        "The answer is (B).",
        "The answer is B because A and C are wrong.",
        "**Answer: B**",
        "Answer:\n\nB",
        "The correct option is **B**.",
        "I would choose B.",
        "A looks right, but the correct answer is B.",
        "The answer is A. Wait, no. The answer is B.",
        r"So we get $\boxed{B}$",
        r"\boxed{\text{B}}",
        "After some thought, (B) it is.",
        "A good question. It must be B",
        "\u200fB\u200f",
        "Ｂ",
        "The final answer is therefore: (B)",
    ],
)
def test_the_letter_is_found_in_prose(text):
    assert chosen_letter(text, "ABCD") == "B"


@pytest.mark.parametrize(
    "text",
    ["", "A or B", "I do not know.", "E", "Both A and B are right.", "BC", "\ud800"],
)
def test_what_is_not_clear_is_no_choice(text):
    assert chosen_letter(text, "ABCD") == ""


@pytest.mark.parametrize(
    ("text", "letter"),
    [("It is Rome.", "A"), ("Paris, not Rome", ""), ("PARIS", "B"), ("Romeo", "")],
)
def test_the_text_of_an_option_stands_for_its_letter(text, letter):
    assert chosen_letter(text, "AB", ["Rome", "Paris"]) == letter


@given(st.text())
def test_any_text_has_one_of_the_letters_or_none(text):
    assert chosen_letter(text, "ABCD") in ("", "A", "B", "C", "D")


@given(st.sampled_from("ABCD"), st.sampled_from(["The answer is {}.", "({})", "{}"]))
def test_each_letter_is_found_alike(letter, frame):
    assert chosen_letter(frame.format(letter), "ABCD") == letter


@pytest.mark.parametrize(
    ("text", "expected", "value"),
    [
        ("The answer is (B).", "B", 1.0),
        ("The answer is (B).", "b", 1.0),
        ("The answer is (B).", "C", 0.0),
        ("Hard to say.", "C", 0.0),
        ("B", "E", None),
        ("B", 2, None),
        ("B", None, None),
    ],
)
def test_multiple_choice(text, expected, value):
    assert scored("multiple_choice", text, expected).value == value
