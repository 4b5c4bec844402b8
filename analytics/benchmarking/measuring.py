"""What the answers of one model took: time, tokens, money, failures. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from analytics.benchmarking.answers import Answer
from analytics.benchmarking.statistics.percentiles import p50, p95
from analytics.wilson import wilson

DONE: Final = "done"
FAILED: Final = "failed"
SKIPPED: Final = "skipped"
UNNAMED: Final = "other"
PLACES: Final = 10


def taken(answers: Sequence[Answer]) -> dict[str, Any]:
    """JSON-ready; an amount is text, and None is what is not known."""
    done = [one for one in answers if one.state == DONE]
    failed = [one for one in answers if one.state == FAILED]
    tried = len(done) + len(failed)
    return {
        "calls": len(answers),
        "done": len(done),
        "failed": len(failed),
        "skipped": sum(one.state == SKIPPED for one in answers),
        "unscored": sum(one.score is None for one in done),
        "answered": rate(len(done), tried),
        "errors": dict(
            Counter(one.error_kind or UNNAMED for one in failed).most_common()
        ),
        **_times(done),
        **_costs(done),
    }


def rate(successes: int, count: int) -> dict[str, Any] | None:
    """A share with its Wilson interval."""
    found = wilson(successes, count)
    if found is None:
        return None
    return {
        "share": found.share,
        "low": found.low,
        "high": found.high,
        "passed": successes,
        "count": count,
    }


def _times(done: Sequence[Answer]) -> dict[str, float | None]:
    latencies = [one.latency_ms for one in done if one.latency_ms is not None]
    firsts = [one.ttft_ms for one in done if one.ttft_ms is not None]
    speeds = [
        1_000 * one.output_tokens / one.latency_ms
        for one in done
        if one.output_tokens and one.latency_ms
    ]
    return {
        "p50_ms": p50(latencies),
        "p95_ms": p95(latencies),
        "ttft_p50_ms": p50(firsts),
        "ttft_p95_ms": p95(firsts),
        "tokens_per_s": p50(speeds),
    }


def _costs(done: Sequence[Answer]) -> dict[str, Any]:
    priced = [one for one in done if one.cost_usd is not None]
    successes = sum(bool(one.is_passed) for one in priced)
    total = known_total(one.cost_usd for one in priced)
    return {
        **costs_of(total, len(priced), successes),
        "judge_cost_usd": _text(known_total(one.judge_cost_usd for one in done)),
        "unpriced": len(done) - len(priced),
    }


def costs_of(total: Decimal | None, priced: int, successes: int) -> dict[str, Any]:
    """Of `priced` answers, which cost `total` and of which some passed."""
    each = total / priced if total is not None and priced else None
    return {
        "cost_usd": _text(total),
        "cost_per_case_usd": _text(each),
        "cost_per_1000_usd": _text(None if each is None else 1_000 * each),
        "cost_per_success_usd": _text(
            total / successes if total is not None and successes else None
        ),
    }


def known_total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None where no amount is known."""
    known = [one for one in amounts if one is not None]
    return sum(known, Decimal(0)) if known else None


def _text(amount: Decimal | None) -> str | None:
    if amount is None:
        return None
    return f"{amount.quantize(Decimal(1).scaleb(-PLACES)):f}"
