"""The waterfall of a change of cost, as a Plotly document. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from analytics.bands.change_words import CostChange
from analytics.charts import Figure
from registry.templatetags.display import signed_usd, usd

LEAST_DOLLARS: Final = Decimal(1)
CENTS: Final = 2
MILLIONTHS: Final = 6


def readable(change: CostChange) -> CostChange:
    """In cents, or in millionths of a dollar where less than a dollar was spent."""
    most = max(change.before_usd, change.after_usd)
    return change.rounded(CENTS if most >= LEAST_DOLLARS else MILLIONTHS)


def waterfall(change: CostChange) -> Figure | None:
    """From the cost of before, step by step, to that of now. None where neither time
    cost anything."""
    if not change.before_usd and not change.after_usd:
        return None
    steps = change.steps
    amounts = [change.before_usd, *(one.usd for one in steps), change.after_usd]
    texts = [
        usd(change.before_usd),
        *(signed_usd(one.usd) for one in steps),
        usd(change.after_usd),
    ]
    names = ["Before", *(one.label for one in steps), "Now"]
    return {
        "data": [
            {
                "type": "waterfall",
                "orientation": "h",
                "measure": ["absolute", *("relative" for _ in steps), "total"],
                "y": names,
                # A chart draws pixels: here, and only here, a cost becomes a float.
                "x": [float(amount) for amount in amounts],
                "text": texts,
                "textposition": "outside",
                "textfont": {"color": "var(--ink)", "size": 12},
                "cliponaxis": False,
                "hoverinfo": "skip",
                "connector": {"line": {"color": "var(--line-strong)", "width": 1}},
                "increasing": {"marker": {"color": "var(--warning-solid)"}},
                "decreasing": {"marker": {"color": "var(--success-solid)"}},
                "totals": {"marker": {"color": "var(--chart-1)"}},
            }
        ],
        "layout": {
            "yaxis": {"autorange": "reversed", "dtick": 1},
            "xaxis": {"tickprefix": "$", "nticks": 4},
            "margin": {"l": 8, "r": 72, "t": 8, "b": 8},
        },
    }
