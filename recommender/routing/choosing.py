"""Which of several models answers a request, and in which order the others follow.
Pure, and the same for the same request."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recommender.routing.goals import STICKING, Goals, Policy
from registry.templatetags.display import usd

BUSY: Final = 0.9
"""From this share of its rate limit on a model is asked after the others."""
BALANCE: Final = (0.5, 0.3, 0.2)
"""Weights of success, cost and latency in a balanced choice."""
MOST_TOLD: Final = 5
"""A trace names so many of the models that are left out, and counts the others."""
MOST_USD: Final = 1e9
"""What is said to cost more has no price that anybody could mean."""
EVEN: Final = 0.5
"""The chance of a model of which none is known."""


@dataclass(frozen=True, kw_only=True)
class RoutedModel:
    """One model for one request. `chance` of success 0 to 1, estimated from `cases`
    outcomes, `alike` of them at this kind of work; `cost_usd` of this request, of which
    `cache_saving_usd` falls away as its beginning is cached there; `load` is the used
    share of its rate limit. None: not known. `excluded` is why it cannot answer; it
    reads on after the name."""

    reference: str
    chance: float | None = None
    cases: float = 0.0
    alike: float = 0.0
    cost_usd: float | None = None
    cache_saving_usd: float = 0.0
    latency_ms: float | None = None
    load: float = 0.0
    is_healthy: bool = True
    is_current: bool = False
    excluded: str = ""

    @property
    def known_cases(self) -> tuple[float, float]:
        """How much is known of it: of such work first, then in all."""
        return self.alike, self.cases

    @property
    def price_usd(self) -> float:
        """What it costs with its cache; infinite where that is not known."""
        cost = _finite(self.cost_usd)
        if cost is None or cost > MOST_USD:
            return math.inf
        return max(0.0, cost - self.cache_saving_usd)

    @property
    def speed_ms(self) -> float:
        """Latency as it is to be expected under its load; infinite if not known."""
        latency = _finite(self.latency_ms)
        return math.inf if latency is None else latency * (1 + max(0.0, self.load))


@dataclass(frozen=True)
class Choice:
    """`models` in the order in which they are asked; empty where none may be. `left`
    are the others with the reason, `trace` all of it in sentences."""

    models: tuple[RoutedModel, ...]
    left: tuple[tuple[str, str], ...]
    trace: tuple[str, ...]
    is_exploration: bool = False

    @property
    def first(self) -> RoutedModel | None:
        return self.models[0] if self.models else None


def choose(models: Iterable[RoutedModel], goals: Goals, request_id: str) -> Choice:
    """The order of the policy: usable models first, those that are ill or busy after
    them, and of equals the one that came first."""
    everyone = list(models)
    left = [(one.reference, why) for one in everyone if (why := complaint(one, goals))]
    refused = {name for name, _ in left}
    usable = [one for one in everyone if one.reference not in refused]
    if not usable:
        return Choice((), tuple(left), (*goals.reasons, *left_lines(left)))
    order = _Order(
        goals,
        min(one.price_usd for one in usable),
        min(one.speed_ms for one in usable),
    )
    ordered = _stuck(sorted(usable, key=order.key), goals)
    explored = _explored(ordered, goals, request_id)
    if explored is not None:
        ordered = [explored, *(one for one in ordered if one is not explored)]
    trace = (
        *goals.reasons,
        _sentence(ordered, goals, explored is not None),
        *left_lines(left),
    )
    return Choice(tuple(ordered), tuple(left), trace, explored is not None)


def complaint(model: RoutedModel, goals: Goals) -> str:
    """Why the model may not be chosen; empty for nothing."""
    if model.excluded:
        return model.excluded
    # A free model is never in the way of a limit of money.
    limits = {
        "the price limit": goals.price_ceiling_usd,
        "what is left of the budget": goals.budget_left_usd,
    }
    for name, limit in limits.items():
        if limit is None or not model.price_usd:
            continue
        if math.isinf(model.price_usd):
            return f"has no price to hold against {name}"
        if model.price_usd > max(0.0, limit):
            cost = _dollars(model.price_usd)
            return f"costs {cost}, more than {name}, {_dollars(limit)}"
    ceiling = goals.latency_ceiling_ms
    if ceiling is not None and ceiling < model.speed_ms < math.inf:
        return f"takes {model.speed_ms:,.0f} ms, more than {ceiling:,.0f} ms"
    return ""


@dataclass(frozen=True)
class _Order:
    """The key that models are sorted by under a policy."""

    goals: Goals
    least_usd: float
    least_ms: float

    def key(self, model: RoutedModel) -> tuple[float, ...]:
        ready = (not model.is_healthy, model.load >= BUSY)
        return (*ready, *self._by_policy(model))

    def _by_policy(self, model: RoutedModel) -> tuple[float, ...]:
        policy, enough = self.goals.policy, is_enough(model, self.goals)
        chance = _chance(model)
        if policy is Policy.BEST:
            return (-chance, model.price_usd, model.speed_ms)
        if policy is Policy.BALANCED:
            return (-self._balance(model), model.price_usd)
        # Where none is good enough the likeliest to succeed goes first.
        rank = (0.0, 0.0) if enough else (1.0, -chance)
        if policy is Policy.FASTEST:
            return (*rank, model.speed_ms, model.price_usd)
        return (*rank, model.price_usd, -chance, model.speed_ms)

    def _balance(self, model: RoutedModel) -> float:
        parts = (
            _chance(model),
            _nearness(self.least_usd, model.price_usd),
            _nearness(self.least_ms, model.speed_ms),
        )
        return math.fsum(w * part for w, part in zip(BALANCE, parts, strict=True))


def is_enough(model: RoutedModel, goals: Goals) -> bool:
    """Known to be good enough."""
    chance = _finite(model.chance)
    return chance is not None and chance >= goals.chance_floor


def _stuck(ordered: list[RoutedModel], goals: Goals) -> list[RoutedModel]:
    """The model of the conversation first, unless another is clearly cheaper: what it
    has cached is lost on the way, and answers change their voice."""
    first = ordered[0]
    current = next((one for one in ordered if one.is_current), None)
    if current is None or current is first or goals.policy is Policy.BEST:
        return ordered
    is_able = current.is_healthy and current.load < BUSY
    is_worse = is_enough(first, goals) and not is_enough(current, goals)
    if not is_able or is_worse:
        return ordered
    if current.price_usd > first.price_usd * (1 + STICKING):
        return ordered
    return [current, *(one for one in ordered if one is not current)]


def _explored(
    ordered: Sequence[RoutedModel], goals: Goals, request_id: str
) -> RoutedModel | None:
    """The model of which least is known, for the share of requests that may try; none
    that is ill, busy or too dear."""
    if not may_try(goals, request_id):
        return None
    first = ordered[0]
    open_to_it = [
        one
        for one in ordered[1:]
        if one.is_healthy
        and one.load < BUSY
        and one.known_cases < first.known_cases
        and not math.isinf(one.price_usd)
        and one.price_usd <= first.price_usd + goals.exploration_usd
    ]
    return min(
        open_to_it, key=lambda one: (*one.known_cases, one.reference), default=None
    )


def may_try(goals: Goals, request_id: str) -> bool:
    """Whether the request is of the share that may try a model that is little known."""
    share = goals.exploration_share
    return bool(share) and _share(request_id) < share


def _sentence(ordered: Sequence[RoutedModel], goals: Goals, explored: bool) -> str:
    first = ordered[0]
    facts = "; ".join(_facts(first))
    others = f" before {len(ordered) - 1} more" if len(ordered) > 1 else ""
    if explored:
        share = f"{goals.exploration_share:.1%}"
        return (
            f"Chosen: {first.reference}{others}, to learn more of it ({share} of the "
            f"requests may): {facts}."
        )
    return f"Chosen: {first.reference}{others}, {_why(first, goals)}: {facts}."


def _why(model: RoutedModel, goals: Goals) -> str:
    if not model.is_healthy:
        return "though it is failing now, as are all others"
    if goals.policy is Policy.BALANCED:
        return "the best balance of success, cost and latency"
    if goals.policy is Policy.BEST:
        limit = goals.price_ceiling_usd
        under = f" under {_dollars(limit)}" if limit is not None else ""
        return f"the likeliest to succeed{under}"
    word = "cheapest" if goals.policy is Policy.CHEAPEST else "fastest"
    if model.is_current:
        return "as this conversation is with it already"
    if is_enough(model, goals):
        return f"the {word} that is good enough (from {goals.chance_floor:.0%} on)"
    if _finite(model.chance) is None:
        return "though nothing is known of how well it does, as none does better"
    return f"the likeliest to succeed, as none reaches {goals.chance_floor:.0%}"


def _facts(model: RoutedModel) -> Iterator[str]:
    chance = _finite(model.chance)
    known = "success not measured" if chance is None else f"succeeds in {chance:.0%}"
    alike = f", {model.alike:,.0f} at such work" if round(model.alike) else ""
    cases = f" ({model.cases:,.0f} cases{alike})" if model.cases else ""
    yield known + cases
    price = model.price_usd
    yield "price not known" if math.isinf(price) else f"about {_dollars(price)}"
    if not math.isinf(model.speed_ms):
        yield f"about {model.speed_ms:,.0f} ms"


def left_lines(left: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, why in left[:MOST_TOLD]:
        yield f"{name} {why}."
    if len(left) > MOST_TOLD:
        yield f"{len(left) - MOST_TOLD} more are left out for such reasons."


def _chance(model: RoutedModel) -> float:
    chance = _finite(model.chance)
    return EVEN if chance is None else min(1.0, chance)


def _nearness(least: float, value: float) -> float:
    """1 for the least, towards 0 for what is many times as much."""
    if math.isinf(value):
        return 0.0
    return 1.0 if not value else least / value


def _dollars(amount_usd: float) -> str:
    return usd(Decimal(str(amount_usd)))


def _share(request_id: str) -> float:
    """A number from 0 to 1, the same for the same request."""
    digest = hashlib.sha256(f"explore: {request_id}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def _finite(value: float | None) -> float | None:
    """None too for NaN, the infinite and the negative."""
    usable = value is not None and math.isfinite(value) and value >= 0
    return value if usable else None
