"""What a choice is to reach, and how the state of things bends it. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from recommender.routing.analysis import Accuracy, Urgency, WorkloadAnalysis
from registry.automatic_choice import Policy as Policy

FLOORS: Final = {
    Accuracy.BASIC: 0.5,
    Accuracy.STANDARD: 0.7,
    Accuracy.HIGH: 0.8,
    Accuracy.CRITICAL: 0.9,
}
"""The least chance of success that is good enough."""
SCARCE_BUDGET: Final = 0.1
"""With a smaller share of the budget left the cheapest model that will do is taken."""
STICKING: Final = 0.1
"""A conversation stays with its model unless another is cheaper by a tenth."""


@dataclass(frozen=True, kw_only=True)
class Goals:
    """`chance_floor` 0 to 1; `price_ceiling_usd` and `budget_left_usd` are for this one
    request (None: not limited). Of all requests `exploration_share` (0 to 1) may try a
    model that is little known, for at most `exploration_usd` more than the choice.
    Raises ValueError, naming everything that makes no sense."""

    policy: Policy = Policy.CHEAPEST
    chance_floor: float = FLOORS[Accuracy.STANDARD]
    price_ceiling_usd: float | None = None
    latency_ceiling_ms: float | None = None
    budget_left_usd: float | None = None
    exploration_share: float = 0.0
    exploration_usd: float = 0.0
    reasons: tuple[str, ...] = ()

    @property
    def wishes(self) -> tuple[object, ...]:
        """What decides the order of models that are all well, and that lasts."""
        return (
            self.policy,
            self.chance_floor,
            self.price_ceiling_usd,
            self.latency_ceiling_ms,
        )

    def __post_init__(self) -> None:
        shares = {
            "The chance that is good enough": self.chance_floor,
            "The share of exploration": self.exploration_share,
        }
        found = [
            f"{name} is a number from 0 to 1."
            for name, value in shares.items()
            if not 0 <= value <= 1
        ]
        limits = {
            "The price": self.price_ceiling_usd,
            "The latency": self.latency_ceiling_ms,
            "The cost of exploration": self.exploration_usd,
        }
        found += [
            f"{name} is limited by a number from 0 on."
            for name, value in limits.items()
            if value is not None and not (math.isfinite(value) and value >= 0)
        ]
        if found:
            raise ValueError(" ".join(found))


def goals_for(
    goals: Goals,
    workload: WorkloadAnalysis,
    budget_left_share: float | None = None,
    *,
    scarce_share: float = SCARCE_BUDGET,
    hurries: bool = True,
) -> Goals:
    """The goals bent by the work and by the budget (`budget_left_share` of 1; None: no
    budget, or not known), with a sentence for each change. Below `scarce_share` of a
    budget the cheapest is taken; with `hurries` a balanced choice becomes the fastest
    in real time. What is critical is never explored."""
    accuracy = workload.accuracy.value
    bent, reasons = goals, list(goals.reasons)
    floor = FLOORS[accuracy]
    if floor > goals.chance_floor:
        bent = replace(bent, chance_floor=floor)
        reasons.append(
            f"{accuracy.value.capitalize()} accuracy: good enough from {floor:.0%} on."
        )
    if accuracy is Accuracy.CRITICAL and goals.exploration_share:
        bent = replace(bent, exploration_share=0.0)
        reasons.append("Critical accuracy: nothing is tried out.")
    if budget_left_share is not None and budget_left_share < scarce_share:
        bent = replace(bent, policy=Policy.CHEAPEST, exploration_share=0.0)
        reasons.append(
            f"{max(0.0, budget_left_share):.0%} of the budget is left: the cheapest "
            "that is good enough."
        )
    elif hurries and _is_hurried(bent, workload):
        bent = replace(bent, policy=Policy.FASTEST)
        reasons.append("Real time: the fastest that is good enough.")
    return replace(bent, reasons=tuple(reasons))


def _is_hurried(goals: Goals, workload: WorkloadAnalysis) -> bool:
    is_real_time = workload.urgency.value is Urgency.REAL_TIME
    return is_real_time and goals.policy is Policy.BALANCED
