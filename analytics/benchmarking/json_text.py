"""JSON that people typed. Pure."""

from __future__ import annotations

import json
from typing import Any


def read_json(text: str) -> Any:
    """The value of a JSON text. Raises ValueError; its text ends the sentence “This is
    no JSON: …”."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("it nests too deep") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"{error.msg[:1].lower()}{error.msg[1:]}, {where}") from error


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
