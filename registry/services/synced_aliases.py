"""Applies the aliases of a catalogue document."""

from __future__ import annotations

from collections.abc import Mapping

from registry.catalog.document import CatalogDocument
from registry.catalog.report import SyncReport
from registry.facts import EDITED
from registry.models import ModelAlias, Provider
from registry.services.synced_models import Rows


def apply_aliases(
    document: CatalogDocument,
    providers: Mapping[str, Provider],
    rows: Rows,
    report: SyncReport,
) -> None:
    """Adds and moves aliases. One whose name has become an exact version goes; any
    other that the document does not name any more stays as it is."""
    known = {
        (one.provider.slug, one.alias): one
        for one in ModelAlias.objects.select_related("provider", "ai_model")
    }
    new, moved = [], []
    for entry in document.aliases:
        target = rows.get((entry.provider, entry.target)) if entry.target else None
        if target is None:
            report.aliases_unresolved.append(f"{entry.provider}/{entry.alias}")
        alias = known.get((entry.provider, entry.alias))
        if alias is None:
            alias = ModelAlias(provider=providers[entry.provider], alias=entry.alias)
            new.append(alias)
        elif alias.source == EDITED or alias.ai_model_id == (target and target.pk):
            continue
        else:
            moved.append(alias)
            report.aliases_changed[str(alias)] = str(target or "no known version")
        alias.ai_model, alias.source = target, entry.source
        alias.read_on = entry.read_on
    ModelAlias.objects.bulk_create(new)
    ModelAlias.objects.bulk_update(moved, ["ai_model", "source", "read_on"])
    report.aliases_added = len(new)
    _remove_exact(document, known, report)


def _remove_exact(
    document: CatalogDocument,
    known: Mapping[tuple[str, str], ModelAlias],
    report: SyncReport,
) -> None:
    exact = [
        known[entry.key]
        for entry in document.models
        if entry.key in known and known[entry.key].source != EDITED
    ]
    report.aliases_removed = [str(one) for one in exact]
    ModelAlias.objects.filter(pk__in=[one.pk for one in exact]).delete()
