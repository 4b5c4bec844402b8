"""The score of a kept recommendation, row by row beside that of the current model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ScoreRow:
    """One part: its share of the whole in percent, and points 0 to 100 of both models
    with their intervals; None: not known."""

    label: str
    weight_percent: int
    proposed: Mapping[str, Any]
    current: Mapping[str, Any]

    @property
    def change(self) -> float | None:
        """What it adds to the difference of the scores."""
        after, before = self.proposed.get("points"), self.current.get("points")
        return None if after is None or before is None else after - before


def score_rows(details: Mapping[str, Any]) -> list[ScoreRow]:
    """The weightiest part first."""
    current = {one["name"]: one for one in _parts(details, "current")}
    rows = [
        ScoreRow(
            one["label"],
            round(100 * one["weight"]),
            one,
            current.get(one["name"], {}),
        )
        for one in _parts(details, "proposed")
    ]
    return sorted(rows, key=lambda row: -row.weight_percent)


def _parts(details: Mapping[str, Any], which: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = details.get(which, {}).get("parts", [])
    return found
