"""What counts as a JSON Schema is what the draft's own schema says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, SchemaError

from registry.structured.checked import InvalidStructureError
from registry.structured.schema_shape import (
    NAMED_SCHEMAS,
    SCHEMA,
    SCHEMAS,
    VALUES,
    check_shape,
)

VALUE = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([0.5, 1.0, "", "a", "string", "object"])
    | st.lists(st.sampled_from(["string", "a", 1]), max_size=2, unique=True)
)
KEYWORDS = sorted({*SCHEMA, *SCHEMAS, *NAMED_SCHEMAS, *VALUES} - {"definitions"})
# What the draft lays down and we need not: addresses and names of schemas.
SPELLING = {"$anchor", "$dynamicAnchor", "$id", "$ref", "$dynamicRef", "$schema"}
VALUES_TO_TRY = (
    *(None, True, 0, -1, 1.5, "x", "string"),
    *([], ["a"], {}, {"a": {}}, {"a": ["b"]}),
)
SCHEMA_LIKE = st.recursive(
    VALUE,
    lambda inner: st.dictionaries(
        st.sampled_from([one for one in KEYWORDS if one not in SPELLING]),
        inner | st.lists(inner, max_size=2) | st.dictionaries(st.just("p"), inner),
        max_size=3,
    ),
    max_leaves=6,
)


def draft_accepts(schema) -> bool:
    try:
        Draft202012Validator.check_schema(schema, FormatChecker(formats=()))
    except SchemaError:
        return False
    return True


def shape_accepts(schema) -> bool:
    try:
        check_shape(schema)
    except InvalidStructureError:
        return False
    return True


@settings(max_examples=300, deadline=None)
@given(SCHEMA_LIKE)
def test_the_quick_check_agrees_with_the_draft(schema):
    assert shape_accepts(schema) is draft_accepts(schema)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        (word, value)
        for word in KEYWORDS
        for value in VALUES_TO_TRY
        # The spelling of addresses is looked at when they are followed.
        if word not in SPELLING or not isinstance(value, str)
    ],
)
def test_every_keyword_agrees_with_the_draft(word, value):
    assert shape_accepts({word: value}) is draft_accepts({word: value})
