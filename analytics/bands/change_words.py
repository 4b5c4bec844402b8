"""The steps of a change of cost, in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from analytics.bands.band import ZERO
from analytics.bands.change_steps import Cell, Side, Substitution
from registry.pricing import EXACT
from registry.templatetags.display import usd

NOTHING: Final = Decimal("1E-9")
MOST_NAMED: Final = 3
CUT_NOTE: Final = (
    "Some calls wait to be summed up again because a price tier is new; until then "
    "their price and cache share count as unchanged."
)
NameOf = Callable[[Cell], str]


@dataclass(frozen=True)
class CostStep:
    """`usd` is what this step adds (or takes off); `explanation` is a sentence."""

    label: str
    usd: Decimal
    explanation: str


@dataclass(frozen=True)
class CostChange:
    """`before_usd` and what the steps add is `after_usd`, to the last digit. `notes`
    say what the reader must know of all of it."""

    before_usd: Decimal
    after_usd: Decimal
    steps: tuple[CostStep, ...]
    before_calls: int = 0
    after_calls: int = 0
    notes: tuple[str, ...] = ()

    @property
    def change_usd(self) -> Decimal:
        with localcontext(EXACT):
            return self.after_usd - self.before_usd

    def rounded(self, places: int = 2) -> CostChange:
        """The same in whole cents (or other places), still adding up: each step goes
        from one rounded sum to the next."""
        unit, level = Decimal(1).scaleb(-places), self.before_usd
        steps = []
        for step in self.steps:
            following = level + step.usd
            usd = _round(following, unit) - _round(level, unit)
            steps.append(CostStep(step.label, usd, step.explanation))
            level = following
        return CostChange(
            _round(self.before_usd, unit),
            _round(self.after_usd, unit),
            tuple(steps),
            self.before_calls,
            self.after_calls,
            self.notes,
        )


def in_words(found: Substitution, name_of: NameOf) -> CostChange:
    """`name_of` says what to call a feature on a model; of (None, model) the model."""
    with localcontext(EXACT):
        return _in_words(found, name_of)


def _in_words(found: Substitution, name_of: NameOf) -> CostChange:
    levels, before, after = found.levels, found.before, found.after
    steps = [
        CostStep("Volume", levels.volume - levels.before, _volume(before, after)),
        CostStep(
            "Tokens per call", levels.tokens - levels.known, _tokens(before, after)
        ),
        CostStep("Cache share", levels.cache - levels.tokens, _cache(before, after)),
        CostStep("Mix", levels.mix - levels.cache, _mix(found, name_of)),
        CostStep("Price", levels.after - levels.mix, _price(found, name_of)),
    ]
    known = levels.known - levels.volume
    if known or _is_partly_known(before) or _is_partly_known(after):
        steps.append(CostStep("Calls without a price", known, _known(before, after)))
    return CostChange(
        before.cost_usd,
        after.cost_usd,
        tuple(steps),
        before.calls,
        after.calls,
        (CUT_NOTE,) if found.is_cut else (),
    )


def _volume(before: Side, after: Side) -> str:
    return (
        f"{_count(after.calls)} instead of {_count(before.calls)}"
        f"{_change(before.calls, after.calls)}."
    )


def _tokens(before: Side, after: Side) -> str:
    """At the mix of before, so that a change of mix does not look like one of size."""
    common = [cell for cell in before.cells if cell in after.cells]
    calls = sum(before.cells[cell].calls for cell in common)
    if not calls:
        return "No feature was on the same model in both times."
    old, new = (
        sum(
            (_mean_tokens(side, cell) * before.cells[cell].calls for cell in common),
            ZERO,
        )
        / calls
        for side in (before, after)
    )
    return (
        f"{new:,.0f} tokens a call instead of {old:,.0f}{_change(old, new)}, where a "
        "feature is on the same model."
    )


def _mean_tokens(side: Side, cell: Cell) -> Decimal:
    sums = side.cells[cell]
    tokens = sums.input_tokens + sums.output_tokens
    return tokens / sums.calls if sums.calls else ZERO


def _cache(before: Side, after: Side) -> str:
    return (
        f"{_cached(after, 'cache_read_tokens')} of the input was read from a cache "
        f"instead of {_cached(before, 'cache_read_tokens')}, "
        f"{_cached(after, 'cache_write_tokens')} written to one instead of "
        f"{_cached(before, 'cache_write_tokens')}."
    )


def _cached(side: Side, name: str) -> str:
    whole = sum((one.input_tokens for one in side.cells.values()), ZERO)
    part = sum((one.cached[name] for one in side.cells.values()), ZERO)
    return f"{part / whole:.1%}" if whole else "0%"


def _mix(found: Substitution, name_of: NameOf) -> str:
    named = list(_largest(found.mix_usd, name_of))
    if not named:
        return "Features and models have the same shares of the calls."
    return f"Features and models have other shares of the calls: {'; '.join(named)}."


def _price(found: Substitution, name_of: NameOf) -> str:
    by_model: dict[Cell, Decimal] = {
        (None, model): usd for model, usd in found.price_usd.items()
    }
    named = list(_largest(by_model, name_of))
    if not named:
        return "The models that were used cost the same in both times."
    return f"Prices changed: {'; '.join(named)}."


def _known(before: Side, after: Side) -> str:
    return (
        f"The cost of {_known_share(after)} of the calls is known instead of "
        f"{_known_share(before)}; the others are in neither sum."
    )


def _known_share(side: Side) -> str:
    return f"{Decimal(side.priced_calls) / side.calls:.1%}" if side.calls else "none"


def _is_partly_known(side: Side) -> bool:
    return side.priced_calls < side.calls


def _largest(by_cell: Mapping[Cell, Decimal], name_of: NameOf) -> Iterator[str]:
    """The cells that matter most, with what they add."""
    ordered = sorted(by_cell.items(), key=lambda item: abs(item[1]), reverse=True)
    kept = [(cell, amount) for cell, amount in ordered if abs(amount) > NOTHING]
    for cell, amount in kept[:MOST_NAMED]:
        yield f"{name_of(cell)} {'+' if amount > 0 else ''}{usd(amount)}"
    if len(kept) > MOST_NAMED:
        yield f"{len(kept) - MOST_NAMED:,} more"


def _change(old: Decimal | int, new: Decimal | int) -> str:
    if not old or old == new:
        return ""
    share = Decimal(new) / Decimal(old) - 1
    return f" ({'+' if share > 0 else '−'}{abs(share):.1%})"


def _count(calls: int) -> str:
    return f"{calls:,} call{'' if calls == 1 else 's'}"


def _round(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_UP)
