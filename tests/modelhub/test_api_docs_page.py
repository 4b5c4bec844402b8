"""The page of the management API for people: groups, a filter, and of each operation
who may call it and an example to copy."""

from __future__ import annotations

import re

import pytest

from modelhub.api import api
from modelhub.api_docs import RESULTS
from modelhub.api_reference import groups, kind_of, operations
from registry.models import TokenScope
from tests.modelhub.test_api_manual import curl
from tests.modelhub.tokens import bearer

PAGE = "/api/docs"
DOCUMENT = api.get_openapi_schema(path_prefix="/api/")
KNOWN = list(operations(DOCUMENT, "$MODELHUB"))
LINES = "/api/usage"
OURS = [one for one in KNOWN if one.path.startswith("/api/") and one.path != LINES]
FRAGMENT = {"HX-Request": "true", "HX-Target": RESULTS}


def test_operations_stand_in_groups_each_with_who_may_call_it(viewer):
    body = viewer.get(PAGE).content.decode()

    headings = re.findall(r'<h2 id="group-[^"]*">([^<]+)</h2>', body)
    assert headings == sorted(headings) == [one.name for one in groups(KNOWN)]
    for one in KNOWN:
        assert body.count(f'id="{one.anchor}"') == 1
    assert "viewer, scope read or prompts" in body
    assert "admin, scope admin" in body
    assert 'href="/api/openapi.json"' in body


@pytest.mark.parametrize("words", ["POST budgets", "budgets post", "make a BUDGET"])
def test_the_filter_finds_by_method_path_and_words(viewer, words):
    body = viewer.get(PAGE, {"q": words}, headers=FRAGMENT).content.decode()

    assert "<html" not in body
    assert 'id="post-api-budgets"' in body
    assert 'id="get-api-budgets"' not in body
    assert f"of {len(KNOWN)} operations" in body


def test_a_filter_that_finds_nothing_says_so(viewer):
    body = viewer.get(PAGE, {"q": "no such thing"}).content.decode()

    assert "No operation matches" in body
    assert 'value="no such thing"' in body


def test_a_filter_that_is_too_long_shows_everything_and_says_why(viewer):
    body = viewer.get(PAGE, {"q": "x" * 201}).content.decode()

    assert "at most 200 characters" in body
    assert 'id="post-api-budgets"' in body


def test_examples_are_read_by_the_operations_that_they_are_of(client, organization):
    """What they name need not be there; what they say must be understood."""
    headers, _ = bearer(organization, TokenScope.ADMIN)
    wrong = {}
    for one in OURS:
        response = curl(client, one.example, headers["Authorization"])
        said = response.content.decode()
        is_read = "Field required" not in said and "no such field" not in said
        if response.status_code in (400, 405, 415, 500) or not is_read:
            wrong[f"{one.method} {one.path}"] = (one.example, said)

    assert wrong == {}


def test_an_example_is_one_line_for_a_shell():
    (one,) = (one for one in KNOWN if one.anchor == "post-api-budgets")

    assert one.example.startswith('curl -s "$MODELHUB/api/budgets" \\\n  -X POST')
    assert '-d \'{"amount_usd": "200.00"}\'' in one.example
    assert '-H "Authorization: Bearer $MODELHUB_TOKEN"' in one.example


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 200}, "integer, 1 to 200"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"type": "array", "items": {"type": "string"}}, "list of text"),
        ({"enum": ["day", "week"], "type": "string"}, "one of day, week"),
        ({}, "any"),
    ],
)
def test_types_are_told_in_words(schema, words):
    assert kind_of({}, schema) == words
