"""One answer of the command, in both forms. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """`text` is printed unless JSON is asked for; `problem` ends the command with 1."""

    document: Any
    text: str
    problem: str = ""
