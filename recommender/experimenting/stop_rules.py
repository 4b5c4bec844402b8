"""When an experiment has to end whatever it says. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Caps:
    """None: no such cap. `cost_usd` is what the candidates may spend together."""

    cost_usd: float | None = None
    days: float | None = None
    requests: int | None = None


@dataclass(frozen=True)
class Spent:
    """`cost_usd` None where the cost of nothing is known."""

    cost_usd: float | None
    days: float
    requests: int


def reason_to_stop(caps: Caps, spent: Spent) -> str | None:
    """One sentence with numbers, or None while every cap holds. A cost that nobody
    knows reaches no cap."""
    cost = spent.cost_usd
    if caps.cost_usd is not None and cost is not None and cost >= caps.cost_usd:
        return f"The cost cap is reached: ${cost:,.2f} of ${caps.cost_usd:,.2f}."
    if caps.requests is not None and spent.requests >= caps.requests:
        return f"All requests are used: {spent.requests:,} of {caps.requests:,}."
    if caps.days is not None and spent.days >= caps.days:
        return f"The time is over: {spent.days:.1f} of {caps.days:g} days."
    return None


def cap_problems(
    caps: Caps, *, min_requests: int = 0, min_hours: float = 0.0, steps: int = 1
) -> list[str]:
    """What is wrong with caps in sentences, also beside the least that each of `steps`
    steps needs."""
    named = (
        ("cost cap", caps.cost_usd),
        ("number of requests", caps.requests),
        ("number of days", caps.days),
    )
    found = [
        f"The {label} must be more than 0: nothing could run."
        for label, value in named
        if value is not None and not (math.isfinite(value) and value > 0)
    ]
    if found:
        return found
    if caps.requests is not None and caps.requests < steps * min_requests:
        found.append(
            f"{steps} steps of {min_requests:,} requests do not fit into "
            f"{caps.requests:,} requests."
        )
    if caps.days is not None and caps.days * 24 < steps * min_hours:
        found.append(
            f"{steps} steps of {min_hours:g} hours do not fit into {caps.days:g} days."
        )
    return found
