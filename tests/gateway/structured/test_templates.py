"""Answers that fill in a template."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.structured.checked import InvalidStructureError
from registry.structured.templates import TemplateValidator

CARD = """Name: {{name:line}}
Age: {{age:int}}
Mood: {{mood:good|bad}}
Note: {{note?}}
"""


def test_the_places_of_a_filled_template_are_read():
    checked = TemplateValidator(CARD).check(
        "Name: Ada Lovelace\nAge: 36\nMood: Good\nNote: two\nlines\n"
    )

    assert checked.value == {
        "name": "Ada Lovelace",
        "age": 36,
        "mood": "good",
        "note": "two\nlines",
    }


def test_an_optional_place_may_be_empty():
    checked = TemplateValidator(CARD).check("Name: A\nAge: 1\nMood: bad\nNote:")

    assert checked.value == {"name": "A", "age": 1, "mood": "bad", "note": None}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("Age: 36", "It does not begin with 'Name:'."),
        ("Name: Ada\nMood: good", "'Age:' is missing after name."),
        ("Name: Ada\nAge: old\nMood: good\nNote:", "age is not a whole number: 'old'."),
        ("Name: A\nAge: 1\nMood: so so\nNote:", "mood is not one of good, bad"),
        ("Name:\nAge: 1\nMood: good\nNote:", "name is not one line: ''."),
        ("", "The answer is empty."),
    ],
)
def test_a_wrong_answer_is_told_where_and_why(answer, problem):
    assert problem in TemplateValidator(CARD).check(answer).problem


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "-1.5e3", -1500.0),
        ("bool", "Yes", True),
        ("date", "2026-11-21", "2026-11-21"),
        ("/[A-Z]{3}-\\d+/", "ABC-12", "ABC-12"),
        ("text", "a {b} c", "a {b} c"),
    ],
)
def test_kinds_of_places(kind, text, value):
    validator = TemplateValidator(f"<{{{{x:{kind}}}}}>")

    assert validator.check(f"<{text}>").value == {"x": value}


@pytest.mark.parametrize(
    ("kind", "text"),
    [("number", "1e999"), ("number", "nan"), ("date", "21 Nov"), ("/[A-Z]/", "AB")],
)
def test_what_does_not_belong_into_a_place_is_refused(kind, text):
    assert not TemplateValidator(f"<{{{{x:{kind}}}}}>").check(f"<{text}>").is_valid


def test_a_name_that_comes_twice_stands_for_the_same_text():
    validator = TemplateValidator("<{{tag}}>{{text}}</{{tag}}>")

    assert validator.check("<b>bold</b>").value == {"tag": "b", "text": "bold"}
    assert "differs" in validator.check("<b>bold</i>").problem


def test_a_template_in_a_code_fence_is_read():
    checked = TemplateValidator("Name: {{name}}").check("```\nName: Ada\n```")

    assert checked.value == {"name": "Ada"}
    assert "code fence" in checked.note


@pytest.mark.parametrize(
    "template",
    ["no place", "{{a}}{{b}}", "{{a}} {{b}}", "{{1a}}", "{{a:thing}}", "{{a:/(/}}"],
)
def test_a_template_that_cannot_be_used_is_refused(template):
    with pytest.raises(InvalidStructureError):
        TemplateValidator(template)


def test_a_long_hostile_answer_takes_no_time():
    validator = TemplateValidator("".join(f"{{{{p{n}}}}}," for n in range(50)) + "end")
    started = time.monotonic()

    assert not validator.check("," * 1_000_000).is_valid
    assert time.monotonic() - started < 2


@given(st.text(), st.text())
def test_what_was_filled_in_is_what_is_read(first, second):
    first, second = first.replace("|", "").strip(), second.strip()
    validator = TemplateValidator("[{{a?}}|{{b?}}]")

    checked = validator.check(f"[{first}|{second}]")

    normal = {"a": first or None, "b": second or None}
    assert checked.value == {
        name: one and one.replace("\r\n", "\n") for name, one in normal.items()
    }
