"""A price as a table: one row a rate, one column for each case it holds in. Pure."""

import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from registry.rates import PER_IMAGE, RatesDocument

# Endings of the price keys of `genai-prices` → what a rate is for.
UNITS: Final = {
    "_mtok": "per 1M tokens",
    "_mchars": "per 1M characters",
    "_hours": "per hour",
    "_gpixels": "per 1G pixels",
    "_kpages": "per 1,000 pages",
    "_kcount": "per 1,000",
}
LABELS: Final = {
    "input_mtok": "Input",
    "output_mtok": "Output",
    "cache_read_mtok": "Cached input, read",
    "cache_write_mtok": "Cached input, write",
    "cache_write_5m_mtok": "Cached input, write for 5 minutes",
    "cache_write_1h_mtok": "Cached input, write for 1 hour",
    "audio_hours": "Audio",
    "requests_kcount": "Requests",
    PER_IMAGE: "Generated image",
}
VARIANTS: Final = {
    "batch": "Batch",
    "flex": "Flex",
    "priority": "Priority",
    "fast": "Fast",
    "default": "Default tier",
}
COLUMN_ORDER: Final = tuple(VARIANTS)


@dataclass(frozen=True)
class Rate:
    """One rate, and from how many input tokens on it holds (0: from the first)."""

    usd: Decimal
    above_tokens: int = 0


@dataclass(frozen=True)
class PriceRow:
    """`cells` has one list of rates for each column, empty where none is stated."""

    label: str
    unit: str
    cells: list[list[Rate]]


@dataclass(frozen=True)
class PriceColumn:
    label: str
    note: str = ""


@dataclass(frozen=True)
class PriceTable:
    columns: list[PriceColumn]
    rows: list[PriceRow]


def price_table(document: RatesDocument) -> PriceTable:
    """Everything that `document` (see registry.rates) states, in the order in which
    prices are usually read."""
    cases = _cases(document)
    keys = dict.fromkeys(itertools.chain.from_iterable(prices for _, prices in cases))
    order = list(LABELS)
    ranked = sorted(
        keys, key=lambda key: order.index(key) if key in LABELS else len(order)
    )
    return PriceTable(
        columns=[column for column, _ in cases],
        rows=[
            PriceRow(
                price_label(key),
                price_unit(key),
                [_rates(prices.get(key)) for _, prices in cases],
            )
            for key in ranked
        ],
    )


def price_label(key: str) -> str:
    """`input_audio_mtok` → Input audio."""
    if key in LABELS:
        return LABELS[key]
    words = key.rsplit("_", 1)[0].replace("_", " ")
    return words.capitalize()


def price_unit(key: str) -> str:
    if key == PER_IMAGE:
        return "each"
    ending = "_" + key.rsplit("_", 1)[-1]
    return UNITS.get(ending, "")


def _cases(document: RatesDocument) -> list[tuple[PriceColumn, dict[str, Any]]]:
    standard = dict(document.get("standard") or {})
    if PER_IMAGE in document:
        standard[PER_IMAGE] = document[PER_IMAGE]
    windows = [
        (
            PriceColumn("Time of day", f"{one['from'][:5]}–{one['to'][:5]} UTC"),
            one["prices"],
        )
        for one in document.get("time_of_day") or ()
    ]
    variants = [
        (_variant_column(one), one["prices"])
        for one in sorted(document.get("variants") or (), key=_variant_rank)
    ]
    cases = [(PriceColumn("Standard"), standard), *windows, *variants]
    return [(column, prices) for column, prices in cases if prices]


def _variant_column(variant: dict[str, Any]) -> PriceColumn:
    when = variant["when"]
    words = [
        VARIANTS.get(value, f"{name.replace('_', ' ').capitalize()}: {value}")
        for name, value in when.items()
    ]
    start = variant.get("starts_on")
    return PriceColumn(", ".join(words), f"since {start}" if start else "")


def _variant_rank(variant: dict[str, Any]) -> int:
    places = [
        COLUMN_ORDER.index(value)
        for value in variant["when"].values()
        if value in COLUMN_ORDER
    ]
    return min(places, default=len(COLUMN_ORDER))


def _rates(rate: Any) -> list[Rate]:
    if rate is None:
        return []
    if not isinstance(rate, dict):
        return [Rate(Decimal(rate))]
    return [
        Rate(Decimal(rate["base"])),
        *(Rate(Decimal(tier["price"]), int(tier["start"])) for tier in rate["tiers"]),
    ]
