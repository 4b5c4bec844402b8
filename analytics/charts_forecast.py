"""Figures of the forecast page, as Plotly documents. Pure.

A chart draws pixels: here, and only here, a cost becomes a float.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any, Final

from analytics.charts import Figure
from analytics.forecasting.growth import ProjectedMonth
from analytics.forecasting.made import MonthMade

HISTORY_DAYS: Final = 42
MONEY: Final = "$%{y:,.2f}"


def month_figure(made: MonthMade, limit_usd: Decimal | None) -> Figure:
    """What the month has cost by the end of each day, the fan of what it may cost,
    and the budget."""
    past = [one for one in made.days if one.date >= made.month_start]
    sums = list(accumulate((one.spent_usd for one in past), initial=Decimal(0)))[1:]
    days = [one.date.isoformat() for one in past]
    ahead = [one.date.isoformat() for one in made.fan]
    joint, level = _joint(days, sums)
    data = [
        *_band(
            [*joint, *ahead],
            [*level, *(float(one.month.p10_usd) for one in made.fan)],
            [*level, *(float(one.month.p90_usd) for one in made.fan)],
        ),
        _line(
            "Expected",
            [*joint, *ahead],
            [*level, *(float(one.month.p50_usd) for one in made.fan)],
            dash="dot",
        ),
        _line("Spent", days, [float(one) for one in sums]),
    ]
    if limit_usd is not None:
        ends = [made.month_start.isoformat(), made.month_end.isoformat()]
        data.append(_budget(ends, limit_usd))
    return {"data": data, "layout": _layout()}


def days_figure(made: MonthMade) -> Figure:
    """What single days cost: recorded, and foretold."""
    past = made.days[-HISTORY_DAYS:]
    ahead = made.fan[1:]
    days = [one.date.isoformat() for one in ahead]
    return {
        "data": [
            {
                "type": "bar",
                "name": "Spent",
                "x": [one.date.isoformat() for one in past],
                "y": [float(one.spent_usd) for one in past],
                "hovertemplate": MONEY,
                "marker": {"color": "var(--chart-1)"},
            },
            *_band(
                days,
                [float(one.day.p10_usd) for one in ahead],
                [float(one.day.p90_usd) for one in ahead],
            ),
            _line("Expected", days, [float(one.day.p50_usd) for one in ahead], "dot"),
        ],
        "layout": _layout(),
    }


def months_figure(
    this_month: datetime.date,
    this_usd: Decimal,
    months: Sequence[ProjectedMonth],
    limit_usd: Decimal | None,
) -> Figure:
    """This month as it is expected, and those after it at the stated growth."""
    firsts = [this_month, *(one.first for one in months)]
    names = [f"{one:%b %y}" for one in firsts]
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": "Projected",
            "x": names,
            "y": [float(this_usd), *(float(one.usd) for one in months)],
            "hovertemplate": MONEY,
            "marker": {
                "color": ["var(--chart-8)", *("var(--chart-1)" for _ in months)]
            },
        }
    ]
    if limit_usd is not None:
        data.append(_budget([names[0], names[-1]], limit_usd))
    layout = _layout()
    layout["xaxis"] = {"type": "category", "nticks": 8, "tickangle": 0}
    return {"data": data, "layout": layout}


def _joint(days: list[str], sums: list[Decimal]) -> tuple[list[str], list[float]]:
    """Where the fan begins: at the end of the last day that is over."""
    return days[-1:], [float(one) for one in sums[-1:]]


def _band(days: list[str], low: list[float], high: list[float]) -> list[dict[str, Any]]:
    edge = {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "line": {"width": 0, "color": "var(--chart-1)"},
    }
    return [
        {**edge, "name": "P90", "y": high, "hovertemplate": MONEY},
        {
            **edge,
            "name": "P10",
            "y": low,
            "hovertemplate": MONEY,
            "fill": "tonexty",
            "fillcolor": "var(--chart-1-soft)",
        },
    ]


def _line(
    name: str, days: list[str], values: list[float], dash: str = "solid"
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(days) == 1 else "lines",
        "name": name,
        "x": days,
        "y": values,
        "hovertemplate": MONEY,
        "line": {"color": "var(--chart-1)", "width": 2, "dash": dash},
    }


def _budget(ends: list[str], limit_usd: Decimal) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "Budget",
        "x": ends,
        "y": [float(limit_usd)] * 2,
        "hovertemplate": MONEY,
        "line": {"color": "var(--danger)", "width": 1.25, "dash": "dash"},
    }


def _layout() -> dict[str, Any]:
    return {
        "xaxis": {"type": "date", "tickformat": "%-d %b", "nticks": 6, "tickangle": 0},
        "yaxis": {"tickprefix": "$", "rangemode": "tozero"},
    }
