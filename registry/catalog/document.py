"""What the readers hand to the sync: the whole catalogue as plain, frozen values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.rates import RatesDocument


class CatalogError(Exception):
    """The input cannot be used. The message is one sentence for a person."""


@dataclass(frozen=True)
class Fact:
    """One stated value, where it was read and on which day. `by` says for a set of
    words which source stated which of them."""

    value: Any
    source: str
    read_on: datetime.date
    by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ProviderEntry:
    slug: str
    name: str
    pricing_url: str
    source: str
    read_on: datetime.date


@dataclass(frozen=True)
class PricePeriod:
    """One price from `starts_at` (None: since ever) until `ends_at` (excluded; None:
    until further notice)."""

    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    rates: RatesDocument


@dataclass(frozen=True)
class ModelEntry:
    """One exact version. `facts` are by field name of AIModel; a field that no source
    states is absent. `price_reference` names the entry that priced it."""

    provider: str
    model_name: str
    facts: Mapping[str, Fact]
    prices: tuple[PricePeriod, ...]
    price_source: str
    price_reference: str
    price_read_on: datetime.date

    @property
    def key(self) -> tuple[str, str]:
        return self.provider, self.model_name


@dataclass(frozen=True)
class AliasEntry:
    """A name that is no exact version. `target` is the model name it stands for at
    the same provider, None where no exact version is known."""

    provider: str
    alias: str
    target: str | None
    source: str
    read_on: datetime.date


@dataclass(frozen=True)
class CatalogDocument:
    providers: tuple[ProviderEntry, ...]
    models: tuple[ModelEntry, ...]
    aliases: tuple[AliasEntry, ...]
