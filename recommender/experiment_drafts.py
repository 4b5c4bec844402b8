"""What a person wants of an experiment before it runs. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from registry.models import AIModel, PromptVersion

ARM_KEYS: Final = "bcdefghi"
"""The candidates of an experiment are called by letters; `a` would be the control."""
MOST_CANDIDATES: Final = 5
MOST_STEPS: Final = 10


@dataclass(frozen=True, kw_only=True)
class ArmDraft:
    """A candidate. Without a `name` it is called by its model. `share_percent` counts
    in a split alone."""

    ai_model: AIModel
    name: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    prompt_version: PromptVersion | None = None
    share_percent: Decimal = Decimal(50)


@dataclass(frozen=True, kw_only=True)
class ExperimentDraft:
    """Without a `slug` it is made of the name. The control arm is the assignment in
    force, whatever it is at the start; in a canary the first of `candidates` is the
    only one. Points are percentage points; None in a stop rule: no such rule."""

    name: str
    slug: str = ""
    hypothesis: str = ""
    kind: str = "split"
    unit: str = "user"
    candidates: Sequence[ArmDraft] = ()
    control_share_percent: Decimal = Decimal(50)
    steps: Sequence[int] = (5, 25, 50, 100)
    min_requests_per_step: int = 200
    min_hours_per_step: float = 1.0
    max_success_drop_points: float = 2.0
    max_p95_rise_percent: float = 25.0
    max_thumbs_down_rise_points: float = 5.0
    cost_cap_usd: Decimal | None = None
    max_days: int | None = None
    max_requests: int | None = None
    promote_by_itself: bool = False


PLAIN_FIELDS: Final = (
    "name",
    "hypothesis",
    "kind",
    "unit",
    "min_requests_per_step",
    "min_hours_per_step",
    "max_success_drop_points",
    "max_p95_rise_percent",
    "max_thumbs_down_rise_points",
    "cost_cap_usd",
    "max_days",
    "max_requests",
    "promote_by_itself",
)
"""Fields of a draft that a row has under the same name."""
FRACTIONS: Final = (
    "min_hours_per_step",
    "max_success_drop_points",
    "max_p95_rise_percent",
    "max_thumbs_down_rise_points",
    "cost_cap_usd",
)


def draft_errors(draft: ExperimentDraft) -> dict[str, str]:
    """What is wrong with the arms and steps, by field, for a person."""
    errors = {**_candidate_errors(draft), **_number_errors(draft)}
    if draft.kind == "canary":
        errors |= _step_errors(draft.steps)
    elif "candidates" not in errors:
        errors |= _share_errors(draft)
    return errors


def _number_errors(draft: ExperimentDraft) -> dict[str, str]:
    """A NaN passes every comparison of a validator."""
    numbers: dict[str, float | Decimal | None] = {
        name: getattr(draft, name) for name in FRACTIONS
    }
    return {
        name: "Enter a number."
        for name, number in numbers.items()
        if number is not None and not math.isfinite(number)
    }


def _candidate_errors(draft: ExperimentDraft) -> dict[str, str]:
    count = len(draft.candidates)
    if not count:
        return {"candidates": "Add a candidate to compare with the assignment."}
    if draft.kind == "canary" and count > 1:
        return {"candidates": "A canary has one candidate; use a split for more."}
    if count > MOST_CANDIDATES:
        return {
            "candidates": f"At most {MOST_CANDIDATES} candidates; these are {count}."
        }
    return {}


def _share_errors(draft: ExperimentDraft) -> dict[str, str]:
    shares = [draft.control_share_percent, *(a.share_percent for a in draft.candidates)]
    if not all(share.is_finite() for share in shares):
        return {"shares": "A share is a number of percent."}
    if any(share <= 0 for share in shares):
        return {"shares": "Every arm needs a share above 0 %, the control too."}
    if any(share != round(share, 2) for share in shares):
        return {"shares": "A share has at most two decimals."}
    total = sum(shares)
    if total != 100:
        return {"shares": f"The shares add up to {total:f} %, not to 100 %."}
    return {}


def _step_errors(steps: Sequence[int]) -> dict[str, str]:
    if not steps:
        return {"steps": "A canary needs steps, as in 5, 25, 50, 100."}
    if len(steps) > MOST_STEPS:
        return {"steps": f"At most {MOST_STEPS} steps; these are {len(steps)}."}
    if any(not 1 <= step <= 100 for step in steps):
        return {"steps": "A step lies between 1 and 100 %."}
    if any(later <= step for step, later in zip(steps, steps[1:], strict=False)):
        return {"steps": "Each step is larger than the one before."}
    if len(steps) == 1:
        return {"steps": "A canary needs a step below 100 % before the last one."}
    if steps[-1] != 100:
        return {"steps": "The last step is 100 %."}
    return {}
