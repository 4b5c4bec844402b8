"""What an applied recommendation promised beside what it did."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from django.utils import timezone

from analytics.bands.what_if import Alternative
from analytics.queries.measures import measure_all
from analytics.queries.what_if import Prices, WhatIfQuestion, model_facts, what_if
from analytics.questions import Dimension, Question
from analytics.readings import percentile
from analytics.sums import Sums
from analytics.wilson import ends_of_difference
from recommender.models import (
    FollowUpVerdict,
    Recommendation,
    RecommendationFollowUp,
    RecommendationKind,
    RecommendationState,
)
from recommender.recommending.kept_promises import kept
from recommender.recommending.month import MONTH_DAYS
from registry.queries.assignments import current_revision
from registry.templatetags.display import usd

FEWEST_REQUESTS: Final = 20
HELD_SHARE: Final = Decimal("0.8")
"""Of the saving to be expected: less counts as less."""
OTHER_VOLUME: Final = Decimal("0.05")
MENDED: Final = {
    True: FollowUpVerdict.HELD,
    False: FollowUpVerdict.MISSED,
    None: FollowUpVerdict.LITTLE,
}


def follow_up_due(now: datetime.datetime) -> int:
    """Measure what is due. How many were measured; safe to run twice."""
    due = RecommendationFollowUp.objects.filter(
        measured_at=None,
        due_at__lte=now,
        recommendation__state=RecommendationState.APPLIED,
    ).select_related(
        "recommendation__organization",
        "recommendation__feature",
        "recommendation__current_model__provider",
    )
    count = 0
    for one in due:
        measure_follow_up(one)
        count += 1
    return count


def measure_follow_up(one: RecommendationFollowUp) -> RecommendationFollowUp:
    """The calls since it was applied, priced anew on the model from before, less what
    they cost; and success, latency and feedback beside the same number of days
    before."""
    made = one.recommendation
    since = made.decided_at or made.updated_at
    before, after = _before_and_after(made, since, one.days)
    one.requests = after.requests
    one.measured_at = timezone.now()
    one.real_usd = None
    if _was_changed(made):
        one.verdict, one.lines = FollowUpVerdict.CHANGED, []
    elif after.requests < FEWEST_REQUESTS:
        one.verdict = FollowUpVerdict.LITTLE
        one.lines = [f"Only {after.requests} requests since then."]
    else:
        one.real_usd = _real_saving(made, one.due_at, one.days)
        _judge(one, before, after)
    one.save()
    return one


def _judge(one: RecommendationFollowUp, before: Sums, after: Sums) -> None:
    """By what the recommendation was for: money, or what was wrong."""
    made = one.recommendation
    one.lines = list(quality_lines(before, after))
    old, new = before.request_success, after.request_success
    if old and new and ends_of_difference(new, old)[1] < 0:
        one.verdict = FollowUpVerdict.WORSE
    elif made.kind == RecommendationKind.SAVING:
        one.verdict = _money_verdict(one)
        one.lines = [*volume_lines(one), *one.lines]
    else:
        trouble = made.details.get("trouble") or {}
        found = kept(trouble, after.call_success, percentile(after.latency, 95))
        one.lines = [found.text, *one.lines]
        one.verdict = MENDED[found.is_kept]


def _money_verdict(one: RecommendationFollowUp) -> FollowUpVerdict:
    if one.real_usd is None or one.promised_usd is None:
        return FollowUpVerdict.LITTLE
    is_held = one.real_usd >= HELD_SHARE * _expected_usd(one)
    return FollowUpVerdict.HELD if is_held else FollowUpVerdict.SHORT


def _expected_usd(one: RecommendationFollowUp) -> Decimal:
    """What was promised, at as many requests as there were."""
    found = one.recommendation.details.get("month_requests")
    promised = one.promised_usd or Decimal(0)
    return promised * _month_requests(one) / found if found else promised


def _month_requests(one: RecommendationFollowUp) -> Decimal:
    return Decimal(one.requests * MONTH_DAYS) / one.days


def volume_lines(one: RecommendationFollowUp) -> Iterator[str]:
    """Fewer requests save less: that is not the model's fault."""
    found = one.recommendation.details.get("month_requests")
    now = _month_requests(one)
    if found and abs(now - found) > OTHER_VOLUME * found:
        yield (
            f"{now:,.0f} requests a month, {found:,} when it was found: "
            f"{usd(_expected_usd(one))} were to be expected."
        )


def quality_lines(before: Sums, after: Sums) -> Iterator[str]:
    """Sentences, each with its certainty."""
    old, new = before.request_success, after.request_success
    if old and new:
        low, high = ends_of_difference(new, old)
        apart = low > 0 or high < 0
        doubt = "" if apart else ", which may be chance"
        yield f"Requests answered: {old.share:.1%} before, {new.share:.1%} now{doubt}."
    then, now = percentile(before.latency, 95), percentile(after.latency, 95)
    if then is not None and now is not None:
        yield f"95 of 100 answers within {then:,.0f} ms before, {now:,.0f} ms now."
    if before.mean_feedback is not None and after.mean_feedback is not None:
        yield (
            f"Feedback (−1 to 1): {before.mean_feedback:+.2f} over "
            f"{before.feedback_count:,} before, {after.mean_feedback:+.2f} over "
            f"{after.feedback_count:,} now."
        )


def _was_changed(made: Recommendation) -> bool:
    now = current_revision(made.feature)
    return now is None or now.ai_model_id != made.proposed_model_id


def _before_and_after(
    made: Recommendation, since: datetime.datetime, days: int
) -> tuple[Sums, Sums]:
    length = datetime.timedelta(days=days)
    organization = made.organization
    questions = [
        Question(
            organization_id=organization.pk,
            start=start,
            end=start + length,
            zone=organization.zone,
            only={Dimension.FEATURE: frozenset({made.feature_id})},
            with_histograms=True,
        )
        for start in (since - length, since)
    ]
    before, after = measure_all(questions)
    return before.total, after.total


def _real_saving(
    made: Recommendation, end: datetime.datetime, days: int
) -> Decimal | None:
    """A month; None where the model is gone or some price is not known."""
    old = made.current_model
    if old is None:
        return None
    way = Alternative(old.reference, old.reference, everywhere=model_facts(old))
    found = what_if(
        WhatIfQuestion(
            organization=made.organization,
            now=end,
            days=days,
            alternatives=(way,),
            feature_ids=frozenset({made.feature_id}),
            prices=Prices.DAY,
        )
    )
    (sums,) = found.totals
    if not found.rows or not sums.is_known or sums.unpriced_calls:
        return None
    month = sums.change_usd * MONTH_DAYS / days
    return month.quantize(Decimal("0.000001"))
