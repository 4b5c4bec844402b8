"""Reads prices from `genai-prices`: the installed package or its published JSON."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from genai_prices import data, types
from pydantic import ValidationError

from registry.catalog.document import CatalogError
from registry.catalog.reading import Source
from registry.catalog.sheets import count

SOURCE: Final = "genai-prices"
RELEASED_ON: Final = {"0.2.3": datetime.date(2026, 11, 6)}
"""The newest day that the data of a release speaks of as past, for each release that
this version of ModelHub was tried with."""
MAX_ID_LENGTH: Final = 200


@dataclass(frozen=True)
class PriceCatalog:
    """The providers of `genai-prices` as it represents them, and the day they are
    from."""

    providers: tuple[types.Provider, ...]
    read_on: datetime.date


def installed_prices() -> PriceCatalog:
    """The prices in the installed package. The day is the release's, or for a release
    that is not known here the day it was installed."""
    return PriceCatalog(tuple(data.providers), _installed_on())


def prices_from_json(source: Source) -> PriceCatalog:
    """Prices in the JSON format that `genai-prices` publishes (a list of providers).

    Raises CatalogError where it is anything else.
    """
    if not isinstance(source.content, list) or not source.content:
        message = f"{source.label}: a list of providers was expected."
        raise CatalogError(message)
    try:
        # The package parses its own format only through this function.
        providers = types._providers_from_raw(source.content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        message = f"{source.label}: {place or 'a provider'}: {first['msg']}."
        raise CatalogError(message) from error
    except (TypeError, ValueError, AssertionError, AttributeError) as error:
        message = f"{source.label} is not in the format of genai-prices: {error}."
        raise CatalogError(message) from error
    return PriceCatalog(tuple(providers), source.read_on)


def checked(catalog: PriceCatalog) -> PriceCatalog:
    """The same catalogue. Raises CatalogError where an id is missing, too long or
    stands there twice, or a context window is impossible."""
    _check_ids("provider", (provider.id for provider in catalog.providers), 60)
    for provider in catalog.providers:
        ids = (model.id for model in provider.models)
        _check_ids(f"model of {provider.id}", ids, MAX_ID_LENGTH)
        for model in provider.models:
            count(model.context_window, f"{provider.id}/{model.id}: context window")
    return catalog


def _check_ids(what: str, ids: Iterable[Any], longest: int) -> None:
    for one, times in Counter(ids).items():
        if not isinstance(one, str) or not one.strip() or "\x00" in one:
            message = f"A {what} has no usable id ({one!r})."
            raise CatalogError(message)
        if len(one) > longest:
            message = f"The id of a {what} is longer than {longest}: {one[:40]}…"
            raise CatalogError(message)
        if times > 1:
            message = f"{one!r} stands there {times} times as {what}."
            raise CatalogError(message)


def _installed_on() -> datetime.date:
    version = metadata.version(SOURCE)
    if version in RELEASED_ON:
        return RELEASED_ON[version]
    written_at = Path(str(data.__file__)).stat().st_mtime
    return datetime.datetime.fromtimestamp(written_at, datetime.UTC).date()
