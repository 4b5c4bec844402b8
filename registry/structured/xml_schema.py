"""Answers in XML that follow an XML Schema (XSD 1.0). Nothing outside the texts given
is read: no entities, no includes, no locations."""

from __future__ import annotations

import re
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

import xmlschema
from xmlschema.exceptions import XMLSchemaException
from xmlschema.validators.facets import XsdPatternFacets

from registry.structured.checked import (
    LONGEST_DEFINITION,
    Checked,
    InvalidStructureError,
    refused_length,
)
from registry.structured.extraction import xml_texts
from registry.structured.patterns import Pattern

XSD: Final = "{http://www.w3.org/2001/XMLSchema}"
OUTSIDE: Final = tuple(
    f"{XSD}{word}" for word in ("include", "import", "redefine", "override")
)
MOST_PROBLEMS: Final = 5
LONGEST_PROBLEM: Final = 300
DEEPEST: Final = 200
MOST_OCCURRENCES: Final = 10_000
REPEAT: Final = re.compile(r"[*+{]")
REPEATED_GROUP: Final = re.compile(r"\)[*+{]")
END_OF_XSD_PATTERN: Final = r"(?!\n\Z)"


class XmlSchemaValidator:
    """Checks against one schema, given as its text."""

    def __init__(self, schema: str) -> None:
        """Raises InvalidStructureError for a schema that cannot be used."""
        if len(schema) > LONGEST_DEFINITION:
            message = f"A schema has at most {LONGEST_DEFINITION:,} characters."
            raise InvalidStructureError(message)
        self._text = schema.strip()
        _check_inside(_root_of_schema(self._text))
        try:
            self._schema = xmlschema.XMLSchema10(
                self._text, allow="none", defuse="always", use_fallback=False
            )
        except (XMLSchemaException, ParseError, ValueError, RecursionError) as error:
            message = f"The schema itself is wrong: {_line(error)}"
            raise InvalidStructureError(message) from error
        if not self._schema.elements:
            raise InvalidStructureError("The schema names no element for the answer.")
        _bound_patterns(self._schema)

    @property
    def instruction(self) -> str:
        return (
            "Answer with one XML document that follows the XML Schema below, and with "
            "nothing else: no explanation, no code fence.\n\n"
            f"XML Schema:\n{self._text}"
        )

    def check(self, text: str) -> Checked:
        """`value` is the document as a dict, attributes with an `@`."""
        refused = refused_length(text)
        if refused:
            return Checked(problem=refused)
        unread, wrong = "", ""
        for part, note in xml_texts(text):
            try:
                root = read_xml(part)
            except ValueError as error:
                unread = unread or f"The answer is not XML: {error}."
                continue
            problem = self._problem(root)
            if not problem:
                return Checked(self._value(root), part, note=note)
            wrong = wrong or problem
        return Checked(problem=wrong or unread)

    def _problem(self, root: Element) -> str:
        found = []
        try:
            for error in self._schema.iter_errors(root, use_location_hints=False):
                found.append(f"At {error.path or '/'}: {_line(error.reason)}")
                if len(found) == MOST_PROBLEMS:
                    break
        except (XMLSchemaException, RecursionError, ValueError) as error:
            found.append(_line(error))
        return "\n".join(found)

    def _value(self, root: Element) -> object:
        value: object = self._schema.decode(
            root, use_location_hints=False, decimal_type=str
        )
        return value


def read_xml(text: str) -> Element:
    """The document's root. Raises ValueError in words that a model can act on."""
    if not text.startswith("<"):
        raise ValueError("it does not begin with <")
    try:
        resource = xmlschema.XMLResource(
            text.encode(errors="replace"), allow="none", defuse="always"
        )
    except (ParseError, XMLSchemaException, ValueError, LookupError) as error:
        raise ValueError(_line(error)) from error
    root: Element = resource.root
    if _is_too_deep(root):
        raise ValueError(f"it is nested more than {DEEPEST} levels deep")
    return root


def _root_of_schema(text: str) -> Element:
    try:
        return read_xml(text)
    except ValueError as error:
        message = f"The schema is not XML: {error}."
        raise InvalidStructureError(message) from error


def _check_inside(root: Element) -> None:
    for element in root.iter():
        if element.tag in OUTSIDE and "schemaLocation" in element.attrib:
            word = str(element.tag).removeprefix(XSD)
            message = f"The schema has an xs:{word}: nothing is fetched from elsewhere."
            raise InvalidStructureError(message)
        for name in ("minOccurs", "maxOccurs"):
            number = element.attrib.get(name, "").strip()
            if number.isdigit() and int(number[:20]) > MOST_OCCURRENCES:
                message = f"{name} is at most {MOST_OCCURRENCES:,}, or unbounded."
                raise InvalidStructureError(message)
    _check_stated_values(root)


def _check_stated_values(root: Element) -> None:
    """Values that the schema itself states are matched while it is read, before its
    patterns are bounded."""
    has_values = any(
        one.tag == f"{XSD}enumeration" or {"default", "fixed"} & set(one.attrib)
        for one in root.iter()
    )
    for element in root.iter(f"{XSD}pattern"):
        text = element.attrib.get("value", "")
        if has_values and REPEATED_GROUP.search(text) and len(REPEAT.findall(text)) > 1:
            raise InvalidStructureError(
                f"The pattern {text[:100]!r} repeats what repeats: that does not go "
                "together with default, fixed or enumerated values."
            )


def _bound_patterns(schema: xmlschema.XMLSchema10) -> None:
    """Patterns of a schema match by Python's engine, which can take for ever."""
    for component in schema.iter_components():
        facets = getattr(component, "patterns", None)
        if isinstance(facets, XsdPatternFacets):
            bounded: list[Any] = [_Bounded(one.pattern) for one in facets.patterns]
            facets.patterns = bounded


class _Bounded:
    """Stands where a compiled pattern of Python stood; it was translated from XSD's
    language to one that both engines know."""

    def __init__(self, translated: str) -> None:
        self.pattern = translated
        self._engine = Pattern(translated.removesuffix(END_OF_XSD_PATTERN))

    def match(self, text: str) -> bool | None:
        return True if self._engine.is_in(text) else None


def _is_too_deep(root: Element) -> bool:
    level = [root]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in outer]
        if not level:
            return False
    return True


def _line(reason: Any) -> str:  # an error or a text, as the library has it
    text = " ".join(str(reason).split())
    return text[:LONGEST_PROBLEM] + ("…" if len(text) > LONGEST_PROBLEM else "")
