"""The catalogue as the models page shows it: filtered, counted, sorted, paged.

All visible models are read slim (one query for facts, one for prices); facets count
in one pass over them in memory. Only the models of one page are read whole.
"""

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from registry.facets import (
    UNKNOWN,
    Row,
    Selection,
    context_band,
    facet,
    sorted_rows,
)
from registry.levels import cost_level
from registry.model_status import Offer, word_of
from registry.models import AIModel, ModelSetting, Organization, Provider
from registry.queries.base_prices import NO_PRICE, BasePrice, base_prices
from registry.queries.model_cards import ModelCard, cards
from registry.queries.model_status import all_offers, statuses_of

SLIM = (
    "pk",
    "provider__slug",
    "name",
    "model_name",
    "model_type",
    "capabilities",
    "context_window",
    "released_on",
    "retired_on",
    "is_listed",
    "is_open_weights",
)
OPEN_WORDS = {True: "yes", False: "no", None: UNKNOWN}
COST_WORDS: dict[int | None, str] = {
    None: UNKNOWN,
    **{level: str(level) for level in range(6)},
}


@dataclass(frozen=True)
class Catalogue:
    """One page of the filtered catalogue. `page` is within 1 to `pages`."""

    cards: list[ModelCard]
    counts: dict[str, Counter[str]]
    enabled: int
    matching: int
    page: int
    page_size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.matching // self.page_size))

    @property
    def first(self) -> int:
        return min(self.matching, (self.page - 1) * self.page_size + 1)

    @property
    def last(self) -> int:
        return min(self.matching, self.page * self.page_size)


@dataclass(frozen=True)
class CatalogueQuery:
    """What a person asked the catalogue for."""

    organization: Organization
    at: datetime.datetime
    words: str = ""
    selection: Selection = Selection()
    sort: str = "-release"
    page: int = 1
    page_size: int = 48

    def run(self) -> Catalogue:
        found = facet(self._rows(), self.selection)
        ordered = sorted_rows(
            found.rows, self.sort.lstrip("-"), self.sort.startswith("-")
        )
        pages = max(1, -(-len(ordered) // self.page_size))
        page = min(self.page, pages)
        shown = ordered[(page - 1) * self.page_size : page * self.page_size]
        return Catalogue(
            cards=self._cards([row.pk for row in shown]),
            counts=found.counts,
            enabled=len(self.enabled),
            matching=len(ordered),
            page=page,
            page_size=self.page_size,
        )

    @property
    def visible(self) -> QuerySet[AIModel]:
        return AIModel.objects.visible_to(self.organization)

    @cached_property
    def enabled(self) -> frozenset[int]:
        """Primary keys of the models that the organisation has enabled."""
        rows = ModelSetting.objects.filter(
            organization=self.organization, is_enabled=True
        )
        return frozenset(rows.values_list("ai_model_id", flat=True))

    @cached_property
    def prices(self) -> dict[int, BasePrice]:
        return base_prices(self.organization, self.at)

    @cached_property
    def offered(self) -> dict[int, Offer]:
        """What the organisation's connections say, by primary key."""
        return all_offers(self.organization)

    def _rows(self) -> Iterator[Row]:
        found = self.visible
        for word in self.words.lower().split():
            found = found.filter(search_text__contains=word)
        return self._read(found.order_by().values_list(*SLIM))

    def _read(self, facts: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
        # Runs once for every model at each keystroke: plain locals, no helpers.
        prices, enabled, today = self.prices, self.enabled, self.at.date()
        words = {pk: word_of(one, pk in enabled) for pk, one in self.offered.items()}
        for (
            pk,
            provider,
            name,
            model_name,
            model_type,
            capabilities,
            window,
            released_on,
            retired_on,
            is_listed,
            is_open,
        ) in facts:
            input_usd, output_usd, _ = prices.get(pk, NO_PRICE)
            is_enabled = pk in enabled
            if not is_listed or (retired_on is not None and retired_on <= today):
                status = "unavailable"
            else:
                status = words.get(pk, UNKNOWN)
            yield Row(
                pk,
                status,
                provider,
                model_type or UNKNOWN,
                context_band(window),
                COST_WORDS[cost_level(input_usd, output_usd)],
                "yes" if is_enabled else "no",
                OPEN_WORDS[is_open],
                capabilities,
                (name.lower(), model_name, provider),
                input_usd,
                output_usd,
                window,
                released_on,
            )

    def _cards(self, pks: list[int]) -> list[ModelCard]:
        whole = AIModel.objects.select_related("provider").defer(
            "description", "fact_sources", "search_text"
        )
        by_pk = whole.in_bulk(pks)
        ai_models = [by_pk[pk] for pk in pks if pk in by_pk]
        return cards(
            ai_models,
            self.organization,
            self.at.date(),
            self.enabled,
            self.prices,
            statuses_of(ai_models, self.enabled, self.offered, self.at),
        )


def provider_options(organization: Organization) -> list[tuple[str, str, int]]:
    """(slug, name, models) of every provider that has a model to see, most first."""
    counts = Counter(
        AIModel.objects.visible_to(organization)
        .order_by()
        .values_list("provider_id", flat=True)
    )
    rows = Provider.objects.in_bulk(counts).values()
    return sorted(
        ((one.slug, one.name, counts[one.pk]) for one in rows),
        key=lambda option: (-option[2], option[1].lower()),
    )
