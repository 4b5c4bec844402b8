"""How likely each model is to succeed, from its ratings and from what the organisation
measured of it itself. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from recommender.scoring.evidence import (
    LEVELLING_MODELS,
    RATED_CASES,
    UNRATED_CASES,
    Kind,
    Measured,
)

EVEN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """What an organisation knows of one model. `latency_ms` is the mean of its calls
    that went well; None: not measured."""

    measured: tuple[Measured, ...] = ()
    latency_ms: float | None = None


NOTHING: Final = Found()


class Believed(NamedTuple):
    """`chance` 0 to 1, None where there is neither a rating nor a measurement; `cases`
    of one's own evidence, in benchmark cases."""

    chance: float | None
    cases: float


def believed_chances(
    documented: Mapping[int, float | None], found: Mapping[int, Found]
) -> dict[int, Believed]:
    """By model id: the documented chance p of this kind of work, moved by what was
    measured,

        (k · p + Σ nᵢ · (xᵢ − lᵢ)) / (k + Σ nᵢ)

    with k as in `scoring.evidence.believed`. lᵢ is how far measurements of that kind
    lie above the documented chances, over all models that have both: they tell which
    model does better than it is rated, not how hard this request is."""
    usable = {
        pk: [one for one in found.get(pk, NOTHING).measured if one.is_usable]
        for pk in documented
    }
    levels = _levels((documented[pk], several) for pk, several in usable.items())
    return {pk: _moved(documented[pk], usable[pk], levels) for pk in documented}


def _moved(
    documented: float | None, measured: list[Measured], levels: Mapping[Kind, float]
) -> Believed:
    cases = math.fsum(one.cases for one in measured)
    if not cases:
        return Believed(documented, 0.0)
    prior = EVEN if documented is None else documented
    weight = UNRATED_CASES if documented is None else RATED_CASES
    hits = math.fsum(
        one.cases * _bounded(one.mean - levels.get(one.kind, 0.0)) for one in measured
    )
    return Believed(_bounded((weight * prior + hits) / (weight + cases)), cases)


def _levels(
    models: Iterable[tuple[float | None, list[Measured]]],
) -> dict[Kind, float]:
    """Of few models nobody can tell whether the test is easy or they are good: with m
    of them the mean difference counts m / (m + 2)."""
    differences: dict[Kind, list[float]] = {}
    for documented, measured in models:
        for one in measured:
            if documented is not None:
                differences.setdefault(one.kind, []).append(one.mean - documented)
    return {
        kind: math.fsum(several) / (len(several) + LEVELLING_MODELS)
        for kind, several in differences.items()
    }


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, value))
