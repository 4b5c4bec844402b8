"""Calls that others tell us of become usage records."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import psycopg
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from analytics.incoming import IncomingCall, Refused, Taken
from analytics.intake.checks import EARLIEST, problem_of
from analytics.intake.identity import told_ids
from analytics.intake.rows import Meanings
from analytics.intake.told_lines import ToldLine, ToldLines
from analytics.models import Feedback
from analytics.months import Month
from analytics.queries.told_calls import told_already
from analytics.queries.told_names import features_meant, models_meant
from analytics.recording.writer import (
    REFUSALS,
    Connection,
    copy_lines,
    mark_hours,
)
from analytics.services.intake_tallies import note_told
from analytics.services.partitions import ensure_months
from registry.models import ApiToken, Organization
from registry.queries.price_books import price_book
from registry.resolution.token_check import only_for

LOCK_KEY: Final = 7_205_004
"""Of the advisory locks under which one teller of an organisation at a time writes."""
CONFIDENCE: Final = "confidence"
MONTH: Final = datetime.timedelta(days=28)
LOCK_NUMBERS: Final = 2**31
SHARE_MEANWHILE: Final = 2
"""A half of the calls takes about as long as the database looks for all of them."""


@dataclass(slots=True)
class _Told:
    """A call that makes sense; its line, once it is worked out."""

    index: int
    call: IncomingCall
    id: uuid.UUID
    request_id: uuid.UUID
    line: ToldLine | None = None

    def worked_out(self, lines: ToldLines) -> ToldLine:
        if self.line is None:
            self.line = lines.line(self.call, self.id, self.request_id)
        return self.line


def take_in(
    organization: Organization,
    calls: Sequence[IncomingCall],
    *,
    token: ApiToken | None = None,
) -> Taken:
    """Keep calls as records with a frozen cost, each once whatever how often it is
    told, in one transaction by COPY. What makes no sense is refused by its index; the
    others are kept."""
    now = timezone.now()
    oldest = _oldest(now)
    refused: list[Refused] = []
    told: list[_Told] = []
    for index, call in enumerate(calls):
        problem = problem_of(call, now, oldest) or _not_for(token, call)
        if problem is None:
            told.append(_Told(index, call, *told_ids(organization.pk, call)))
        else:
            refused.append(Refused(index, *problem))
    if not told:
        return Taken(refused=tuple(refused))
    _make_room(told, now)
    with transaction.atomic():
        _take_turn(organization)
        lines = ToldLines(_meanings(organization, [one.call for one in told], token))
        new = _new_ones(lines, told)
        kept = _write(lines, new, refused)
        _mark_hours(organization, kept)
        _keep_confidence(organization, kept, token)
        _note(organization, told, kept, refused, now)
    written = [one.worked_out(lines) for one in kept]
    return Taken(
        accepted=len(kept),
        duplicates=len(calls) - len(kept) - len(refused),
        unpriced=sum(line.is_unpriced for line in written),
        unknown_models=sum(line.is_unknown_model for line in written),
        refused=tuple(sorted(refused, key=lambda one: one.index)),
    )


def _not_for(token: ApiToken | None, call: IncomingCall) -> tuple[str, str] | None:
    """A token for some features tells of calls for them alone."""
    keys = token.feature_keys if token else []
    if not keys or call.feature in keys:
        return None
    return "feature", only_for(keys)


def _note(
    organization: Organization,
    told: Sequence[_Told],
    kept: Sequence[_Told],
    refused: Sequence[Refused],
    now: datetime.datetime,
) -> None:
    done = {one.index for one in kept} | {one.index for one in refused}
    known = [one.call for one in told if one.index not in done]
    note_told(organization, [one.call for one in kept], known, now)


def _oldest(now: datetime.datetime) -> datetime.datetime:
    """Where records begin: what is older would be dropped by the next night."""
    months = settings.MODELHUB_USAGE_RETENTION_MONTHS
    return Month.of(now).plus(-months).start if months > 0 else EARLIEST


def _meanings(
    organization: Organization, calls: Sequence[IncomingCall], token: ApiToken | None
) -> Meanings:
    models = models_meant(organization, {(one.provider, one.model) for one in calls})
    return Meanings(
        organization_id=organization.pk,
        models=models,
        features=features_meant(organization, {one.feature for one in calls}),
        prices=price_book(organization, {one.ai_model_id for one in models.values()}),
        token_id=token.pk if token else None,
    )


def _make_room(told: Sequence[_Told], now: datetime.datetime) -> None:
    """Partitions of months long ago. Where others keep us from making them, the rows
    go to the default partition."""
    last_month = Month.of(now).plus(-1)
    early = {one.call.started_at for one in told if one.call.started_at < now - MONTH}
    long_ago = {month for month in map(Month.of, early) if month < last_month}
    if long_ago:
        try:
            ensure_months(long_ago)
        except OperationalError:
            if connection.in_atomic_block:
                raise


def _take_turn(organization: Organization) -> None:
    """Two tellers of the same call at once: the second one sees that it is known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)",
            [LOCK_KEY, organization.pk % LOCK_NUMBERS],
        )


def _new_ones(lines: ToldLines, told: Sequence[_Told]) -> list[_Told]:
    """Those that are not known yet, whatever time they are told with. The first of
    them are worked out while the database looks."""
    ids = {one.id for one in told}
    seen = told_already(
        lines.meanings.organization_id,
        ids,
        {one.request_id for one in told if one.request_id is not one.id},
        partial(_work_out, told[: len(told) // SHARE_MEANWHILE], lines),
    )
    new = []
    for one in told:
        if one.id not in seen:
            seen.add(one.id)
            new.append(one)
    return new


def _work_out(told: Sequence[_Told], lines: ToldLines) -> None:
    # One that cannot be worked out is refused when it is written.
    with suppress(*REFUSALS):
        for one in told:
            one.worked_out(lines)


def _write(lines: ToldLines, told: list[_Told], refused: list[Refused]) -> list[_Told]:
    """Store all but those that the database will not have; returns what it has. Lines
    are worked out on the way, while the database stores those before."""
    if not told:
        return []
    try:
        with transaction.atomic():
            copy_lines(_link(), (one.worked_out(lines).text for one in told))
    except REFUSALS as error:
        if len(told) == 1 and isinstance(error, psycopg.errors.UniqueViolation):
            # Told before as a part of another request.
            return []
        if len(told) == 1:
            reason = str(error).strip().split("\n")[0]
            refused.append(Refused(told[0].index, "call", reason))
            return []
        middle = len(told) // 2
        return [
            *_write(lines, told[:middle], refused),
            *_write(lines, told[middle:], refused),
        ]
    return told


def _mark_hours(organization: Organization, kept: Sequence[_Told]) -> None:
    if kept:
        mark_hours(_link(), organization.pk, (one.call.started_at for one in kept))


def _link() -> Connection:
    connection.ensure_connection()
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection)


def _keep_confidence(
    organization: Organization, told: Sequence[_Told], token: ApiToken | None
) -> None:
    """What the teller thought of its answers: one word a request, the first one."""
    said: dict[uuid.UUID, float] = {}
    for one in told:
        if one.call.confidence is not None:
            said.setdefault(one.request_id, one.call.confidence)
    if not said:
        return
    Feedback.objects.bulk_create(
        [
            Feedback(
                organization=organization,
                request_id=request_id,
                name=CONFIDENCE,
                score=score,
                token=token,
            )
            for request_id, score in said.items()
        ],
        ignore_conflicts=True,
    )
