"""Everything of the overview, for a moment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from analytics.asked import Level
from analytics.charts import Figure
from analytics.charts_overview import BUDGET_NAME, month_figure
from analytics.forecasting.made import Spread
from analytics.models import Alert, CostForecast
from analytics.morning import (
    Months,
    MorningAnswers,
    MorningTile,
    day_line,
    feature_trends,
    last_month_by_day,
    month_start,
    months_at,
    morning_tiles,
)
from analytics.queries.alerts import open_alerts, open_count
from analytics.queries.budget_states import BudgetState
from analytics.queries.forecast import at_least, is_of_month, made_of
from analytics.queries.measure_names import measure_names
from analytics.queries.measures import measure_all
from analytics.queries.overview_budgets import Budgets, budgets_of
from analytics.queries.overview_connections import (
    ConnectionHealth,
    health_of_connections,
    health_question,
)
from analytics.questions import Answer, Dimension, Key
from analytics.series import OTHER, Line, stacked
from analytics.sparklines import Sparkline
from analytics.sums import Sums
from analytics.tiles import share_text
from analytics.usage_cards import Card
from analytics.usage_table import Row, Table, usage_table
from registry.models import Organization
from registry.queries.features import FeatureRow, feature_rows, features_of
from registry.queries.overview import RecentChange, recent_changes
from registry.templatetags.display import usd

FEATURES: Final = 10
SERIES: Final = 4
ALERTS: Final = 5
Names = Mapping[Key, str]


@dataclass(frozen=True)
class FeatureLine:
    """What one feature did this month. `feature` is None for calls of none, and of
    one that is archived or gone."""

    row: Row
    feature: FeatureRow | None
    trend: Sparkline | None


@dataclass(frozen=True)
class FeatureTable:
    """The dearest features; `table` has the others together, and the total. `idle` are
    features without a call this month, `lost` those of all without a model."""

    lines: list[FeatureLine]
    table: Table
    idle: int
    lost: int


@dataclass(frozen=True)
class Morning:
    months: Months
    tiles: list[MorningTile]
    total: Sums
    budgets: Budgets
    chart: Card
    features: FeatureTable
    connections: list[ConnectionHealth]
    month_end: Spread | None
    alerts: list[Alert]
    alert_count: int
    recent: list[RecentChange]
    as_of: datetime.datetime

    @property
    def unpriced_text(self) -> str:
        """The share of calls that are not priced; empty where all are."""
        return (
            share_text(self.total.unpriced_share) if self.total.unpriced_calls else ""
        )


def morning_answers(
    organization: Organization, now: datetime.datetime
) -> MorningAnswers:
    """Five measurements, whatever there is."""
    months = months_at(organization.pk, now, organization.zone)
    period = months.asked.period
    by_feature = Dimension.FEATURE
    parts, before, days, last_days, health = measure_all(
        [
            months.question(period, by_feature, daily=False),
            months.question(months.asked.compared or months.last, daily=False),
            months.question(months.trend, by_feature, daily=True),
            months.question(months.last, daily=True),
            health_question(organization, now),
        ]
    )
    return MorningAnswers(months, parts, before, days, last_days, health)


def morning(organization: Organization, answers: MorningAnswers) -> Morning:
    """A constant number of queries, whatever there is."""
    months = answers.months
    now = months.now
    budgets = budgets_of(organization, now)
    rows = feature_rows(features_of(organization), organization, now)
    keys = {part.keys[0] for one in (answers.parts, answers.days) for part in one.parts}
    names = _names(organization, keys, rows)
    return Morning(
        months=months,
        tiles=morning_tiles(answers),
        total=answers.parts.total,
        budgets=budgets,
        chart=_chart(answers, budgets.whole, names),
        features=_features(answers, rows, names),
        connections=health_of_connections(organization, answers.health),
        month_end=_month_end(organization, now, answers.parts.total.cost_usd),
        alerts=open_alerts(organization, now, ALERTS),
        alert_count=open_count(organization, now),
        recent=recent_changes(organization),
        as_of=answers.parts.as_of,
    )


def _month_end(
    organization: Organization, now: datetime.datetime, spent_usd: Decimal
) -> Spread | None:
    """The forecast that was made last, where it is of this month: not below what is
    spent already."""
    made = made_of(CostForecast.objects.filter(organization=organization).first())
    if made is None or made.spread is None or not is_of_month(made, organization, now):
        return None
    return at_least(made.spread, spent_usd)


def _features(
    answers: MorningAnswers, rows: Sequence[FeatureRow], names: Names
) -> FeatureTable:
    table = usage_table(
        answers.parts,
        None,
        Level.REQUEST,
        lambda keys: (names[keys[0]],),
        most=FEATURES,
    )
    trends = feature_trends(answers)
    by_key: dict[Key, FeatureRow] = {row.feature.pk: row for row in rows}
    used = {part.keys[0] for part in answers.parts.parts}
    return FeatureTable(
        lines=[
            FeatureLine(
                row=one,
                feature=by_key.get(one.keys[0]),
                trend=trends.get(one.keys[0]),
            )
            for one in table.rows
        ],
        table=table,
        idle=sum(key not in used for key in by_key),
        lost=sum(row.current is None for row in rows),
    )


def _names(
    organization: Organization, keys: set[Key], rows: Sequence[FeatureRow]
) -> Names:
    """Asks only for features that are archived or gone."""
    known: dict[Key, str] = {row.feature.pk: row.feature.name for row in rows}
    others = measure_names(organization, Dimension.FEATURE, keys - known.keys())
    return {**known, **others}


def _chart(answers: MorningAnswers, budget: BudgetState | None, names: Names) -> Card:
    """Spend by day, by feature; `budget` as what it allows a day."""
    months = answers.months
    line, before = day_line(months), last_month_by_day(answers)
    series = stacked(
        _of_month(answers.days, month_start(months)),
        line,
        lambda one: one.cost_usd,
        lambda keys: names[keys[0]],
        SERIES,
    )
    a_day = budget.limit_usd / months.this.days if budget else None
    figure = month_figure(line, series, months.spent_days, before, a_day)
    return Card(
        "month",
        "Spend by day",
        f"Spend by day in {months.name}",
        figure,
        "Nothing was spent this month: no call of it is priced, or all were free."
        if answers.parts.parts
        else "No calls this month.",
        legend=_legend(series),
        foot=_foot(before is not None, a_day, figure),
    )


def _of_month(answer: Answer, start: datetime.datetime) -> Answer:
    """Without the days of the trend that lie before the month."""
    parts = [one for one in answer.parts if one.start is None or one.start >= start]
    return replace(answer, parts=tuple(parts))


def _legend(series: Sequence[Line]) -> tuple[tuple[int, str], ...]:
    return tuple(
        (0 if one.name == OTHER else number, one.name)
        for number, one in enumerate(series, 1)
    )


def _foot(has_before: bool, a_day_usd: Decimal | None, figure: Figure | None) -> str:
    words = []
    if has_before:
        words.append("Dotted: the same day of last month.")
    if a_day_usd and figure:
        is_drawn = any(one.get("name") == BUDGET_NAME for one in figure["data"])
        text = f"the month's budget allows {usd(a_day_usd)} a day."
        words.append(f"Dashed: {text}" if is_drawn else text[0].upper() + text[1:])
    return " ".join(words)
