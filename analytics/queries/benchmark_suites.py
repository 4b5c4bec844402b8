"""Benchmark suites as pages and the command list them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from django.db.models import Count, Q

from analytics.models import BenchmarkRun, BenchmarkSuite
from registry.models import Organization


@dataclass(frozen=True)
class SuiteRow:
    """`last_run` is the newest one, whatever became of it."""

    suite: BenchmarkSuite
    case_count: int
    last_run: BenchmarkRun | None


def suite_rows(
    organization: Organization, words: str = "", *, is_archived: bool = False
) -> list[SuiteRow]:
    """Suites by name, those whose name, key or description holds `words`."""
    suites = BenchmarkSuite.objects.filter(
        organization=organization, archived_at__isnull=not is_archived
    )
    if words:
        suites = suites.filter(
            Q(name__icontains=words)
            | Q(key__icontains=words)
            | Q(description__icontains=words)
        )
    living = Count("cases", filter=Q(cases__replaced_at=None))
    counted = list(suites.annotate(case_count=living).order_by("name", "pk"))
    runs = _last_runs(organization)
    return [SuiteRow(one, one.case_count, runs.get(one.pk)) for one in counted]


def suite_named(
    organization: Organization, key: str, *, is_archived: bool = False
) -> BenchmarkSuite | None:
    """The living suite of a key, or the archived one that was archived last."""
    found = BenchmarkSuite.objects.select_related("organization").filter(
        organization=organization, key=key, archived_at__isnull=not is_archived
    )
    return found.order_by("-archived_at").first()


def similar_suites(organization: Organization, key: str) -> list[str]:
    known = BenchmarkSuite.objects.filter(organization=organization, archived_at=None)
    return difflib.get_close_matches(key, known.values_list("key", flat=True), n=2)


def _last_runs(organization: Organization) -> dict[int, BenchmarkRun]:
    newest = BenchmarkRun.objects.filter(organization=organization)
    rows = newest.order_by("suite_id", "-number").distinct("suite_id")
    return {one.suite_id: one for one in rows}
