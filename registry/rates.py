"""The stored form of a price and its way into `genai-prices`' own types and back.

`Price.rates` is JSON with decimal numbers as text, all in US dollars:

    {"standard": {"input_mtok": "2.5",
                  "output_mtok": {"base": "15",
                                  "tiers": [{"start": 272000, "price": "22.5"}]}},
     "time_of_day": [{"from": "01:00:00", "to": "04:00:00", "prices": {…}}],
     "variants": [{"when": {"processing": "batch"},
                   "starts_on": "2026-10-14", "prices": {…}}],
     "matched": {"provider_id": "openai", "model_id": "gpt-5.4"},
     "per_image_usd": "0.04"}

Price keys are those of `genai-prices` (`input_mtok`: dollars per million tokens,
`audio_hours`: per hour, `requests_kcount`: per thousand, …). Of `time_of_day` the last
window that holds the moment wins over `standard`, as in `genai-prices`. A variant holds
from a day on (`starts_on`) or between two times of day (`from`, `to`). `per_image_usd`
is ours: the price of one generated image, which that package does not have.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from genai_prices import types as genai

from registry.plain_prices import PlainPrice, plain_price
from registry.price_units import Quantity

BASE_RATES: Final = {
    "input_usd_per_million": "input_mtok",
    "output_usd_per_million": "output_mtok",
    "cache_read_usd_per_million": "cache_read_mtok",
    "cache_write_usd_per_million": "cache_write_mtok",
}
"""Which rate each of a price row's `_per_million` columns repeats."""
COLUMN_PLACES: Final = 10
RatesDocument = dict[str, Any]
BATCH: Final = {"processing": "batch"}
PER_IMAGE: Final = "per_image_usd"
PER_REQUEST: Final = "requests_kcount"
CUSTOM: Final = "custom"
CASES: Final = ("time_of_day", "variants")
"""Where a price holds rates beside the standard ones."""


@dataclass(frozen=True)
class Rates:
    """One price of one model for one period, ready to calculate with."""

    document: RatesDocument

    @property
    def matched(self) -> tuple[str, str]:
        """Provider and model id of the catalogue entry that this price is of."""
        matched = self.document.get("matched") or {}
        return matched.get("provider_id", CUSTOM), matched.get("model_id", CUSTOM)

    @cached_property
    def engine_model(self) -> genai.ModelInfo:
        """This price as `genai-prices` represents it."""
        _, model_id = self.matched
        standard = genai.ConditionalPrice(
            prices=engine_price(self.document.get("standard", {}))
        )
        windows = self.document.get("time_of_day") or ()
        variants = self.document.get("variants") or ()
        return genai.ModelInfo(
            id=model_id,
            match=genai.ClauseEquals(equals=model_id),
            prices=[standard, *(_engine_window(window) for window in windows)],
            price_variants=[_engine_variant(one) for one in variants] or None,
        )

    @cached_property
    def per_image_usd(self) -> Decimal | None:
        """Dollars for one generated image, or None where it is not known."""
        text = self.document.get(PER_IMAGE)
        return None if text is None else Decimal(text)

    def price_at(
        self, moment: datetime.datetime, context: Mapping[str, str] | None = None
    ) -> genai.ModelPrice:
        """The rates that hold at `moment` in `context` ({"processing": "batch"})."""
        return self.engine_model.get_prices(moment, context)

    def plain_price_at(self, moment: datetime.datetime) -> PlainPrice | None:
        """The same without conditions, for usual calls; None where it is not plain."""
        price = self.price_at(moment)
        found = self._plain_prices.get(id(price), ...)
        if found is ...:
            rates = {key: rate for key, rate in vars(price).items() if rate is not None}
            found = self._plain_prices[id(price)] = plain_price(rates)
        return found

    @cached_property
    def _plain_prices(self) -> dict[int, PlainPrice | None]:
        """By identity: the prices live as long as `engine_model`."""
        return {}

    def variants_for(
        self, context: Mapping[str, str], moment: datetime.datetime
    ) -> list[genai.PriceVariant]:
        """The prices of their own that hold in `context` at `moment`. Without any,
        `genai-prices` silently answers with the standard price."""
        return [
            variant
            for variant in self.engine_model.price_variants or ()
            if variant.when.items() <= context.items()
            and (variant.constraint is None or variant.constraint.active(moment))
        ]

    def has_variant(
        self, context: Mapping[str, str], moment: datetime.datetime
    ) -> bool:
        """Whether a price of its own is known for `context` at `moment`."""
        return bool(self.variants_for(context, moment))

    @cached_property
    def bills_requests(self) -> bool:
        """Whether some rate of it is for each request, beside its tokens."""
        return PER_REQUEST in str(self.document)

    @cached_property
    def thresholds(self) -> frozenset[int]:
        """Counts of input tokens above which some rate is another one."""
        return frozenset(_thresholds(self.document))

    def for_input(self, input_tokens: Quantity) -> Rates:
        """The same price without tiers: the rates that a call with so much input is
        billed at, so that the tokens of many such calls can be priced as one."""
        if not self.thresholds:
            return self
        return Rates(_at_size(self.document, input_tokens))

    def discounted(self, percent: Decimal) -> Rates:
        """The same price less `percent` (0–100) on every rate."""
        factor = (Decimal(100) - percent) / 100
        return Rates(_scaled(self.document, factor))


