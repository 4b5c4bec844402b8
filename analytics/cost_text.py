"""The breakdown of a cost as one short text and back. Pure.

JSON, read with decimal numbers as text: each line of the cost is an array
`[key, quantity, rate]`, where a key without suffix is a price per million tokens
(`input` is `input_mtok`); `usd` follows where it is not quantity × rate ÷ per, and
`per` where the key does not say it. A text is a note, an object names what is missing:

    [["input",1412,"0.25"],["output",312,"2"],"Cache price not known: …"]
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

from registry.cost import Cost, CostLine, CostState
from registry.price_units import STRICT

MILLION: Final = 1_000_000
PER_MILLION: Final = "_mtok"


def breakdown_text(cost: Cost) -> str:
    """Empty where there is nothing to tell."""
    parts: list[Any] = [_line(line) for line in cost.lines]
    parts += cost.notes
    if cost.missing:
        parts.append({"missing": list(cost.missing)})
    return json.dumps(parts, separators=(",", ":"), ensure_ascii=False) if parts else ""


def cost_from(state: str, total_usd: Decimal | None, text: str) -> Cost:
    """The cost that was frozen."""
    parts = json.loads(text) if text else []
    missing = [part["missing"] for part in parts if isinstance(part, dict)]
    return Cost(
        state=CostState(state),
        total_usd=total_usd,
        lines=tuple(_read(part) for part in parts if isinstance(part, list)),
        notes=tuple(part for part in parts if isinstance(part, str)),
        missing=tuple(name for names in missing for name in names),
    )


def _line(line: CostLine) -> list[Any]:
    short = line.price_key.removesuffix(PER_MILLION)
    is_short = short != line.price_key and line.per == MILLION
    key = short if is_short else line.price_key
    values: list[Any] = [key, _number(line.quantity), str(line.rate_usd)]
    is_exact = _exact_usd(line.quantity, line.rate_usd, line.per) == line.usd
    if not is_exact or not is_short:
        values.append(str(line.usd))
    if not is_short:
        values.append(line.per)
    return values


def _read(values: list[Any]) -> CostLine:
    key, quantity, rate = values[0], Decimal(values[1]), Decimal(values[2])
    per = values[4] if len(values) > 4 else MILLION
    usd = Decimal(values[3]) if len(values) > 3 else _exact_usd(quantity, rate, per)
    name = key if len(values) > 4 else f"{key}{PER_MILLION}"
    return CostLine(name, quantity, usd, rate, per)


def _exact_usd(quantity: Decimal, rate: Decimal, per: int) -> Decimal:
    """Quantity × rate ÷ per where that ends, as it does for a million."""
    product = STRICT.multiply(quantity, rate)
    return product.scaleb(-6) if per == MILLION else product / per


def _number(quantity: Decimal) -> int | str:
    return int(quantity) if quantity == int(quantity) else str(quantity)
