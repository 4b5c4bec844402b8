"""The page of a finished benchmark run, from the summary stored with it, beside the
same sums made from the results themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.models import (
    BenchmarkCase,
    BenchmarkContender,
    BenchmarkRun,
    BenchmarkSuite,
    RunState,
)
from analytics.services.benchmark_summaries import refresh, results_of
from modelhub.bench.pages import allowed_host
from modelhub.bench.timing import Measurement, measure
from registry.models import Membership, Organization, Role, User

CASES: Final = 20_000
MODELS: Final = 5
TAGS: Final = ("billing", "delivery", "product", "account", "other")
PAGE_TARGET_MS: Final = 150
RESULTS: Final = """
INSERT INTO analytics_benchmarkresult (
  run_id, contender_id, case_id, repetition, state, tries, answer, scores, score,
  is_passed, latency_ms, ttft_ms, input_tokens, output_tokens, cost_usd,
  finish_reason, error_kind, error, finished_at)
SELECT %(run)s, model.id, asked.id, 1, 'done', 1, 'An answer of some length.', '[]',
  drawn, drawn >= 0.7, 400 + 900 * random(), 150 + 200 * random(), 300,
  50 + (asked.id %% 90)::int, 0.0004 * model.position, 'stop', '', '', now()
FROM analytics_benchmarkcontender AS model
CROSS JOIN analytics_benchmarkcase AS asked
CROSS JOIN LATERAL (
  SELECT least(1.0, power(random() + 0.0 * asked.id, 0.1 * model.position)) AS drawn
) AS score
WHERE model.run_id = %(run)s AND asked.suite_id = %(suite)s
"""


def measure_benchmark_page(runs: int) -> Iterator[Measurement]:
    """A run of 100,000 results: its summary made once, and the pages that read it."""
    run = _run()
    name = f"{CASES * MODELS:,} results"
    yield Measurement(
        f"Summary of {name}, intervals and all",
        measure(lambda: refresh(run), runs=1, warm=0),
    )
    beside = measure(lambda: results_of(run), runs=2, warm=0)
    for label, address, target_ms in (
        ("Page of a finished run", "benchmark_run", PAGE_TARGET_MS),
        ("Results of a run", "benchmark_results", PAGE_TARGET_MS),
        ("First page of its cases", "benchmark_cases", PAGE_TARGET_MS),
    ):
        timing = measure(_asker(run, address), runs=runs)
        yield Measurement(
            f"{label}, {name}",
            timing,
            target_ms,
            beside="reading the results themselves",
            beside_timing=beside,
        )


def _asker(run: BenchmarkRun, view: str) -> Callable[[], object]:
    """Asks as a member of the organisation."""
    address = reverse(f"analytics:{view}", args=[run.number])
    client = Client(SERVER_NAME=allowed_host())
    person, _ = User.objects.get_or_create(email="runs@example.com")
    Membership.objects.get_or_create(
        user=person, organization=run.organization, role=Role.EDITOR
    )
    client.force_login(person)

    def ask() -> None:
        response = client.get(address, secure=settings.SECURE_SSL_REDIRECT)
        if response.status_code != 200:
            raise CommandError(f"{address} answered {response.status_code}.")

    return ask


def _run() -> BenchmarkRun:
    organization = Organization.objects.create(name="Runs", slug="bench-runs")
    suite = BenchmarkSuite.objects.create(
        organization=organization, key="replies", name="Replies"
    )
    _add_cases(suite)
    now = timezone.now()
    run = BenchmarkRun.objects.create(
        organization=organization,
        suite=suite,
        number=1,
        state=RunState.DONE,
        calls=CASES * MODELS,
        started_at=now,
        finished_at=now,
    )
    for position in range(1, MODELS + 1):
        BenchmarkContender.objects.create(
            run=run, position=position, reference=f"bench/model-{position}"
        )
    with connection.cursor() as cursor:
        cursor.execute(RESULTS, {"run": run.pk, "suite": suite.pk})
        cursor.execute("ANALYZE analytics_benchmarkcase, analytics_benchmarkresult")
    return run


def _add_cases(suite: BenchmarkSuite) -> None:
    cases = (
        BenchmarkCase(
            suite=suite,
            key=f"case-{number}",
            position=number,
            messages=[{"role": "user", "content": f"Question {number}"}],
            tags=[TAGS[number % len(TAGS)]],
            digest=f"{number:064d}",
        )
        for number in range(CASES)
    )
    BenchmarkCase.objects.bulk_create(cases, batch_size=5_000)
