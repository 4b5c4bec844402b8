"""Who is asked next after an error, and when. Pure but for the clock of the deadline.

The rules: a request error would fail everywhere, so it ends the request; a context
error goes on with a larger window only. A provider that stayed silent is not asked
again. A reset or a 500 is tried once more at the same place. A 429 or 503 is tried a
handful of times, spaced with jitter, and Retry-After wins; while others wait, nobody
waits long for it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from modelhub.gateway.deadline import Deadline
from registry.providers.errors import (
    AuthenticationError,
    ContextLengthError,
    InvalidRequestError,
    ModelCallError,
    NetworkError,
    RateLimitError,
)
from registry.resolution.entries import RetryPolicy
from registry.resolution.plan import Candidate

HANDFUL: Final = 4
"""No candidate is asked again more often than this for one request."""
PATIENCE_WITH_NEXT_S: Final = 2.0
PATIENCE_S: Final = 20.0
"""A provider that asks for a longer pause: the client is told, and decides."""
EXPONENTIAL_BASE_S: Final = 0.25
LINEAR_STEP_S: Final = 0.5
LONGEST_WAIT_S: Final = 8.0
JITTER_S: Final = 0.25
SILENT: Final = frozenset(
    {"silence", "first_token", "idle", "total", "connect_timeout"}
)
UNREACHABLE: Final = frozenset({"refused", "dns"})
HOPELESS: Final = frozenset(
    {"not_found", "quota", "too_large", "tls", "address", "schema_mismatch"}
)
BUSY_STATUSES: Final = frozenset({429, 503, 529})


class Next(Enum):
    RETRY = "retry"
    NEXT = "next"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Step:
    what: Next
    delay_s: float = 0.0


STOP: Final = Step(Next.STOP)
NEXT: Final = Step(Next.NEXT)


def retries_for(error: ModelCallError, policy: RetryPolicy, *, has_next: bool) -> int:
    """How often the same candidate may be asked again after this error."""
    allowed = min(policy.max_retries, HANDFUL)
    if error.code in HOPELESS:
        return 0
    if isinstance(error, NetworkError) and error.code in SILENT:
        return 0
    if isinstance(error, NetworkError) and error.code in UNREACHABLE:
        return 0 if has_next else allowed
    if isinstance(error, RateLimitError) or error.status_code in BUSY_STATUSES:
        return allowed
    return min(allowed, 1)


def delay_before(
    retry: int, error: ModelCallError, policy: RetryPolicy, chance: random.Random
) -> float:
    """Seconds before retry number `retry` (from 1): Retry-After where it was said,
    else a growing pause, both with jitter so that many callers do not return at once
    (AWS Architecture Blog, "Exponential Backoff And Jitter", the equal variant)."""
    if error.retry_after_s is not None:
        return error.retry_after_s + chance.uniform(0, JITTER_S)
    pause = (
        LINEAR_STEP_S * retry
        if policy.is_linear
        else EXPONENTIAL_BASE_S * 2.0 ** (retry - 1)
    )
    pause = min(pause, LONGEST_WAIT_S)
    return pause / 2 + chance.uniform(0, pause / 2)


@dataclass(slots=True)
class Chain:
    """The candidates of one request, one of them current."""

    candidates: Sequence[Candidate]
    deadline: Deadline
    chance: random.Random = field(default_factory=random.Random)
    index: int = 0
    retries: int = 0
    larger_than: int = 0

    @property
    def current(self) -> Candidate | None:
        """Who is to be asked now; None when the chain is at its end."""
        while self.index < len(self.candidates):
            if self._is_large_enough(self.candidates[self.index]):
                return self.candidates[self.index]
            self.index += 1
        return None

    @property
    def has_next(self) -> bool:
        return self.following() is not None

    def following(self) -> Candidate | None:
        """The one that is asked after the current one."""
        rest = self.candidates[self.index + 1 :]
        return next((one for one in rest if self._is_large_enough(one)), None)

    def move_on(self) -> Candidate | None:
        """Leave the current candidate; the next one."""
        self.index += 1
        self.retries = 0
        return self.current

    def put_in(self, candidate: Candidate) -> None:
        """Ask `candidate` after the current one, and its model nowhere later."""
        before, later = self.candidates[: self.index + 1], self.candidates[self.index :]
        rest = [one for one in later[1:] if one.model.id != candidate.model.id]
        self.candidates = (*before, candidate, *rest)

    def after(self, error: ModelCallError) -> Step:
        """What to do after the current candidate failed with `error`. The chain has
        moved when this returns NEXT."""
        if isinstance(error, ContextLengthError):
            return self._after_small_window()
        if isinstance(error, AuthenticationError | InvalidRequestError):
            return STOP
        if self.deadline.is_over:
            return STOP
        return self._retry(error) or self._next()

    def _after_small_window(self) -> Step:
        current = self.current
        window = current.model.traits.context_window if current else None
        if window is None:
            return STOP
        self.larger_than = max(self.larger_than, window)
        return self._next()

    def _retry(self, error: ModelCallError) -> Step | None:
        current = self.current
        if current is None:
            return None
        policy = current.connection.retry
        has_next = self.has_next
        if self.retries >= retries_for(error, policy, has_next=has_next):
            return None
        delay = delay_before(self.retries + 1, error, policy, self.chance)
        patience = PATIENCE_WITH_NEXT_S if has_next else PATIENCE_S
        if delay > patience or delay >= self.deadline.left_s:
            return None
        self.retries += 1
        return Step(Next.RETRY, delay)

    def _next(self) -> Step:
        return NEXT if self.move_on() is not None else STOP

    def _is_large_enough(self, candidate: Candidate) -> bool:
        if not self.larger_than:
            return True
        window = candidate.model.traits.context_window
        return window is not None and window > self.larger_than
