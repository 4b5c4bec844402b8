"""Management API: usage added up, with the same questions as the page."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone
from ninja import Router, Schema
from ninja.errors import HttpError

from analytics.asked import SPLITS, Asked
from analytics.forms.usage import UsageForm
from analytics.periods import Period
from analytics.queries.measures import measure
from analytics.queries.usage_answers import part_names, series_answer, table_answer
from analytics.questions import Answer
from analytics.readings import Reading
from analytics.usage_export import Names, columns, figures, rows
from registry.access import OrganizationRequest
from registry.api_form_parameters import form_parameters
from registry.schemas import Problem

router = Router(tags=["Analytics"])


class MetricsPeriod(Schema):
    start: datetime.datetime
    end: datetime.datetime
    total: dict[str, Any]


class UsageMetrics(Schema):
    """`rows` are the parts of the split, `series` the same step by step; an amount is
    text, null is not known."""

    time_zone: str
    step: str
    split: list[str]
    as_of: datetime.datetime
    period: MetricsPeriod
    compared: MetricsPeriod | None
    rows: list[dict[str, Any]]
    series: list[dict[str, Any]]


@router.get(
    "/usage/metrics",
    response={200: UsageMetrics, 422: Problem},
    summary="Usage added up",
    openapi_extra=form_parameters(
        UsageForm.base_fields, **{one.value: text for one, text in SPLITS.items()}
    ),
)
def usage_metrics(request: OrganizationRequest) -> Any:
    """The parameters are those in the address of the analytics page: `range` or `since`
    and `until`, `tz`, `compare`, `step`, `split` (repeated, `none` for the whole), and
    filters such as `model` and `feature`."""
    form = UsageForm(request.GET, request.organization, timezone.now())
    asked = form.asked
    if form.errors:
        wrong = [f"{name}: {found[0]}" for name, found in form.errors.items()]
        raise HttpError(422, "; ".join(wrong))
    table, series = table_answer(asked), series_answer(asked, with_histograms=True)
    names = part_names(request.organization, asked, [table, series])
    return {
        "time_zone": str(asked.zone),
        "step": asked.step,
        "split": [one.value for one in asked.split],
        "as_of": table.as_of,
        "period": _period(asked, asked.period),
        "compared": _period(asked, asked.compared) if asked.compared else None,
        "rows": _documents(table, asked, names),
        "series": _documents(series, asked, names),
    }


def _period(asked: Asked, period: Period) -> dict[str, Any]:
    answer = measure(asked.question(period=period, with_histograms=True))
    return {
        "start": period.start,
        "end": period.until,
        "total": figures(Reading(answer.total, asked.level)),
    }


def _documents(answer: Answer, asked: Asked, names: Names) -> list[dict[str, Any]]:
    titles = columns(answer)
    return [dict(zip(titles, row, strict=True)) for row in rows(answer, asked, names)]
