"""Runs with results, as the runner leaves them."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.utils import timezone

from analytics.models import (
    BenchmarkCase,
    BenchmarkContender,
    BenchmarkResult,
    BenchmarkRun,
    BenchmarkSuite,
    ResultState,
    RunState,
)
from registry.models import Organization


def a_suite(
    organization: Organization, cases: int, tags: Sequence[str] = ()
) -> BenchmarkSuite:
    """Cases case-1, case-2 …, which take turns with the tags."""
    suite = BenchmarkSuite.objects.create(
        organization=organization, key=f"suite-{uuid.uuid4().hex[:8]}", name="Replies"
    )
    BenchmarkCase.objects.bulk_create(
        BenchmarkCase(
            suite=suite,
            key=f"case-{number}",
            position=number,
            messages=[{"role": "user", "content": f"Question {number}"}],
            expected=f"Answer {number}",
            tags=[tags[number % len(tags)]] if tags else [],
            digest=sha256(f"{number}".encode()).hexdigest(),
        )
        for number in range(1, cases + 1)
    )
    return suite


def a_run(suite: BenchmarkSuite, **facts: Any) -> BenchmarkRun:
    number = BenchmarkRun.objects.filter(organization=suite.organization).count() + 1
    now = timezone.now()
    made = {"state": RunState.DONE, "started_at": now, "finished_at": now, **facts}
    return BenchmarkRun.objects.create(
        organization=suite.organization, suite=suite, number=number, **made
    )


def answered(
    run: BenchmarkRun, scores: Mapping[Any, Sequence[float | None]], **facts: Any
) -> list[BenchmarkContender]:
    """Adds a contender for each model (or reference) with a result a case; a score of
    None is a call that failed."""
    cases = list(run.suite.cases.order_by("position"))
    found = []
    for position, (model, values) in enumerate(scores.items(), 1):
        contender = BenchmarkContender.objects.create(
            run=run,
            position=position,
            reference=getattr(model, "reference", model),
            ai_model=None if isinstance(model, str) else model,
        )
        BenchmarkResult.objects.bulk_create(
            _result(run, contender, case, score, number, facts)
            for number, (case, score) in enumerate(zip(cases, values, strict=True))
        )
        found.append(contender)
    return found


def _result(run, contender, case, score, number, facts):
    told = {
        "state": ResultState.DONE,
        "answer": f"{contender.reference} says {case.key}",
        "score": score,
        "is_passed": score is not None and score >= run.pass_score,
        "scores": [{"kind": "exact", "value": score, "note": "", "weight": 1.0}],
        "latency_ms": 100.0 * contender.position + number,
        "ttft_ms": 40.0,
        "output_tokens": 50,
        "cost_usd": Decimal("0.001") * contender.position,
        "finished_at": timezone.now(),
    }
    if score is None:
        told = {"state": ResultState.FAILED, "error_kind": "network", "error": "Gone."}
    return BenchmarkResult(run=run, contender=contender, case=case, **(told | facts))
