"""Rollups of what stands in the table of a test, and the same from the records."""

import dataclasses
import datetime
import zoneinfo
from typing import Any

from analytics.histogram import Histogram
from analytics.models import Feedback, UsageRecord
from analytics.queries.measures import measure
from analytics.questions import Answer, Question
from analytics.services.rollup_rebuilding import mark_all_dirty
from analytics.services.rollups import roll_up
from analytics.sums import Sums
from analytics.usage_row import Outcome
from registry.models import Organization

UTC = zoneinfo.ZoneInfo("UTC")


def rolled_up(organization: Organization) -> None:
    """Everything of `organization` is summed up."""
    mark_all_dirty(organization_id=organization.pk)
    roll_up(organization_id=organization.pk)


def ask(
    organization: Organization,
    start: datetime.datetime,
    end: datetime.datetime,
    zone: zoneinfo.ZoneInfo = UTC,
    **more: Any,
) -> Answer:
    return measure(
        Question(
            organization_id=organization.pk, start=start, end=end, zone=zone, **more
        )
    )


def sums_of(records: list[UsageRecord]) -> Sums:
    """What the records add up to, worked out by hand."""
    ok = [one for one in records if one.outcome == Outcome.OK]

    def number(**facts: Any) -> int:
        return sum(
            all(getattr(one, name) == value for name, value in facts.items())
            for one in records
        )

    def tokens(name: str) -> int:
        return sum(getattr(one, name) or 0 for one in records)

    estimated = [one for one in records if one.cost_state == "estimated"]
    latency = [one.latency_ms for one in ok if one.latency_ms is not None]
    ttft = [one.ttft_ms for one in ok if one.ttft_ms is not None]
    scores, confidences = _scores(records, "score"), _scores(records, "confidence")
    return Sums(
        calls=len(records),
        requests=number(attempt=1),
        answered=number(answered=True, outcome="ok"),
        ok_calls=len(ok),
        error_calls=number(outcome="error"),
        truncated_calls=number(outcome="truncated"),
        cancelled_calls=number(outcome="cancelled"),
        lost_race_calls=number(outcome="lost_race"),
        input_tokens=tokens("input_tokens"),
        output_tokens=tokens("output_tokens"),
        cache_read_tokens=tokens("cache_read_tokens"),
        cache_write_tokens=tokens("cache_write_tokens"),
        cache_write_1h_tokens=tokens("cache_write_1h_tokens"),
        reasoning_tokens=tokens("reasoning_tokens"),
        uncounted_calls=number(input_tokens=None),
        cost_usd=sum((one.cost_usd for one in records if one.cost_usd), 0),
        estimated_usd=sum((one.cost_usd for one in estimated), 0),
        unpriced_calls=number(cost_state="unpriced"),
        estimated_calls=len(estimated),
        latency_calls=len(latency),
        latency_sum_ms=sum(latency),
        ttft_calls=len(ttft),
        ttft_sum_ms=sum(ttft),
        feedback_count=len(scores),
        feedback_sum=sum(scores),
        confidence_count=len(confidences),
        confidence_sum=sum(confidences),
        latency=Histogram.of(latency),
        ttft=Histogram.of(ttft),
    )


def same(found: Sums, wanted: Sums) -> bool:
    """Equal, but for the last digits of sums of fractions."""
    fractions = ("feedback_sum", "confidence_sum")
    return (
        all(
            abs(getattr(found, name) - getattr(wanted, name)) < 1e-9
            for name in fractions
        )
        and dataclasses.replace(
            found, **{name: getattr(wanted, name) for name in fractions}
        )
        == wanted
    )


def _scores(records: list[UsageRecord], name: str) -> list[float]:
    answered = [one.request_id for one in records if one.answered]
    found = Feedback.objects.filter(
        request_id__in=answered, name=name, score__isnull=False
    )
    return list(found.values_list("score", flat=True))
