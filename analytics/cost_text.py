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


def breakdown_text(cost: Cost) -> str:
    """Empty where there is nothing to tell."""
    notes = [NOTE + " ".join(note.split()) for note in cost.notes]
    missing = [MISSING + name for name in cost.missing]
    return "\n".join([*map(_line, cost.lines), *notes, *missing])


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


def _line(line: CostLine) -> str:
    short = line.price_key.removesuffix(PER_MILLION)
    is_short = short != line.price_key and line.per == MILLION
    words = [short if is_short else line.price_key, _number(line.quantity)]
    words.append(str(line.rate_usd))
    if not is_short:
        words += [str(line.usd), str(line.per)]
    elif _per_million(line.quantity, line.rate_usd) != line.usd:
        words.append(str(line.usd))
    return " ".join(words)


def _read(text: str) -> CostLine:
    key, *numbers = text.split(" ")
    quantity, rate, *rest = map(Decimal, numbers)
    usd = rest[0] if rest else _per_million(quantity, rate)
    if len(rest) > 1:
        return CostLine(key, quantity, usd, rate, int(rest[1]))
    return CostLine(f"{key}{PER_MILLION}", quantity, usd, rate, MILLION)


def _per_million(quantity: Decimal, rate: Decimal) -> Decimal:
    return STRICT.scaleb(STRICT.multiply(quantity, rate), -6)


def _number(quantity: Decimal) -> str:
    return str(int(quantity)) if quantity == int(quantity) else str(quantity)
