"""Finds the document in what a model wrote around it: code fences, a friendly sentence
before and after. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

FENCE: Final = re.compile(r"```[ \t]*([\w+-]*)[ \t]*\r?\n(.*?)(?:```|\Z)", re.S)
BYTE_ORDER_MARK: Final = "\ufeff"
BRACKET: Final = re.compile(r"[{\[]")
BROKEN: Final = re.compile(r"\{\s*\"|\[\s*[\"{\[\d-]")
MOST_STARTS: Final = 100
FENCED: Final = "repaired: the document was taken out of a code fence"
CHATTY: Final = "repaired: the document was taken out of the text around it"


def json_texts(text: str) -> Iterator[tuple[str, str]]:
    """What may be the JSON in `text`, likeliest first, each with a note on how it was
    found (none for the text as it is)."""
    plain = text.strip().removeprefix(BYTE_ORDER_MARK).strip()
    yield plain, ""
    for _, inside in FENCE.findall(plain):
        yield inside.strip(), FENCED
    for part in _embedded(plain):
        if part != plain:
            yield part, CHATTY


def xml_texts(text: str) -> Iterator[tuple[str, str]]:
    """The same for XML."""
    plain = text.strip().removeprefix(BYTE_ORDER_MARK).strip()
    if plain.startswith("<") or "<" not in plain:
        yield plain, ""
        return
    for _, inside in FENCE.findall(plain):
        yield inside.strip(), FENCED
    yield plain[plain.find("<") : plain.rfind(">") + 1], CHATTY


def _embedded(text: str) -> Iterator[str]:
    """Whole objects and lists that stand in `text`, the first ones first. What begins
    like a document and is broken ends the search: a part of it is not the answer."""
    decoder = json.JSONDecoder()
    place = 0
    for _ in range(MOST_STARTS):
        found = BRACKET.search(text, place)
        if found is None:
            return
        place = found.start()
        try:
            _, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            if BROKEN.match(text, place):
                return
            place += 1
        else:
            yield text[place:end]
            place = end
