"""Plotly figures of the recommendations' pages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from recommender.models import Recommendation, RecommendedShare
from registry.templatetags.display import usd

Figure = dict[str, Any]
LONG_USD = Decimal(100)
STEPS = 5
LABEL_LENGTH = 18


def spend_figure(found: Sequence[Recommendation], spent: Decimal) -> Figure | None:
    """What the features with open suggestions cost a month, now and after one more of
    them, the largest saving first and what costs more last. None where there is
    nothing. Bars lie, so that their names can be read."""
    priced = [(one.feature.name, one.saving_usd) for one in found if one.saving_usd]
    if not priced or not spent:
        return None
    steps = _steps(priced, spent)
    names, values = [name for name, _ in steps], [value for _, value in steps]
    # Places rather than names: two features may be called alike. The first is on top.
    places = list(range(len(steps)))
    return {
        "data": [_spend_bars(names, values)],
        "layout": {
            "hovermode": "closest",
            "bargap": 0.4,
            "xaxis": {
                "visible": False,
                "range": [0, 1.5 * float(max(values))],
            },
            "yaxis": {
                "showgrid": False,
                "autorange": "reversed",
                "tickvals": places,
                "ticktext": names,
                "tickfont": {"color": "var(--ink)", "size": 11},
            },
        },
    }


def _steps(
    priced: Sequence[tuple[str, Decimal]], spent: Decimal
) -> list[tuple[str, Decimal]]:
    """What is left to pay after each; the last bar is of all that have none."""
    steps = [("Now", spent)]
    for name, saved in priced[:STEPS]:
        steps.append((_short(name), steps[-1][1] - saved))
    rest = priced[STEPS:]
    if rest:
        saved = sum((one for _, one in rest), Decimal(0))
        steps.append((f"{len(rest)} more", steps[-1][1] - saved))
    return steps


def _spend_bars(names: Sequence[str], values: Sequence[Decimal]) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "x": [float(one) for one in values],
        "y": list(range(len(values))),
        "text": [_short_usd(one) for one in values],
        "textposition": "outside",
        "textfont": {"color": "var(--ink)", "size": 11},
        "cliponaxis": False,
        "customdata": list(names),
        "marker": {"color": ["var(--chart-8)", *["var(--chart-1)"] * (len(names) - 1)]},
        "hovertemplate": "%{customdata}: $%{x:,.2f}<extra></extra>",
    }


def _short(name: str) -> str:
    return name if len(name) <= LABEL_LENGTH else f"{name[: LABEL_LENGTH - 1]}…"


def _short_usd(value: Decimal) -> str:
    return f"${value:,.0f}" if value >= LONG_USD else usd(value)


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
