"""The daily analytics table: what each model did for each feature on each day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from analytics.asked import Level
from analytics.queries.key_names import KeyName, names_of_keys
from analytics.queries.measures import measure
from analytics.questions import Dimension, Key, Part, Question, Step
from analytics.readings import Reading
from analytics.sums import Sums
from analytics.time_steps import midnight
from analytics.wilson import Rate
from registry.models import Organization


@dataclass(frozen=True)
class DailyRow:
    """`date` is a day of the time zone that was asked for. `cost_usd` leaves
    `unpriced_calls` out, and is None where nothing is priced. `success` is of calls,
    broken-off ones left out; `mean_latency_ms` of those that went well;
    `mean_confidence` lies between −1 and 1, None where nobody said."""

    date: datetime.date
    model: KeyName
    feature: KeyName
    model_id: Key
    feature_id: Key
    sums: Sums

    @property
    def requests(self) -> int:
        return self.sums.requests

    @property
    def calls(self) -> int:
        return self.sums.calls

    @property
    def unpriced_calls(self) -> int:
        return self.sums.unpriced_calls

    @property
    def success(self) -> Rate | None:
        return self.sums.call_success

    @property
    def mean_latency_ms(self) -> float | None:
        return self.sums.mean_latency_ms

    @property
    def mean_confidence(self) -> float | None:
        return self.sums.mean_confidence

    @property
    def cost_usd(self) -> Decimal | None:
        return Reading(self.sums, Level.CALL).cost_usd


def daily_table(
    organization: Organization,
    start: datetime.date,
    end: datetime.date,
    *,
    only: Mapping[Dimension, frozenset[Key]] | None = None,
    tag_name: str = "",
    zone: ZoneInfo | None = None,
) -> list[DailyRow]:
    """Rows of the days from `start` to `end` (both included) of `zone`, else of the
    organisation's, by day, the dearest first. Raises ValueError where `end` is before
    `start`."""
    zone = zone or organization.zone
    after = end + datetime.timedelta(days=1)
    answer = measure(
        Question(
            organization_id=organization.pk,
            start=midnight(start, zone),
            end=midnight(after, zone),
            zone=zone,
            step=Step.DAY,
            split=(Dimension.MODEL, Dimension.FEATURE),
            only=only or {},
            tag_name=tag_name,
        )
    )
    names = _Names(
        *(
            names_of_keys(organization, one, {part.keys[at] for part in answer.parts})
            for at, one in enumerate(answer.question.split)
        )
    )
    return [_row(part, names) for part in answer.parts]


@dataclass(frozen=True)
class _Names:
    models: dict[Key, KeyName] = field(default_factory=dict)
    features: dict[Key, KeyName] = field(default_factory=dict)


def _row(part: Part, names: _Names) -> DailyRow:
    model, feature = part.keys
    assert part.start is not None  # noqa: S101  # the question has a step
    return DailyRow(
        date=part.start.date(),
        model=names.models[model],
        feature=names.features[feature],
        model_id=model,
        feature_id=feature,
        sums=part.sums,
    )
