"""Did a change mend what it was for? By the calls since then. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analytics.wilson import Rate

FEWEST_CALLS: Final = 20


@dataclass(frozen=True)
class Kept:
    """`is_kept` is None where the calls do not tell."""

    is_kept: bool | None
    text: str


def kept(
    trouble: Mapping[str, Any], success: Rate | None, p95_ms: float | None
) -> Kept:
    """Of `trouble` as it was kept with the proposal; `success` and `p95_ms` are of the
    calls since then."""
    limit = float(trouble.get("limit") or 0.0)
    measure = trouble.get("measure")
    if measure == "latency":
        return _latency(limit, p95_ms)
    if measure == "success":
        return _success(limit, success)
    if measure == "date":
        return Kept(True, "The model that retires is no longer in use here.")
    return Kept(None, "Only benchmarks tell whether the quality is what was asked for.")


def _latency(limit: float, p95_ms: float | None) -> Kept:
    if p95_ms is None:
        return Kept(None, "Too few calls to tell how long answers take.")
    ok = p95_ms <= limit
    word = "within" if ok else "still above"
    return Kept(
        ok,
        f"95 of 100 answers take {p95_ms:,.0f} ms, {word} the limit of {limit:,.0f}.",
    )


def _success(limit: float, success: Rate | None) -> Kept:
    if success is None or success.count < FEWEST_CALLS:
        return Kept(None, "Too few calls to tell how many go well.")
    said = (
        f"{success.share:.1%} of {success.count:,} calls went well ({success.low:.1%} "
        f"to {success.high:.1%}); {limit:.0%} were asked for."
    )
    if success.high < limit:
        return Kept(False, said)
    if success.share >= limit:
        return Kept(True, said)
    return Kept(None, f"{said} Not enough data to tell.")
