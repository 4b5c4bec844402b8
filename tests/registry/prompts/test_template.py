"""Variables go in as they are, and nothing is ever read twice."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.prompts.template import (
    MAX_RENDERED_CHARACTERS,
    MissingVariables,
    Template,
    TemplateError,
    Variable,
    escaped,
    render,
    variables_from,
)

TRICKY = st.text(alphabet="{}\\ab \n", max_size=60)
LANGUAGE = Variable("language", "The customer's", None)


@given(st.text())
def test_an_escaped_text_renders_to_itself(text):
    assert render(escaped(text), (), {}) == text


@given(TRICKY)
def test_an_escaped_text_of_braces_and_backslashes_renders_to_itself(text):
    assert render(escaped(text), (), {}) == text


@given(TRICKY, TRICKY, TRICKY)
def test_a_value_is_put_in_as_it_is_whatever_it_holds(before, value, after):
    template = f"{escaped(before)}|{{{{name}}}}|{escaped(after)}"

    said = render(template, [Variable("name")], {"name": value})

    assert said == f"{before}|{value}|{after}"


@given(st.lists(st.sampled_from(["a", "b"]), max_size=20), TRICKY)
def test_a_value_that_names_another_variable_is_not_replaced(names, noise):
    template = "".join(f"{{{{{name}}}}}" for name in names)

    said = render(
        template, [Variable("a"), Variable("b")], {"a": "{{b}}" + noise, "b": "B"}
    )

    assert said == "".join("{{b}}" + noise if name == "a" else "B" for name in names)


def test_spaces_in_the_braces_do_not_matter():
    assert render("In {{ language }}.", [LANGUAGE], {"language": "en"}) == "In en."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"\{{name}}", "{{name}}"),
        (r"\\{{name}}", "\\N"),
        (r"\\\{{name}}", r"\{{name}}"),
        (r"a \ b \n {x} }}", r"a \ b \n {x} }}"),
        ("{{name}}{{name}}", "NN"),
    ],
)
def test_a_backslash_escapes_braces_only(text, said):
    assert render(text, [Variable("name")], {"name": "N"}) == said


def test_a_default_stands_in_and_an_empty_value_does_not_call_it():
    variables = [Variable("tone", default="warm")]

    assert render("Be {{tone}}.", variables, {}) == "Be warm."
    assert render("Be {{tone}}.", variables, {"tone": ""}) == "Be ."


def test_all_missing_variables_are_named_at_once():
    with pytest.raises(MissingVariables) as raised:
        render("{{language}} {{tone}} {{language}}", [LANGUAGE], {"x": "unused"})

    assert raised.value.names == ("language", "tone")
    assert "language and tone" in str(raised.value)


@pytest.mark.parametrize(
    ("value", "said"), [(3, "3"), (2.5, "2.5"), (True, "true"), ("ü\n", "ü\n")]
)
def test_numbers_and_booleans_are_written_as_in_json(value, said):
    assert render("{{v}}", [Variable("v")], {"v": value}) == said


@pytest.mark.parametrize("value", [None, [], {"a": 1}, b"x"])
def test_any_other_value_is_refused_by_name(value):
    with pytest.raises(TemplateError, match="value of v"):
        render("{{v}}", [Variable("v")], {"v": value})


@pytest.mark.parametrize(
    "bad", ["{{", "{{}}", "{{1a}}", "{{a b}}", "{{a.b}}", "{{{a}}}", "{{ä}}"]
)
def test_braces_that_are_no_variable_are_refused_with_their_line(bad):
    with pytest.raises(TemplateError, match="Line 3") as raised:
        Template.of(f"one\ntwo\n{bad}")

    assert raised.value.line == 3


def test_a_result_beyond_all_bounds_is_refused():
    text = "{{v}}" * 1000

    with pytest.raises(TemplateError, match="more than"):
        render(text, [Variable("v")], {"v": "x" * (MAX_RENDERED_CHARACTERS // 900)})


@pytest.mark.parametrize("text", ["\\" * 200_000, "{{a" * 60_000, "{" * 200_000])
def test_no_text_is_slow_to_read(text):
    began = time.perf_counter()

    with contextlib.suppress(TemplateError):
        Template.of(text)

    assert time.perf_counter() - began < 2


def test_variables_are_read_from_names_and_from_objects():
    found = variables_from(
        ["a", {"name": "b", "description": "B", "default": 3}, {"name": "c"}]
    )

    assert found == (Variable("a"), Variable("b", "B", "3"), Variable("c"))
