"""What benchmarks measured of a model beside what is documented of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.benchmarking.statistics.bootstrap import Interval
from analytics.benchmarking.statistics.verdicts import points
from analytics.tiles import NO_DATA, interval_text, share_text
from analytics.wilson import Rate
from registry.levels import Level
from registry.templatetags.display import DASH, duration


@dataclass(frozen=True)
class Benchmarked:
    """`facts` are label, value and what must be known of it; `run_number` is the
    latest finished run."""

    facts: tuple[tuple[str, str, str], ...]
    run_number: int | None


def benchmark_facts(
    documented: Level,
    score: Interval,
    answered: Rate | None,
    latency_ms: float | None,
    tokens_per_s: float | None,
    runs: int,
) -> tuple[tuple[str, str, str], ...]:
    several = f"{score.cases:,} cases, {runs:,} run{'' if runs == 1 else 's'}"
    return (
        ("Accuracy, documented", documented.text, _short(documented)),
        ("Accuracy, measured", f"{points(score.value)} points", _ends(score, several)),
        ("Speed, measured", _speed(tokens_per_s), _latency(latency_ms)),
        (
            "Reliability, measured",
            share_text(answered.share) if answered else DASH,
            interval_text(answered) if answered else NO_DATA,
        ),
    )


def _short(documented: Level) -> str:
    if documented.value is None:
        return "no source rates it"
    return f"{documented.value} of 5, Arena rating"


def _ends(score: Interval, several: str) -> str:
    if score.low is None or score.high is None:
        return f"{several}, {NO_DATA}"
    return f"{points(score.low)} to {points(score.high)}, {several}"


def _speed(tokens_per_s: float | None) -> str:
    return DASH if tokens_per_s is None else f"{tokens_per_s:.0f} tokens / s"


def _latency(latency_ms: float | None) -> str:
    return "" if latency_ms is None else f"{duration(latency_ms)} an answer, mean"
