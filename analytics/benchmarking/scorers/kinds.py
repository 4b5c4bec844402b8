"""Every kind of scorer, in the order in which people choose. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analytics.benchmarking.scorers import (
    choices,
    code,
    json_answers,
    judge,
    limits,
    numbers,
    similarity,
    texts,
)
from analytics.benchmarking.scorers.fields import ScorerKind

SCORER_KINDS: Final[Mapping[str, ScorerKind]] = {
    one.kind: one
    for one in (
        *texts.KINDS,
        *numbers.KINDS,
        *choices.KINDS,
        *json_answers.KINDS,
        *similarity.KINDS,
        *judge.KINDS,
        *code.KINDS,
        *limits.KINDS,
    )
}
