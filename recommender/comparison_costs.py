"""Rows of costs: rates, pictures and a month of work. Exact, and all in dollars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Final

from genai_prices import types as genai

from recommender.comparison import (
    UNKNOWN,
    Category,
    Cell,
    ComparisonRow,
    Direction,
    RowMaker,
)
from recommender.queries.rows import misfit, photo_for
from recommender.subject import Subject, rate_of
from recommender.workload import (
    PIXELS,
    ImageWorkload,
    ItemCost,
    Resolution,
    TokenWorkload,
    item_cost,
)
from registry.pricing import CostState
from registry.templatetags.display import tokens, usd

THOUSAND: Final = 1000
USD: Final = "USD"
NO_BATCH: Final = "Without a batch price of its own a model is not in this row."


def costs(
    subjects: Sequence[Subject], workload: TokenWorkload, requests: int
) -> Category:
    rows = [
        *(maker.row(subjects) for maker in RATES),
        *(_picture_row(resolution, subjects) for resolution in Resolution),
        PER_IMAGE.row(subjects),
        *_workload_rows(subjects, workload, requests),
    ]
    return Category("costs", "Costs", tuple(rows))


def _rate(key: str, divisor: int, *, is_batch: bool) -> Callable[[Subject], Cell]:
    def read(subject: Subject) -> Cell:
        price = subject.batch if is_batch else subject.standard
        rate = rate_of(price, key)
        if rate is None:
            return UNKNOWN
        base = rate.base if isinstance(rate, genai.TieredPrices) else rate
        value = base / divisor
        return Cell(value, usd(value), notes=_tier_notes(rate, divisor))

    return read


def _tier_notes(rate: Decimal | genai.TieredPrices, divisor: int) -> tuple[str, ...]:
    if not isinstance(rate, genai.TieredPrices):
        return ()
    return tuple(
        f"{usd(tier.price / divisor)} above {tokens(tier.start)}" for tier in rate.tiers
    )


def _rate_row(
    key: str, label: str, rate_key: str, divisor: int = 1, *, is_batch: bool = False
) -> RowMaker[Subject]:
    return RowMaker(
        key,
        label,
        _rate(rate_key, divisor, is_batch=is_batch),
        Direction.LOWER,
        USD,
        meaning=NO_BATCH if is_batch else "",
    )


def _generated_image(subject: Subject) -> Cell:
    value = subject.quote.rates.per_image_usd if subject.quote else None
    return UNKNOWN if value is None else Cell(value, usd(value))


RATES: Final = (
    _rate_row("input_million", "Input per 1M tokens", "input_mtok"),
    _rate_row("output_million", "Output per 1M tokens", "output_mtok"),
    _rate_row("cache_read_million", "Cache read per 1M", "cache_read_mtok"),
    _rate_row("cache_write_million", "Cache write per 1M", "cache_write_mtok"),
    _rate_row("batch_input_million", "Batch input per 1M", "input_mtok", is_batch=True),
    _rate_row(
        "batch_output_million", "Batch output per 1M", "output_mtok", is_batch=True
    ),
    _rate_row("input_thousand", "Input per 1K tokens", "input_mtok", THOUSAND),
    _rate_row("output_thousand", "Output per 1K tokens", "output_mtok", THOUSAND),
)
PER_IMAGE: Final[RowMaker[Subject]] = RowMaker(
    "generated_image", "Per generated image", _generated_image, Direction.LOWER, USD
)


def _picture_row(resolution: Resolution, subjects: Sequence[Subject]) -> ComparisonRow:
    width, height = PIXELS[resolution]
    maker = RowMaker(
        f"image_{resolution}",
        f"Per image, {resolution}",
        partial(_picture, resolution),
        Direction.LOWER,
        USD,
        meaning=f"Input of one picture of {width:,} × {height:,} pixels.",
    )
    return maker.row(subjects)


def _picture(resolution: Resolution, subject: Subject) -> Cell:
    """What reading one picture adds to a call, by the provider's own rule."""
    if not subject.reads_images or subject.quote is None:
        return UNKNOWN
    workload = ImageWorkload(resolution=resolution, prompt_tokens=0, answer_tokens=0)
    photo = photo_for(
        workload, subject.ai_model.provider.slug, subject.ai_model.model_name
    )
    if photo.tokens is None:
        return UNKNOWN
    cost = item_cost(workload, subject.quote.rates, subject.at, photo.tokens)
    if not photo.is_certain:
        cost = replace(cost, state=CostState.ESTIMATED)
    return _money(cost, notes=(f"{photo.tokens:,} tokens",))


def _workload_rows(
    subjects: Sequence[Subject], workload: TokenWorkload, requests: int
) -> list[ComparisonRow]:
    items = [_request_cost(subject, workload) for subject in subjects]
    parts = (
        ("thousand_requests", "Per 1,000 requests", THOUSAND),
        ("month", "Per month", requests),
    )
    return [
        ComparisonRow(
            key,
            label,
            tuple(
                _month(subject, cost.for_items(number), workload)
                for subject, cost in zip(subjects, items, strict=True)
            ),
            Direction.LOWER,
            USD,
        )
        for key, label, number in parts
    ]


def _request_cost(subject: Subject, workload: TokenWorkload) -> ItemCost:
    rates = subject.quote.rates if subject.quote else None
    return item_cost(workload, rates, subject.at)


def _month(subject: Subject, cost: ItemCost, workload: TokenWorkload) -> Cell:
    model = subject.ai_model
    misfits = misfit(workload.call(), model.context_window, model.max_output_tokens)
    notes = (misfits, *cost.notes) if misfits else cost.notes
    return _money(cost, notes=notes, is_ranked=not misfits)


def _money(cost: ItemCost, *, notes: tuple[str, ...], is_ranked: bool = True) -> Cell:
    if cost.total_usd is None:
        return Cell(notes=cost.notes)
    sign = "≈ " if cost.state is CostState.ESTIMATED else ""
    return Cell(
        cost.total_usd,
        f"{sign}{usd(cost.total_usd)}",
        notes=notes,
        is_ranked=is_ranked,
    )
