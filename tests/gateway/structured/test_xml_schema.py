"""Answers in XML are checked against an XSD; nothing outside is ever read."""

import time

import pytest

from registry.structured.checked import InvalidStructureError
from registry.structured.xml_schema import XmlSchemaValidator


def xsd(inside: str) -> str:
    return (
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{inside}</xs:schema>'
    )


NOTE = xsd(
    '<xs:element name="note"><xs:complexType><xs:sequence>'
    '<xs:element name="to" type="xs:string"/>'
    '<xs:element name="stars" type="xs:int" maxOccurs="3"/>'
    "</xs:sequence></xs:complexType></xs:element>"
)


def test_a_document_that_follows_the_schema_is_parsed():
    checked = XmlSchemaValidator(NOTE).check(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<note><to>Ada</to><stars>5</stars></note>"
    )

    assert checked.value == {"to": "Ada", "stars": [5]}


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("<note><to>Ada</to></note>", "At /note"),
        ("<note><to>Ada</to><stars>many</stars></note>", "At /note/stars"),
        ("<other/>", "other"),
        ("<note><to>Ada</note>", "not XML"),
        ("no xml here", "not XML"),
        ("/etc/passwd", "not XML"),
        ("", "empty"),
        ("<note>" * 5_000, "not XML"),
        ("<note><to>" + "<b>" * 300 + "</b>" * 300 + "</to></note>", "levels deep"),
    ],
)
def test_a_wrong_answer_is_told_where_and_why(answer, problem):
    assert problem in XmlSchemaValidator(NOTE).check(answer).problem


@pytest.mark.parametrize(
    "answer",
    [
        '<!DOCTYPE note [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        "<note><to>&x;</to><stars>1</stars></note>",
        '<!DOCTYPE note [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        "<note><to>&b;</to><stars>1</stars></note>",
        '<!DOCTYPE note SYSTEM "http://127.0.0.1:9/x.dtd"><note/>',
    ],
)
def test_entities_are_refused(answer):
    assert "not XML" in XmlSchemaValidator(NOTE).check(answer).problem


def test_a_location_in_the_answer_is_not_followed():
    checked = XmlSchemaValidator(NOTE).check(
        '<note xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://127.0.0.1:9/x.xsd">'
        "<to>Ada</to><stars>5</stars></note>"
    )

    assert checked.is_valid, checked.problem


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ("not xml", "not XML"),
        ("<a/>", "itself is wrong"),
        (xsd('<xs:include schemaLocation="file:///etc/passwd"/>'), "xs:include"),
        (
            xsd('<xs:import namespace="x" schemaLocation="http://127.0.0.1:9/x.xsd"/>'),
            "xs:import",
        ),
        (xsd('<xs:element name="a" type="xs:missing"/>'), "itself is wrong"),
        (xsd(""), "names no element"),
        (
            xsd(
                '<xs:element name="a" default="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">'
                '<xs:simpleType><xs:restriction base="xs:string">'
                '<xs:pattern value="(a+)+b"/>'
                "</xs:restriction></xs:simpleType></xs:element>"
            ),
            "repeats what repeats",
        ),
        (
            xsd('<xs:element name="a" type="xs:int" maxOccurs="x"/>'),
            "itself is wrong",
        ),
        (
            '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + xsd("&e;"),
            "not XML",
        ),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_with_the_reason(schema, why):
    with pytest.raises(InvalidStructureError, match=why):
        XmlSchemaValidator(schema)


def test_a_pattern_holds_and_never_takes_for_ever():
    validator = XmlSchemaValidator(
        xsd(
            '<xs:element name="a"><xs:simpleType><xs:restriction base="xs:string">'
            '<xs:pattern value="(a+)+b"/></xs:restriction></xs:simpleType></xs:element>'
        )
    )
    started = time.monotonic()

    hostile = validator.check(f"<a>{'a' * 50}</a>")

    assert time.monotonic() - started < 2
    assert "pattern" in hostile.problem
    assert validator.check("<a>aab</a>").value == "aab"
    assert not validator.check("<a>aab\n</a>").is_valid
