"""Where a call of a run would go, and what it may cost: read from the snapshot."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from analytics.benchmarking.scoring import Answered
from modelhub.gateway.estimates import estimate_usd
from modelhub.gateway.process import Parts
from modelhub.gateway.translated import facts_of
from registry.providers.request import ModelRequest
from registry.resolution.plan import Candidate, NotResolved, Selection
from registry.resolution.resolving import resolve

if TYPE_CHECKING:
    from modelhub.gateway.benchmarking.floor import Job

NOBODY: Final = 0
USUAL_OUTPUT_TOKENS: Final = 1_000
"""Held where neither the request nor the model says how much may be written."""
# Not empty: nobody is asked to judge an empty answer.
EXAMPLE: Final = Answered(text="An answer of the usual length. " * 50)


def candidate_of(
    parts: Parts, organization_id: int, selection: Selection
) -> Candidate | None:
    """Who would be asked first; None where nobody can be."""
    try:
        plan = resolve(parts.snapshot, organization_id, selection)
    except NotResolved:
        return None
    return plan.candidates[0] if plan.candidates else None


def connection_of(parts: Parts, organization_id: int, selection: Selection) -> int:
    """The number of the connection; `NOBODY` where there is none."""
    found = candidate_of(parts, organization_id, selection)
    return found.connection.id if found else NOBODY


def estimate_of(parts: Parts, organization_id: int, job: Job) -> Decimal | None:
    """Dollars of the answer and its judges; None where a price is not known. Nobody
    who could be asked costs nothing: the call will say so."""
    selection = Selection(model=job.reference, has_fallback=False)
    costs = [_cost(parts, organization_id, selection, job.request)]
    for scorer in job.scorers:
        for call in scorer.calls(job.facts, EXAMPLE):
            chosen = Selection.parse(call.selection)
            costs.append(_cost(parts, organization_id, chosen, call.request))
    known = [one for one in costs if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(costs) else None


def _cost(
    parts: Parts, organization_id: int, selection: Selection, request: ModelRequest
) -> Decimal | None:
    candidate = candidate_of(parts, organization_id, selection)
    if candidate is None:
        return Decimal(0)
    at = datetime.datetime.now(datetime.UTC)
    price = parts.snapshot.price(organization_id, candidate.model.id, at)
    facts = facts_of(request)
    limits = [facts.max_output_tokens, candidate.model.traits.max_output_tokens]
    said = min([USUAL_OUTPUT_TOKENS, *(one for one in limits if one)])
    if facts.max_output_tokens:
        said = facts.max_output_tokens
    rates = price.rates if price else None
    return estimate_usd(rates, facts.input_tokens, said, at)
