"""Finds a model of one catalogue in another: by exact id, then by the documented
spellings, never by likeness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from registry.catalog.correspondence import CATALOGS
from registry.catalog.names import spellings
from registry.catalog.sheets import FactCatalog, Sheet


class SpellingIndex:
    """Ids of one provider, found under any of their spellings. An id as it stands
    wins over one that only a normalisation brings there; of two equally near none."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._found: dict[str, dict[int, list[str]]] = {}
        for one in ids:
            for distance, form in enumerate(spellings(one)):
                levels = self._found.setdefault(form, {})
                levels.setdefault(distance, []).append(one)

    def find(self, model_id: str) -> str | None:
        nearest = self.nearest(model_id)
        return nearest[0] if len(nearest) == 1 else None

    def nearest(self, model_id: str) -> list[str]:
        """The ids nearest to `model_id`; more than one where they are equally near."""
        for form in spellings(model_id):
            levels = self._found.get(form)
            if levels:
                return levels[min(levels)]
        return []


@dataclass(frozen=True)
class StatedSheet:
    """A sheet with the catalogue and the provider and id it stands under there."""

    catalog: FactCatalog
    provider: str
    model_id: str
    sheet: Sheet


class SheetFinder:
    """All second catalogues, in order of precedence, asked by genai-prices' names."""

    def __init__(self, catalogs: Sequence[FactCatalog]) -> None:
        self._catalogs = catalogs
        self._indexes = {
            (position, provider): SpellingIndex(sheets)
            for position, catalog in enumerate(catalogs)
            for provider, sheets in catalog.sheets.items()
        }

    def find(self, provider: str, model_id: str) -> Iterator[StatedSheet]:
        """What each catalogue states about the model, at most one sheet for each
        corresponding provider."""
        for position, catalog, slug in self._places(provider):
            known = self._indexes[position, slug].find(model_id)
            if known is not None:
                yield StatedSheet(catalog, slug, known, catalog.sheets[slug][known])

    def relevant(self, provider: str, names: Iterable[str]) -> Iterator[StatedSheet]:
        """Every sheet that has a say about one of the names: those found for it and
        those that keep it from being found because they are equally near."""
        names = set(names)
        for position, catalog, slug in self._places(provider):
            index = self._indexes[position, slug]
            for model_id in {one for name in names for one in index.nearest(name)}:
                sheet = catalog.sheets[slug][model_id]
                yield StatedSheet(catalog, slug, model_id, sheet)

    def known(self, provider: str) -> dict[str, str]:
        """Every id that a catalogue knows at the provider, with its name there."""
        found: dict[str, str] = {}
        for _, catalog, slug in self._places(provider):
            for model_id, sheet in catalog.sheets[slug].items():
                if not found.get(model_id):
                    found[model_id] = sheet.name
        return found

    def _places(self, provider: str) -> Iterator[tuple[int, FactCatalog, str]]:
        for position, catalog in enumerate(self._catalogs):
            for slug in CATALOGS[catalog.source].get(provider, ()):
                if slug in catalog.sheets:
                    yield position, catalog, slug
