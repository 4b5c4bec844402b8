"""One model as a comparison sees it: its facts, its price, and how it came in."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from genai_prices import types as genai

from registry.measured import Measured
from registry.model_status import NOT_KNOWN, ModelStatus
from registry.models import AIModel
from registry.pricing import BATCH
from registry.queries.prices import Quote


@dataclass(frozen=True)
class Subject:
    """A compared model at one moment. `asked_as` is the alias it was asked for by."""

    ai_model: AIModel
    quote: Quote | None
    at: datetime.datetime
    is_enabled: bool = False
    asked_as: str = ""
    availability: ModelStatus = NOT_KNOWN
    measured: Sequence[Measured] = ()

    @property
    def reference(self) -> str:
        return self.ai_model.reference

    @property
    def is_negotiated(self) -> bool:
        return self.quote is not None and self.quote.price.organization_id is not None

    @property
    def reads_images(self) -> bool:
        return "image_analysis" in self.ai_model.capabilities

    @property
    def status(self) -> str:
        """A warning about the model itself, or nothing."""
        if self.ai_model.is_retired(self.at.date()):
            return f"Retired on {self.ai_model.retired_on:%Y-%m-%d}"
        if not self.ai_model.is_listed:
            return "No longer in the catalogue"
        return "Unavailable" if self.availability.is_away else ""

    @cached_property
    def standard(self) -> genai.ModelPrice | None:
        """The rates in force at the moment, of the time of day too."""
        return self.quote.rates.price_at(self.at) if self.quote else None

    @cached_property
    def batch(self) -> genai.ModelPrice | None:
        """The batch rates; None where no batch price of its own is known."""
        if self.quote is None or not self.quote.rates.has_variant(BATCH, self.at):
            return None
        return self.quote.rates.price_at(self.at, BATCH)

    @property
    def blended_usd_per_million(self) -> Decimal | None:
        """Dollars per million tokens at three parts of input to one of output."""
        input_usd = base_of(self.standard, "input_mtok")
        output_usd = base_of(self.standard, "output_mtok")
        if input_usd is None or output_usd is None:
            return None
        return (3 * input_usd + output_usd) / 4


def rate_of(
    price: genai.ModelPrice | None, key: str
) -> Decimal | genai.TieredPrices | None:
    rate: Decimal | genai.TieredPrices | None = getattr(price, key, None)
    return rate


def base_of(price: genai.ModelPrice | None, key: str) -> Decimal | None:
    """The rate below every tier, or None where it is not known."""
    rate = rate_of(price, key)
    return rate.base if isinstance(rate, genai.TieredPrices) else rate
