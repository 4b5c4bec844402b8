"""Reads what judges reply. They are models: they wrap, chat, stop in the middle and
talk nonsense. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analytics.benchmarking.scorers.answer_scorer import shortened
from registry.structured.extraction import json_texts
from registry.structured.json_schema import read_json

LONGEST_READ: Final = 50_000
LONGEST_REASON: Final = 500
BEST: Final = 10.0
OUT_OF_TEN: Final = r"(-?\d{1,6}(?:\.\d+)?)(?:\s*/\s*10(?:\.0*)?)?"
MARKS: Final = r"[\s:*_=\"'`]{0,12}"
SAID_SCORE: Final = re.compile(rf"\bscore\b{MARKS}(?:is\s+)?{OUT_OF_TEN}(?!\d)", re.I)
SAID_BETTER: Final = re.compile(
    r"\b(?:better|winner|verdict)\b[\s:*_=\"\'`]{0,12}(?:is\s+(?:the\s+)?)?(first|second|tie)\b",
    re.I,
)
PREFERENCES: Final = ("first", "second", "tie")


@dataclass(frozen=True)
class Verdict:
    """`value` is 0 to 1 in a rubric; `better` is first, second or tie in a pair."""

    value: float | None = None
    better: str = ""
    reason: str = ""


def rubric_verdict(text: str) -> Verdict | None:
    """None where the judge gave no score from 0 to 10."""
    text = text[-LONGEST_READ:]
    for found in _objects(text):
        score = _score(found.get("score"))
        if score is not None:
            return Verdict(value=score / BEST, reason=_reason(found))
    said = SAID_SCORE.findall(text)
    score = _score(said[-1]) if said else None
    return None if score is None else Verdict(value=score / BEST)


def pair_verdict(text: str) -> Verdict | None:
    """None where the judge preferred none and did not call it a tie."""
    text = text[-LONGEST_READ:]
    for found in _objects(text):
        better = str(found.get("better", "")).strip().lower()
        if better in PREFERENCES:
            return Verdict(better=better, reason=_reason(found))
    said = SAID_BETTER.findall(text)
    return Verdict(better=said[-1].lower()) if said else None


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """The objects in `text`, the last first: what a judge quotes before is not its
    verdict."""
    found = []
    for part, _ in json_texts(text):
        try:
            value = read_json(part)
        except ValueError:
            continue
        if isinstance(value, Mapping):
            found.append(value)
    return reversed(found)


def _score(value: Any) -> float | None:
    """A number from 0 to 10, or a text such as “8/10”."""
    if isinstance(value, str):
        match = re.fullmatch(rf"\s*{OUT_OF_TEN}\s*", value)
        value = float(match[1]) if match else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # 1e400 is an int here where JSON wrote it without a point.
    within = 0 <= value <= BEST and math.isfinite(value)
    return float(value) if within else None


def _reason(found: Mapping[str, Any]) -> str:
    reason = found.get("reason")
    return shortened(reason, LONGEST_REASON) if isinstance(reason, str) else ""
