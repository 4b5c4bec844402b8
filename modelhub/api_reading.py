"""Reads what is sent to the management API: the content type, and JSON that is
refused with a reason where it cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny


class UnreadableBody(Exception):
    """`status` is 400 or 415; the message is for the caller."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class StrictParser(Parser):
    """JSON as RFC 8259 has it, in UTF-8, and only where the header says so."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Raises UnreadableBody."""
        kind = request.content_type or ""
        if kind != "application/json" and not kind.endswith("+json"):
            said = kind[:60] or "nothing"
            message = f"Send Content-Type: application/json, not {said}."
            raise UnreadableBody(415, message)
        try:
            found: DictStrAny = json.loads(
                request.body.decode("utf-8"), parse_constant=_no_number
            )
        except UnicodeDecodeError as error:
            raise UnreadableBody(400, "The body is not UTF-8.") from error
        except RecursionError as error:
            raise UnreadableBody(400, "The JSON is nested too deeply.") from error
        except json.JSONDecodeError as error:
            message = f"The body is not JSON: {error.msg} in line {error.lineno}."
            raise UnreadableBody(400, message) from error
        except ValueError as error:
            raise UnreadableBody(400, f"The body is not JSON: {error}.") from error
        wrong = _wrong_text(found) if "\\u" in request.body.decode() else None
        if wrong is not None:
            message = f"{wrong or 'body'}: text holds a NUL or half of a character."
            raise UnreadableBody(422, message)
        return found


def _wrong_text(value: Any, path: str = "") -> str | None:
    """The place of a text that no database can store; None: there is none."""
    if isinstance(value, str):
        is_wrong = "\x00" in value or any("\ud800" <= one <= "\udfff" for one in value)
        return path if is_wrong else None
    inside: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        inside = [*((name, name) for name in value), *value.items()]
    elif isinstance(value, list):
        inside = enumerate(value)
    for name, one in inside:
        place = f"{path}.{name}".lstrip(".")
        if (found := _wrong_text(one, place)) is not None:
            return found.encode("utf-8", "replace").decode().replace("\x00", "?")
    return None


def _no_number(word: str) -> Any:
    message = f"{word} is not a number of JSON"
    raise ValueError(message)
