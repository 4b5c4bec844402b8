"""Candidates in order: of a feature, a kind of work, a budget."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils import timezone

from recommender.console.answer import Answer
from recommender.exports_recommendations import ranking_document
from recommender.queries.recommendation_ground import ground_of
from recommender.queries.recommending import (
    recommend_for_budget,
    recommend_for_feature,
    recommend_for_use_case,
)
from recommender.recommending.asked import AskedError, Constraints, ExpectedUse
from recommender.recommending.month import Saving
from recommender.recommending.results import Recommendations, Recommended
from recommender.services.recommendation_looks import report_of
from recommender.services.recommendation_writing import (
    dismissed_models,
    judged_features,
)
from recommender.services.recommendations import RecommendationRefused
from registry.console_table import table_text
from registry.models import Organization
from registry.queries.features import features_of
from registry.templatetags.display import usd

COLUMNS: Final = ("", "Model", "Score", "Between", "A month", "Saves", "Evidence")
EXPLAINED: Final = 3
"""So many of the first are told with reasons and trade-offs."""
LEFT_OUT: Final = 5


def feature_answer(organization: Organization, options: dict[str, Any]) -> Answer:
    """Raises RecommendationRefused where there is no such feature."""
    key = options["key"]
    feature = features_of(organization).filter(key=key).first()
    if feature is None:
        known = ", ".join(features_of(organization).values_list("key", flat=True)[:20])
        message = f"There is no feature {key!r}. Known: {known or 'none'}."
        raise RecommendationRefused(message)
    found = recommend_for_feature(
        feature, use_case=options["use_case"], is_any_model=options["any_model"]
    )
    return _answer(found, options["limit"], f"{feature.name} ({feature.key})")


def features_answer(organization: Organization) -> Answer:
    """What would be proposed for each feature now; nothing is written."""
    now = timezone.now()
    features = list(features_of(organization))
    if not features:
        return Answer({}, "No features yet. `modelhub features --help` makes one.")
    barred = dismissed_models(organization, now)
    ground = ground_of(organization, now)
    judged = list(judged_features(ground, features, barred))
    document = report_of({one.feature.key: one.outcome for one in judged})
    rows = []
    for one in judged:
        found = one.outcome.proposal
        said = " ".join([*one.outcome.notes, one.outcome.why]).strip()
        rows.append(
            (
                one.feature.key,
                one.found.current.reference if one.found.current else None,
                found.candidate.reference if found else None,
                found.kind if found else None,
                saving_text(found.saving) if found else None,
                said,
            )
        )
    columns = ("Feature", "Now", "Proposed", "Kind", "Saves a month", "Why not")
    return Answer(document, table_text(columns, rows))


def use_case_answer(organization: Organization, options: dict[str, Any]) -> Answer:
    found = recommend_for_use_case(
        organization, options["use_case"], _constraints(options), use=_use(options)
    )
    return _answer(found, options["limit"], options["use_case"])


def budget_answer(organization: Organization, options: dict[str, Any]) -> Answer:
    amount = _amount(options["usd"])
    found = recommend_for_budget(
        organization,
        amount,
        _use(options),
        use_case=options["use_case"],
        constraints=_constraints(options),
    )
    return _answer(found, options["limit"], f"at most {usd(amount)} a month")


def saving_text(saved: Saving | None) -> str | None:
    """With its interval; negative where it costs more."""
    if saved is None:
        return None
    return f"{usd(saved.usd)} ({usd(saved.low_usd)} to {usd(saved.high_usd)})"


def _answer(found: Recommendations, limit: int, subject: str) -> Answer:
    if limit < 1:
        raise AskedError("--limit: at least 1.")
    document = ranking_document(found, limit)
    return Answer(document, "\n".join(_lines(found, limit, subject)))


def _lines(found: Recommendations, limit: int, subject: str) -> Iterator[str]:
    yield f"{subject}, as {found.use_case}: {found.looked_at:,} models looked at."
    if found.problem:
        yield found.problem
    if found.ranked:
        rows = [_row(place, one) for place, one in enumerate(found.ranked[:limit], 1)]
        yield table_text(COLUMNS, rows, right=("Score",))
    for one in found.ranked[: min(EXPLAINED, limit)]:
        yield f"\n{one.reference}"
        yield from (f"  {text}" for text in one.score.reasons)
        yield from (f"  Instead of today's: {text}" for text in one.trade_offs)
    counts = found.exclusion_counts
    if counts:
        yield f"\nLeft out: {len(found.excluded):,}."
        yield from (f"  {reason}: {number:,}" for reason, number in counts[:LEFT_OUT])


def _row(place: int, one: Recommended) -> tuple[object, ...]:
    made = one.score
    return (
        place,
        f"{one.reference} (now)" if one.is_current else one.reference,
        None if made.score is None else f"{made.score:.1f}",
        f"{made.low:.0f}–{made.high:.0f}",
        None if one.monthly_usd is None else usd(one.monthly_usd),
        saving_text(one.saving),
        one.judgement.standing.value.replace("_", " ") if one.judgement else None,
    )


def _constraints(options: dict[str, Any]) -> Constraints:
    return Constraints(
        capabilities=tuple(options["capability"]),
        min_context_tokens=options["min_context_tokens"],
        providers=tuple(options["provider"]),
        most_latency_ms=options["most_latency_ms"],
        least_quality=options["least_quality"],
        is_any_model=options["any_model"],
    )


def _use(options: dict[str, Any]) -> ExpectedUse:
    return ExpectedUse(
        requests=options["requests"],
        input_tokens=options["input_tokens"],
        output_tokens=options["output_tokens"],
        cache_share=options["cache_share"],
    )


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip().removeprefix("$"))
    except InvalidOperation as error:
        raise AskedError(f"A budget is a number from 0 on, not {text!r}.") from error
    if not amount.is_finite() or amount < 0:
        raise AskedError(f"A budget is a number from 0 on, not {text!r}.")
    return amount
