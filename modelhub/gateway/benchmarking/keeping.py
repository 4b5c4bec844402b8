"""What came of calls, until it is written. Answers are paid for, so that a database
that is away is waited for, and nothing is written twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from analytics.models import BenchmarkRun
from analytics.services import benchmark_results as rows
from analytics.services.benchmark_results import Written
from modelhub.gateway.benchmarking.contenders import Contender
from modelhub.gateway.benchmarking.floor import Outcome


@dataclass
class Keeper:
    """`unasked` are rows that were taken and are to wait again; `stopped` are models
    of which nothing more is asked."""

    run: BenchmarkRun
    contenders: Mapping[int, Contender]
    written: list[Written] = field(default_factory=list)
    unasked: list[int] = field(default_factory=list)
    stopped: set[Contender] = field(default_factory=set)

    def hear(self, outcomes: Iterable[Outcome]) -> None:
        """Each outcome once."""
        for outcome in outcomes:
            contender = self.contenders[outcome.job.row.contender_id]
            contender.rows_out -= 1
            if outcome.written is not None:
                self.written.append(outcome.written)
            else:
                self.unasked.append(outcome.job.row.id)
            contender.problem = contender.problem or contender.hear(outcome)
            if contender.problem:
                self.stopped.add(contender)

    def write(self) -> None:
        """All that was heard. May be called again after an error of the database: a
        row that is written is not this worker's any more."""
        if self.written:
            rows.write(self.run, self.written)
            self.written = []
        if self.unasked:
            rows.put_back(self.run, self.unasked)
            self.unasked = []
        for contender in self.stopped:
            rows.stop_contender(self.run, contender.id, contender.problem)
        self.stopped = set()
