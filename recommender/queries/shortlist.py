"""Finds the cheapest of thousands of models without pricing each of them in full."""

from __future__ import annotations

import datetime
import heapq
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import QuerySet

from recommender.calculation import CalculationRequest, LeftOut
from recommender.queries.candidates import price_documents
from recommender.queries.rows import misfit, photo_for
from recommender.ranking import lacks_rate, plain_usd
from recommender.workload import Workload
from registry.models import AIModel, Organization
from registry.pricing import Usage

LIMITS = ("pk", "provider__slug", "model_name", "context_window", "max_output_tokens")
UNKNOWN_IMAGE = "Image tokens not known"
NO_PRICE = "No price known"
NO_RATE = "Price without a rate for these tokens"
TOO_SMALL = "Too small for one call"


@dataclass
class Shortlist:
    """Primary keys worth pricing in full, and why the other models fell out."""

    capable: int = 0
    plain: list[tuple[Decimal, int]] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    fallen: Counter[str] = field(default_factory=Counter)

    def keys(self, cheapest: int) -> list[int]:
        """The `cheapest` of those whose cost is plain, and all whose cost is not."""
        return [pk for _, pk in heapq.nsmallest(cheapest, self.plain)] + self.others

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return tuple(LeftOut(why, count) for why, count in self.fallen.most_common())

    @property
    def calculable(self) -> int:
        return len(self.plain) + len(self.others)


def shortlist(
    ai_models: QuerySet[AIModel],
    request: CalculationRequest,
    workload: Workload,
    organization: Organization,
    at: datetime.datetime,
) -> Shortlist:
    """The models among which the cheapest are. Two queries, however many models:
    plain prices are compared at once, all others are left for the full sum."""
    documents, negotiated = price_documents(ai_models, organization, at)
    found = Shortlist()
    # A usage checks itself thoroughly; thousands of models share a handful.
    call = cache(workload.call)
    for pk, provider_slug, model_name, window, most in ai_models.order_by().values_list(
        *LIMITS
    ):
        found.capable += 1
        photo = photo_for(workload, provider_slug, model_name)
        usage = call(photo.tokens)
        if photo.tokens is None:
            found.fallen[UNKNOWN_IMAGE] += 1
        elif misfit(usage, window, most):
            found.fallen[TOO_SMALL] += 1
        elif pk in negotiated:
            found.others.append(pk)
        else:
            _rank(found, pk, documents.get(pk), usage, workload.batch_percent > 0)
    return found


def _rank(
    found: Shortlist,
    pk: int,
    document: dict[str, Any] | None,
    usage: Usage,
    has_batch: bool,
) -> None:
    if document is None:
        found.fallen[NO_PRICE] += 1
        return
    if lacks_rate(document, usage):
        found.fallen[NO_RATE] += 1
        return
    usd = plain_usd(document, usage, has_batch)
    if usd is None:
        found.others.append(pk)
    else:
        found.plain.append((usd, pk))
