"""Applies the providers and models of a catalogue document."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone

from registry.acting import actor_name
from registry.catalog.document import CatalogDocument, Fact, ModelEntry
from registry.catalog.report import SyncReport
from registry.facts import EDITED, FACT_FIELDS
from registry.models import AIModel, AuditEntry, Provider, User

LISTED_BY: Final = "model_name"
"""The fact that says which source lists a row; a row without it was made by hand and
does not vanish."""
STATED_BY_PEOPLE_ALONE: Final = frozenset(
    {
        "deprecated_on",
        "parameter_count_billions",
        "quantisation",
        "min_memory_gb",
        "recommended_memory_gb",
    }
)
SYNCED_FIELDS: Final = (
    *(field for field in FACT_FIELDS if field not in STATED_BY_PEOPLE_ALONE),
    "ratings",
    "fact_sources",
    "search_text",
    "is_listed",
    "vanished_at",
)
Rows = dict[tuple[str, str], AIModel]


def apply_providers(
    document: CatalogDocument, report: SyncReport
) -> dict[str, Provider]:
    """Adds new providers and brings known ones up to date; all of them by slug."""
    known = {one.slug: one for one in Provider.objects.all()}
    new, changed = [], []
    for entry in document.providers:
        url = entry.pricing_url if len(entry.pricing_url) <= 400 else ""
        values = {"name": entry.name, "pricing_url": url, "source": entry.source}
        row = known.get(entry.slug)
        if row is None:
            row = Provider(slug=entry.slug, read_on=entry.read_on, **values)
            new.append(row)
        elif row.source != EDITED and any(
            getattr(row, name) != value for name, value in values.items()
        ):
            for name, value in values.items():
                setattr(row, name, value)
            row.read_on = entry.read_on
            changed.append(row)
    Provider.objects.bulk_create(new)
    Provider.objects.bulk_update(changed, ["name", "pricing_url", "source", "read_on"])
    report.providers_added = [row.slug for row in new]
    return known | {row.slug: row for row in new}


def apply_models(
    document: CatalogDocument,
    providers: Mapping[str, Provider],
    report: SyncReport,
    *,
    now: datetime.datetime,
    actor: User | None,
) -> Rows:
    """Adds, changes, marks as vanished or as back again. Answers all catalogue rows."""
    rows: Rows = {
        (row.provider.slug, row.model_name): row
        # Locked, so that an edit made meanwhile waits and is not written over.
        for row in AIModel.objects.filter(organization=None)
        .select_related("provider")
        .select_for_update(of=("self",))
    }
    batch = _Batch(report, now, actor)
    for entry in document.models:
        row = rows.get(entry.key)
        if row is None:
            batch.add(entry, providers[entry.provider])
        else:
            batch.update(entry, row)
    batch.mark_vanished(rows, {entry.key for entry in document.models}, document)
    batch.write()
    for row in batch.new:
        rows[row.provider.slug, row.model_name] = row
    return rows


class _Batch:
    """The rows to write, so that the database is asked a few times, not thousands."""

    def __init__(
        self, report: SyncReport, now: datetime.datetime, actor: User | None
    ) -> None:
        self.report, self.now, self.actor = report, now, actor
        self.new: list[AIModel] = []
        self.changed: list[AIModel] = []
        self.confirmed: list[AIModel] = []
        self.trail: list[AuditEntry] = []

    def add(self, entry: ModelEntry, provider: Provider) -> None:
        row = AIModel(
            provider=provider, model_name=entry.model_name, name=entry.model_name
        )
        for name, fact in entry.facts.items():
            setattr(row, name, fact.value)
        row.fact_sources = {
            name: stored_source(fact) for name, fact in entry.facts.items()
        }
        row.search_text = row.build_search_text()
        self.new.append(row)
        self.report.added.append(row.reference)

    def update(self, entry: ModelEntry, row: AIModel) -> None:
        before, sources = {}, dict(row.fact_sources)
        for name, fact in entry.facts.items():
            stored = sources.get(name) or {}
            value = getattr(row, name)
            if stored.get("source") == EDITED:
                if value != fact.value:
                    self.report.kept_edited.append(f"{row.reference}: {name}")
                continue
            if stored.get("read_on", "") > fact.read_on.isoformat():
                if value != fact.value:
                    self.report.kept_newer.append(f"{row.reference}: {name}")
                continue
            if value != fact.value:
                before[name] = value
                setattr(row, name, fact.value)
            sources[name] = stored_source(fact)
        self._list_again(row)
        self._keep(row, before, sources)

    def mark_vanished(
        self,
        rows: Rows,
        listed: set[tuple[str, str]],
        document: CatalogDocument,
    ) -> None:
        """Rows that a sync once listed and that this document, which is not older,
        does not list."""
        read_on = max((one.price_read_on for one in document.models), default=None)
        for key, row in rows.items():
            listed_by = row.fact_sources.get(LISTED_BY) or {}
            if key in listed or not row.is_listed or not listed_by:
                continue
            is_older = read_on and listed_by.get("read_on", "") > read_on.isoformat()
            if listed_by.get("source") == EDITED or is_older:
                continue
            row.is_listed, row.vanished_at = False, self.now
            self.changed.append(row)
            self.report.vanished.append(row.reference)
            self._trace(
                row, "model.vanished", {"is_listed": True}, {"is_listed": False}
            )

    def write(self) -> None:
        AIModel.objects.bulk_create(self.new)
        _overwrite(self.changed, [*SYNCED_FIELDS, "updated_at"])
        _overwrite(self.confirmed, ["fact_sources"])
        AuditEntry.objects.bulk_create(self.trail)

    def _list_again(self, row: AIModel) -> None:
        if not row.is_listed:
            row.is_listed, row.vanished_at = True, None
            self.report.returned.append(row.reference)
            self._trace(
                row, "model.returned", {"is_listed": False}, {"is_listed": True}
            )
            self.changed.append(row)

    def _keep(
        self, row: AIModel, before: dict[str, Any], sources: dict[str, Any]
    ) -> None:
        is_confirmed = sources != row.fact_sources
        row.fact_sources = sources
        if before:
            row.search_text = row.build_search_text()
            after = {name: getattr(row, name) for name in before}
            self._trace(row, "model.synced", before, after)
            self.report.changed[row.reference] = list(before)
            if row not in self.changed[-1:]:
                self.changed.append(row)
            return
        self.report.left_alone += 1
        if is_confirmed and row not in self.changed[-1:]:
            self.report.confirmed += 1
            self.confirmed.append(row)

    def _trace(
        self, row: AIModel, action: str, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        self.trail.append(audit_row(row, action, before, after, self.actor))


def audit_row(
    row: AIModel,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    actor: User | None,
) -> AuditEntry:
    """An audit entry about a model, not yet written: a sync writes many at once."""
    return AuditEntry(
        actor=actor,
        actor_label=actor_name(actor),
        action=action,
        object_type="aimodel",
        object_id=str(row.pk),
        object_label=row.reference[:400],
        before=json_ready(before),
        after=json_ready(after),
    )


def json_ready(values: dict[str, Any] | None) -> dict[str, Any] | None:
    """Days as text: JSON has none."""
    return values and {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in values.items()
    }


def stored_source(fact: Fact) -> dict[str, Any]:
    """A fact's origin as `fact_sources` keeps it."""
    origin = {"source": fact.source, "read_on": fact.read_on.isoformat()}
    return origin | ({"by": dict(fact.by)} if fact.by else {})


def _overwrite(rows: list[AIModel], fields: list[str]) -> None:
    """One INSERT … ON CONFLICT: bulk_update's CASE grows with the square of rows."""
    for row in rows:
        row.updated_at = timezone.now()
    if rows:
        AIModel.objects.bulk_create(
            rows, update_conflicts=True, update_fields=fields, unique_fields=["id"]
        )
