"""What is kept of a proposal, so that it can be taken apart later. Pure."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Final

from recommender.recommending.proposing import Proposal
from recommender.recommending.results import Recommendations, Recommended
from recommender.recommending.troubles import Trouble

OTHERS: Final = 5
REASONS: Final = 6


def proposal_document(found: Recommendations, one: Proposal) -> dict[str, Any]:
    traffic = found.traffic
    return {
        "use_case": found.use_case,
        "trouble": trouble_document(one.trouble),
        "requests": traffic.requests if traffic else 0,
        "month_requests": round(traffic.requests * traffic.month_factor)
        if traffic
        else 0,
        "days": min(traffic.called_days, 30) if traffic else 0,
        "proposed": candidate_document(one.candidate),
        "current": candidate_document(one.current),
        "trade_offs": list(one.candidate.trade_offs),
        "evidence": evidence_document(one.candidate),
        "others": [
            {
                "reference": other.reference,
                "score": _number(other.score.score),
                "monthly_usd": _text(other.monthly_usd),
                "saving_usd": _text(other.saving.usd if other.saving else None),
                "standing": other.judgement.standing.value if other.judgement else "",
            }
            for other in found.ranked
            if other.reference not in (one.candidate.reference, one.current.reference)
        ][:OTHERS],
        "looked_at": found.looked_at,
        "excluded": [list(pair) for pair in found.exclusion_counts[:REASONS]],
    }


def candidate_document(one: Recommended) -> dict[str, Any]:
    """Of one model: the score, its parts, and what it takes and costs."""
    facts, made = one.score.facts, one.score
    return {
        "model": one.reference,
        "score": _number(made.score),
        "low": _number(made.low),
        "high": _number(made.high),
        "certainty": made.certainty,
        "parts": [
            {
                "name": part.name,
                "label": part.label,
                "weight": round(part.weight, 4),
                "score": _number(part.score),
                "low": _number(part.low),
                "high": _number(part.high),
                "points": _number(part.points),
                "reasons": list(part.reasons),
            }
            for part in made.components
        ],
        "monthly_usd": _text(one.monthly_usd),
        "latency_p95_ms": _number(facts.latency_p95_ms),
        "latency_calls": facts.latency_calls,
        "success": _number(facts.success.share if facts.success else None, 4),
        "success_low": _number(facts.success.low if facts.success else None, 4),
        "success_high": _number(facts.success.high if facts.success else None, 4),
        "calls": facts.success.count if facts.success else 0,
    }


def trouble_document(one: Trouble | None) -> dict[str, Any]:
    """Empty where there is none."""
    if one is None:
        return {}
    return {
        "kind": one.kind.value,
        "measure": one.measure,
        "text": one.text,
        "limit": _number(one.limit, 4),
        "measured": _number(one.measured, 4),
        "low": _number(one.low, 4),
        "high": _number(one.high, 4),
        "due_on": one.due_on.isoformat() if one.due_on else None,
    }


def evidence_document(one: Recommended) -> dict[str, Any]:
    judgement = one.judgement
    if judgement is None:
        return {}
    pairing = judgement.pairing
    return {
        "standing": judgement.standing.value,
        "text": judgement.text,
        "cases": pairing.cases,
        "difference": _number(pairing.difference, 4),
        "low": _number(pairing.low, 4),
        "high": _number(pairing.high, 4),
        "further_cases": judgement.further_cases,
        "suites": list(pairing.suites),
    }


def _number(value: float | None, digits: int = 2) -> float | None:
    """None too for what JSON cannot hold."""
    if value is None or not math.isfinite(value):
        return None
    return round(value, digits)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)
