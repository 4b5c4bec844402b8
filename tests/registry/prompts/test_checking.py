"""What is wrong with a prompt is said all at once, with the line."""

import pytest

from registry.prompts.checking import check_prompt
from registry.prompts.template import MAX_TEXT_BYTES, Variable

NAME = Variable("name")


def said(text, *variables):
    return [str(one) for one in check_prompt(text, variables).errors]


def test_an_undeclared_variable_is_named_with_its_line():
    errors = said("Hello\n{{name}} and {{who}}\n{{who}}", NAME)

    assert len(errors) == 1
    assert errors[0].startswith("Line 2: {{who}} is not declared")


def test_everything_wrong_is_said_at_once():
    errors = said("{{a}}\n{{b}}", Variable("1x"), Variable("n"), Variable("n"))

    assert len(errors) == 4


def test_a_declared_variable_that_is_not_used_is_a_warning():
    checked = check_prompt("Hello", [NAME])

    assert checked.is_valid
    assert [str(one) for one in checked.warnings] == [
        "name is declared and not in the text."
    ]


def test_an_escaped_variable_needs_no_declaration():
    assert said(r"Write \{{name}} for a name.") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "says nothing"),
        (" \n", "says nothing"),
        ("x" * (MAX_TEXT_BYTES + 1), "at most 200,000 bytes"),
        ("ä" * (MAX_TEXT_BYTES // 2 + 1), "at most 200,000 bytes"),
        ("a\x00", "NUL"),
        ("a\ud800", "surrogate"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused(text, words):
    assert words in said(text)[0]


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        (Variable("a" * 61), "no name of a variable"),
        (Variable("n", "d" * 401), "description of n"),
        (Variable("n", "", "d" * 10_001), "default of n"),
        (Variable("n", "\x00"), "NUL"),
        (Variable("n", "", "\udfff"), "surrogate"),
    ],
)
def test_a_variable_that_cannot_be_kept_is_refused(variable, words):
    assert words in said("text {{n}}" if variable.name == "n" else "x", variable)[0]


def test_too_many_variables_are_refused():
    assert (
        "at most 100 variables"
        in said("x", *(Variable(f"v{n}") for n in range(101)))[0]
    )
