"""What a question for recommendations is answered with. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recommender.recommending.month import Saving, Traffic
from recommender.recommending.pool import PoolModel
from recommender.recommending.standing import Judgement
from recommender.recommending.troubles import Condition
from recommender.scoring.components import Component
from recommender.scoring.scores import Score
from recommender.scoring.weights import Weights


@dataclass(frozen=True)
class Recommended:
    """One candidate with everything that speaks for and against it. `judgement` is the
    paired comparison with the current model, where one was asked for."""

    model: PoolModel
    score: Score
    trade_offs: tuple[str, ...] = ()
    saving: Saving | None = None
    judgement: Judgement | None = None

    @property
    def reference(self) -> str:
        return self.model.reference

    @property
    def monthly_usd(self) -> Decimal | None:
        return self.score.facts.monthly_usd

    @property
    def quality(self) -> Component:
        return self.score.component("quality")

    @property
    def is_current(self) -> bool:
        return self.score.facts.is_current


@dataclass(frozen=True)
class Excluded:
    """`reasons` read on after the name."""

    reference: str
    reasons: tuple[str, ...]
    is_current: bool = False

    @property
    def text(self) -> str:
        return f"{self.reference} {'; '.join(self.reasons)}."


@dataclass(frozen=True)
class Recommendations:
    """`ranked` is the best first, without the current model where it is excluded;
    `current` is the current model with its score all the same. Of `possible` models
    those that a first look at rating, suitability and list price put first were
    priced and scored. `problem` says in words why there is nothing; `condition` is how
    the current model does, where a feature was asked for."""

    use_case: str
    weights: Weights
    ranked: tuple[Recommended, ...] = ()
    current: Recommended | None = None
    excluded: tuple[Excluded, ...] = ()
    looked_at: int = 0
    possible: int = 0
    traffic: Traffic | None = None
    problem: str = ""
    condition: Condition | None = None

    @property
    def best(self) -> Recommended | None:
        return self.ranked[0] if self.ranked else None

    @property
    def exclusion_counts(self) -> list[tuple[str, int]]:
        """How many models each reason stands against, the most frequent first."""
        counted = Counter(
            _kind(reason) for one in self.excluded for reason in one.reasons
        )
        return counted.most_common()

    @property
    def is_on_best(self) -> bool:
        return self.best is not None and self.best.is_current


NOT_ENABLED: Final = "is not enabled"
MOST_SAID: Final = 4
KINDS: Final = (
    ("was retired", "was retired"),
    ("was dismissed", "was dismissed"),
    ("costs $", "costs more than the budget"),
    ("has a context window of", "has too small a context window"),
    ("has a quality of", "is of too little quality"),
    ("cannot take", "is too small for some of the requests"),
    ("answered only", "failed too often"),
    ("takes ", "is too slow"),
)
"""Reasons with numbers of their own, and what they have in common."""


def _kind(reason: str) -> str:
    return next((kind for start, kind in KINDS if reason.startswith(start)), reason)


def problem_words(
    ranked: int, looked_at: int, excluded: Sequence[Excluded], subject: str
) -> str:
    """Empty where there is something to choose."""
    if ranked:
        return ""
    if not looked_at:
        return (
            "There are no models yet. Sync the catalogue or add a model of your own, "
            "then ask again."
        )
    enabled = [one for one in excluded if NOT_ENABLED not in one.reasons]
    if not enabled:
        are = "model known here is" if looked_at == 1 else "models known here are"
        return f"None of the {looked_at:,} {are} enabled: enable one, then ask again."
    # What stands against the others is only that nobody enabled them.
    counted = Counter(_kind(why) for one in enabled for why in set(one.reasons))
    said = " or ".join(
        f"{kind} ({number:,})" for kind, number in counted.most_common(MOST_SAID)
    )
    if len(enabled) == 1:
        why = "; ".join(enabled[0].reasons)
        return f"The only enabled model does not fit {subject}: it {why}."
    return (
        f"None of the {len(enabled):,} enabled models fits {subject}: each {said}. "
        "Ask for less, or enable another model."
    )
