"""What counts how much for a use case. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final


class WeightError(ValueError):
    """Weights that no score can be made of, in words."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """Only their proportions count. Raises WeightError, naming what is wrong."""

    suitability: float = 1.0
    quality: float = 1.0
    latency: float = 1.0
    reliability: float = 1.0
    cost: float = 1.0

    def __post_init__(self) -> None:
        wrong = [
            name
            for name, value in self.by_name.items()
            if not math.isfinite(value) or value < 0
        ]
        if wrong:
            raise WeightError(
                f"A weight is a number from 0 on; look at {', '.join(wrong)}."
            )
        if not any(self.by_name.values()):
            raise WeightError(
                "All weights are 0: give at least one of them a value above 0."
            )

    @property
    def by_name(self) -> dict[str, float]:
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @property
    def shares(self) -> dict[str, float]:
        """Of 1."""
        # By the greatest first: the sum of huge weights is no number.
        greatest = max(self.by_name.values())
        scaled = {name: value / greatest for name, value in self.by_name.items()}
        whole = sum(scaled.values())
        return {name: value / whole for name, value in scaled.items()}

    def times(self, **factors: float) -> Weights:
        return Weights(
            **{
                name: value * factors.get(name, 1.0)
                for name, value in self.by_name.items()
            }
        )


DEFAULT: Final = Weights(suitability=2, quality=4, latency=1, reliability=1, cost=2)
USE_CASE_WEIGHTS: Final = {
    "real_time": Weights(suitability=2, quality=2, latency=4, reliability=2, cost=1),
    "chat": Weights(suitability=2, quality=4, latency=2, reliability=1, cost=2),
    "batch": Weights(suitability=2, quality=3, latency=0, reliability=1, cost=5),
    "vision": Weights(suitability=3, quality=4, latency=1, reliability=1, cost=2),
    "long_documents": Weights(
        suitability=4, quality=4, latency=0.5, reliability=1, cost=2
    ),
    "code": Weights(suitability=3, quality=5, latency=1, reliability=1, cost=1),
    "extraction": Weights(suitability=3, quality=4, latency=1, reliability=2, cost=3),
    "agents": Weights(suitability=3, quality=5, latency=1, reliability=2, cost=1),
    "cost_sensitive": Weights(
        suitability=1, quality=3, latency=0.5, reliability=1, cost=6
    ),
    "high_accuracy": Weights(
        suitability=2, quality=8, latency=0.5, reliability=2, cost=0.5
    ),
    "complex_analysis": Weights(
        suitability=3, quality=6, latency=0.5, reliability=1, cost=1
    ),
    "quality_control": Weights(
        suitability=3, quality=5, latency=1, reliability=2, cost=2
    ),
    "search": Weights(suitability=2, quality=3, latency=3, reliability=1, cost=2),
    "code_generation": Weights(
        suitability=3, quality=5, latency=1, reliability=1, cost=1
    ),
    "code_explanation": Weights(
        suitability=2, quality=4, latency=2, reliability=1, cost=2
    ),
    "code_review": Weights(
        suitability=2, quality=6, latency=0.5, reliability=1, cost=1
    ),
    "planning": Weights(suitability=3, quality=6, latency=0.5, reliability=1, cost=1),
    "refactoring": Weights(
        suitability=3, quality=5, latency=0.5, reliability=2, cost=1
    ),
    "testing": Weights(suitability=3, quality=4, latency=1, reliability=1, cost=2),
    "documentation": Weights(
        suitability=2, quality=3, latency=0.5, reliability=1, cost=3
    ),
}
"""By the key of a kind of work (`recommender.kinds_of_work`)."""
ACCURACY: Final = {"basic": 0.5, "high": 1.5, "critical": 2.5}
URGENCY: Final = {"background": 0.25, "realtime": 2.0}
BUDGET: Final = {"low": 0.5, "high": 2.0}


def weights_for(
    use_case: str, accuracy: str = "", urgency: str = "", budget: str = ""
) -> Weights:
    """Of a use case, bent by what a feature says of itself."""
    base = USE_CASE_WEIGHTS.get(use_case, DEFAULT)
    return bent(base, accuracy, urgency, budget)


def bent(
    weights: Weights, accuracy: str = "", urgency: str = "", budget: str = ""
) -> Weights:
    """`accuracy`, `urgency` and `budget` are the values of AccuracyLevel, Urgency and
    BudgetSensitivity."""
    return weights.times(
        quality=ACCURACY.get(accuracy, 1.0),
        latency=URGENCY.get(urgency, 1.0),
        cost=BUDGET.get(budget, 1.0),
    )
