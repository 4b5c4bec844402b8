"""The ranking that an organisation's votes support."""

from __future__ import annotations

import datetime
import statistics
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recommender.bradley_terry import Ballot, Ranking, Strength, rank
from recommender.models import AnswerState, PlaygroundAnswer, Vote
from registry.models import AIModel, Organization

MOST_VOTES: Final = 5_000
"""The newest so many; older ones say little of today's models."""


@dataclass(frozen=True)
class VotedModel:
    """One row: its strength, and what its answers in the playground took. None: not
    known. `ai_model` is None where the catalogue has it no more."""

    strength: Strength
    ai_model: AIModel | None
    median_latency_ms: float | None
    usd_per_thousand: Decimal | None

    @property
    def reference(self) -> str:
        return self.strength.model

    @property
    def share_percent(self) -> int:
        return round(self.strength.share * 100)

    @property
    def low_percent(self) -> int:
        return round(self.strength.low * 100)

    @property
    def high_percent(self) -> int:
        return round(self.strength.high * 100)


@dataclass(frozen=True)
class VoteStrengths:
    ranking: Ranking
    rows: tuple[VotedModel, ...]
    blind_votes: int = 0


def vote_strengths(organization: Organization, feature_key: str = "") -> VoteStrengths:
    """Of all votes of the organisation, or of those for one feature. Three queries."""
    votes = Vote.objects.filter(run__organization=organization)
    if feature_key:
        votes = votes.filter(run__feature__key=feature_key)
    newest = list(
        votes.order_by("-voted_at").values_list(
            "run_id", "winner__reference", "voted_at", "is_blind"
        )[:MOST_VOTES]
    )
    answers = PlaygroundAnswer.objects.filter(
        run__in={run for run, *_ in newest}, state=AnswerState.DONE
    ).select_related("ai_model__provider")
    by_run: dict[object, list[PlaygroundAnswer]] = defaultdict(list)
    for one in answers.defer("text", "trace"):
        by_run[one.run_id].append(one)
    ballots = [
        Ballot(_seen(by_run[run], voted_at), best) for run, best, voted_at, _ in newest
    ]
    ranking = rank(ballots)
    by_model: dict[str, list[PlaygroundAnswer]] = defaultdict(list)
    for group in by_run.values():
        for one in group:
            by_model[one.reference].append(one)
    rows = tuple(_row(one, by_model[one.model]) for one in ranking.strengths)
    return VoteStrengths(ranking, rows, sum(blind for *_, blind in newest))


def _seen(
    answers: list[PlaygroundAnswer], voted_at: datetime.datetime
) -> tuple[str, ...]:
    """What the voter had in view: an answer asked for again later was not there."""
    return tuple(
        one.reference
        for one in answers
        if one.finished_at is not None and one.finished_at <= voted_at
    )


def _row(strength: Strength, answers: list[PlaygroundAnswer]) -> VotedModel:
    latencies = [one.latency_ms for one in answers if one.latency_ms is not None]
    costs = [one.cost_usd for one in answers if one.cost_usd is not None]
    return VotedModel(
        strength=strength,
        ai_model=next((one.ai_model for one in answers if one.ai_model), None),
        median_latency_ms=statistics.median(latencies) if latencies else None,
        # A mean of some of the answers only would be a figure of nothing.
        usd_per_thousand=sum(costs, Decimal(0)) / len(costs) * 1000
        if costs and len(costs) == len(answers)
        else None,
    )
