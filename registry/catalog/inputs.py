"""What a sync reads, by default and when told otherwise."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from registry.catalog import arena, litellm, models_dev, rates_ledger, snapshot
from registry.catalog.arena import RatingCatalog
from registry.catalog.document import CatalogError
from registry.catalog.genai import PriceCatalog, installed_prices, prices_from_json
from registry.catalog.reading import Source, read_source
from registry.catalog.sheets import FactCatalog

SHIPPED_FACTS: Final = Path(__file__).parent / "data" / "facts.json.gz"
PRECEDENCE: Final = (models_dev.SOURCE, litellm.SOURCE, rates_ledger.SOURCE)


@dataclass(frozen=True)
class Inputs:
    """Everything a catalogue document is built from; `facts` in order of precedence."""

    prices: PriceCatalog
    facts: Sequence[FactCatalog] = ()
    ratings: RatingCatalog | None = None


def read_inputs(
    prices: str = "",
    facts: Iterable[str] = (),
    read_on: Mapping[str, datetime.date] | None = None,
) -> Inputs:
    """The inputs at the given files or addresses. No `prices`: the installed package;
    no `facts`: the snapshot that ships with ModelHub. Formats of facts are recognised
    by content; `read_on` gives the day of one, by its address.

    Raises CatalogError.
    """
    days = read_on or {}
    catalog = (
        prices_from_json(read_source(prices, days.get(prices)))
        if prices
        else installed_prices()
    )
    found: list[FactCatalog] = []
    ratings: RatingCatalog | None = None
    for address in list(facts) or [str(SHIPPED_FACTS)]:
        sheets, rated = recognised(read_source(address, days.get(address)))
        found.extend(sheets)
        ratings = rated or ratings
    names = [one.source for one in found]
    if len(set(names)) != len(names):
        message = "Two of the files of facts are of the same catalogue."
        raise CatalogError(message)
    found.sort(key=lambda one: PRECEDENCE.index(one.source))
    return Inputs(catalog, found, ratings)


def recognised(source: Source) -> tuple[list[FactCatalog], RatingCatalog | None]:
    """The fact catalogues and ratings in one file of any known format."""
    if snapshot.is_snapshot(source.content):
        return snapshot.read_snapshot(source)
    if arena.is_arena(source.content):
        return [], arena.read_arena(source)
    if litellm.is_litellm(source.content):
        return [litellm.read_litellm(source)], None
    if rates_ledger.is_rates_ledger(source.content):
        return [rates_ledger.read_rates_ledger(source)], None
    if models_dev.is_models_dev(source.content):
        return [models_dev.read_models_dev(source)], None
    message = (
        f"{source.label}: neither models.dev's api.json nor LiteLLM's "
        "model_prices_and_context_window.json, nor a rates ledger, Arena ratings or "
        "a snapshot."
    )
    raise CatalogError(message)
