"""The figure of the return page, as a Plotly document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from analytics.charts import Figure
from analytics.queries.returns import StepReturn

MONEY = "$%{y:,.2f}"


def return_figure(steps: Sequence[StepReturn]) -> Figure | None:
    """Value and cost added up over time. None where there is nothing to draw."""
    if not steps:
        return None
    # A chart draws pixels: here, and only here, an amount becomes a float.
    values = accumulate(float(one.value_usd) for one in steps)
    costs = accumulate(float(one.cost_usd) for one in steps)
    days = [one.start.date().isoformat() for one in steps]
    lines = (
        ("Value", "var(--chart-3)", list(values)),
        ("Cost", "var(--chart-1)", list(costs)),
    )
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers" if len(days) < 3 else "lines",
                "name": name,
                "x": days,
                "y": amounts,
                "hovertemplate": MONEY,
                "line": {"color": color, "width": 2},
            }
            for name, color, amounts in lines
        ],
        "layout": {
            "xaxis": {
                "type": "date",
                "tickformat": "%-d %b",
                "nticks": 6,
                "tickangle": 0,
            },
            "yaxis": {"tickprefix": "$", "rangemode": "tozero"},
        },
    }
