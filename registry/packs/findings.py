"""What speaks against an entry of a pack, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning", "note"]
TONES: Final[dict[Severity, str]] = {
    "error": "danger",
    "warning": "warning",
    "note": "",
}
GONE: Final = frozenset({"unknown_model", "retired", "vanished"})
"""The model named is no longer, or not yet, there."""


@dataclass(frozen=True)
class Finding:
    """`text` is a sentence. An error refuses the switch; a forced one leaves the
    feature as it is.
    `proposal` is a model to name instead, empty where there is none."""

    severity: Severity
    feature: str
    code: str
    text: str
    model: str = ""
    proposal: str = ""

    @property
    def tone(self) -> str:
        return TONES[self.severity]

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def __str__(self) -> str:
        proposed = f" Proposed: {self.proposal}." if self.proposal else ""
        return f"{self.feature}: {self.text}{proposed}"

    def as_json(self) -> dict[str, str | None]:
        return {
            "severity": self.severity,
            "feature": self.feature,
            "code": self.code,
            "text": self.text,
            "model": self.model or None,
            "proposal": self.proposal or None,
        }


def lacks_enabling(findings: Iterable[Finding]) -> tuple[str, ...]:
    """References of models that only have to be enabled."""
    found = list(findings)
    gone = {one.model for one in found if one.code in GONE}
    wanted = (one.model for one in found if one.code == "not_enabled")
    return tuple(sorted({model for model in wanted if model not in gone}))
