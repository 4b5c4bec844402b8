"""Suites and runs for tests of benchmarks at work."""

from __future__ import annotations

from analytics.models import (
    BenchmarkCase,
    BenchmarkResult,
    BenchmarkRun,
    BenchmarkSuite,
)
from analytics.services.benchmark_runs import RunOptions, start_run

CONTAINS = [{"kind": "contains"}]


def new_suite(
    organization, cases: int = 5, expected: str = "Hello", **facts
) -> BenchmarkSuite:
    """Cases that expect the beginning of the fake provider's “Hello there.”"""
    suite = BenchmarkSuite.objects.create(
        organization=organization,
        key=facts.pop("key", "greetings"),
        name="Greetings",
        **{"scorers": CONTAINS, **facts},
    )
    BenchmarkCase.objects.bulk_create(
        new_case(suite, number, expected=expected) for number in range(cases)
    )
    return suite


def new_case(suite: BenchmarkSuite, number: int, **facts) -> BenchmarkCase:
    message = {"role": "user", "content": f"Greet me, {number}."}
    values = {"messages": [message], "expected": "Hello", **facts}
    return BenchmarkCase(
        suite=suite, key=f"case-{number}", position=number, digest="0" * 64, **values
    )


def started(suite: BenchmarkSuite, *places, **options) -> BenchmarkRun:
    references = [place.ai_model.reference for place in places]
    return start_run(
        suite.organization,
        suite,
        RunOptions(**{"contenders": references, **options}),
        by=None,
    )


def states(run: BenchmarkRun, **facts) -> dict[str, int]:
    """How many results stand in which state."""
    found: dict[str, int] = {}
    for state in results(run, **facts).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def results(run: BenchmarkRun, **facts):
    return BenchmarkResult.objects.filter(run=run, **facts)
