"""Where entries of budgets, benchmarks, alerts and values lead, and what of them can be
taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from analytics.models import BenchmarkSuite
from registry.audit_links.offer import (
    Builder,
    Pages,
    Undo,
    built,
    by_id,
    by_label,
    page_at,
    undo_at,
)
from registry.models import AuditEntry

SUITE_EDITED: Final = "benchmark_suite.edited"


def _budget(entry: AuditEntry) -> Undo | None:
    return undo_at("analytics:budget_undo", [entry.object_id, entry.pk])


def _suite(name: str, label: str) -> Builder:
    return lambda entry: undo_at(name, [(entry.after or {}).get("key")], label)


BUILDERS: Final[dict[str, Builder]] = {
    "alert.acknowledged": by_id("analytics:alert_reopen", "Reopen"),
    "alert_mute.added": by_id("analytics:mute_end", "End"),
    "alert_mute.ended": by_id("analytics:mute_restore", "Mute again"),
    "benchmark_suite.archived": _suite("analytics:benchmark_suite_restore", "Restore"),
    "benchmark_suite.restored": _suite("analytics:benchmark_suite_archive", "Archive"),
    "budget.changed": _budget,
    "budget.deleted": by_id("analytics:budget_restore", "Restore"),
    "budget.paused": _budget,
    "budget.resumed": _budget,
    "feature.valued": by_label("analytics:value_undo"),
}


PAGES: Final[Pages] = {
    "alertchannel": lambda one: page_at("analytics:alert_settings"),
    "alertrule": lambda one: page_at("analytics:alert_settings"),
    "budgetdefinition": lambda one: page_at("analytics:budget_show", one.object_id),
    "modelalias": lambda one: page_at("analytics:unpriced"),
}


def offers(entries: Iterable[AuditEntry]) -> dict[int, Undo]:
    entries = list(entries)
    return built(entries, BUILDERS) | _suites(
        [one for one in entries if one.action == SUITE_EDITED]
    )


def _suites(entries: list[AuditEntry]) -> dict[int, Undo]:
    """A suite is addressed by its key, which an entry does not say."""
    keys = dict(
        BenchmarkSuite.objects.filter(
            pk__in=[one.object_id for one in entries]
        ).values_list("pk", "key")
    )
    found = {
        one.pk: undo_at(
            "analytics:benchmark_suite_undo", [keys[int(one.object_id)], one.pk]
        )
        for one in entries
        if int(one.object_id) in keys
    }
    return {pk: undo for pk, undo in found.items() if undo is not None}
