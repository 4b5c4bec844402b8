"""What a summary is made of. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class Answer(NamedTuple):
    """One result of a run, in the order in which the database gives it."""

    contender_id: int
    case_id: int
    state: str
    score: float | None
    is_passed: bool | None
    latency_ms: float | None
    ttft_ms: float | None
    output_tokens: int | None
    cost_usd: Decimal | None
    judge_cost_usd: Decimal | None
    error_kind: str


@dataclass(frozen=True)
class Asked:
    """A case as far as sums need it."""

    pk: int
    weight: float = 1.0
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entrant:
    """A contender of the run."""

    pk: int
    position: int
    reference: str
