"""A forecast as a document and as rows of a file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from analytics.forecasting.growth import Growth, projected
from analytics.forecasting.made import MonthMade, Spread
from analytics.queries.forecast import MonthForecast
from registry.models import AIModel, Feature, Organization
from registry.money import exact_text

COLUMNS = (
    "feature",
    "model",
    "month",
    "spent_usd",
    "p10_usd",
    "expected_usd",
    "p90_usd",
)


def names_of(
    organization: Organization, made: MonthMade
) -> tuple[dict[int, Feature], dict[int, AIModel]]:
    """By row id; what is gone is absent."""
    features = Feature.objects.filter(organization=organization).in_bulk(
        {one.feature_id for one in made.lines if one.feature_id}
    )
    models = AIModel.objects.select_related("provider").in_bulk(
        {one.ai_model_id for one in made.lines if one.ai_model_id}
    )
    return features, models


def document(
    organization: Organization, found: MonthForecast, growth: Growth, months: int
) -> dict[str, Any]:
    """Amounts as text, unknown ones as None."""
    spread = None
    if not (found.p10_usd is None or found.p50_usd is None or found.p90_usd is None):
        spread = Spread(found.p10_usd, found.p50_usd, found.p90_usd)
    told: dict[str, Any] = {
        "spent_usd": exact_text(found.spent_usd),
        **_spread(spread),
        "method": found.method or None,
        "error_share": found.error_share,
        "words": found.words,
        "made_at": found.made_at and found.made_at.isoformat(),
        "missing_days": found.missing_days,
    }
    made = found.made
    if made is None:
        return told | {"lines": [], "months": []}
    rows = [
        dict(zip(COLUMNS, row, strict=True)) for row in _line_rows(organization, made)
    ]
    return told | {
        "month": made.month_start.isoformat(),
        "time_zone": made.zone,
        "days": [
            {
                "date": one.date.isoformat(),
                "spent_usd": exact_text(one.spent_usd),
                "at_todays_prices_usd": exact_text(one.constant_usd),
            }
            for one in made.days
        ],
        "fan": [
            {"date": one.date.isoformat(), **_spread(one.month)} for one in made.fan
        ],
        "lines": rows,
        "growth_percent": exact_text(growth.percent),
        "months": [
            {"month": one.first.isoformat(), "usd": exact_text(_cents(one.usd))}
            for one in projected(made.lines, growth, made.month_end, months)
        ],
    }


def file_rows(
    organization: Organization, found: MonthForecast, growth: Growth, months: int
) -> Iterator[tuple[Any, ...]]:
    """The heading, this month by feature and model, then months ahead by feature."""
    yield COLUMNS
    made = found.made
    if made is None:
        return
    yield from _line_rows(organization, made)
    month = made.month_start.isoformat()
    yield (
        *("All", "", month, exact_text(found.spent_usd)),
        *(_text(one) for one in (found.p10_usd, found.p50_usd, found.p90_usd)),
    )
    features, _ = names_of(organization, made)
    for ahead in projected(made.lines, growth, made.month_end, months):
        for feature_id, usd in ahead.by_feature.items():
            name = _feature_key(features, feature_id)
            month = ahead.first.isoformat()
            yield name, "", month, "", "", exact_text(_cents(usd)), ""


def _line_rows(
    organization: Organization, made: MonthMade
) -> Iterator[tuple[Any, ...]]:
    features, models = names_of(organization, made)
    month = made.month_start.isoformat()
    for one in made.features:
        spread = one.spread
        yield (
            _feature_key(features, one.feature_id),
            "",
            month,
            exact_text(one.spent_usd),
            _text(spread.p10_usd if spread else None),
            exact_text(one.expected_usd),
            _text(spread.p90_usd if spread else None),
        )
    for line in made.lines:
        model = models.get(line.ai_model_id or 0)
        name = model.reference if model else "unknown model"
        expected = exact_text(line.expected_usd) if made.fan else ""
        key = _feature_key(features, line.feature_id)
        yield key, name, month, exact_text(line.spent_usd), "", expected, ""


def _spread(spread: Spread | None) -> dict[str, str | None]:
    names = ("p10_usd", "p50_usd", "p90_usd")
    if spread is None:
        return dict.fromkeys(names)
    return {name: exact_text(getattr(spread, name)) for name in names}


def _text(usd: Decimal | None) -> str:
    return "" if usd is None else exact_text(usd)


def _feature_key(features: dict[int, Feature], feature_id: int | None) -> str:
    feature = features.get(feature_id or 0)
    return feature.key if feature else "no feature"


def _cents(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.000001"))
