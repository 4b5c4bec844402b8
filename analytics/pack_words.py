"""The difference to a pack in words and lines for its page. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from registry.packs.difference import Difference, FeatureChange

from analytics.pack_projection import CostLine, Projection
from registry.templatetags.display import day, usd

SHOWN = ("changed", "new", "skipped", "kept")


@dataclass(frozen=True)
class Line:
    """One feature of the table; `saved_usd` is below zero where it costs more."""

    row: FeatureChange
    cost: CostLine | None
    saved_usd: Decimal | None


def saved(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else before - after


def lines_of(difference: Difference, costs: Projection) -> list[Line]:
    """What would change or is kept, with its cost."""
    found: Iterable[tuple[FeatureChange, CostLine | None]] = (
        (row, costs.rows.get(row.key)) for row in difference.rows if row.state in SHOWN
    )
    return [
        Line(row, cost, saved(cost.before_usd, cost.after_usd) if cost else None)
        for row, cost in found
    ]


def summary(difference: Difference, costs: Projection) -> str:
    """5 of 9 features change; $5,157.00 → $1,522.00 a month; saves $3,635.00."""
    changing = sum(row.state in ("changed", "new") for row in difference.rows)
    features = sum(row.state != "no_feature" for row in difference.rows)
    plural = "" if features == 1 else "s"
    verb = "changes" if changing == 1 else "change"
    parts = [f"{changing} of {features} feature{plural} {verb}"]
    less = saved(costs.before_usd, costs.after_usd)
    if less is not None:
        parts.append(f"{usd(costs.before_usd)} → {usd(costs.after_usd)} a month")
        if less:
            parts.append(
                f"{'saves' if less > 0 else 'costs'} {usd(abs(less))}"
                f"{'' if less > 0 else ' more'}"
            )
    return "; ".join(parts)


def basis(costs: Projection) -> str:
    """What the projection rests on."""
    return (
        f"Costs a month are projected from the real use since {day(costs.since)}, "
        "at the prices in force."
    )
