"""The document is found in what models write around it, and a part never stands for
the whole."""

import pytest

from registry.structured.extraction import CHATTY, FENCED
from registry.structured.json_schema import JsonSchemaValidator
from registry.structured.xml_schema import XmlSchemaValidator

OBJECT = JsonSchemaValidator({"type": "object"})
XML = XmlSchemaValidator(
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    '<xs:element name="a" type="xs:int"/></xs:schema>'
)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ('{"a": 1}', ""),
        ('\ufeff {"a": 1}\n', ""),
        ('```json\n{"a": 1}\n```', FENCED),
        ('Sure!\n```\n{"a": 1}\n```\nAnything else?', FENCED),
        ('```json\n{"a": 1}', FENCED),
        ('Here it is: {"a": 1}. Enjoy!', CHATTY),
        ('As you [the user] asked: {"a": 1}', CHATTY),
        ('<think>[1] {x}</think>{"a": 1}', CHATTY),
    ],
)
def test_the_json_is_found_and_the_trace_says_how(text, note):
    checked = OBJECT.check(text)

    assert checked.value == {"a": 1}
    assert checked.text == '{"a": 1}'
    assert checked.note == note


@pytest.mark.parametrize(
    "text",
    [
        '{"items": [{"a": 1}, {"a": 2}, {"a"',
        'Here: {"items": [{"a": 1}, {"a":',
        '```json\n{"items": [{"a": 1},\n```',
    ],
)
def test_a_part_of_a_broken_document_is_not_taken_for_it(text):
    assert "not JSON" in OBJECT.check(text).problem


def test_the_problem_is_of_the_document_and_not_of_the_chatter():
    assert "'object'" in OBJECT.check("The list is [1, 2].").problem


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("<a>1</a>", ""),
        ("```xml\n<a>1</a>\n```", FENCED),
        ("There you go: <a>1</a> Bye.", CHATTY),
    ],
)
def test_the_xml_is_found(text, note):
    checked = XML.check(text)

    assert checked.is_valid, checked.problem
    assert checked.note == note