def engine_price(rates: dict[str, Any]) -> genai.ModelPrice:
    """`{"input_mtok": "2.5"}` as a `ModelPrice` of `genai-prices`."""
    return genai.ModelPrice(**{key: _engine_value(rate) for key, rate in rates.items()})


def stored_price(price: genai.ModelPrice) -> dict[str, Any]:
    """A `ModelPrice` of `genai-prices` in the stored form."""
    return {
        key: _stored_value(rate)
        for key, rate in vars(price).items()
        if rate is not None
    }


def base_rate(document: RatesDocument, key: str) -> Decimal | None:
    """The lowest tier of a standard rate, or None where the price has no such rate."""
    rate = document.get("standard", {}).get(key)
    if rate is None:
        return None
    return Decimal(rate["base"] if isinstance(rate, dict) else rate)


def base_rates(document: RatesDocument) -> dict[str, Decimal | None]:
    """The columns of a price row that repeat its base rates, to their ten places."""
    rates = {column: base_rate(document, key) for column, key in BASE_RATES.items()}
    return {
        column: rate if rate is None else round(rate, COLUMN_PLACES)
        for column, rate in rates.items()
    }


def _engine_value(rate: Any) -> Decimal | genai.TieredPrices:
    if not isinstance(rate, dict):
        return Decimal(rate)
    tiers = [
        genai.Tier(start=int(tier["start"]), price=Decimal(tier["price"]))
        for tier in rate["tiers"]
    ]
    return genai.TieredPrices(base=Decimal(rate["base"]), tiers=tiers)


def _stored_value(rate: Decimal | genai.TieredPrices) -> Any:
    if isinstance(rate, genai.TieredPrices):
        tiers = [{"start": tier.start, "price": str(tier.price)} for tier in rate.tiers]
        return {"base": str(rate.base), "tiers": tiers}
    return str(rate)


def _engine_window(window: dict[str, Any]) -> genai.ConditionalPrice:
    return genai.ConditionalPrice(
        constraint=genai.TimeOfDateConstraint(
            start_time=_utc_time(window["from"]), end_time=_utc_time(window["to"])
        ),
        prices=engine_price(window["prices"]),
    )


def _engine_variant(variant: dict[str, Any]) -> genai.PriceVariant:
    start = variant.get("starts_on")
    constraint: genai.StartDateConstraint | genai.TimeOfDateConstraint | None = None
    if start:
        constraint = genai.StartDateConstraint(
            start_date=datetime.date.fromisoformat(start)
        )
    elif "from" in variant:
        constraint = genai.TimeOfDateConstraint(
            start_time=_utc_time(variant["from"]), end_time=_utc_time(variant["to"])
        )
    return genai.PriceVariant(
        when=variant["when"],
        prices=engine_price(variant["prices"]),
        constraint=constraint,
    )


def _parts(document: RatesDocument) -> Iterator[dict[str, Any]]:
    """Every set of rates that a price has."""
    yield document.get("standard", {})
    for part in CASES:
        yield from (entry["prices"] for entry in document.get(part) or ())


def _thresholds(document: RatesDocument) -> Iterator[int]:
    for prices in _parts(document):
        for rate in prices.values():
            if isinstance(rate, dict):
                yield from (int(tier["start"]) for tier in rate["tiers"])


def _at_size(document: RatesDocument, input_tokens: Quantity) -> RatesDocument:
    flat = dict(document)
    flat["standard"] = _flat_prices(document.get("standard", {}), input_tokens)
    for part in CASES:
        if document.get(part):
            flat[part] = [
                {**entry, "prices": _flat_prices(entry["prices"], input_tokens)}
                for entry in document[part]
            ]
    return flat


def _flat_prices(prices: dict[str, Any], input_tokens: Quantity) -> dict[str, Any]:
    return {key: _flat_value(rate, input_tokens) for key, rate in prices.items()}


def _flat_value(rate: Any, input_tokens: Quantity) -> Any:
    if not isinstance(rate, dict):
        return rate
    reached = [one["price"] for one in rate["tiers"] if input_tokens > one["start"]]
    return reached[-1] if reached else rate["base"]


def _utc_time(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text).replace(tzinfo=datetime.UTC)


def _scaled(document: RatesDocument, factor: Decimal) -> RatesDocument:
    scaled = dict(document)
    scaled["standard"] = _scaled_prices(document.get("standard", {}), factor)
    for part in CASES:
        if part in document:
            scaled[part] = [
                {**entry, "prices": _scaled_prices(entry["prices"], factor)}
                for entry in document[part]
            ]
    if "per_image_usd" in document:
        scaled["per_image_usd"] = str(Decimal(document["per_image_usd"]) * factor)
    return scaled


def _scaled_prices(prices: dict[str, Any], factor: Decimal) -> dict[str, Any]:
    return {key: _scaled_value(rate, factor) for key, rate in prices.items()}


def _scaled_value(rate: Any, factor: Decimal) -> Any:
    if not isinstance(rate, dict):
        return str(Decimal(rate) * factor)
    return {
        "base": str(Decimal(rate["base"]) * factor),
        "tiers": [
            {**tier, "price": str(Decimal(tier["price"]) * factor)}
            for tier in rate["tiers"]
        ],
    }
