"""Figures of the analytics pages, as Plotly documents. Pure: values in, dict out.

Colours are names of tokens; static/js/charts.js gives them the theme's values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

Figure = dict[str, Any]
BARS: Final = 6
LABEL_LENGTH: Final = 22


@dataclass(frozen=True)
class CostPair:
    """What one feature costs a month before and after, in dollars."""

    name: str
    before_usd: Decimal
    after_usd: Decimal


def projected_cost_figure(
    pairs: Sequence[CostPair], before: str, after: str
) -> Figure | None:
    """Two bars a feature, the dearest first and the rest together. None where nothing
    costs anything."""
    dear = sorted(pairs, key=_dearest, reverse=True)
    shown = [one for one in dear if _dearest(one) > 0]
    if not shown:
        return None
    if len(shown) > BARS:
        shown = [*shown[: BARS - 1], _together(shown[BARS - 1 :])]
    return {
        "data": [
            _bars(before, "var(--chart-8)", shown, [one.before_usd for one in shown]),
            _bars(after, "var(--chart-1)", shown, [one.after_usd for one in shown]),
        ],
        "layout": {
            "barmode": "group",
            "bargap": 0.38,
            "bargroupgap": 0.12,
            "xaxis": named_axis([one.name for one in shown]),
            "yaxis": {"tickprefix": "$", "rangemode": "tozero"},
        },
    }


def named_axis(names: Sequence[str], longest: int = LABEL_LENGTH) -> Figure:
    """An axis of names, cut where they are written only: two that begin alike are two
    bars."""
    return {
        "type": "category",
        "tickvals": [plain(name) for name in names],
        "ticktext": [cut(plain(name), longest) for name in names],
    }


def plain(name: str) -> str:
    """Plotly reads labels as its own small HTML."""
    return name.replace("<", "‹").replace(">", "›")


def cut(name: str, longest: int) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def _dearest(pair: CostPair) -> Decimal:
    return max(pair.before_usd, pair.after_usd)


def _together(pairs: Sequence[CostPair]) -> CostPair:
    return CostPair(
        "Other",
        sum((one.before_usd for one in pairs), Decimal(0)),
        sum((one.after_usd for one in pairs), Decimal(0)),
    )


def _bars(
    name: str, color: str, pairs: Sequence[CostPair], costs: Sequence[Decimal]
) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "x": [plain(one.name) for one in pairs],
        # A chart draws pixels: here, and only here, a cost becomes a float.
        "y": [float(cost) for cost in costs],
        "hovertemplate": "$%{y:,.4~f} a month",
        "marker": {"color": color},
    }
