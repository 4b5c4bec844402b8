"""Where entries of budgets, benchmarks, alerts and values lead, and what of them can be
taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from analytics.models import (
    BenchmarkCase,
    BenchmarkRun,
    BenchmarkSchedule,
    BenchmarkSuite,
    Budget,
    BudgetDefinition,
    BudgetScope,
    UsageAdjustment,
    UsageImport,
)
from registry.audit_links.offer import (
    Builder,
    PageOfRow,
    Pages,
    Rows,
    Undo,
    built,
    by_id,
    by_label,
    page_at,
    undo_at,
)
from registry.models import ApiToken, AuditEntry

BUDGET_DELETED: Final = "budget.deleted"
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
    "alert": lambda one: page_at("analytics:alert_list"),
    "alertmute": lambda one: page_at("analytics:alert_list"),
    "alertchannel": lambda one: page_at("analytics:alert_settings"),
    "alertrule": lambda one: page_at("analytics:alert_settings"),
    "budgetdefinition": lambda one: page_at("analytics:budget_show", one.object_id),
    "feedback": lambda one: page_at(
        "analytics:request_show", one.object_label.rpartition(" ")[2]
    ),
    "modelalias": lambda one: page_at("analytics:unpriced"),
    "unpricedsetaside": lambda one: page_at("analytics:unpriced"),
}


ROWS: Final[Rows] = {
    "benchmarkcase": PageOfRow(
        BenchmarkCase, "suite__key", "analytics:benchmark_suite"
    ),
    "benchmarkrun": PageOfRow(BenchmarkRun, "number", "analytics:benchmark_run"),
    "benchmarkschedule": PageOfRow(
        BenchmarkSchedule, "suite__key", "analytics:benchmark_suite"
    ),
    "benchmarksuite": PageOfRow(BenchmarkSuite, "key", "analytics:benchmark_suite"),
    "budget": PageOfRow(Budget, "definition_id", "analytics:budget_show"),
    "usageadjustment": PageOfRow(UsageAdjustment, "pk", "analytics:adjustment_show"),
    "usageimport": PageOfRow(UsageImport, "key", "analytics:import_show"),
}


def offers(entries: Iterable[AuditEntry]) -> dict[int, Undo]:
    entries = list(entries)
    ended = _ended([one for one in entries if one.action == BUDGET_DELETED])
    return built([one for one in entries if one.pk not in ended], BUILDERS) | _suites(
        [one for one in entries if one.action == SUITE_EDITED]
    )


def _ended(entries: list[AuditEntry]) -> set[int]:
    """Budgets of revoked tokens cannot be restored."""
    tokens = dict(
        BudgetDefinition.objects.filter(
            pk__in=[one.object_id for one in entries], scope_kind=BudgetScope.TOKEN
        ).values_list("pk", "scope_id")
    )
    gone = set(
        ApiToken.objects.filter(pk__in=tokens.values())
        .exclude(revoked_at=None)
        .values_list("pk", flat=True)
    )
    return {one.pk for one in entries if tokens.get(int(one.object_id)) in gone}


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
