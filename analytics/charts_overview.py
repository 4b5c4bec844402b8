"""The chart of the overview, as a Plotly document. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from analytics.charts import Figure
from analytics.charts_usage import stacked_bars
from analytics.series import Line
from analytics.timeline import Timeline

HOVER: Final = "$%{y:,.4~f}"
BUDGET_NAME: Final = "budget a day"
MOST_ABOVE: Final = 2
"""A line of a budget further above the bars, as a multiple, would press them flat."""


def month_figure(
    line: Timeline,
    series: Sequence[Line],
    spent_days: int,
    before: Sequence[float | None] | None,
    daily_budget_usd: Decimal | None,
) -> Figure | None:
    """Spend by day of a whole month: bars upon each other for the days that have begun,
    a dotted line of the month before, a dashed one at what the budget allows a day
    unless that is far above. None where there is nothing to draw."""
    figure = stacked_bars(line, series, before, prefix="$", hover=HOVER)
    if figure is None:
        if not before:
            return None
        empty = Line("This month", (Decimal(0),) * len(line))
        figure = stacked_bars(line, [empty], before, prefix="$", hover=HOVER)
    if figure is None:
        return None
    for one in figure["data"]:
        if one["type"] == "bar":
            one["x"], one["y"] = (list(one[axis])[:spent_days] for axis in "xy")
        else:
            one["name"] = "last month"
    if daily_budget_usd and daily_budget_usd <= MOST_ABOVE * _highest(series, before):
        figure["data"].append(_budget(line, daily_budget_usd))
    figure["layout"]["xaxis"] |= {
        "categoryorder": "array",
        "categoryarray": list(line.labels),
        "range": [-0.6, len(line) - 0.4],
    }
    return figure


def _budget(line: Timeline, usd: Decimal) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": BUDGET_NAME,
        "x": list(line.labels),
        "y": list(itertools.repeat(float(usd), len(line))),
        "hovertemplate": HOVER,
        "line": {"color": "var(--warning)", "width": 1.25, "dash": "dash"},
    }


def _highest(series: Sequence[Line], before: Sequence[float | None] | None) -> Decimal:
    days = [sum(day) for day in zip(*(one.values for one in series), strict=True)]
    return max(Decimal(value or 0) for value in [*days, *(before or []), 0])
