"""Plotly figures of the comparison, as dictionaries for `static/js/charts.js`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from analytics.chart_labels import label_positions, scaled
from recommender.comparing import Comparison
from recommender.words_comparison import chart_points
from registry.money import exact_text
from registry.templatetags.display import tokens, usd

SMALLEST: Final = 11
LARGEST: Final = 34
NAME_LENGTH: Final = 28
DECADE: Final = 10
MANY_DECADES: Final = 3


def cost_against_context(comparison: Comparison) -> dict[str, Any] | None:
    """Dollars a month against the context window, both logarithmic where they span
    more than a decade; a larger bubble can write a longer answer. None where fewer
    than two models have both numbers."""
    points = chart_points(comparison)
    if len(points) < 2:
        return None
    costs = [cost for _, cost, _ in points]
    windows = [window for _, _, window in points]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": [float(cost) for cost in costs],
                "y": [float(window) for window in windows],
                "text": [_short(reference) for reference, _, _ in points],
                "textposition": label_positions(
                    [_short(reference) for reference, _, _ in points],
                    scaled(costs, is_logarithmic=_spans_decade(costs)),
                    scaled(windows, is_logarithmic=_spans_decade(windows)),
                ),
                "textfont": {"color": "var(--ink)", "size": 12},
                "cliponaxis": False,
                "marker": _marker(comparison, [name for name, _, _ in points]),
                "customdata": [
                    [reference, usd(cost), tokens(int(window))]
                    for reference, cost, window in points
                ],
                "hovertemplate": "%{customdata[0]}<br>%{customdata[1]} a month<br>"
                "%{customdata[2]} tokens of context<extra></extra>",
            }
        ],
        "layout": {
            "hovermode": "closest",
            "margin": {"l": 8, "r": 24, "t": 28, "b": 8},
            "xaxis": _axis(costs, "Cost a month at this volume", "$"),
            "yaxis": _axis(windows, "Context window (tokens)", ""),
        },
    }


def _short(reference: str) -> str:
    name = reference.partition("/")[2]
    # Plotly reads labels as its own small HTML.
    name = name.replace("<", "‹").replace(">", "›")
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


def _marker(comparison: Comparison, drawn: list[str]) -> dict[str, Any]:
    return {
        "size": _sizes(comparison, drawn),
        "color": [f"var(--chart-{number})" for number in range(1, len(drawn) + 1)],
        "opacity": 0.85,
        "line": {"color": "var(--surface)", "width": 2},
    }


def _sizes(comparison: Comparison, drawn: list[str]) -> list[float]:
    """Diameters whose areas are in proportion to the maximum output."""
    outputs = {
        subject.reference: subject.ai_model.max_output_tokens or 0
        for subject in comparison.subjects
    }
    most = max(outputs[name] for name in drawn) or 1
    return [max(SMALLEST, LARGEST * (outputs[name] / most) ** 0.5) for name in drawn]


def _decade_ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """1, 2 and 5 of each decade around `low` to `high`; of many decades only 1."""
    decades = range(low.adjusted(), high.adjusted() + 1)
    steps = (1, 2, 5) if len(decades) <= MANY_DECADES else (1,)
    ticks = [Decimal(step).scaleb(decade) for decade in decades for step in steps]
    return [tick for tick in ticks if low / 2 <= tick <= high * 2]


def _tick(value: Decimal) -> str:
    return tokens(int(value)) if value >= 1 else exact_text(value)


def _spans_decade(values: list[Decimal]) -> bool:
    return min(values) > 0 and max(values) / min(values) >= DECADE


def _axis(values: list[Decimal], title: str, prefix: str) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "title": {"text": title},
        "tickprefix": prefix,
        "tickformat": "~s" if min(values) >= 1 else "~g",
        "showgrid": True,
    }
    if _spans_decade(values):
        ticks = _decade_ticks(min(values), max(values))
        axis |= {
            "type": "log",
            "tickvals": [float(tick) for tick in ticks],
            "ticktext": [f"{prefix}{_tick(tick)}" for tick in ticks],
        }
        axis["title"]["text"] = f"{title}, logarithmic"
    else:
        axis["rangemode"] = "tozero"
    return axis
