"""Applies the prices of a catalogue document: new rows begin, old ones end."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from registry.catalog.document import CatalogDocument, ModelEntry
from registry.catalog.report import SyncReport
from registry.catalog.timeline import PricePlan, StoredPrice, plan_prices
from registry.facts import EDITED
from registry.models import AIModel, AuditEntry, Price, User
from registry.rates import RatesDocument, base_rate, base_rates
from registry.services.synced_models import LISTED_BY, Rows, audit_row

TEN_PLACES: Final = Decimal("1e-10")


def apply_prices(
    document: CatalogDocument,
    rows: Rows,
    report: SyncReport,
    *,
    now: datetime.datetime,
    actor: User | None,
) -> None:
    """Writes what changed. Negotiated prices are not looked at; a model with a price
    that a person edited keeps it, and so does one whose price was read later."""
    stored, edited = _stored_prices(now)
    ends: dict[int, datetime.datetime | None] = {}
    added: list[Price] = []
    withdrawn: list[int] = []
    trail: list[AuditEntry] = []
    for entry in document.models:
        row = rows[entry.key]
        plan = plan_prices(stored[row.pk], entry.prices, now)
        if plan.is_empty or _is_kept(entry, row, edited, report):
            continue
        added.extend(_new_rows(entry, row, plan))
        ends |= plan.ends
        withdrawn.extend(plan.withdrawn)
        if stored[row.pk]:
            trail.append(_trace(row, plan, actor))
            _tell(row, plan, report)
    Price.objects.filter(pk__in=withdrawn).delete()
    _write_ends(ends)
    Price.objects.bulk_create(added)
    AuditEntry.objects.bulk_create(trail)
    report.prices_added, report.prices_ended = len(added), len(ends)


def _stored_prices(
    now: datetime.datetime,
) -> tuple[dict[int, list[StoredPrice]], set[int]]:
    """The catalogue's price rows by model, and the models with one that a person
    edited and that still holds or will."""
    stored: dict[int, list[StoredPrice]] = defaultdict(list)
    edited: set[int] = set()
    for price in Price.objects.filter(organization=None).order_by("ai_model", "id"):
        stored[price.ai_model_id].append(
            StoredPrice(
                pk=price.pk,
                starts_at=price.effective_from,
                ends_at=price.effective_to,
                rates=price.rates,
                created_at=price.created_at,
            )
        )
        holds = price.effective_to is None or price.effective_to > now
        if price.source == EDITED and holds:
            edited.add(price.ai_model_id)
    return stored, edited


def _is_kept(
    entry: ModelEntry, row: AIModel, edited: set[int], report: SyncReport
) -> bool:
    if row.pk in edited:
        report.kept_edited.append(f"{row.reference}: price")
        return True
    # apply_models has moved this day forward unless what is stored is newer.
    confirmed_on = (row.fact_sources.get(LISTED_BY) or {}).get("read_on", "")
    if confirmed_on > entry.price_read_on.isoformat():
        report.kept_newer.append(f"{row.reference}: price")
        return True
    return False


def _new_rows(entry: ModelEntry, row: AIModel, plan: PricePlan) -> Iterator[Price]:
    for period in plan.added:
        yield Price(
            ai_model=row,
            effective_from=period.starts_at,
            effective_to=period.ends_at,
            rates=period.rates,
            source=entry.price_source,
            source_reference=entry.price_reference,
            read_on=entry.price_read_on,
            **base_rates(period.rates),
        )


def _write_ends(ends: dict[int, datetime.datetime | None]) -> None:
    prices = list(Price.objects.filter(pk__in=ends))
    for price in prices:
        price.effective_to = ends[price.pk]
    # Closing comes first: only one row of a model may be open at a time.
    for is_open in (False, True):
        batch = [one for one in prices if (one.effective_to is None) is is_open]
        Price.objects.bulk_update(batch, ["effective_to"], batch_size=500)


def _trace(row: AIModel, plan: PricePlan, actor: User | None) -> AuditEntry:
    before = {
        "rates": plan.was,
        "ends": {str(pk): _text(end) for pk, end in plan.ends.items()},
        "withdrawn": plan.withdrawn,
    }
    after = {
        "periods": [
            {"from": _text(one.starts_at), "to": _text(one.ends_at), "rates": one.rates}
            for one in plan.added
        ]
    }
    return audit_row(row, "price.synced", before, after, actor)


def _text(moment: datetime.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _tell(row: AIModel, plan: PricePlan, report: SyncReport) -> None:
    if plan.was != plan.becomes:
        was, becomes = _summary(plan.was), _summary(plan.becomes)
        report.price_changes.append(f"{row.reference}: {was} → {becomes}")
    else:
        report.price_changes.append(f"{row.reference}: announced price changed")
    if plan.starts_earlier:
        report.past_kept.append(row.reference)


def _summary(rates: RatesDocument | None) -> str:
    """`$2.50 in, $15 out` a million tokens, as far as stated."""
    if rates is None:
        return "not known"
    words: dict[str, Any] = {
        "in": base_rate(rates, "input_mtok"),
        "out": base_rate(rates, "output_mtok"),
    }
    stated = [f"${value} {word}" for word, value in words.items() if value is not None]
    return ", ".join(stated) or "other units"
