"""The tiles above the charts: a figure, its change, and what it is compared with.
Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.asked import Level
from analytics.readings import NAMES, ONE, SUCCESS_NAMES, Reading
from analytics.sums import Sums
from analytics.wilson import Rate
from registry.templatetags.display import DASH, count, duration, usd

FEW_TRIALS: Final = 20
"""From fewer a rate says next to nothing; its interval is shown all the same."""
MILLION: Final = 1_000_000
BILLION: Final = 1_000_000_000
FULL_BELOW: Final = 100_000
NO_DATA: Final = "not enough data"


@dataclass(frozen=True)
class Delta:
    """A change in words, the way it points (up, dn or nothing) and its tone."""

    text: str
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Tile:
    """`base` says what the change is from, `notes` what must be known beside it."""

    label: str
    value: str
    unit: str = ""
    delta: Delta | None = None
    base: str = ""
    notes: tuple[str, ...] = ()


def tiles(now: Sums, before: Sums | None, level: Level) -> list[Tile]:
    """Spend, requests, success, p95, tokens and cache hits. `before` is None where
    nothing is compared."""
    reading = Reading(now, level)
    base = Reading(before, level) if before is not None else None
    return [
        _spend(reading, base),
        _counted(NAMES[level], reading, base, lambda one: one.count),
        _success(reading, base),
        _latency(reading, base),
        _counted("Tokens", reading, base, lambda one: one.sums.tokens),
        _cache(reading, base),
    ]


def percent_change(now: Decimal, before: Decimal) -> Decimal | None:
    """In percent of `before`; None where that is nothing."""
    return 100 * (now - before) / before if before else None


def share_text(share: float, digits: int = 1) -> str:
    """0.031 → 3.1%; what is not nothing is never written as 0.0%."""
    if 0 < share < 0.001:
        return "under 0.1%"
    return f"{100 * share:.{digits}f}%"


def interval_text(rate: Rate) -> str:
    return f"{100 * rate.low:.1f} to {100 * rate.high:.1f}%"


def short_count(number: int) -> tuple[str, str]:
    """Digits and unit: 4,752,310 → 4.75 and M."""
    if number < FULL_BELOW:
        return count(number), ""
    for size, unit in ((BILLION, "bn"), (MILLION, "M")):
        if number >= size:
            return f"{number / size:.2f}", unit
    return f"{number / 1000:.0f}", "k"


def spend_notes(sums: Sums) -> tuple[str, ...]:
    """What the spend leaves out, and what of it is an estimate."""
    notes = []
    if sums.unpriced_calls:
        notes.append(f"{share_text(sums.unpriced_share)} of calls not priced")
    if sums.estimated_usd > 0:
        notes.append(f"{usd(sums.estimated_usd)} of it estimated")
    return tuple(notes)


def _spend(now: Reading, base: Reading | None) -> Tile:
    cost, notes = now.cost_usd, spend_notes(now.sums)
    if cost is None:
        return Tile("Spend", DASH, notes=("no call is priced",))
    tile = Tile("Spend", usd(cost), notes=notes)
    if base is None:
        return tile
    before = base.cost_usd
    if before is None or not base.sums.calls:
        return _with(tile, None, _nothing(base))
    return _with(tile, _relative(cost, before), f"was {usd(before)}")


def _counted(
    label: str, now: Reading, base: Reading | None, number: Callable[[Reading], int]
) -> Tile:
    value, unit = short_count(number(now))
    tile = Tile(label, value, unit)
    if base is None:
        return tile
    if not base.sums.calls:
        return _with(tile, None, _nothing(base))
    before = number(base)
    delta = _relative(Decimal(number(now)), Decimal(before))
    return _with(tile, delta, f"was {' '.join(short_count(before)).strip()}")


def _success(now: Reading, base: Reading | None) -> Tile:
    label, rate = SUCCESS_NAMES[now.level], now.success
    if rate is None:
        return Tile(label, DASH, notes=(NO_DATA,))
    notes = [interval_text(rate)]
    if rate.count < FEW_TRIALS:
        thing = ONE[now.level] + ("s" if rate.count != 1 else "")
        notes.append(f"{NO_DATA}: {rate.count} {thing}")
    tile = Tile(label, f"{100 * rate.share:.2f}", "%", notes=tuple(notes))
    if base is None:
        return tile
    before = base.success
    if before is None:
        return _with(tile, None, _nothing(base))
    delta = _points(rate.share, before.share)
    if not _is_apart(rate, before):
        delta = Delta(delta.text, delta.icon)
    return _with(tile, delta, f"was {100 * before.share:.2f}%")


def _latency(now: Reading, base: Reading | None) -> Tile:
    value = now.p95_ms
    if value is None:
        return Tile("Latency p95", DASH, notes=(NO_DATA,))
    notes = (f"p50 {duration(now.p50_ms)}",)
    number, _, unit = duration(value).partition(" ")
    tile = Tile("Latency p95", number, unit, notes=notes)
    if base is None:
        return tile
    before = base.p95_ms
    if before is None:
        return _with(tile, None, _nothing(base))
    change = percent_change(Decimal(value), Decimal(before))
    return _with(
        tile, _percent(change, lower_is_better=True), f"was {duration(before)}"
    )


def _cache(now: Reading, base: Reading | None) -> Tile:
    share = now.sums.cache_share
    if share is None:
        return Tile("Cache hits", DASH, notes=("no input tokens",))
    tile = Tile("Cache hits", f"{100 * share:.1f}", "%", notes=("of input tokens",))
    if base is None:
        return tile
    before = base.sums.cache_share
    if before is None:
        return _with(tile, None, _nothing(base))
    return _with(tile, _points(share, before), f"was {100 * before:.1f}%")


def _with(tile: Tile, delta: Delta | None, base: str) -> Tile:
    return Tile(tile.label, tile.value, tile.unit, delta, base, tile.notes)


def _nothing(base: Reading) -> str:
    return "nothing to compare with" if not base.sums.calls else "was not known"


def _relative(now: Decimal, before: Decimal) -> Delta | None:
    return _percent(percent_change(now, before))


def _percent(change: Decimal | None, *, lower_is_better: bool = False) -> Delta | None:
    """More or less of something is neither good nor bad, unless it is said."""
    if change is None:
        return None
    text = f"{abs(change):,.1f}%"
    if text == "0.0%":
        return Delta("no change")
    tone = ""
    if lower_is_better:
        tone = "success" if change < 0 else "warning"
    return Delta(text, "up" if change > 0 else "dn", tone)


def _points(now: float, before: float) -> Delta:
    change = 100 * (now - before)
    text = f"{abs(change):.2f} pt"
    if text == "0.00 pt":
        return Delta("no change")
    is_up = change > 0
    return Delta(text, "up" if is_up else "dn", "success" if is_up else "warning")


def _is_apart(one: Rate, other: Rate) -> bool:
    """The intervals do not overlap: the difference is more than chance."""
    return one.low > other.high or other.low > one.high
