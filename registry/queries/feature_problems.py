"""What should be looked at in an assignment."""

from dataclasses import dataclass
from typing import Final

from registry.queries.candidates import Option

PROBLEM_WARNINGS: Final = frozenset(
    {"unavailable", "retiring", "deprecated", "unpriced"}
)
"""Warnings that call for action; the others are hints for the moment of choosing."""


@dataclass(frozen=True)
class Problem:
    """Something that should be looked at. `tone` is danger (no answer is certain) or
    warning."""

    tone: str
    text: str


def problems_of(current: Option | None, fallbacks: list[Option]) -> list[Problem]:
    """What is wrong with an assignment, worst first."""
    if current is None:
        return [Problem("danger", "No model is assigned")]
    name = current.ai_model.reference
    found = [
        Problem("danger", f"{name} {reason.text}")
        for reason in current.verdict.refusals
    ]
    found += [
        Problem("warning", f"{name} {reason.text}")
        for reason in current.verdict.warnings
        if reason.code in PROBLEM_WARNINGS
    ]
    found += [
        Problem("warning", f"Fallback {option.ai_model.reference} {reason.text}")
        for option in fallbacks
        for reason in option.verdict.refusals
    ]
    found += [
        Problem("warning", f"Fallback {option.ai_model.reference} {reason.text}")
        for option in fallbacks
        for reason in option.verdict.warnings
        if reason.code == "unavailable"
    ]
    if not fallbacks:
        found.append(Problem("warning", "No fallback"))
    return found
