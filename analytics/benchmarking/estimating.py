"""What a run may cost, before it is started. Pure."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from registry.pricing import cost_of
from registry.rates import Rates
from registry.usage import Usage

USUAL_OUTPUT_TOKENS: Final = 400
"""Where neither parameters nor earlier runs say how much a model writes."""
STEP_TOKENS: Final = 64
"""Requests of about the same size are computed once."""
ZERO: Final = Decimal(0)


@dataclass
class Amounts:
    """Calls of one model by their size, in tokens."""

    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)

    def add(self, input_tokens: int, output_tokens: int, calls: int = 1) -> None:
        steps = -(-input_tokens // STEP_TOKENS) * STEP_TOKENS
        self.sizes[steps, output_tokens] += calls

    @property
    def calls(self) -> int:
        return self.sizes.total()

    @property
    def input_tokens(self) -> int:
        return sum(size[0] * calls for size, calls in self.sizes.items())

    @property
    def output_tokens(self) -> int:
        return sum(size[1] * calls for size, calls in self.sizes.items())

    def cost_usd(self, rates: Rates | None, at: datetime.datetime) -> Decimal | None:
        """None where the price is not known."""
        if rates is None:
            return ZERO if not self.sizes else None
        costs = (
            (cost_of(Usage(input_tokens=read, output_tokens=said), rates, at), calls)
            for (read, said), calls in self.sizes.items()
        )
        return total(
            None if cost.total_usd is None else cost.total_usd * calls
            for cost, calls in costs
        )


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None where any is not known."""
    kept = list(amounts)
    known = [one for one in kept if one is not None]
    return None if len(known) < len(kept) else sum(known, ZERO)


@dataclass(frozen=True, kw_only=True)
class ModelEstimate:
    """One model of a run. `reason`: why it cannot be called. `is_measured`: what it
    writes is known from earlier runs of the suite. `cost_usd` None: its price, or what
    an image costs it, is not known."""

    reference: str
    model_id: int | None = None
    reason: str = ""
    calls: int = 0
    skipped: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal | None = None
    is_measured: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """`judge_usd` is that of `judge_calls`. `problems` are in the way of a start,
    `warnings` are not; `short_budgets` are budgets with less left than this may cost.
    """

    models: tuple[ModelEstimate, ...]
    cases: int
    repetitions: int
    judge_calls: int = 0
    judge_usd: Decimal | None = ZERO
    problems: tuple[str, ...] = ()
    short_budgets: tuple[str, ...] = ()

    @property
    def calls(self) -> int:
        return sum(one.calls for one in self.models)

    @property
    def skipped(self) -> int:
        return sum(one.skipped for one in self.models)

    @property
    def known_usd(self) -> Decimal:
        """Of what is priced."""
        known = [one.cost_usd for one in self.models if one.cost_usd is not None]
        return sum(known, self.judge_usd or ZERO)

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Whose cost is not known."""
        names = [one.reference for one in self.models if one.cost_usd is None]
        return (*names, *(("the judge",) if self.judge_usd is None else ()))

    @property
    def total_usd(self) -> Decimal | None:
        """None where a part of it is not known."""
        return None if self.unpriced else self.known_usd
