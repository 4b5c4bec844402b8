"""Plotly figures of the recommendations' pages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from recommender.models import Recommendation, RecommendedShare

Figure = dict[str, Any]
STEPS = 5
LABEL_LENGTH = 14


def spend_figure(found: Sequence[Recommendation], spent: Decimal) -> Figure | None:
    """What the features with open suggestions cost a month, now and after one more of
    them, the largest saving first. None where there is nothing."""
    if not found or not spent:
        return None
    names, values = ["Now"], [spent]
    for one in found[:STEPS]:
        names.append(one.feature.name[:LABEL_LENGTH])
        values.append(values[-1] - one.saving_usd)
    rest = found[STEPS:]
    if rest:
        names.append(f"{len(rest)} more")
        saved = sum((one.saving_usd for one in rest), Decimal(0))
        values.append(values[-1] - saved)
    colors = ["var(--chart-8)", *["var(--chart-1)"] * (len(names) - 1)]
    return {
        "data": [
            {
                "type": "bar",
                "x": names,
                "y": [float(one) for one in values],
                "marker": {"color": colors},
                "hovertemplate": "%{x}: $%{y:,.2f}<extra></extra>",
            }
        ],
        "layout": {
            "hovermode": "closest",
            "xaxis": {"type": "category"},
            "yaxis": {"tickprefix": "$", "rangemode": "tozero", "nticks": 4},
        },
    }


def share_figure(shares: Sequence[RecommendedShare]) -> Figure | None:
    """The share of features on their recommended model by day. None below two days."""
    judged = [one for one in shares if one.judged]
    if len(judged) < 2:
        return None
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": [one.on.isoformat() for one in judged],
                "y": [100 * one.on_recommended / one.judged for one in judged],
                "customdata": [[one.on_recommended, one.judged] for one in judged],
                "line": {"color": "var(--chart-1)", "shape": "hv"},
                "hovertemplate": "%{customdata[0]} of %{customdata[1]} features"
                "<extra></extra>",
            }
        ],
        "layout": {
            "yaxis": {"range": [0, 105], "ticksuffix": "%", "nticks": 5},
            "xaxis": {"type": "date", "nticks": 5},
        },
    }
