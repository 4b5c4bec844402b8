"""The slim snapshot of facts in the repository: what the second catalogues state about
rows that we have, each catalogue with its day. Same input, same bytes."""

from __future__ import annotations

import datetime
import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from genai_prices import types as genai

from registry.catalog.arena import NUMBERS, RatingCatalog, rating_from_numbers
from registry.catalog.document import CatalogError
from registry.catalog.exact import exact_versions
from registry.catalog.matching import SheetFinder
from registry.catalog.names import only_versions
from registry.catalog.ratings import RatingFinder
from registry.catalog.reading import Source
from registry.catalog.sheets import FactCatalog, Sheet, need, sheet_from_stated, text

FORMAT: Final = "modelhub-facts/1"
CREDITS: Final = {
    "models.dev": "models.dev, MIT",
    "LiteLLM": "LiteLLM (BerriAI), MIT",
    "rates": "rates ledger, MIT with NOTICE",
    "Arena": "Arena leaderboard dataset (lmarena-ai), CC BY 4.0",
}


def is_snapshot(content: object) -> bool:
    return isinstance(content, dict) and content.get("format") == FORMAT


def snapshot_bytes(
    providers: Sequence[genai.Provider],
    facts: Sequence[FactCatalog],
    ratings: RatingCatalog | None,
) -> bytes:
    """A gzipped snapshot of what is stated about the exact versions of `providers`."""
    finder, rating_finder = SheetFinder(facts), RatingFinder(ratings)
    kept: dict[tuple[str, str], dict[str, Sheet]] = {}
    rated: set[str] = set()
    for provider in providers:
        names = exact_versions(provider, finder.known(provider.id))
        stems = only_versions(names.rows).values()
        spelled = {*names.rows, *names.aliases, *stems}
        for stated in finder.relevant(provider.id, spelled):
            place = stated.catalog.source, stated.provider
            kept.setdefault(place, {})[stated.model_id] = stated.sheet
        rated.update(rating_finder.keys_by_version(provider.id, names.rows).values())
    content: dict[str, Any] = {
        "format": FORMAT,
        "credits": CREDITS,
        "facts": [_stored_facts(catalog, kept) for catalog in facts],
    }
    if ratings is not None:
        content["ratings"] = _stored_ratings(ratings, rated)
    packed = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    return gzip.compress(packed, compresslevel=9, mtime=0)


def read_snapshot(source: Source) -> tuple[list[FactCatalog], RatingCatalog | None]:
    """The catalogues in a snapshot. Raises CatalogError."""
    content = need(source.content, dict, source.label)
    catalogs = [
        _read_facts(need(one, dict, source.label), source.label)
        for one in need(content.get("facts"), list, f"{source.label}: facts")
    ]
    stored = content.get("ratings")
    if stored is None:
        return catalogs, None
    return catalogs, _read_ratings(stored, f"{source.label}: ratings")


def _stored_facts(
    catalog: FactCatalog, kept: Mapping[tuple[str, str], Mapping[str, Sheet]]
) -> dict[str, Any]:
    sheets = {
        slug: {model_id: sheet.stated() for model_id, sheet in models.items()}
        for (source, slug), models in kept.items()
        if source == catalog.source
    }
    return {
        "source": catalog.source,
        "read_on": catalog.read_on.isoformat(),
        "models": sheets,
    }


def _read_facts(stored: dict[str, Any], label: str) -> FactCatalog:
    source = text(stored.get("source"), f"{label}: source")
    if source not in CREDITS:
        message = f"{label}: {source!r} is not a known source."
        raise CatalogError(message)
    sheets: dict[str, dict[str, Sheet]] = {}
    for slug, models in need(stored.get("models"), dict, f"{label}: models").items():
        sheets[slug] = {
            model_id: sheet_from_stated(stated, f"{label}: {slug}/{model_id}")
            for model_id, stated in need(models, dict, f"{label}: {slug}").items()
        }
    return FactCatalog(source, _day(stored, label), sheets)


def _stored_ratings(ratings: RatingCatalog, rated: set[str]) -> dict[str, Any]:
    models = {
        key: {
            task: [rating[name] for name in NUMBERS]
            for task, rating in ratings.ratings[key].items()
        }
        for key in rated
    }
    return {"read_on": ratings.read_on.isoformat(), "models": models}


def _read_ratings(stored: object, label: str) -> RatingCatalog:
    values = need(stored, dict, label)
    ratings = {
        key: {
            task: rating_from_numbers(numbers, f"{label}: {key}: {task}")
            for task, numbers in need(tasks, dict, f"{label}: {key}").items()
        }
        for key, tasks in need(values.get("models"), dict, label).items()
    }
    return RatingCatalog(_day(values, label), ratings)


def _day(stored: Mapping[str, Any], label: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text(stored.get("read_on"), label))
    except ValueError as error:
        message = f"{label}: read_on is not a day."
        raise CatalogError(message) from error
