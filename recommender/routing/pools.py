"""The models of a plan among which may be chosen. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from registry.automatic_choice import ChoiceRules
from registry.resolution.entries import ModelEntry
from registry.resolution.plan import Candidate, Plan

UNNAMED: Final = "request"
"""The source of candidates of `auto`; a profile's own models stay in front."""
ASSIGNED: Final = frozenset({"assignment", "pack"})
OF_FEATURE: Final = ASSIGNED | {"choice"}
MOST_POOLS: Final = 256


@dataclass(frozen=True, slots=True)
class Pool:
    """`models` may be chosen, each with its candidates (one for each connection).
    `fixed` stay in front, `assigned` are what the feature's assignment says, in its
    order. `number` tells pools apart."""

    number: int
    models: tuple[ModelEntry, ...]
    by_model: Mapping[int, tuple[Candidate, ...]]
    fixed: tuple[Candidate, ...]
    assigned: tuple[Candidate, ...]


@dataclass(slots=True)
class Pools:
    """Pools by the very candidates of a plan: those of a snapshot are the same objects
    for every request, and an organisation may have enabled thousands."""

    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _known: dict[int, tuple[tuple[Candidate, ...], Pool]] = field(default_factory=dict)

    def of(self, plan: Plan) -> Pool:
        found = self._known.get(id(plan.candidates))
        # An id is given again once its object is gone: the object itself decides.
        if found is not None and found[0] is plan.candidates:
            return found[1]
        pool = _pool(next(self._numbers), plan)
        if len(self._known) >= MOST_POOLS:
            self._known.clear()
        self._known[id(plan.candidates)] = (plan.candidates, pool)
        return pool


def _pool(number: int, plan: Plan) -> Pool:
    rules = plan.feature.choice if plan.feature else None
    models: dict[int, ModelEntry] = {}
    by_model: dict[int, list[Candidate]] = {}
    fixed, assigned = [], []
    for one in plan.candidates:
        if one.source in ASSIGNED:
            assigned.append(one)
        if _is_open(one, rules):
            models[one.model.id] = one.model
            by_model.setdefault(one.model.id, []).append(one)
        elif one.source not in ASSIGNED:
            fixed.append(one)
    return Pool(
        number,
        tuple(models.values()),
        {model_id: tuple(several) for model_id, several in by_model.items()},
        tuple(fixed),
        tuple(assigned),
    )


def _is_open(candidate: Candidate, rules: ChoiceRules | None) -> bool:
    if rules is None:
        return candidate.source == UNNAMED
    if candidate.source not in OF_FEATURE:
        return False
    is_assigned = candidate.source in ASSIGNED
    return rules.chooses_among(candidate.model.reference, is_assigned=is_assigned)
