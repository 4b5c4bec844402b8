"""The frontier of cost and quality, as a Plotly document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recommender.mix.frontier import Point

Figure = dict[str, Any]


def frontier_figure(
    points: Sequence[Point],
    now: tuple[float, float] | None,
    chosen: tuple[float, float],
) -> Figure | None:
    """Dollars a month against mean quality: the best mixes, today's and the one shown.
    None below two points."""
    if len(points) < 2:
        return None
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "Best mixes",
            "x": [one.cost_usd for one in points],
            "y": [one.quality for one in points],
            "customdata": [[one.mix.change_count] for one in points],
            "line": {"color": "var(--chart-1)", "shape": "hv"},
            "hovertemplate": "$%{x:,.2f} a month, quality %{y:.1f}, "
            "%{customdata[0]} changes<extra></extra>",
        },
        _dot("This mix", chosen, "var(--chart-2)", "diamond"),
    ]
    if now is not None:
        data.append(_dot("Now", now, "var(--chart-8)", "circle"))
    return {
        "data": data,
        "layout": {
            "hovermode": "closest",
            "xaxis": {
                "title": {"text": "Cost a month"},
                "tickprefix": "$",
                "showgrid": True,
                "nticks": 6,
            },
            "yaxis": {"title": {"text": "Mean quality"}, "nticks": 6},
        },
    }


def _dot(name: str, at: tuple[float, float], color: str, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [at[0]],
        "y": [at[1]],
        "marker": {"color": color, "size": 13, "symbol": symbol},
        "hovertemplate": f"{name}: $%{{x:,.2f}} a month, quality %{{y:.1f}}"
        "<extra></extra>",
    }
