"""Whether the JSON of scorers can be used. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analytics.benchmarking.scorers import ScorerError, read_scorers


def scorers_problem(scorers: Sequence[Any]) -> str:
    """All that is wrong with scorers, in sentences; empty where nothing is."""
    try:
        read_scorers(scorers)
    except ScorerError as error:
        return str(error)
    return ""
