"""Answers are compared as text: exactly, by parts and by pattern."""

import pytest

from tests.analytics.scorers.scored import scored


@pytest.mark.parametrize(
    ("text", "expected", "fields", "value"),
    [
        ("Paris", "Paris", {}, 1.0),
        ("  paris\n", "Paris", {}, 1.0),
        ("the\n\n answer", "the answer", {}, 1.0),
        ("paris", "Paris", {"ignore_case": False}, 0.0),
        ("Paris ", "Paris", {"ignore_space": False}, 0.0),
        ("Paris.", "Paris", {}, 0.0),
        ("", "Paris", {}, 0.0),
        ("STRASSE", "Straße", {}, 1.0),
        ("cafe\u0301", "café", {}, 1.0),
        ("שלום", "שלום", {}, 1.0),
        ("Lutetia", ["Paris", "Lutetia"], {}, 1.0),
        ("42", 42, {}, 1.0),
        ("true", True, {}, 1.0),
        ("Paris", {"city": "Paris"}, {}, None),
        ("Paris", [], {}, None),
        ("Paris", "", {}, None),
    ],
)
def test_exact(text, expected, fields, value):
    assert scored("exact", text, expected, **fields).value == value


def test_an_empty_answer_is_said_to_be_empty():
    assert scored("exact", " \n", "Paris").note == "The answer is empty."


@pytest.mark.parametrize(
    ("text", "fields", "value"),
    [
        ("It is Paris.", {}, 1.0),
        ("It is Rome.", {}, 0.0),
        ("Red and blue", {"all_of": ["red", "blue"]}, 1.0),
        ("Red and green", {"all_of": ["red", "blue"]}, 0.0),
        ("Red", {"any_of": ["red", "blue"]}, 1.0),
        ("Green", {"any_of": ["red", "blue"]}, 0.0),
        ("As an AI, red", {"any_of": ["red"], "none_of": ["as an ai"]}, 0.0),
        ("anything", {"none_of": ["sorry"]}, 1.0),
        ("", {"none_of": ["sorry"]}, 1.0),
        ("RED", {"all_of": ["red"], "ignore_case": False}, 0.0),
        ("red\n  blue", {"all_of": "red blue"}, 1.0),
    ],
)
def test_contains(text, fields, value):
    assert scored("contains", text, "Paris", **fields).value == value


def test_contains_says_what_is_missing_and_what_is_unwanted():
    missing = scored("contains", "red", all_of=["blue", "green"])
    unwanted = scored("contains", "sorry", none_of=["sorry"])

    assert missing.note == "Not found: “blue”, “green”."
    assert unwanted.note == "Found, and should not be: “sorry”."


@pytest.mark.parametrize(
    ("text", "fields", "value"),
    [
        ("on 2026-11-21", {"pattern": r"\d{4}-\d{2}-\d{2}"}, 1.0),
        ("on Saturday", {"pattern": r"\d{4}"}, 0.0),
        ("PARIS", {"pattern": "paris"}, 0.0),
        ("PARIS", {"pattern": "paris|rome", "ignore_case": True}, 1.0),
        ("half \ud800 a pair", {"pattern": "pair"}, 0.0),
        ("مرحبا 5", {"pattern": r"\p{Arabic}+ \d"}, 1.0),
    ],
)
def test_regular_expression(text, fields, value):
    assert scored("regex", text, **fields).value == value


def test_the_pattern_may_stand_in_the_case():
    assert scored("regex", "abc", "^a.c$").value == 1.0
    assert scored("regex", "abc", "(open").value is None
    assert scored("regex", "abc").value is None


def test_a_pattern_that_never_ends_elsewhere_ends_here():
    # Python's own engine would need 2 to the power of 50,000 steps.
    score = scored("regex", "a" * 50_000 + "!", pattern=r"^(a+)+$")

    assert score.value == 0.0


def test_a_note_of_a_giant_answer_is_short():
    assert len(scored("exact", "word " * 1_000_000, "Paris").note) < 200
