"""What is won and what is given up against the current model, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.benchmarking.statistics.verdicts import MINUS
from analytics.wilson import ends_of_difference
from recommender.scoring.facts import known, known_money
from recommender.scoring.scores import Score
from registry.templatetags.display import usd


def trade_offs(candidate: Score, current: Score | None) -> tuple[str, ...]:
    """Nothing without a current model, and of the current model itself."""
    if current is None or candidate.reference == current.reference:
        return ()
    return (
        *_cost(candidate, current),
        *_quality(candidate, current),
        *_latency(candidate, current),
        *_reliability(candidate, current),
    )


def _cost(candidate: Score, current: Score) -> Iterator[str]:
    after = known_money(candidate.facts.monthly_usd)
    before = known_money(current.facts.monthly_usd)
    if after is None or before is None:
        yield "The change of cost is not known."
        return
    change = after - before
    share = f" ({abs(change) / before:.0%})" if before else ""
    if not change:
        yield f"Costs the same, {usd(after)} a month."
    else:
        word = "less" if change < 0 else "more"
        yield f"Costs {usd(abs(change))}{share} {word} a month."


def _quality(candidate: Score, current: Score) -> Iterator[str]:
    after, before = candidate.component("quality"), current.component("quality")
    if after.score is None or before.score is None:
        yield "Quality cannot be compared: one of the two was never judged."
        return
    change = after.score - before.score
    low, high = after.low - before.high, after.high - before.low
    yield (
        f"Quality {signed(change)} points of 100 (between {signed(low, 0)} and "
        f"{signed(high, 0)})."
    )


def _latency(candidate: Score, current: Score) -> Iterator[str]:
    after = known(candidate.facts.latency_p95_ms)
    before = known(current.facts.latency_p95_ms)
    if after is None or before is None:
        yield "The change of latency is not known."
    elif after != before:
        word = "faster" if after < before else "slower"
        yield f"95 of 100 answers {abs(after - before):,.0f} ms {word}."


def _reliability(candidate: Score, current: Score) -> Iterator[str]:
    after, before = candidate.facts.success, current.facts.success
    if after is None or before is None or after.share == before.share:
        return
    low, high = (100 * end for end in ends_of_difference(after, before))
    doubt = ", which may be chance" if low <= 0 <= high else ""
    yield (
        f"{signed(100 * (after.share - before.share))} points of calls that go well "
        f"({signed(low)} to {signed(high)}){doubt}."
    )


def signed(value: float, digits: int = 1) -> str:
    """+1.2 or −3.4."""
    return f"{value:+.{digits}f}".replace("-", MINUS)
