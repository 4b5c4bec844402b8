"""Answers in JSON are checked against their schema, and never more than that."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.structured.checked import InvalidStructureError
from registry.structured.json_schema import JsonSchemaValidator, validator_of

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "age": {"type": "integer", "minimum": 0},
        "mood": {"enum": ["good", "bad"]},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)


def check(text, schema=PERSON):
    return JsonSchemaValidator(schema).check(text)


def test_an_answer_that_follows_the_schema_is_parsed():
    checked = check('{"name": "Ada", "age": 36}')

    assert checked.is_valid
    assert checked.value == {"name": "Ada", "age": 36}
    assert checked.note == ""


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ('{"name": "Ada"}', "'age' is a required property"),
        ('{"name": "Ada", "age": "36"}', "At $.age: '36' is not of type 'integer'"),
        ('{"name": "Ada", "age": 3, "x": 1}', "'x' is not allowed here"),
        ('{"name": "Ada", "age": 3, "mood": "so"}', "'so' is not one of"),
        ('{"name": "Ada", ', "The answer is not JSON"),
        ("I cannot do that.", "The answer is not JSON"),
        ("", "The answer is empty."),
        ('{"name": "Ada", "age": NaN}', "NaN is not a JSON number"),
        ('{"name": "Ada", "age": 1e999}', "is too large"),
        ("[" * 100_000, "The answer is not JSON"),
        ('{"name": "Ada", "age": ' + "9" * 5_000 + "}", "The answer is not JSON"),
    ],
)
def test_a_wrong_answer_is_told_where_and_why(answer, problem):
    assert problem in check(answer).problem


def test_every_problem_up_to_five_is_named():
    schema = {"type": "array", "items": {"type": "integer"}}

    problem = check('["a", "b", "c", "d", "e", "f", "g"]', schema).problem

    assert problem.count("is not of type") == 5


def test_a_huge_wrong_value_is_not_repeated_whole():
    assert len(check(json.dumps({"name": 7, "age": "x" * 100_000})).problem) < 2_000


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "strange"}, "The schema itself is wrong"),
        ({"properties": 7}, "The schema itself is wrong"),
        ({"allOf": {}}, "The schema itself is wrong"),
        ({"patternProperties": [1]}, "The schema itself is wrong"),
        ({"items": [{}]}, "wrong at .*items: a schema is expected"),
        ({"properties": {"a": {"minLength": -1}}}, "properties.a.minLength"),
        ({"required": "a"}, "a list of texts"),
        ({"$ref": "https://example.com/a.json"}, "Nothing is fetched"),
        ({"$ref": "other.json#/x"}, "Nothing is fetched"),
        ({"$ref": "#/$defs/missing"}, "which is not in it"),
        ({"properties": {"a": {"$ref": "file:///etc/passwd"}}}, "Nothing is fetched"),
        ({"$ref": "#"}, "without end"),
        ({"pattern": "("}, "cannot be used"),
        ({"pattern": "(?=a)b"}, "look-around"),
        ({"patternProperties": {"(a)\\1": True}}, "cannot be used"),
        ({"enum": ["x" * 300_000]}, "at most"),
        ({"minimum": float("nan")}, "not JSON"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_with_the_reason(schema, why):
    with pytest.raises(InvalidStructureError, match=why):
        JsonSchemaValidator(schema)


def test_a_schema_that_is_too_deep_is_refused():
    schema = {}
    for _ in range(300):
        schema = {"items": schema}

    with pytest.raises(InvalidStructureError, match="levels deep"):
        JsonSchemaValidator(schema)


def test_references_into_the_schema_and_recursion_work():
    schema = {
        "$ref": "#/$defs/node",
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}
                },
                "required": ["children"],
            }
        },
    }

    assert check('{"children": [{"children": []}]}', schema).is_valid
    assert not check('{"children": [{}]}', schema).is_valid


@pytest.mark.parametrize(
    ("schema", "answer"),
    [
        ({"pattern": "^(a+)+$"}, json.dumps("a" * 40 + "!")),
        (
            {"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False},
            json.dumps({"a" * 40 + "!": 1}),
        ),
        ({"uniqueItems": True}, json.dumps([{"a": n} for n in range(20_000)])),
        ({"format": "regex"}, json.dumps("(a+)+" * 200)),
    ],
)
def test_no_pattern_and_no_list_takes_for_ever(schema, answer):
    started = time.monotonic()

    check(answer, schema)

    assert time.monotonic() - started < 2


def test_a_schema_that_multiplies_itself_is_refused():
    steps = {f"s{n}": {"allOf": [{"$ref": f"#/$defs/s{n + 1}"}] * 2} for n in range(40)}
    schema = {"$ref": "#/$defs/s0", "$defs": steps | {"s40": {"type": "string"}}}

    with pytest.raises(InvalidStructureError, match="without end"):
        JsonSchemaValidator(schema)


@pytest.mark.parametrize(
    ("items", "is_valid"),
    [
        ("[1, 2]", True),
        ("[1, 1.0]", False),
        ("[1, true]", True),
        ("[0, false]", True),
        ('[{"a": 1, "b": 2}, {"b": 2, "a": 1}]', False),
        ("[[1], [true]]", True),
    ],
)
def test_unique_items_compare_as_json_does(items, is_valid):
    assert check(items, {"uniqueItems": True}).is_valid is is_valid


@pytest.mark.parametrize(
    ("format_name", "good", "bad"),
    [
        ("date-time", "2026-11-21T08:12:00Z", "2026-11-21 at noon"),
        ("date", "2026-02-28", "2026-02-30"),
        ("time", "08:12:00+01:00", "25:00:00Z"),
        ("duration", "P1DT2H", "P"),
        ("email", "a@example.com", "example.com"),
        ("uri", "https://example.com/a?b#c", "no scheme"),
        ("hostname", "eu.example.com", "-x-.com"),
        ("ipv4", "10.0.0.1", "10.0.0.256"),
        ("uuid", "8f14e45f-ceea-467f-a8a3-0d1f0a1b2c3d", "8f14"),
        ("json-pointer", "/a/b~1c", "a/b"),
        ("regex", "^a+$", "("),
    ],
)
def test_formats_are_checked(format_name, good, bad):
    schema = {"type": "string", "format": format_name}

    assert check(json.dumps(good), schema).is_valid
    assert not check(json.dumps(bad), schema).is_valid
    assert check("7", {"format": format_name}).is_valid


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_whatever_is_json_follows_the_empty_schema(value):
    assert check(json.dumps(value), {}).value == value


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_no_text_makes_a_check_fail_otherwise_than_with_a_sentence(text):
    checked = check(text)

    assert checked.is_valid or checked.problem


def test_the_same_schema_is_read_once():
    assert validator_of(dict(PERSON)) is validator_of(dict(PERSON))
    assert validator_of({"type": "object"}) is not validator_of({"type": "array"})
