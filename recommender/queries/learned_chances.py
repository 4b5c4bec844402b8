"""What was found out of a feature's models at each kind of work, as its page shows
it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from recommender.routing.believing import believed_at, believed_chances
from recommender.routing.documented import documented_success, strength_for
from recommender.routing.measuring import found_of
from recommender.routing.task_codes import BY_CODE
from registry.models import Feature
from registry.resolution.entries import ModelEntry
from registry.resolution.loading import load_snapshot_of

MOST_ROWS: Final = 30
PERCENT: Final = 100


@dataclass(frozen=True)
class LearnedChance:
    """How often a model succeeds at a kind of work; percents, with their 95 %
    interval. `cases` are one's own at this kind of work, in benchmark cases."""

    reference: str
    work: str
    percent: float
    low: float
    high: float
    cases: float
    observed: int


def learned_chances(feature: Feature, now: datetime.datetime) -> list[LearnedChance]:
    """Of all enabled models that something was found out of at any kind of work; the
    best known first."""
    owner = feature.organization_id
    found = found_of(owner, now)
    if not any(one.by_task for one in found.values()):
        return []
    models = load_snapshot_of(owner).enabled_models(owner)
    rows: list[LearnedChance] = []
    for code, kind in BY_CODE.items():
        strength = strength_for(kind.task)
        documented = {
            one.id: documented_success(one.strengths, strength, kind.complexity)
            for one in models
        }
        at = believed_at(believed_chances(documented, found), found, code)
        for one in _known(models, {pk for pk, b in at.items() if b.alike}):
            low, high = at[one.id].bounds
            chance = at[one.id].chance
            several = found[one.id].by_task[code]
            rows.append(
                LearnedChance(
                    one.reference,
                    kind.label,
                    PERCENT * (0.5 if chance is None else chance),
                    PERCENT * low,
                    PERCENT * high,
                    at[one.id].alike,
                    sum(measured.count for measured in several),
                )
            )
    rows.sort(key=lambda row: (-row.cases, row.reference, row.work))
    return rows[:MOST_ROWS]


def _known(models: list[ModelEntry], ids: set[int]) -> Iterator[ModelEntry]:
    return (one for one in models if one.id in ids)
