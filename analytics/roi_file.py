"""What use returns as rows of a file: a feature, then each of its models."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from analytics.queries.returns import Returns
from analytics.returns import Return
from registry.money import exact_text

COLUMNS: Final = (
    "feature",
    "model",
    "value_each_usd",
    "answered",
    "requests",
    "unpriced_calls",
    "cost_usd",
    "value_usd",
    "gain_usd",
    "return_percent",
    "break_even_cost_usd",
    "break_even_value_usd",
    "break_even_requests",
)
DECIMALS: Final = Decimal("1e-12")
"""Quotients are rounded to so many; sums of money are exact."""


def rows(found: Returns, fixed_usd: Decimal | None) -> Iterator[tuple[Any, ...]]:
    """An empty model: the feature as a whole. None: not known, or nothing to say."""
    for one in found.features:
        key = one.feature.key if one.feature else ""
        needed = one.found.break_even_requests(fixed_usd) if fixed_usd else None
        yield (key, "", *_figures(one.found), needed)
        for part in one.models:
            model = part.model.reference if part.model else "unknown"
            yield (key, model, *_figures(part.found), None)


def _figures(found: Return) -> tuple[Any, ...]:
    return (
        _exact(found.value_each_usd),
        found.answered,
        found.sums.requests,
        found.sums.unpriced_calls,
        None if found.is_unpriced else exact_text(found.cost_usd),
        _exact(found.value_usd),
        _exact(found.gain_usd),
        _rounded(found.percent),
        _rounded(found.break_even_cost_usd),
        _rounded(found.break_even_value_usd),
    )


def _exact(usd: Decimal | None) -> str | None:
    return None if usd is None else exact_text(usd)


def _rounded(value: Decimal | None) -> str | None:
    return None if value is None else exact_text(value.quantize(DECIMALS))
