"""When calls of the sample product go wrong, and how. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analytics.demo.drafts import Draft
from registry.cost import ZERO, Cost, CostState

MOST_ATTEMPTS: Final = 3
FAULT_SHARE: Final = 0.013
"""Of first attempts on a usual day."""
AGAIN_SHARE: Final = 0.05
"""Of second and third ones."""
INCIDENT_SHARE: Final = 0.68
BREAKER_SHARE: Final = 0.45
"""Of requests in the incident that no longer ask the failing provider at all."""
TRUNCATED_SHARE: Final = 0.004
CANCELLED_SHARE: Final = 0.016
"""Of streams."""
FIRST, KIND, AGAIN, OUTCOME, PLACE = 0, 1, 2, 3, 5
"""Which number of a draft's luck decides."""


@dataclass(frozen=True)
class Fault:
    """`is_busy`: the same model is asked once more; `is_final`: nobody else is."""

    kind: str
    code: str
    message: str
    status_code: int | None
    latency_ms: float
    is_busy: bool = False
    is_final: bool = False

    @property
    def cost(self) -> Cost:
        """A refusal is not billed; after a silence nobody can tell."""
        if self.status_code is None:
            return Cost(CostState.ESTIMATED, ZERO, notes=("No word of a cost came.",))
        return Cost(CostState.COMPUTED, ZERO, notes=("A refusal is not billed.",))


BUSY: Final = Fault(
    "rate_limit", "rate_limit", "Too many requests.", 429, 140, is_busy=True
)
OVERLOADED: Final = Fault(
    "unavailable", "overloaded", "The provider is overloaded.", 529, 900
)
BROKEN: Final = Fault(
    "unavailable", "server_error", "The provider answered with an error.", 500, 1_200
)
SILENT: Final = Fault(
    "network", "silence", "Nothing came before the timeout.", None, 20_000
)
FILTERED: Final = Fault(
    "content_filter",
    "content_filter",
    "The provider refused the content.",
    400,
    600,
    is_final=True,
)
USUAL: Final = ((0.5, BUSY), (0.7, BROKEN), (0.85, OVERLOADED), (0.92, SILENT))
"""Up to which luck each; above the last one the content was refused."""
INCIDENT: Final = ((0.75, OVERLOADED), (0.9, BROKEN))


def fault_of(draft: Draft, number: int, *, is_failing: bool) -> Fault | None:
    """Why the attempt `number` fails, or None where it does not. `is_failing`: its
    provider has an incident."""
    luck = draft.luck
    if is_failing:
        # Each attempt tries its own luck.
        turn = luck[FIRST] if number == 1 else luck[AGAIN]
        return _chosen(INCIDENT, SILENT, luck[KIND]) if turn < INCIDENT_SHARE else None
    if number == 1:
        is_fault = luck[FIRST] < FAULT_SHARE
    else:
        is_fault = luck[AGAIN] < AGAIN_SHARE / number
    if not is_fault:
        return None
    return _chosen(USUAL, FILTERED if number == 1 else BROKEN, luck[KIND])


def is_breaker_open(draft: Draft) -> bool:
    return draft.luck[PLACE] < BREAKER_SHARE


def is_truncated(draft: Draft) -> bool:
    return draft.luck[OUTCOME] < TRUNCATED_SHARE


def is_cancelled(draft: Draft) -> bool:
    return draft.luck[OUTCOME] < TRUNCATED_SHARE + CANCELLED_SHARE


def _chosen(table: tuple[tuple[float, Fault], ...], rest: Fault, luck: float) -> Fault:
    return next((fault for upto, fault in table if luck < upto), rest)
