"""Does a model meet what a feature requires? Pure: facts in, reasons out.

A fact that no source states is not assumed: a required capability that is not stated
refuses the model, and so does an unknown context window where a minimum is asked for.
Accuracy, urgency and budget are hints; they warn and never refuse.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from registry.capabilities import CAPABILITIES

COSTLY_OUTPUT_USD_PER_MILLION: Final = Decimal(10)
"""From this output price on, a feature that puts cost first is warned."""


@dataclass(frozen=True)
class Requirements:
    """What a feature asks of a model. The last three are the values of
    AccuracyLevel, Urgency and BudgetSensitivity."""

    capabilities: tuple[str, ...] = ()
    min_context_tokens: int | None = None
    accuracy_level: str = "standard"
    urgency: str = "interactive"
    budget_sensitivity: str = "medium"


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model in an organisation. None is: no source says."""

    capabilities: frozenset[str] = frozenset()
    context_window: int | None = None
    is_enabled: bool = False
    is_listed: bool = True
    retired_on: datetime.date | None = None
    deprecated_on: datetime.date | None = None
    is_priced: bool = True
    output_usd_per_million: Decimal | None = None
    is_rated: bool = False
    unavailable_because: str = ""


@dataclass(frozen=True)
class Reason:
    """One finding about one model. `code` is for programs, `text` for people and reads
    on after the model's name: "is not enabled"."""

    code: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """`refusals` forbid the assignment; `warnings` are said and leave the choice."""

    refusals: tuple[Reason, ...]
    warnings: tuple[Reason, ...]

    @property
    def is_met(self) -> bool:
        return not self.refusals

    @property
    def text(self) -> str:
        """All refusals as one line, or nothing."""
        return "; ".join(reason.text for reason in self.refusals)

    @property
    def lacks_only_enabling(self) -> bool:
        """Whether enabling the model would be enough."""
        return [reason.code for reason in self.refusals] == ["not_enabled"]


@lru_cache(maxsize=4096)  # features that ask for the same see the same models
def check(
    requirements: Requirements, facts: ModelFacts, today: datetime.date
) -> Verdict:
    """Everything that speaks against the model, worst first."""
    return Verdict(
        refusals=(
            *_availability(facts, today),
            *_missing_capabilities(requirements, facts),
            *_window(requirements, facts),
        ),
        warnings=tuple(
            reason for hint in HINTS for reason in hint(requirements, facts, today)
        ),
    )


def _availability(facts: ModelFacts, today: datetime.date) -> Iterator[Reason]:
    if facts.retired_on is not None and facts.retired_on <= today:
        yield Reason("retired", f"was retired on {_day(facts.retired_on)}")
    elif not facts.is_listed:
        yield Reason("vanished", "has vanished from the catalog")
    if not facts.is_enabled:
        yield Reason("not_enabled", "is not enabled")


def _missing_capabilities(
    requirements: Requirements, facts: ModelFacts
) -> Iterator[Reason]:
    for word in requirements.capabilities:
        if word not in facts.capabilities:
            label = CAPABILITIES[word][0] if word in CAPABILITIES else word
            yield Reason("missing_capability", f"is not known to offer {lower(label)}")


def _window(requirements: Requirements, facts: ModelFacts) -> Iterator[Reason]:
    least = requirements.min_context_tokens
    if least is None:
        return
    if facts.context_window is None:
        yield Reason(
            "unknown_window",
            f"has no known context window ({least:,} tokens are required)",
        )
    elif facts.context_window < least:
        yield Reason(
            "small_window",
            f"has a context window of {facts.context_window:,} tokens "
            f"({least:,} are required)",
        )


def _retiring(
    requirements: Requirements, facts: ModelFacts, today: datetime.date
) -> Iterator[Reason]:
    if facts.retired_on is not None and facts.retired_on > today:
        yield Reason("retiring", f"will be retired on {_day(facts.retired_on)}")
    elif facts.deprecated_on is not None and facts.retired_on is None:
        is_past = facts.deprecated_on <= today
        verb = "is deprecated since" if is_past else "will be deprecated on"
        yield Reason("deprecated", f"{verb} {_day(facts.deprecated_on)}")


def _price(
    requirements: Requirements, facts: ModelFacts, today: datetime.date
) -> Iterator[Reason]:
    price = facts.output_usd_per_million
    if not facts.is_priced:
        yield Reason("unpriced", "has no known price, so its cost cannot be computed")
    elif (
        requirements.budget_sensitivity == "high"
        and price is not None
        and price >= COSTLY_OUTPUT_USD_PER_MILLION
    ):
        yield Reason(
            "costly",
            f"costs ${price:,.2f} per million output tokens, and this feature "
            "puts cost first",
        )


def _speed(
    requirements: Requirements, facts: ModelFacts, today: datetime.date
) -> Iterator[Reason]:
    if requirements.urgency != "realtime":
        return
    if "reasoning" in facts.capabilities:
        yield Reason("slow", "reasons before it answers, and here every second counts")


def _accuracy(
    requirements: Requirements, facts: ModelFacts, today: datetime.date
) -> Iterator[Reason]:
    if requirements.accuracy_level in {"high", "critical"} and not facts.is_rated:
        yield Reason(
            "unrated",
            f"has no known accuracy rating, and {requirements.accuracy_level} "
            "accuracy is asked for",
        )


def _offered(
    requirements: Requirements, facts: ModelFacts, today: datetime.date
) -> Iterator[Reason]:
    # A connection may recover any minute, so that this leaves the choice.
    if facts.unavailable_because:
        text = f"cannot be reached now: {facts.unavailable_because.rstrip('.')}"
        yield Reason("unavailable", text)


Hint = Callable[[Requirements, ModelFacts, datetime.date], Iterator[Reason]]
HINTS: Final[tuple[Hint, ...]] = (_offered, _retiring, _price, _speed, _accuracy)


def _day(day: datetime.date) -> str:
    return f"{day.day} {day:%b %Y}"


def lower(label: str) -> str:
    """A label inside a sentence: "Tool calling" → "tool calling"."""
    return label[:1].lower() + label[1:]
