"""The optimal mix of 100 features × 200 models, made up by a seeded generator."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from functools import partial
from typing import Final

from modelhub.bench.timing import Measurement, measure
from recommender.mix.clashes import Clash
from recommender.mix.problem import FeatureNeed, Goal, Limits, Option, Problem
from recommender.mix.solving import best_mix

FEATURES: Final = 100
MODELS: Final = 200
PROVIDERS: Final = 20
TARGET_MS: Final = 2_000
LIMITS: Final = {
    "no limits": Limits(),
    "12 providers, 85 changes": Limits(max_providers=12, max_changes=85),
    "a budget, 3 providers, one of them limited": Limits(
        budget_usd=4_000, max_providers=3, provider_usd={"p1": 100}
    ),
}


def measure_mix(runs: int) -> Iterator[Measurement]:
    needs = _needs(random.Random(7))  # noqa: S311
    for goal in Goal:
        for name, limits in LIMITS.items():
            problem = Problem(needs=needs, limits=limits, goal=goal)
            found = best_mix(problem)
            proven = not isinstance(found, Clash) and found.is_proven
            yield Measurement(
                f"Optimal mix, {goal}, {name}",
                measure(partial(best_mix, problem), runs=runs, warm=0),
                TARGET_MS,
                note="proven optimal" if proven else "NOT proven",
            )


def _needs(chance: random.Random) -> tuple[FeatureNeed, ...]:
    models = [
        (f"p{chance.randrange(PROVIDERS)}/m{number}", chance.lognormvariate(0, 1.5))
        for number in range(MODELS)
    ]
    return tuple(_need(chance, number, models) for number in range(FEATURES))


def _need(
    chance: random.Random, number: int, models: list[tuple[str, float]]
) -> FeatureNeed:
    volume, current = chance.lognormvariate(3, 1.5), chance.randrange(MODELS)
    options = tuple(
        Option(
            reference=reference,
            provider=reference.split("/")[0],
            cost_usd=volume * price * chance.uniform(0.8, 1.2),
            quality=min(100.0, max(0.0, 60 + 8 * math.log(price) + chance.gauss(0, 8))),
            latency_ms=chance.lognormvariate(7, 0.5),
            is_current=at == current,
        )
        for at, (reference, price) in enumerate(models)
    )
    return FeatureNeed(
        key=f"f{number}",
        options=options,
        quality_floor=55,
        latency_ceiling_ms=2_500,
        importance=volume,
    )
