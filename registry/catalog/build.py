"""Puts prices, facts and ratings together into one document. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from genai_prices import types as genai

from registry.catalog import genai as genai_source
from registry.catalog.document import (
    AliasEntry,
    CatalogDocument,
    ModelEntry,
    PricePeriod,
    ProviderEntry,
)
from registry.catalog.exact import ProviderNames, exact_versions
from registry.catalog.facts import PricedName, merged_facts
from registry.catalog.genai import PriceCatalog
from registry.catalog.inputs import Inputs
from registry.catalog.matching import SheetFinder, StatedSheet
from registry.catalog.names import only_versions
from registry.catalog.periods import price_periods
from registry.catalog.ratings import RatingFinder


def build_document(inputs: Inputs) -> CatalogDocument:
    """The catalogue that the inputs make together. Raises CatalogError where an id
    stands there twice or a price is none."""
    prices = genai_source.checked(inputs.prices)
    finder = SheetFinder(inputs.facts)
    ratings = RatingFinder(inputs.ratings)
    providers: list[ProviderEntry] = []
    models: list[ModelEntry] = []
    aliases: list[AliasEntry] = []
    for provider in prices.providers:
        names = exact_versions(provider, finder.known(provider.id))
        providers.append(_provider_entry(provider, prices))
        models.extend(_model_entries(names, prices, finder, ratings))
        aliases.extend(_alias_entries(names, prices))
    return CatalogDocument(tuple(providers), tuple(models), tuple(aliases))


def _provider_entry(provider: genai.Provider, prices: PriceCatalog) -> ProviderEntry:
    return ProviderEntry(
        slug=provider.id,
        name=provider.name[:120],
        pricing_url=next(iter(provider.pricing_urls or ()), ""),
        source=genai_source.SOURCE,
        read_on=prices.read_on,
    )


def _model_entries(
    names: ProviderNames,
    prices: PriceCatalog,
    finder: SheetFinder,
    ratings: RatingFinder,
) -> Iterator[ModelEntry]:
    slug = names.provider.id
    rated = ratings.by_version(slug, names.rows)
    only = only_versions(names.rows)
    periods: dict[int, Sequence[PricePeriod]] = {}
    for model_name, entry in names.rows.items():
        if id(entry) not in periods:
            periods[id(entry)] = price_periods(entry, slug)
        priced = PricedName(model_name, entry, periods[id(entry)], prices.read_on)
        facts = merged_facts(priced, _sheets(finder, slug, model_name, only))
        if model_name in rated:
            facts["ratings"] = rated[model_name]
        yield ModelEntry(
            provider=slug,
            model_name=model_name,
            facts=facts,
            prices=tuple(priced.periods),
            price_source=genai_source.SOURCE,
            price_reference=f"{slug}/{entry.id}"[:200],
            price_read_on=prices.read_on,
        )


def _sheets(
    finder: SheetFinder, provider: str, model_name: str, only: Mapping[str, str]
) -> list[StatedSheet]:
    """What is stated about a version, else about its stem where it is the only one."""
    found = list(finder.find(provider, model_name))
    if not found and model_name in only:
        return list(finder.find(provider, only[model_name]))
    return found


def _alias_entries(names: ProviderNames, prices: PriceCatalog) -> Iterator[AliasEntry]:
    for alias, target in names.aliases.items():
        yield AliasEntry(
            provider=names.provider.id,
            alias=alias[:200],
            target=target,
            source=genai_source.SOURCE,
            read_on=prices.read_on,
        )
