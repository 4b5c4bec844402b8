"""Which models a calculation shows, and what there is to say about the choice."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from recommender.calculation import CalculationRequest, LeftOut, Scope
from recommender.queries.candidates import (
    MAX_MODELS,
    Chosen,
    calculable,
    capable_models,
    named_models,
    usual_models,
)
from recommender.queries.rows import reads_images
from recommender.queries.shortlist import shortlist
from recommender.workload import ImageWorkload, Workload
from registry.models import AIModel, Organization

NO_IMAGES = "Not known to read images"
NAMED = 5
"""How many left-out models are named."""


@dataclass(frozen=True)
class Selection:
    """The models to price, how many of them to show, and how they came about."""

    ai_models: Sequence[AIModel]
    limit: int
    chosen: Chosen | None = None
    calculable: int | None = None
    messages: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def select_models(
    organization: Organization,
    request: CalculationRequest,
    workload: Workload,
    at: datetime.datetime,
) -> Selection:
    """The chosen models, else the usual ones, else the cheapest of all that can do
    it: as the request says."""
    if request.scope is Scope.ALL:
        return _cheapest_of_all(organization, request, workload, at)
    chosen = named_models(organization, request.references)
    # A link whose models are all unknown shows that, not other models.
    listed = chosen.ai_models if request.references else usual_models(organization)
    able = [
        model
        for model in listed
        if not isinstance(workload, ImageWorkload) or reads_images(model)
    ]
    blind = tuple(model.reference for model in listed if model not in able)
    left_out = (LeftOut(NO_IMAGES, len(blind), blind[:NAMED]),) if blind else ()
    return Selection(able, MAX_MODELS, chosen, None, _messages(chosen), left_out)


def _cheapest_of_all(
    organization: Organization,
    request: CalculationRequest,
    workload: Workload,
    at: datetime.datetime,
) -> Selection:
    capabilities = set(request.capabilities)
    if isinstance(workload, ImageWorkload):
        capabilities.add("image_analysis")
    capable = capable_models(
        organization, sorted(capabilities), request.provider_slug, at.date()
    )
    found = shortlist(capable, request, workload, organization, at)
    keys = found.keys(request.cheapest)
    models = list(calculable(organization).filter(pk__in=keys))
    return Selection(
        models,
        request.cheapest,
        calculable=found.calculable,
        left_out=found.left_out,
    )


def _messages(chosen: Chosen) -> tuple[str, ...]:
    messages = []
    if chosen.unknown:
        messages.append(f"Not in the catalogue: {_named(chosen.unknown)}.")
    if chosen.repeated:
        messages.append(f"Named twice, shown once: {_named(chosen.repeated)}.")
    if chosen.beyond_limit:
        messages.append(
            f"At most {MAX_MODELS} models at once; left out: "
            f"{_named(chosen.beyond_limit)}."
        )
    messages += [
        f"{alias} is a moving name for {reference}."
        for alias, reference in chosen.aliases.items()
    ]
    return tuple(messages)


def _named(references: Sequence[str]) -> str:
    shown = ", ".join(reference[:120] for reference in references[:NAMED])
    more = len(references) - NAMED
    return f"{shown} and {more} more" if more > 0 else shown
