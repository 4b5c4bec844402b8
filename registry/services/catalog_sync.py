"""Brings the registry in line with a catalogue document, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from registry.acting import actor_name
from registry.audit import record_change
from registry.catalog.build import build_document
from registry.catalog.document import CatalogDocument, CatalogError
from registry.catalog.inputs import read_inputs
from registry.catalog.report import KEPT_IN_ROW, SyncReport
from registry.models import CatalogSync, SyncState, User
from registry.services.synced_aliases import apply_aliases
from registry.services.synced_models import apply_models, apply_providers
from registry.services.synced_prices import apply_prices

LOCK: Final = 7_304_211_906
"""The advisory lock that lets one sync run at a time; a second one waits for it."""
FEW: Final = 50
"""So many models may vanish at once, however small the catalogue is."""


def sync_from_sources(
    *,
    prices: str = "",
    facts: Iterable[str] = (),
    read_on: Mapping[str, date] | None = None,
    actor: User | None = None,
    dry_run: bool = False,
) -> SyncReport:
    """Reads the sources (files or addresses; defaults: the installed `genai-prices`
    and the snapshot that ships with ModelHub) and syncs them.

    A source that cannot be used changes nothing but leaves a CatalogSync row that says
    so, and raises CatalogError.
    """
    try:
        document = build_document(read_inputs(prices, facts, read_on))
    except Exception as error:
        if not dry_run:
            _record_failure(actor, error)
        raise
    return sync_catalog(document=document, actor=actor, dry_run=dry_run)


def sync_catalog(
    *,
    document: CatalogDocument,
    actor: User | None = None,
    dry_run: bool = False,
) -> SyncReport:
    """Adds and changes models, prices and aliases as `document` says. What a person
    edited, negotiated prices and custom models stay as they are; nothing is deleted.
    The same document a second time changes nothing. With `dry_run` everything is
    worked out and taken back."""
    try:
        with transaction.atomic():
            report = _sync(document, actor, dry_run)
            transaction.set_rollback(dry_run)
    except Exception as error:
        if not dry_run:
            _record_failure(actor, error)
        raise
    return report


def _sync(document: CatalogDocument, actor: User | None, dry_run: bool) -> SyncReport:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    run = CatalogSync.objects.create(actor_label=_label(actor))
    now = timezone.now()
    report = SyncReport(is_dry_run=dry_run)
    providers = apply_providers(document, report)
    rows = apply_models(document, providers, report, now=now, actor=actor)
    _refuse_a_torn_document(report)
    apply_prices(document, rows, report, now=now, actor=actor)
    apply_aliases(document, providers, rows, report)
    run.state, run.finished_at = SyncState.DONE, timezone.now()
    run.report = report.as_dict(KEPT_IN_ROW)
    run.save()
    if report.changes_something:
        record_change(
            organization=None,
            actor=actor,
            action="catalog.synced",
            target=run,
            before=None,
            after=report.counts(),
        )
    return report


def _refuse_a_torn_document(report: SyncReport) -> None:
    """A document can be whole JSON and still lack most of the catalogue."""
    gone, stayed = len(report.vanished), report.left_alone + len(report.changed)
    if gone > max(FEW, stayed):
        message = (
            f"The source lacks {gone} of {gone + stayed} models that it listed before; "
            "nothing was changed."
        )
        raise CatalogError(message)


def _record_failure(actor: User | None, error: Exception) -> None:
    """A row of its own: the transaction of the sync is gone by now."""
    CatalogSync.objects.create(
        state=SyncState.FAILED,
        finished_at=timezone.now(),
        actor_label=_label(actor),
        error=str(error)[:2000],
    )


def _label(actor: User | None) -> str:
    return actor_name(actor)
