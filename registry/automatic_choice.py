"""What a feature says of how ModelHub chooses its model for each request. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from registry.configuration.fields import (
    FieldError,
    Reader,
    amount,
    choice,
    flag,
    inner,
    references,
    whole,
)

MOST_MODELS: Final = 40
MOST_USD: Final = Decimal(1000)
MOST_MS: Final = 3_600_000
MOST_TRIED_PERCENT: Final = Decimal(20)
"""More than a fifth of the requests is no trial any more."""


class Policy(StrEnum):
    CHEAPEST = "cheapest"
    """The least cost among the models that are good enough."""
    BEST = "best"
    """The likeliest to succeed under a price."""
    FASTEST = "fastest"
    """The least latency among the models that are good enough."""
    BALANCED = "balanced"
    """Success, cost and latency weighed against each other."""


POLICY_LABELS: Final = {
    Policy.CHEAPEST: "Cheapest that is good enough",
    Policy.BEST: "Best under a price",
    Policy.FASTEST: "Fastest that is good enough",
    Policy.BALANCED: "Balanced: success, cost and speed",
}
ASSIGNED: Final = "assigned"
ENABLED: Final = "enabled"
LISTED: Final = "listed"
POOLS: Final = {
    ASSIGNED: "The assigned model and its fallbacks",
    ENABLED: "Every enabled model that meets the requirements",
    LISTED: "Only these models",
}
ACCURACIES: Final = ("", "basic", "standard", "high", "critical")
"""Empty: as the feature says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRules:
    """`accuracy` is a word of ACCURACIES. `max_request_usd` and `max_latency_ms` leave
    models out (None: no limit). Of all requests `tried_percent` may try a model that is
    little known, for at most `tried_extra_usd` more than the choice. Below
    `scarce_percent` of its budgets the policy becomes cheapest (0: never). `pool` is a
    word of POOLS, and `models` are references where it is `listed`."""

    policy: Policy = Policy.CHEAPEST
    accuracy: str = ""
    max_request_usd: Decimal | None = None
    max_latency_ms: int | None = None
    keeps_conversations: bool = True
    tried_percent: Decimal = Decimal(0)
    tried_extra_usd: Decimal = Decimal(0)
    scarce_percent: int = 10
    avoids_busy: bool = True
    hurries: bool = True
    pool: str = ASSIGNED
    models: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> ChoiceRules:
        """What a document says, which `clean_choice` gave."""
        said = {name: document[name] for name in _READERS if name in document}
        for name in ("max_request_usd", "tried_percent", "tried_extra_usd"):
            if said.get(name) is not None:
                said[name] = Decimal(said[name])
        if "policy" in said:
            said["policy"] = Policy(said["policy"])
        return cls(**{**said, "models": tuple(said.get("models", ()))})

    @property
    def label(self) -> str:
        return POLICY_LABELS[self.policy]

    def chooses_among(self, reference: str, *, is_assigned: bool) -> bool:
        """Whether the model may be chosen, once it can answer at all."""
        if self.pool == LISTED:
            return reference in self.models
        return is_assigned or self.pool == ENABLED


def clean_choice(value: Any) -> dict[str, Any] | None:
    """The one form in which rules are stored, compared and written: only what differs
    from the defaults, and the policy. None: the assignment alone decides. Raises
    FieldError, naming everything that is wrong."""
    if value is None:
        return None
    found = inner(value, _READERS)
    wrong = list(_contradictions(found))
    if wrong:
        raise FieldError(*wrong)
    if found.get("pool", ASSIGNED) != LISTED:
        found.pop("models", None)
    said = {name: found[name] for name in _READERS if name in found}
    kept = {name: one for name, one in said.items() if one != DEFAULTS[name]}
    return {"policy": said.get("policy", Policy.CHEAPEST.value), **kept}


def full_choice(document: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """With every field, for whoever reads it."""
    return None if document is None else {**DEFAULTS, **document}


def _contradictions(found: Mapping[str, Any]) -> list[tuple[tuple[str], str]]:
    wrong = []
    if found.get("pool") == LISTED and not found.get("models"):
        wrong.append((("models",), "Name at least one model to choose among."))
    if found.get("models") and found.get("pool") != LISTED:
        said = f"Models are listed only where the pool is {LISTED}."
        wrong.append((("models",), said))
    is_tried = Decimal(found.get("tried_percent") or 0) > 0
    if is_tried and found.get("accuracy") == "critical":
        said = "Where accuracy is critical nothing is tried out: write 0."
        wrong.append((("tried_percent",), said))
    return wrong


_READERS: Final[dict[str, Reader]] = {
    "policy": choice([str(one) for one in Policy]),
    "accuracy": choice(ACCURACIES),
    "max_request_usd": amount(places=6, most=MOST_USD),
    "max_latency_ms": whole(1, MOST_MS),
    "keeps_conversations": flag,
    "tried_percent": amount(places=2, most=MOST_TRIED_PERCENT, is_optional=False),
    "tried_extra_usd": amount(places=6, most=MOST_USD, is_optional=False),
    "scarce_percent": whole(0, 100, is_optional=False),
    "avoids_busy": flag,
    "hurries": flag,
    "pool": choice(list(POOLS)),
    "models": references(MOST_MODELS),
}
DEFAULTS: Final[dict[str, Any]] = {
    "policy": Policy.CHEAPEST.value,
    "accuracy": "",
    "max_request_usd": None,
    "max_latency_ms": None,
    "keeps_conversations": True,
    "tried_percent": "0",
    "tried_extra_usd": "0",
    "scarce_percent": 10,
    "avoids_busy": True,
    "hurries": True,
    "pool": ASSIGNED,
    "models": [],
}
