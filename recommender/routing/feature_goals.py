"""What the choice for a feature is to reach, from its rules and the state of things.
Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from recommender.routing.analysis import Accuracy
from recommender.routing.asked import Asked, Work
from recommender.routing.goals import FLOORS, Goals, goals_for
from recommender.routing.request import NO_FEATURE, FeatureDemand
from registry.automatic_choice import ChoiceRules
from registry.resolution.entries import FeatureEntry

PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class BudgetLeft:
    """What is left of the scarcest budget that a call falls under, as this process
    knows it; `share` is of 1."""

    usd: float
    share: float
    name: str = ""


def demand_of(feature: FeatureEntry | None) -> FeatureDemand:
    if feature is None:
        return NO_FEATURE
    said = feature.choice.accuracy if feature.choice else ""
    return FeatureDemand(
        accuracy=said or feature.accuracy_level, urgency=feature.urgency
    )


def goals_of(
    feature: FeatureEntry | None,
    work: Work,
    asked: Asked,
    budget: BudgetLeft | None = None,
) -> Goals:
    """Without rules of a feature: the cheapest that is good enough."""
    rules = feature.choice if feature else None
    if feature is None or rules is None:
        return goals_for(Goals(), work.analysis)
    wanted = demand_of(feature).accuracy
    floor = FLOORS[Accuracy(wanted) if wanted in list(Accuracy) else Accuracy.STANDARD]
    ceilings = (rules.max_latency_ms, asked.timeout_ms)
    said_ms = [float(one) for one in ceilings if one is not None]
    goals = Goals(
        policy=rules.policy,
        chance_floor=floor,
        price_ceiling_usd=_float(rules),
        latency_ceiling_ms=min(said_ms, default=None),
        budget_left_usd=None if budget is None else budget.usd,
        exploration_share=float(rules.tried_percent) / PERCENT,
        exploration_usd=float(rules.tried_extra_usd),
    )
    return goals_for(
        goals,
        work.analysis,
        None if budget is None else budget.share,
        scarce_share=rules.scarce_percent / PERCENT,
        hurries=rules.hurries,
    )


def _float(rules: ChoiceRules) -> float | None:
    return None if rules.max_request_usd is None else float(rules.max_request_usd)
