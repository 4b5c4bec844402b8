"""Rows of a run as jobs: their cases, images and scorers, read once for many."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from analytics.benchmarking.asking import facts_of, request_of, scorers_of
from analytics.benchmarking.scorers import ScorerError
from analytics.benchmarking.scoring import CaseFacts, Scorer
from analytics.models import BenchmarkCase, BenchmarkImage, BenchmarkRun, ResultState
from analytics.services.benchmark_results import Taken, Written
from modelhub.gateway.benchmarking.asking import CALL_TIMEOUT_S
from modelhub.gateway.benchmarking.floor import Job, now
from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Image
from registry.providers.request import ModelRequest

MOST_CASES: Final = 2_000
"""Kept at once; images are large."""
MOST_WITH_IMAGES: Final = 50


@dataclass(frozen=True)
class Prepared:
    """A case, ready to be asked of any model; `problem` is why it cannot be."""

    facts: CaseFacts
    request: ModelRequest | None
    scorers: tuple[Scorer, ...] = ()
    problem: str = ""


@dataclass
class Loader:
    run: BenchmarkRun
    references: dict[int, str]
    cases: dict[int, Prepared] = field(default_factory=dict)

    def jobs(self, rows: Sequence[Taken]) -> tuple[list[Job], list[Written]]:
        """What can be asked, and how those ended that cannot."""
        self._load({one.case_id for one in rows})
        jobs, refused = [], []
        for row in rows:
            case = self.cases[row.case_id]
            if case.request is None:
                refused.append(_refused(row, case.problem))
                continue
            reference = self.references[row.contender_id]
            jobs.append(Job(row, reference, case.facts, case.request, case.scorers))
        return jobs, refused

    def _load(self, ids: set[int]) -> None:
        missing = ids - set(self.cases)
        if not missing:
            return
        pictured = sum(1 for one in self.cases.values() if one.facts.has_images)
        if len(self.cases) > MOST_CASES or pictured > MOST_WITH_IMAGES:
            self.cases.clear()
            missing = ids
        found = BenchmarkCase.objects.in_bulk(missing)
        digests = {digest for case in found.values() for digest in case.image_digests}
        images = self._images(digests)
        for pk, case in found.items():
            self.cases[pk] = self._prepared(case, images)

    def _images(self, digests: Iterable[str]) -> dict[str, Image]:
        rows = BenchmarkImage.objects.filter(
            organization=self.run.organization_id, digest__in=list(digests)
        )
        return {
            one.digest: Image(
                data=base64.b64encode(bytes(one.data)).decode(),
                media_type=one.media_type,
            )
            for one in rows
        }

    def _prepared(self, case: BenchmarkCase, images: dict[str, Image]) -> Prepared:
        system = self.run.system
        facts = facts_of(case, system)
        shown = [images[one] for one in case.image_digests if one in images]
        if len(shown) < len(case.image_digests):
            return Prepared(facts, None, problem="An image of the case is gone.")
        try:
            request = request_of(
                case, system, self.run.parameters, shown, CALL_TIMEOUT_S
            )
            return Prepared(facts, request, scorers_of(case, self.run.scorers))
        except (InvalidRequestError, ScorerError, KeyError, ValueError) as error:
            return Prepared(facts, None, problem=f"The case cannot be asked: {error}")


def _refused(row: Taken, problem: str) -> Written:
    return Written(
        id=row.id,
        state=ResultState.SKIPPED,
        tries=row.tries,
        error_kind="bad_case",
        error=problem,
        finished_at=now(),
    )
