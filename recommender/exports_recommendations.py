"""Recommendations as CSV and JSON: the same figures as on the page."""

from __future__ import annotations

import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from defusedcsv import csv

from recommender.models import Recommendation
from recommender.recommending.proposal_document import (
    candidate_document,
    evidence_document,
)
from recommender.recommending.results import Recommendations, Recommended

COLUMNS: Final = (
    "id",
    "feature",
    "state",
    "kind",
    "due_on",
    "trouble",
    "current_model",
    "proposed_model",
    "score",
    "current_score",
    "evidence",
    "confidence",
    "before_usd",
    "after_usd",
    "saving_usd",
    "saving_low_usd",
    "saving_high_usd",
    "reason",
    "decided_by",
    "decided_at",
    "found_at",
)


def recommendation_document(one: Recommendation) -> dict[str, Any]:
    """Dollars a month, as text; None where they are not known, and a negative saving
    where the model costs more."""
    return {
        "id": one.pk,
        "feature": one.feature.key,
        "state": one.state,
        "kind": one.kind,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "trouble": one.trouble,
        "current_model": one.current_reference,
        "proposed_model": one.proposed_reference,
        "score": round(one.score, 2),
        "current_score": None
        if one.current_score is None
        else round(one.current_score, 2),
        "evidence": one.standing,
        "confidence": one.confidence,
        "before_usd": _text(one.before_usd),
        "after_usd": _text(one.after_usd),
        "saving_usd": _text(one.saving_usd),
        "saving_low_usd": _text(one.saving_low_usd),
        "saving_high_usd": _text(one.saving_high_usd),
        "reason": one.reason,
        "decided_by": one.decided_by_label,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
        "found_at": one.created_at.isoformat(),
        "details": one.details,
    }


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def recommendations_csv(found: Iterable[Recommendation]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in found:
        told = recommendation_document(one)
        writer.writerow(["" if told[name] is None else told[name] for name in COLUMNS])
    return text.getvalue()


def ranking_document(found: Recommendations, most: int) -> dict[str, Any]:
    """What a question was answered with; at most so many candidates and exclusions."""
    return {
        "use_case": found.use_case,
        "weights": found.weights.shares,
        "looked_at": found.looked_at,
        "possible": found.possible,
        "problem": found.problem,
        "current": candidate_document(found.current) if found.current else None,
        "ranked": [_candidate(one) for one in found.ranked[:most]],
        "exclusions": [
            {"reason": reason, "models": count}
            for reason, count in found.exclusion_counts
        ],
        "excluded": [
            {"model": one.reference, "reasons": list(one.reasons)}
            for one in found.excluded[:most]
        ],
    }


def _candidate(one: Recommended) -> dict[str, Any]:
    saved = one.saving
    return {
        **candidate_document(one),
        "is_current": one.is_current,
        "reasons": list(one.score.reasons),
        "trade_offs": list(one.trade_offs),
        "saving_usd": str(saved.usd) if saved else None,
        "saving_low_usd": f"{saved.low_usd:.6f}" if saved else None,
        "saving_high_usd": f"{saved.high_usd:.6f}" if saved else None,
        "evidence": evidence_document(one),
    }
