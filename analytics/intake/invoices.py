"""What a provider says of a day: sums, and no calls. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFigure:
    """Sums of one model on one day (UTC), as its provider states them; what a file
    does not say is None. Usage files state tokens, cost files dollars."""

    provider: str
    model: str
    day: datetime.date
    usd: Decimal | None = None
    requests: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None

    @property
    def key(self) -> tuple[str, str, datetime.date]:
        return self.provider, self.model, self.day


def summed(figures: Iterable[InvoiceFigure]) -> list[InvoiceFigure]:
    """One figure for each model and day: rows tell projects and keys apart."""
    sums: dict[tuple[str, str, datetime.date], InvoiceFigure] = {}
    for one in figures:
        before = sums.get(one.key)
        sums[one.key] = one if before is None else _added(before, one)
    return [sums[key] for key in sorted(sums)]


def _added(left: InvoiceFigure, right: InvoiceFigure) -> InvoiceFigure:
    return replace(
        left,
        usd=_plus(left.usd, right.usd),
        requests=_plus(left.requests, right.requests),
        input_tokens=_plus(left.input_tokens, right.input_tokens),
        output_tokens=_plus(left.output_tokens, right.output_tokens),
    )


def _plus(left: Number | None, right: Number | None) -> Number | None:
    if left is None or right is None:
        return right if left is None else left
    return left + right
