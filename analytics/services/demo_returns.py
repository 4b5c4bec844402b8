"""What the sample organisation knows besides its calls: what they are worth to it, and
what its providers invoiced."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from analytics.demo.world import World
from analytics.demo.worth import (
    INVOICED,
    INVOICED_DAYS,
    VALUES_USD,
    invoiced_share,
)
from analytics.intake.invoices import InvoiceFigure
from analytics.models import FeatureValue
from analytics.queries.measures import measure
from analytics.questions import Dimension, Question, Step
from analytics.services.usage_files import keep_figures
from analytics.time_steps import DAY, midnight
from registry.models import AIModel, Organization

UTC: Final = zoneinfo.ZoneInfo("UTC")
CENTS: Final = Decimal("0.0001")
FILE: Final = "provider-costs.csv"


def add_values(world: World) -> None:
    FeatureValue.objects.bulk_create(
        FeatureValue(feature_id=world.feature_ids[key], usd=Decimal(usd))
        for key, usd in VALUES_USD.items()
        if key in world.feature_ids
    )


def add_invoices(organization: Organization, until: datetime.datetime) -> None:
    """Of the whole days (UTC) before `until`; their calls are to be summed up."""
    keep_figures(organization, _figures(organization, until), FILE)


def _figures(
    organization: Organization, until: datetime.datetime
) -> Iterator[InvoiceFigure]:
    end = midnight(until.astimezone(UTC).date(), UTC)
    answer = measure(
        Question(
            organization_id=organization.pk,
            start=end - INVOICED_DAYS * DAY,
            end=end,
            zone=UTC,
            step=Step.DAY,
            split=(Dimension.MODEL,),
        )
    )
    models = AIModel.objects.filter(provider__slug__in=INVOICED).select_related(
        "provider"
    )
    known = models.in_bulk(
        {part.keys[0] for part in answer.parts if isinstance(part.keys[0], int)}
    )
    for part in answer.parts:
        model = known.get(part.keys[0])
        if model is None or part.start is None:
            continue
        day = part.start.date()
        share = invoiced_share(day, model.reference)
        yield InvoiceFigure(
            provider=model.provider.slug,
            model=model.model_name,
            day=day,
            usd=(part.sums.cost_usd * share).quantize(CENTS),
            requests=part.sums.ok_calls,
            input_tokens=int(part.sums.input_tokens * share),
            output_tokens=int(part.sums.output_tokens * share),
        )
