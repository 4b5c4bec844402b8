"""How likely each model is to succeed, from its ratings and from what the organisation
measured of it itself. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from analytics.wilson import Z_95
from recommender.scoring.evidence import (
    RATED_CASES,
    UNRATED_CASES,
    Kind,
    Measured,
    levels_above,
)

EVEN: Final = 0.5
OVERALL_CASES: Final = 10.0
"""How well a model does as a whole weighs as much as so many cases of one kind."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an organisation knows of one model. `latency_ms` is the mean of its calls
    that went well; None: not measured. `by_task`: what was measured at each kind of
    work, by its code (`task_codes`)."""

    measured: tuple[Measured, ...] = ()
    latency_ms: float | None = None
    by_task: Mapping[int, tuple[Measured, ...]] = field(default_factory=dict)


NOTHING: Final = Found()


class Believed(NamedTuple):
    """`chance` 0 to 1, None where there is neither a rating nor a measurement; `cases`
    of one's own evidence, in benchmark cases, `alike` of them at this kind of work."""

    chance: float | None
    cases: float
    alike: float = 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The 95 % interval of the chance, in which what stood before the evidence
        counts as much as OVERALL_CASES of this kind of work."""
        mean = EVEN if self.chance is None else self.chance
        half = Z_95 * math.sqrt(mean * (1 - mean) / (OVERALL_CASES + self.alike + 1))
        return _bounded(mean - half), _bounded(mean + half)


def believed_at(
    believed: Mapping[int, Believed], found: Mapping[int, Found], code: int
) -> dict[int, Believed]:
    """The same for one kind of work: each model's chance b, moved by what was measured
    at it,

        (k · b + Σ nᵢ · xᵢ) / (k + Σ nᵢ)   with k = OVERALL_CASES

    (shrinkage of the part to the whole, as in `scoring.evidence.believed`). Benchmarks
    and feedback count as they are: they tell how hard this kind of work is. That calls
    went well is counted above what is usual for all models, as it says little of how
    good the answers were."""
    usable = {
        pk: [
            one for one in found.get(pk, NOTHING).by_task.get(code, ()) if one.is_usable
        ]
        for pk in believed
    }
    levels = levels_above(
        (believed[pk].chance, several) for pk, several in usable.items()
    )
    usual = levels.get(Kind.PRODUCTION, 0.0)
    return {pk: _moved_at(believed[pk], usable[pk], usual) for pk in believed}


def _moved_at(overall: Believed, measured: list[Measured], usual: float) -> Believed:
    alike = math.fsum(one.cases for one in measured)
    if not alike:
        return overall
    prior = EVEN if overall.chance is None else overall.chance
    weight = UNRATED_CASES if overall.chance is None else OVERALL_CASES
    hits = math.fsum(
        one.cases * _bounded(one.mean - (usual if one.kind is Kind.PRODUCTION else 0.0))
        for one in measured
    )
    chance = _bounded((weight * prior + hits) / (weight + alike))
    return Believed(chance, max(overall.cases, alike), alike)


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
    levels = levels_above((documented[pk], several) for pk, several in usable.items())
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


def _bounded(value: float) -> float:
    return min(1.0, max(0.0, value))
