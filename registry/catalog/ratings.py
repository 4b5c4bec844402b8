"""Gives Arena's ratings to the models they are about.

A rating is about a model, wherever it is served, but Arena names makers; it is given to
the maker's own entry and to the same entry at OpenRouter, by exact id or a documented
spelling. Arena leaves dates out: a dated version gets the rating of its stem where it
is the only version of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from registry.catalog.arena import SOURCE, RatingCatalog
from registry.catalog.correspondence import ARENA_MAKERS, OPENROUTER_MAKERS
from registry.catalog.document import Fact
from registry.catalog.matching import SpellingIndex
from registry.catalog.names import only_versions

OPENROUTER = "openrouter"


class RatingFinder:
    """Ratings asked by genai-prices' names; `versions` are a provider's exact ids."""

    def __init__(self, catalog: RatingCatalog | None) -> None:
        self._catalog = catalog
        self._ids: dict[str, dict[str, str]] = {}
        for key in catalog.ratings if catalog else ():
            maker, _, model = key.partition(" / ")
            if maker in ARENA_MAKERS:
                self._ids.setdefault(ARENA_MAKERS[maker], {})[model] = key
            if maker in OPENROUTER_MAKERS:
                known = self._ids.setdefault(OPENROUTER, {})
                known[f"{OPENROUTER_MAKERS[maker]}/{model}"] = key

    def by_version(self, provider: str, versions: Iterable[str]) -> dict[str, Fact]:
        """The rating of each version that has one."""
        return {
            version: self._fact(key)
            for version, key in self.keys_by_version(provider, versions).items()
        }

    def keys_by_version(self, provider: str, versions: Iterable[str]) -> dict[str, str]:
        """Arena's "maker / model" of each version that it rates."""
        known = self._ids.get(provider)
        if not known:
            return {}
        index = SpellingIndex(known)
        versions = list(versions)
        only = only_versions(versions)
        found = {}
        for version in versions:
            match = index.find(version) or index.find(only.get(version, version))
            if match is not None:
                found[version] = known[match]
        return found

    def _fact(self, key: str) -> Fact:
        assert self._catalog is not None  # noqa: S101  # asked only when there is one
        read_on = self._catalog.read_on
        origin = {"source": SOURCE, "read_on": read_on.isoformat()}
        ratings: Mapping[str, Mapping[str, Any]] = self._catalog.ratings[key]
        value = {task: {**rating, **origin} for task, rating in ratings.items()}
        return Fact(value, SOURCE, read_on)
