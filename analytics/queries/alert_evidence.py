"""What alerts about usage are judged by; all of it from rollups."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.alerting.cost_anomaly import WEEKS
from analytics.alerting.finding import ORGANIZATION, Subject
from analytics.alerting.price_change import Tokens
from analytics.queries.measures import measure
from analytics.questions import Dimension, Key, Question, Step
from analytics.sums import Sums
from analytics.usage_row import Source
from registry.models import AIModel, Feature, Organization

PRODUCT: Final = frozenset(
    {str(one) for one in (Source.GATEWAY, Source.OTLP, Source.API, Source.IMPORT)}
)
"""Calls of the product: benchmarks and the playground say nothing about its health."""
MONTH: Final = datetime.timedelta(days=30)


@dataclass(frozen=True)
class DailyCosts:
    """Dollars by day of one subject, and the share of calls without a price on each
    day."""

    costs: Mapping[datetime.date, Decimal]
    unpriced: Mapping[datetime.date, float]


def daily_costs(
    organization: Organization, today: datetime.date, at: datetime.datetime
) -> dict[Subject, DailyCosts]:
    """Of the organisation as a whole and of each feature: today so far and as many
    weeks before as are compared, in the organisation's time zone."""
    zone = organization.zone
    first = today - datetime.timedelta(weeks=WEEKS, days=1)
    days: dict[Key, dict[datetime.date, Sums]] = {}
    answer = measure(
        Question(
            organization_id=organization.pk,
            start=midnight(first, zone),
            end=at,
            zone=zone,
            step=Step.DAY,
            split=(Dimension.FEATURE,),
        )
    )
    whole: dict[datetime.date, Sums] = {}
    for part in answer.parts:
        assert part.start is not None  # noqa: S101  # cut by day
        day = part.start.astimezone(zone).date()
        days.setdefault(part.keys[0], {})[day] = part.sums
        whole[day] = whole.get(day, Sums()) + part.sums
    everything = Subject(ORGANIZATION, organization.name, "/analytics/")
    found = {everything: _costs(whole)} if whole else {}
    named = feature_subjects(organization, days.keys())
    return found | {
        named[key]: _costs(one) for key, one in days.items() if key in named
    }


def midnight(day: datetime.date, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), zone)


def sums_by(
    organization: Organization,
    dimension: Dimension,
    start: datetime.datetime,
    end: datetime.datetime,
    *,
    with_histograms: bool = False,
    only_keys: frozenset[Key] = frozenset(),
) -> dict[Key, Sums]:
    """The product's calls from `start` to before `end`, by `dimension`."""
    only = {Dimension.SOURCE: frozenset[Key](PRODUCT)}
    if only_keys:
        only[dimension] = only_keys
    answer = measure(
        Question(
            organization_id=organization.pk,
            start=start,
            end=end,
            zone=organization.zone,
            split=(dimension,),
            only=only,
            with_histograms=with_histograms,
        )
    )
    return {part.keys[0]: part.sums for part in answer.parts}


def used_models(
    organization: Organization, at: datetime.datetime
) -> dict[int, tuple[int, Tokens]]:
    """Calls and tokens of the last 30 days by primary key of the model, of whatever
    source: all of it is paid."""
    answer = measure(
        Question(
            organization_id=organization.pk,
            start=at - MONTH,
            end=at,
            zone=organization.zone,
            split=(Dimension.MODEL,),
        )
    )
    return {
        part.keys[0]: (part.sums.calls, _tokens(part.sums))
        for part in answer.parts
        if isinstance(part.keys[0], int)
    }


def feature_subjects(
    organization: Organization, keys: Iterable[Key]
) -> dict[Key, Subject]:
    rows = Feature.objects.filter(organization=organization, pk__in=_ids(keys))
    return {
        one.pk: Subject(f"feature:{one.pk}", one.name, one.get_absolute_url())
        for one in rows
    }


def model_subjects(
    organization: Organization, keys: Iterable[Key]
) -> dict[Key, Subject]:
    rows = AIModel.objects.visible_to(organization).filter(pk__in=_ids(keys))
    return {one.pk: model_subject(one) for one in rows.select_related("provider")}


def model_subject(ai_model: AIModel) -> Subject:
    key = f"model:{ai_model.pk}"
    return Subject(key, ai_model.reference, ai_model.get_absolute_url())


def _ids(keys: Iterable[Key]) -> list[int]:
    return [key for key in keys if isinstance(key, int)]


def _costs(days: Mapping[datetime.date, Sums]) -> DailyCosts:
    return DailyCosts(
        {day: sums.cost_usd for day, sums in days.items()},
        {day: sums.unpriced_share for day, sums in days.items()},
    )


def _tokens(sums: Sums) -> Tokens:
    return Tokens(
        input=sums.input_tokens,
        output=sums.output_tokens,
        cache_read=sums.cache_read_tokens,
        cache_write=sums.cache_write_tokens,
    )
