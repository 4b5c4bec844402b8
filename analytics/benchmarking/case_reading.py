"""One case of a file, as it is said there, into what a case says. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from analytics.benchmarking.case_content import (
    CaseContent,
    content_problems,
    key_problem,
    tidy,
)
from analytics.benchmarking.images import (
    ImageRefused,
    Picture,
    picture_of_address,
    read_picture,
)
from analytics.benchmarking.scorer_checks import scorers_problem

FIELDS: Final = (
    "key",
    "prompt",
    "messages",
    "system",
    "images",
    "expected",
    "rubric",
    "schema",
    "scorers",
    "tags",
    "weight",
)
NAMES: Final = {"response_schema": "schema", "images": "images"}
OpenImage = Callable[[str], bytes]
"""The bytes of an image that is named beside a file. Raises OSError."""


@dataclass(frozen=True, order=True)
class Fault:
    """Something wrong in a file; `line` from 1, 0 where it has no place."""

    line: int
    field: str
    text: str

    def __str__(self) -> str:
        place = f"Line {self.line}: " if self.line else ""
        return f"{place}{self.field}: {self.text}" if self.field else place + self.text


@dataclass(frozen=True)
class ReadCase:
    """A case of a file. `key` may be empty: it is made of the prompt then."""

    line: int
    key: str
    content: CaseContent
    pictures: tuple[Picture, ...] = ()


class Unfit(Exception):
    """A case that cannot be used; `faults` is all that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def read_case(said: Any, line: int, open_image: OpenImage | None = None) -> ReadCase:
    """Read an object of FIELDS. Raises Unfit."""
    if not isinstance(said, Mapping):
        raise Unfit([Fault(line, "", "A case is an object with a prompt.")])
    faults = [Fault(line, str(name), _unknown(str(name))) for name in said]
    faults = [one for one in faults if one.field not in FIELDS]
    value = {name: plain(one) for name, one in said.items()}
    faults += [Fault(line, name, text) for name, text in _shapes(value)]
    if faults:
        raise Unfit(faults)
    try:
        pictures = tuple(_picture(one, open_image) for one in _list(value, "images"))
    except ImageRefused as error:
        raise Unfit([Fault(line, "images", str(error))]) from error
    key = str(value.get("key") or "")
    content = _content(value, tuple(one.digest for one in pictures))
    problems = content_problems(content)
    if key and (wrong := key_problem(key)):
        problems["key"] = wrong
    if wrong := scorers_problem(content.scorers):
        problems["scorers"] = wrong
    if problems:
        raise Unfit(
            Fault(line, NAMES.get(name, name), text) for name, text in problems.items()
        )
    return ReadCase(line, key, content, pictures)


def plain(value: Any) -> Any:
    """As JSON has it: decimals as numbers."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


def _content(value: dict[str, Any], images: tuple[str, ...]) -> CaseContent:
    messages = value.get("messages") or []
    if value.get("prompt"):
        messages = [{"role": "user", "content": value["prompt"]}]
    weight = value.get("weight")
    return tidy(
        CaseContent(
            messages=tuple(messages),
            system=value.get("system") or "",
            images=images,
            expected=value.get("expected"),
            rubric=value.get("rubric") or "",
            response_schema=value.get("schema"),
            scorers=tuple(_list(value, "scorers")),
            tags=tuple(_list(value, "tags")),
            weight=1.0 if weight is None else float(weight),
        )
    )


def _shapes(value: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Fields whose kind of value cannot be read any further."""
    for name, (is_right, text) in SHAPES.items():
        if not is_right(value.get(name) or ""):
            yield name, text
    for place, one in enumerate(_dicts(value.get("messages")), start=1):
        if one.keys() - {"role", "content"}:
            yield "messages", f"Message {place} has more than role and content."
    if value.get("prompt") and value.get("messages"):
        yield "prompt", "Write a prompt or messages, not both."


def _is_text(said: Any) -> bool:
    return isinstance(said, str)


def _is_name(said: Any) -> bool:
    return isinstance(said, str | int)


def _is_texts(said: Any) -> bool:
    is_list = isinstance(said, list) and all(isinstance(one, str) for one in said)
    return is_list or isinstance(said, str)


def _is_objects(said: Any) -> bool:
    return said == "" or isinstance(said, list) and len(_dicts(said)) == len(said)


def _is_number(said: Any) -> bool:
    is_number = isinstance(said, int | float) and not isinstance(said, bool)
    return is_number or said == ""


TEXT: Final = "This is a text; put it in quotes."
SHAPES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "key": (_is_name, TEXT),
    "prompt": (_is_text, TEXT),
    "system": (_is_text, TEXT),
    "rubric": (_is_text, TEXT),
    "tags": (_is_texts, "This is a list of texts."),
    "images": (_is_texts, "This is a list of texts."),
    "messages": (_is_objects, "This is a list of objects."),
    "scorers": (_is_objects, "This is a list of objects."),
    "weight": (_is_number, "This is a number; 1 is the usual one."),
}


def _dicts(said: Any) -> list[dict[str, Any]]:
    known = said if isinstance(said, list) else []
    return [one for one in known if isinstance(one, dict)]


def _list(value: dict[str, Any], name: str) -> list[Any]:
    """A list, or the one text that stands for a list of it."""
    said = value.get(name) or []
    return [said] if isinstance(said, str) else list(said)


def _picture(said: str, open_image: OpenImage | None) -> Picture:
    if said.startswith("data:") or open_image is None:
        return picture_of_address(said)
    try:
        return read_picture(open_image(said), said)
    except OSError as error:
        why = error.strerror or str(error)
        raise ImageRefused(f"“{said[:80]}” cannot be opened: {why}.") from error


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name, FIELDS, n=1)
    meant = f" Did you mean {close[0]}?" if close else f" Known: {', '.join(FIELDS)}."
    return f"This is no field of a case.{meant}"
