"""Names in the file of a pack that nothing is known by, with their lines. A pack may
name what is not there yet, so that this refuses nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from registry.lined.document import LinedDocument
from registry.packs.findings import Finding

FIELDS: Final = {
    "unknown_model": "model",
    "unknown_fallback": "fallbacks",
    "unknown_prompt": "prompt",
    "no_feature": "",
}
"""By the code of a finding, the field that it is about; none: the feature itself."""
MOST: Final = 50


@dataclass(frozen=True)
class Unknown:
    """`line` is 0 where it is not known."""

    file: str
    line: int
    finding: Finding

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"! {place}: {self.finding}"

    def as_json(self) -> dict[str, Any]:
        return {**self.finding.as_json(), "line": self.line or None}


def unknown_names(
    findings: Iterable[Finding], read: LinedDocument, file: str
) -> list[Unknown]:
    """In the order of the file."""
    found = [
        Unknown(file, read.line_of(("features", one.feature, FIELDS[one.code])), one)
        for one in findings
        if one.code in FIELDS
    ]
    return sorted(found, key=lambda one: one.line)


def unknown_lines(found: Sequence[Unknown]) -> list[str]:
    more = len(found) - MOST
    ending = [f"! … and {more:,} more: see `modelhub packs show`."] if more > 0 else []
    return [*map(str, found[:MOST]), *ending]


def waiting_line(findings: Iterable[Finding]) -> list[str]:
    """The features that a pack names and that are not there, in one line."""
    keys = [one.feature for one in findings if one.code == "no_feature"]
    are = "features whose entries wait" if keys[1:] else "feature whose entry waits"
    return [f"! Unknown {are}: {', '.join(keys)}."] if keys else []
