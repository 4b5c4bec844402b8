"""What becomes of a question that was not answered. Pure, but for a line in the log."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from typing import Final

from modelhub.gateway.call import GatewayError
from modelhub.gateway.failures import error_for
from registry.providers.errors import ModelCallError

logger = logging.getLogger(__name__)

LONGEST_WAIT_S: Final = 300.0
FIRST_WAIT_S: Final = 1.0
GROWTH: Final = 4.0
NOT_ASKED: Final = frozenset({"rate_limit_exceeded", "budget_held"})
"""Codes of refusals before anybody was asked, which pass by themselves."""


class Fate(Enum):
    """RETRY: ask again later; LATER: the same, and it does not count as a try; FAIL:
    it stays without an answer; SKIP: this model cannot be asked this; GONE: this model
    cannot be asked anything; PAUSE: no money."""

    RETRY = "retry"
    LATER = "later"
    FAIL = "fail"
    SKIP = "skip"
    GONE = "gone"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Failure:
    """`kind` is the `kind` of a provider's error, else a code of the gateway."""

    fate: Fate
    kind: str
    message: str
    retry_after_s: float | None = None

    def wait_s(self, tries: int) -> float:
        """Before try number `tries` + 1."""
        if self.retry_after_s is not None:
            return min(self.retry_after_s, LONGEST_WAIT_S)
        return min(FIRST_WAIT_S * GROWTH ** max(0, tries - 1), LONGEST_WAIT_S)


def failure_of(error: Exception) -> Failure:
    """A fault of ours is a failure like any other: the rest of the run goes on."""
    if isinstance(error, ModelCallError):
        error = error_for(error)
    if not isinstance(error, GatewayError):
        logger.error("ModelHub failed in a run of a benchmark.", exc_info=error)
        said = f"ModelHub failed: {type(error).__name__}."
        return Failure(Fate.FAIL, "internal", said)
    kind = error.cause.kind if error.cause else error.code
    return Failure(_fate(error), kind, error.message, error.retry_after_s)


def _fate(error: GatewayError) -> Fate:
    if error.cause is not None:
        return Fate.RETRY if error.is_retryable else Fate.FAIL
    if error.status == 402:
        return Fate.PAUSE
    if error.code in {"model_not_found", "no_candidate", "organization"}:
        return Fate.GONE
    if error.code == "missing_capability":
        return Fate.SKIP
    if error.code in NOT_ASKED:
        return Fate.LATER
    if error.is_retryable or error.status == 503:
        return Fate.RETRY
    return Fate.FAIL
