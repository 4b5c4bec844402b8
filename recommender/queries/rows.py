"""Prices models for a workload: one row each."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from django.utils import timezone

from recommender.break_even import Option
from recommender.calculation import OWN, CalculationRequest, Row
from recommender.workload import (
    ImageWorkload,
    ItemCost,
    PartKind,
    Workload,
    item_cost,
    unpriced,
)
from registry.image_tokens import image_tokens
from registry.models import AIModel, Organization
from registry.pricing import EXACT, CostState, Usage
from registry.queries.prices import Quote, quotes

AVERAGE_DIGITS = Decimal("1e-12")


@dataclass(frozen=True)
class Photo:
    """How many tokens a photo is for a model; `tokens` is None where not known."""

    tokens: int | None
    rule: str
    note: str = ""
    is_certain: bool = True


NO_PHOTO = Photo(0, "")


def photo_for(workload: Workload, provider_slug: str, model_name: str) -> Photo:
    """The photo of an image workload as this model counts it."""
    if not isinstance(workload, ImageWorkload):
        return NO_PHOTO
    width, height = workload.pixels
    found = image_tokens(
        provider_slug, model_name, width, height, workload.resolution.value
    )
    return Photo(found.tokens, found.rule, found.note, found.is_certain)


def reads_images(ai_model: AIModel) -> bool:
    return "image_analysis" in ai_model.capabilities


def model_rows(
    ai_models: Sequence[AIModel],
    request: CalculationRequest,
    organization: Organization,
    at: datetime.datetime,
) -> list[Row]:
    """One row for each model, in the order given. One query."""
    found = quotes(ai_models, organization, at) if ai_models else {}
    return [
        _model_row(ai_model, found.get(ai_model.pk), request, at)
        for ai_model in ai_models
    ]


def _model_row(
    ai_model: AIModel,
    quote: Quote | None,
    request: CalculationRequest,
    at: datetime.datetime,
) -> Row:
    workload = request.workload
    if workload is None:
        raise ValueError("There is nothing to price without a workload.")
    photo = photo_for(workload, ai_model.provider.slug, ai_model.model_name)
    cost = _cost(ai_model, workload, photo, quote, at)
    usage = workload.call(photo.tokens)
    fits_note = misfit(usage, ai_model.context_window, ai_model.max_output_tokens)
    month = cost.for_items(request.items) if request.items is not None else None
    return Row(
        reference=ai_model.reference,
        ai_model=ai_model,
        state=cost.state,
        per_item_usd=cost.total_usd,
        monthly_usd=month.total_usd if month else None,
        parts_usd=month.parts if month else cost.parts,
        batch_usd=_batch(month),
        image_tokens=photo.tokens if photo is not NO_PHOTO else None,
        image_rule=photo.rule,
        is_negotiated=bool(quote and quote.price.organization_id),
        fits=not fits_note,
        notes=tuple(
            note
            for note in (*_status(ai_model, at), fits_note, *cost.notes, photo.note)
            if note
        ),
    )


def _cost(
    ai_model: AIModel,
    workload: Workload,
    photo: Photo,
    quote: Quote | None,
    at: datetime.datetime,
) -> ItemCost:
    if isinstance(workload, ImageWorkload) and not reads_images(ai_model):
        return unpriced("Not known to read images.")
    if photo.tokens is None:
        return unpriced("Image tokens not known.")
    cost = item_cost(workload, quote.rates if quote else None, at, photo.tokens)
    if cost.state is CostState.COMPUTED and not photo.is_certain:
        return replace(cost, state=CostState.ESTIMATED)
    return cost


def _batch(month: ItemCost | None) -> Decimal | None:
    return month.batch_usd if month and month.total_usd is not None else None


def _status(ai_model: AIModel, at: datetime.datetime) -> list[str]:
    if ai_model.is_retired(at.date()):
        return [f"Retired on {ai_model.retired_on:%Y-%m-%d}."]
    return [] if ai_model.is_listed else ["No longer in the catalogue."]


def misfit(usage: Usage, window: int | None, max_output: int | None) -> str:
    """Why one call cannot be sent to a model with these limits; empty where it can,
    or where the limits are not known."""
    if window and usage.input_tokens + usage.output_tokens > window:
        return f"Does not fit: the context window is {window:,} tokens."
    if max_output and usage.output_tokens > max_output:
        return f"Does not fit: at most {max_output:,} output tokens."
    return ""


def own_row(own: Option, items: int | None) -> Row:
    """The self-hosted or reserved option. Its cost per item is an average over the
    month, to twelve decimals, for the fixed cost is not spent item by item."""
    monthly = average = None
    notes = [own.name]
    with localcontext(EXACT):
        if items is not None:
            machines = own.machines(items)
            monthly = own.fixed_usd * machines + own.per_item_usd * items
            average = (monthly / items).quantize(AVERAGE_DIGITS) if items else None
            if own.capacity:
                notes.append(f"{machines:,} × up to {own.capacity:,} items a month.")
    return Row(
        reference=OWN,
        ai_model=None,
        state=CostState.UNPRICED if monthly is None else CostState.COMPUTED,
        per_item_usd=average,
        monthly_usd=monthly,
        parts_usd={} if monthly is None else {PartKind.OTHER: monthly},
        notes=tuple(notes),
    )


def sorted_rows(rows: Iterable[Row]) -> list[Row]:
    """Cheapest first; what does not fit after what does; unpriced at the end."""
    return sorted(rows, key=_order)


def _order(row: Row) -> tuple[bool, bool, Decimal, str]:
    usd = row.monthly_usd if row.monthly_usd is not None else row.per_item_usd
    return usd is None, not row.fits, usd or Decimal(0), row.reference


def now() -> datetime.datetime:
    """The moment a calculation prices for: this minute, so that a page and the file
    downloaded from it a second later agree."""
    return timezone.now().replace(second=0, microsecond=0)
