"""Spans and metric points that an application sends become records."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from django.db import transaction
from django.utils import timezone

from analytics.incoming import Taken
from analytics.intake.identity import told_ids
from analytics.models import Feedback
from analytics.otlp.evaluations import CONFIDENCE
from analytics.otlp.mapping import Mapped, Verdict
from analytics.otlp.nesting import Surroundings
from analytics.otlp.spans import Span
from analytics.queries.gateway_answers import gateway_answers
from analytics.recorder import recorder
from analytics.services.intake import take_in
from analytics.services.telemetry_notes import note_batch
from registry.models import ApiToken, Organization

BY_GATEWAY: Final = "the gateway recorded this call"
BY_INNER: Final = "a span inside it tells of the same call"
BY_OTHER: Final = "another span tells of the same answer"
FRESH: Final = datetime.timedelta(seconds=3)
PATIENCE_S: Final = 0.3
"""For the gateway's own records of calls that ended a moment ago."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a batch: `batch` as it was decided, in the order it came."""

    batch: tuple[Mapped, ...]
    taken: Taken

    def of(self, verdict: Verdict) -> list[Mapped]:
        return [one for one in self.batch if one.verdict is verdict]


@cache
def surroundings() -> Surroundings:
    """Of this process. Used by the one thread that writes."""
    return Surroundings()


def receive(
    organization: Organization,
    batch: Sequence[Mapped],
    *,
    token: ApiToken | None = None,
    around: Surroundings | None = None,
) -> Received:
    """Store the calls of a batch with everything that is noted of it, in one
    transaction: when this returns, it is in the database. Sent again, nothing counts
    twice."""
    now = timezone.now()
    decided = _without_outer(list(batch), around or surroundings())
    decided = _without_known(organization, decided, now)
    places = [index for index, one in enumerate(decided) if _is_accepted(one)]
    with transaction.atomic():
        calls = [one.call for one in decided if _is_accepted(one) and one.call]
        taken = take_in(organization, calls, token=token)
        for refused in taken.refused:
            place = places[refused.index]
            decided[place] = _decided(decided[place], Verdict.REFUSED, refused.reason)
        _keep_evaluations(organization, decided, token)
        note_batch(organization, decided, taken.duplicates, now)
    return Received(tuple(decided), taken)


def _is_accepted(one: Mapped) -> bool:
    return one.verdict is Verdict.ACCEPTED


def _decided(one: Mapped, verdict: Verdict, reason: str) -> Mapped:
    return replace(one, verdict=verdict, reason=reason)


def _without_outer(batch: list[Mapped], around: Surroundings) -> list[Mapped]:
    """Without spans that lie around another call, and repeat it."""
    calls: list[Span] = [one.span for one in batch if one.call is not None]
    outer = around.outer_calls((one.span for one in batch), calls)
    return [
        _decided(one, Verdict.DOUBLE, BY_INNER)
        if one.call is not None and one.span.key in outer
        else one
        for one in batch
    ]


def _without_known(
    organization: Organization, batch: list[Mapped], now: datetime.datetime
) -> list[Mapped]:
    """Without calls that the gateway has recorded, and with one span an answer."""
    answers = {
        one.call.provider_request_id: one.call
        for one in batch
        if _is_accepted(one) and one.call and one.call.provider_request_id
    }
    if not answers:
        return batch
    if max(call.started_at for call in answers.values()) > now - FRESH:
        recorder().flush(PATIENCE_S)
    by_gateway = gateway_answers(organization.pk, list(answers))
    seen: dict[str, str] = {}
    decided = []
    for one in batch:
        answer = one.call.provider_request_id if one.call else ""
        if _is_accepted(one) and answer:
            if answer in by_gateway:
                one = _decided(one, Verdict.DOUBLE, BY_GATEWAY)
            elif seen.setdefault(answer, one.span.key) != one.span.key:
                one = _decided(one, Verdict.DOUBLE, BY_OTHER)
        decided.append(one)
    return decided


def _keep_evaluations(
    organization: Organization, batch: Sequence[Mapped], token: ApiToken | None
) -> None:
    """Scores of answers; the confidence is kept with its call already."""
    said = {
        (told_ids(organization.pk, one.call)[1], found.name): found
        for one in batch
        if _is_accepted(one) and one.call
        for found in one.evaluations
        if found.is_kept and found.name != CONFIDENCE
    }
    if not said:
        return
    rows = [
        Feedback(
            organization=organization,
            request_id=request_id,
            name=name,
            score=found.score,
            tags={"label": found.label} if found.label else {},
            token=token,
        )
        for (request_id, name), found in said.items()
    ]
    Feedback.objects.bulk_create(rows, ignore_conflicts=True)
