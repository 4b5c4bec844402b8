"""When a model of a run is not asked any further. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analytics.models import ResultState
from modelhub.gateway.benchmarking.fates import Failure, Fate
from modelhub.gateway.benchmarking.floor import Outcome

SAME_FAILURES: Final = 20
"""So many in a row, all of one kind and no answer between, are no chance."""
OF_THE_CASE: Final = frozenset(
    {"context_length", "content_filter", "invalid_request", "schema_mismatch"}
)
"""Kinds that depend on what is asked: the next case may go well."""


@dataclass(eq=False)
class Contender:
    """One model while it is asked. `problem` is why nothing more is asked of
    it; `rows_out` are its rows under way."""

    id: int
    reference: str
    problem: str = ""
    rows_out: int = 0
    looks_at: float = 0.0
    """Monotonic seconds; before it there is nothing to take."""
    failures: int = 0
    last_kind: str = ""
    has_answered: bool = False

    def hear(self, outcome: Outcome) -> str:
        """Count what came; why nothing more is to be asked, or nothing."""
        written, failure = outcome.written, outcome.failure
        if failure is not None and failure.fate is Fate.GONE:
            return failure.message
        if written is None or written.state in {
            ResultState.WAITING,
            ResultState.SKIPPED,
        }:
            return ""
        if failure is None:
            self.failures, self.has_answered = 0, True
            return ""
        return self._count(failure)

    def _count(self, failure: Failure) -> str:
        same = failure.kind == self.last_kind
        self.failures = self.failures + 1 if same else 1
        self.last_kind = failure.kind
        if failure.kind in OF_THE_CASE and self.has_answered:
            return ""
        if self.failures < SAME_FAILURES:
            return ""
        return f"{self.failures} calls in a row failed alike: {failure.message}"
