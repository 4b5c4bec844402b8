"""Plotly figures of the calculator. Colours are tokens that `charts.js` resolves; the
numbers become floats here and only here, for pixels need no more."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final

from recommender.break_even import BreakEven, Option
from recommender.calculation import Calculation, Row
from recommender.workload import PartKind
from registry.templatetags.display import usd

Figure = dict[str, Any]
BARS: Final = 12
"""How many bars stay readable; the table below has all rows."""
SERIES: Final = (
    (PartKind.INPUT, "Input", 1),
    (PartKind.CACHED, "Cached input", 3),
    (PartKind.OUTPUT, "Output", 5),
    (PartKind.OTHER, "Fixed and other", 2),
)
STEPS_DRAWN: Final = 60
LONG_USD: Final = Decimal(100)
LABEL: Final = 24


def monthly_cost_figure(calculation: Calculation) -> Figure | None:
    """Stacked bars, cheapest at the top; None where nothing is to be drawn."""
    rows = [row for row in calculation.priced if row.monthly_usd][:BARS]
    if not rows:
        return None
    shown = list(reversed(rows))
    series = [each for each in SERIES if _uses(shown, each[0])]
    data = [_bars(shown, *each) for each in series]
    data[-1] |= {
        "text": [_short_usd(row.monthly_usd) for row in shown],
        "textposition": "outside",
        "textfont": {"color": "var(--ink)", "size": 12},
        "cliponaxis": False,
    }
    widest = max(float(row.monthly_usd or 0) for row in rows)
    return {
        "data": data,
        "layout": {
            "barmode": "stack",
            "barcornerradius": 0,
            "hovermode": "y unified",
            "bargap": 0.42,
            "xaxis": {
                "tickprefix": "$",
                "showgrid": True,
                "range": [0, widest * 1.2],
                "nticks": 6,
            },
            "yaxis": {
                "showgrid": False,
                "tickvals": list(range(len(shown))),
                "ticktext": [_bar_label(row) for row in shown],
                "tickfont": {"color": "var(--ink)", "size": 12},
            },
        },
    }


def monthly_cost_series(calculation: Calculation) -> list[tuple[int, str]]:
    """The legend: colour number and name of each series that is drawn."""
    rows = [row for row in calculation.priced if row.monthly_usd][:BARS]
    return [(colour, name) for kind, name, colour in SERIES if _uses(rows, kind)]


def chart_size(calculation: Calculation) -> str:
    """How tall the bar chart is, in the sizes of the style sheet."""
    bars = len([row for row in calculation.priced if row.monthly_usd][:BARS])
    return "s" if bars <= 3 else "m" if bars <= 6 else "l" if bars <= 9 else "xl"


def break_even_figure(result: BreakEven, items: int | None) -> Figure:
    """Both lines by volume, with the first crossing marked."""
    volumes = [crossing.volume for crossing in result.crossings[:3]]
    end = max([*(volume * 2 for volume in volumes), Fraction(items or 1000)])
    data: list[Figure] = [
        _line(option, end, colour)
        for option, colour in ((result.first, 1), (result.second, 2))
    ]
    meeting = [each for each in result.crossings if each.volume <= end]
    if meeting:
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "Break-even",
                "x": [float(each.volume) for each in meeting],
                "y": [float(each.usd) for each in meeting],
                "hoverinfo": "skip",
                "marker": {
                    "size": 9,
                    "color": "var(--surface)",
                    "line": {"color": "var(--ink)", "width": 2},
                },
            }
        )
    return {
        "data": data,
        "layout": {
            "xaxis": {"title": {"text": "Items per month"}, "range": [0, float(end)]},
            "yaxis": {"tickprefix": "$", "rangemode": "tozero"},
            "annotations": [_mark(each.volume, each.usd) for each in meeting[:1]],
        },
    }


def _uses(rows: Sequence[Row], kind: PartKind) -> bool:
    return any(row.parts_usd.get(kind) for row in rows)


def _bars(rows: Sequence[Row], kind: PartKind, name: str, colour: int) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        # Positions, for two providers may sell a model of the same name.
        "y": list(range(len(rows))),
        "x": [float(row.parts_usd.get(kind, 0)) for row in rows],
        "marker": {"color": f"var(--chart-{colour})"},
        "hovertemplate": "$%{x:,.2f}",
    }


def _bar_label(row: Row) -> str:
    label = row.label
    if len(label) > LABEL:
        label = label.rpartition("/")[2]
    return label if len(label) <= LABEL else f"{label[: LABEL - 1]}…"


def _line(option: Option, end: Fraction, colour: int) -> Figure:
    volumes = [Fraction(0), end]
    if option.capacity and end / option.capacity <= STEPS_DRAWN:
        steps = range(option.capacity, int(end) + 1, option.capacity)
        # Just above a full machine the next one is paid for: a vertical edge.
        volumes = [Fraction(0), *_edges(steps), end]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": option.name,
        "x": [float(volume) for volume in volumes],
        "y": [float(option.cost_at(volume)) for volume in volumes],
        "line": {"color": f"var(--chart-{colour})", "width": 2},
        "hovertemplate": "$%{y:,.2f}",
    }


def _edges(steps: range) -> list[Fraction]:
    above = Fraction(1, 1000)
    return [edge for step in steps for edge in (Fraction(step), step + above)]


def _mark(volume: Fraction, usd: Fraction) -> Figure:
    return {
        "x": float(volume),
        "y": float(usd),
        "text": f"{float(volume):,.0f}",
        "showarrow": False,
        "yshift": 14,
        "font": {"color": "var(--ink)"},
    }


def _short_usd(amount: Decimal | None) -> str:
    """As in the table beside the chart; from $100 on without cents."""
    known = amount or Decimal(0)
    if known < LONG_USD:
        return usd(known)
    return usd(known.quantize(Decimal(1), ROUND_HALF_UP)).removesuffix(".00")
