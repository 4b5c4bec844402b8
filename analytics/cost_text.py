"""The breakdown of a cost as one short text and back. Pure.

A line each: `key quantity rate`, where a key without suffix is a price per million
tokens (`input` is `input_mtok`); dollars follow where they are not quantity × rate ÷
per, and `per` where the key does not say it. `#` begins a note, `!` names a count that
has no rate:

    input 1412 0.25
    output 312 2
    # Cache price not known: cached tokens at the input rate.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from registry.cost import Cost, CostLine, CostState
from registry.price_units import STRICT

MILLION: Final = 1_000_000
PER_MILLION: Final = "_mtok"
NOTE: Final = "# "
MISSING: Final = "! "
BEFORE_PER_MILLION: Final = -len(PER_MILLION)
MULTIPLIED: Final = STRICT.multiply
SCALED: Final = STRICT.scaleb


def breakdown_text(cost: Cost) -> str:
    """Empty where there is nothing to tell."""
    told = [line_text(line) for line in cost.lines]
    if cost.notes:
        told += [NOTE + " ".join(note.split()) for note in cost.notes]
    if cost.missing:
        told += [MISSING + name for name in cost.missing]
    return "\n".join(told)


def cost_from(state: str, total_usd: Decimal | None, text: str) -> Cost:
    """The cost that was frozen."""
    told = text.split("\n") if text else []
    return Cost(
        state=CostState(state),
        total_usd=total_usd,
        lines=tuple(_read(one) for one in told if one[:2] not in (NOTE, MISSING)),
        notes=tuple(one[2:] for one in told if one.startswith(NOTE)),
        missing=tuple(one[2:] for one in told if one.startswith(MISSING)),
    )


def line_text(line: CostLine) -> str:
    """One line of a breakdown: words, numbers and single spaces."""
    key, quantity, rate = line.price_key, line.quantity, line.rate_usd
    number = str(quantity)
    if not number.isdigit():
        number = _number(quantity)
    if line.per == MILLION and key.endswith(PER_MILLION):
        short = f"{key[:BEFORE_PER_MILLION]} {number} {rate}"
        is_plain = SCALED(MULTIPLIED(quantity, rate), -6) == line.usd
        return short if is_plain else f"{short} {line.usd}"
    return f"{key} {number} {rate} {line.usd} {line.per}"


def _read(text: str) -> CostLine:
    key, *numbers = text.split(" ")
    quantity, rate, *rest = map(Decimal, numbers)
    usd = rest[0] if rest else _per_million(quantity, rate)
    if len(rest) > 1:
        return CostLine(key, quantity, usd, rate, int(rest[1]))
    return CostLine(f"{key}{PER_MILLION}", quantity, usd, rate, MILLION)


def _per_million(quantity: Decimal, rate: Decimal) -> Decimal:
    return SCALED(MULTIPLIED(quantity, rate), -6)


def _number(quantity: Decimal) -> str:
    """One that is not written as a plain whole number."""
    return str(int(quantity) if quantity == int(quantity) else quantity)
