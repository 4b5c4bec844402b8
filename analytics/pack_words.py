"""The difference to a pack in words and lines for its page. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from analytics.pack_projection import CostLine, Projection
from analytics.queries.pack_use import VersionUse
from analytics.wilson import Rate
from registry.packs.difference import Difference, FeatureChange
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
    assumed = " and, where marked, from what you assume" if costs.is_assumed else ""
    return (
        f"Costs a month are projected from the real use since {day(costs.since)}"
        f"{assumed}, at the prices in force. "
        "Another model may count and write differently."
    )


def use_lines(
    uses: Iterable[VersionUse],
) -> list[tuple[VersionUse, str, tuple[str, str] | None]]:
    """Each version that was used, with what share of its calls is unpriced and what
    share of its requests was answered, that with its interval."""
    return [
        (use, _percent(use.unpriced_percent / 100), _rate(use.success))
        for use in uses
        if use.requests
    ]


def _rate(rate: Rate | None) -> tuple[str, str] | None:
    if rate is None:
        return None
    return _percent(rate.share), f"{_percent(rate.low)} to {_percent(rate.high)}"


def _percent(share: float) -> str:
    """97.3 %; empty for nothing at all."""
    return f"{share:.1%}".replace("%", " %") if share else ""
