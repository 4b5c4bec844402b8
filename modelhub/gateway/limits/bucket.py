"""The arithmetic of a rate limit: a bucket that fills smoothly. Pure.

A limit of L per minute is a bucket that fills by L/60 each second and holds at most a
tenth and a half of L. A process takes a lease of at most one second's worth beside
what a call needs and lets the unspent part expire after a second. In any 60 seconds all
processes together therefore start at most L + L/6 (at least L + 1): L/6 is the burst.

Who must wait reserves: the bucket goes below zero and the answer says when the call's
turn is. So nobody asks twice, and processes stand in one line.

`redis_store` says the same in Lua.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEASE_S: Final = 1.0
BURST_SHARE: Final = 6


@dataclass(frozen=True, slots=True)
class Rate:
    """`resource` is "requests" or "tokens"."""

    resource: str
    per_minute: int

    @property
    def per_second(self) -> float:
        return self.per_minute / 60

    @property
    def burst(self) -> float:
        """What any 60 seconds may hold above the limit."""
        return max(1.0, self.per_minute / BURST_SHARE)

    @property
    def capacity(self) -> float:
        """The burst without what leases may carry over into the next window."""
        return max(1.0, self.per_minute / BURST_SHARE - self.per_second * LEASE_S)


@dataclass(frozen=True, slots=True)
class Ask:
    """One call's wish. `missing` is what the process's lease lacks for it, `whole` what
    it needs in all, `extra` what the process would like to lease beside it."""

    rate: Rate
    missing: float
    whole: float
    extra: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """`waits_s` and `extras` follow the asks. Nothing was taken if `is_refused`."""

    waits_s: tuple[float, ...]
    extras: tuple[float, ...]
    is_refused: bool = False

    @property
    def wait_s(self) -> float:
        return max(self.waits_s, default=0.0)


@dataclass(frozen=True, slots=True)
class Level:
    """What a bucket held at a moment (seconds of the store's own clock)."""

    amount: float
    at_s: float


def take(
    levels: Sequence[Level | None], asks: Sequence[Ask], now_s: float, max_wait_s: float
) -> tuple[list[Level], Taken]:
    """The new levels, and what came of it: all asks are met, or none is."""
    pairs = [
        (filled(level, ask.rate, now_s), ask)
        for level, ask in zip(levels, asks, strict=True)
    ]
    if all(is_covered(amount, ask) for amount, ask in pairs):
        extras = tuple(extra_of(amount, ask) for amount, ask in pairs)
        left = [
            amount - ask.missing - extra
            for (amount, ask), extra in zip(pairs, extras, strict=True)
        ]
        waits = (0.0,) * len(pairs)
        return [Level(one, now_s) for one in left], Taken(waits, extras)
    waits = tuple(wait_for(amount, ask) for amount, ask in pairs)
    wait_s, none = max(waits), (0.0,) * len(pairs)
    if wait_s > max_wait_s:
        kept = [Level(amount, now_s) for amount, _ in pairs]
        return kept, Taken(waits, none, is_refused=True)
    reserved = [Level(reserve(amount, ask, wait_s), now_s) for amount, ask in pairs]
    return reserved, Taken(waits, none)


def credit(level: Level | None, rate: Rate, amount: float, now_s: float) -> Level:
    """The level after `amount` came back; a negative amount is a debt."""
    raised = filled(level, rate, now_s) + amount
    return Level(min(rate.capacity, raised), now_s)


def filled(level: Level | None, rate: Rate, now_s: float) -> float:
    if level is None:
        return rate.capacity
    passed_s = max(0.0, now_s - level.at_s)
    return min(rate.capacity, level.amount + passed_s * rate.per_second)


def is_covered(amount: float, ask: Ask) -> bool:
    """A call larger than the bucket starts when the bucket is full, and is paid off
    afterwards."""
    return ask.missing <= 0 or amount >= min(ask.missing, ask.rate.capacity)


def extra_of(amount: float, ask: Ask) -> float:
    """At most half of what is left, so that others find something too."""
    return float(max(0, int(min(ask.extra, (amount - ask.missing) / 2))))


def wait_for(amount: float, ask: Ask) -> float:
    lacking = min(ask.whole, ask.rate.capacity) - amount
    return max(0.0, lacking / ask.rate.per_second)


def reserve(amount: float, ask: Ask, wait_s: float) -> float:
    """The call starts in `wait_s`: what would overflow until then is not kept for it,
    or calls held up by the other resource would burst when that is free."""
    inflow = wait_s * ask.rate.per_second
    return min(ask.rate.capacity, amount + inflow) - inflow - ask.whole
