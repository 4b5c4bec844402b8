"""Asking connections what they offer. A run is a row: asked for, claimed by whoever
works, ended with a result; a sweeper ends what a killed worker left behind."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from registry.connection_endpoints import endpoint_of
from registry.connection_secrets import SecretError
from registry.discovery.asking import USUAL, Answer, Question, Ways, ask_each
from registry.discovery.failures import Failure, failure_before, failure_of
from registry.models import (
    Connection,
    ConnectionState,
    DiscoveryRun,
    DiscoveryState,
    User,
)
from registry.models.discovery_run import UNFINISHED
from registry.providers.adapter import Endpoint
from registry.providers.table import row_for
from registry.services.discovered_models import ListedAt, apply_list

CLAIMED_AT_ONCE: Final = 64
"""With eight at once and 30 s each this takes four minutes if every one hangs."""
PATIENCE_S: Final = 240
LEFT_AFTER: Final = datetime.timedelta(minutes=11)
"""Longer than a task may run: whoever claimed the run is dead."""
KEPT_FOR: Final = datetime.timedelta(days=30)
EDITED_MEANWHILE: Final = "The connection was edited meanwhile. Discover again."

logger = logging.getLogger(__name__)


def request_discovery(
    *, connections: Iterable[Connection], actor: User | None = None
) -> list[DiscoveryRun]:
    """A run for each connection, to be claimed; the unfinished one where there is one
    already."""
    return [_request(one, actor) for one in connections]


def claim_runs(runs: Iterable[DiscoveryRun] | None = None) -> list[DiscoveryRun]:
    """Claim waiting runs (of `runs`, or the oldest ones) for the caller, who performs
    them. What somebody else has claimed is not among them."""
    waiting = DiscoveryRun.objects.filter(state=DiscoveryState.QUEUED)
    if runs is not None:
        waiting = waiting.filter(pk__in=[one.pk for one in runs])
    now = timezone.now()
    claimed = [
        pk
        for pk in waiting.order_by("asked_at").values_list("pk", flat=True)[
            :CLAIMED_AT_ONCE
        ]
        if DiscoveryRun.objects.filter(pk=pk, state=DiscoveryState.QUEUED).update(
            state=DiscoveryState.RUNNING, started_at=now
        )
    ]
    return list(
        DiscoveryRun.objects.filter(pk__in=claimed).select_related(
            "connection__provider", "connection__organization", "actor"
        )
    )


def sweep_runs() -> int:
    """End the runs of workers that died, and forget old ones. How many were left."""
    now = timezone.now()
    left = DiscoveryRun.objects.filter(
        state=DiscoveryState.RUNNING, started_at__lt=now - LEFT_AFTER
    )
    count = left.update(
        state=DiscoveryState.FAILED,
        finished_at=now,
        error="The worker stopped before it was done. Discover again.",
    )
    DiscoveryRun.objects.exclude(state__in=UNFINISHED).filter(
        asked_at__lt=now - KEPT_FOR
    ).delete()
    return count


def perform_runs(
    runs: Sequence[DiscoveryRun], ways: Ways = USUAL
) -> list[DiscoveryRun]:
    """Ask the connections of claimed `runs`, many at once, and save each answer as it
    comes. The same runs, ended."""
    by_key = {run.pk: run for run in runs}
    endpoints: dict[int, Endpoint] = {}
    for run in runs:
        try:
            endpoints[run.pk] = endpoint_of(run.connection)
        except SecretError as error:
            _fail(run, failure_before(error))
    questions = [Question(pk, endpoint) for pk, endpoint in endpoints.items()]
    for answer in ask_each(questions, ways):
        _save(by_key[answer.key], endpoints[answer.key], answer, ways.limit_s)
    return list(runs)


def discover(
    *,
    connections: Iterable[Connection],
    actor: User | None = None,
    ways: Ways = USUAL,
) -> list[DiscoveryRun]:
    """Ask `connections` here and now. Their runs, ended but for those that somebody
    else is at already."""
    runs = request_discovery(connections=connections, actor=actor)
    perform_runs(claim_runs(runs), ways)
    ended = DiscoveryRun.objects.filter(pk__in=[one.pk for one in runs])
    return list(ended.select_related("connection__provider").order_by("pk"))


def perform_waiting(ways: Ways = USUAL) -> int:
    """End what dead workers left and perform what waits, for some minutes at most. How
    many runs were performed."""
    sweep_runs()
    begun, count = time.monotonic(), 0
    while time.monotonic() - begun < PATIENCE_S and (runs := claim_runs()):
        perform_runs(runs, ways)
        count += len(runs)
    return count


def request_scheduled() -> int:
    """A run for every enabled connection that can be asked; how many there are."""
    rows = Connection.objects.filter(
        is_enabled=True, organization__is_sample=False
    ).select_related("provider")
    asked = [one for one in rows if can_be_asked(one)]
    return len(request_discovery(connections=asked))


def can_be_asked(connection: Connection) -> bool:
    """Whether its provider has a list of its models at all."""
    return "lists_no_models" not in row_for(connection.provider.slug).quirks


def dismiss_run(*, run: DiscoveryRun) -> None:
    """Somebody has seen the result; it need not be shown again."""
    run.dismissed_at = timezone.now()
    run.save(update_fields=["dismissed_at"])


def _request(connection: Connection, actor: User | None) -> DiscoveryRun:
    unfinished = connection.discovery_runs.filter(state__in=UNFINISHED)
    try:
        with transaction.atomic():
            return unfinished.first() or DiscoveryRun.objects.create(
                connection=connection, actor=actor, asked_at=timezone.now()
            )
    except IntegrityError:
        # Asked for twice at the same moment: one question answers both.
        return unfinished.get()


def _save(
    run: DiscoveryRun, endpoint: Endpoint, answer: Answer, limit_s: float
) -> None:
    if answer.error is not None:
        failure = failure_of(
            answer.error,
            base_url=endpoint.base_url,
            provider=run.connection.provider.name,
            limit_s=limit_s,
        )
        _fail(run, failure)
        return
    try:
        _save_list(run, endpoint, answer)
    except DatabaseError:
        logger.exception("What %s offers could not be saved", run.connection_id)
        _fail(run, Failure(None, "The list could not be saved."))


@transaction.atomic
def _save_list(run: DiscoveryRun, endpoint: Endpoint, answer: Answer) -> None:
    now = timezone.now()
    connection = _unchanged(run)
    if connection is None or not _end(run, DiscoveryState.DONE, now):
        return
    listed = ListedAt(
        connection=connection,
        dialect=endpoint.dialect,
        base_url=endpoint.base_url,
        at=now,
        actor=run.actor,
    )
    run.report = apply_list(listed, answer.offered).as_dict()
    run.save(update_fields=["report"])
    Connection.objects.filter(pk=connection.pk).update(
        state=ConnectionState.CONNECTED,
        state_reason="",
        checked_at=now,
        discovered_at=now,
        latency_ms=answer.latency_ms,
    )


@transaction.atomic
def _fail(run: DiscoveryRun, failure: Failure) -> None:
    """What the connection offered stays known; its state says why none of it can be
    used."""
    now = timezone.now()
    connection = _unchanged(run)
    if connection is None:
        return
    if not _end(run, DiscoveryState.FAILED, now, failure.reason):
        return
    if failure.state is not None:
        Connection.objects.filter(pk=connection.pk).update(
            state=failure.state,
            state_reason=failure.reason[:400],
            checked_at=now,
            latency_ms=None,
        )


def _unchanged(run: DiscoveryRun) -> Connection | None:
    """The connection of `run`, locked; None where it was edited or deleted since it
    was asked: then the answer is not about it."""
    rows = Connection.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("provider", "organization")
    connection = found.filter(pk=run.connection_id).first()
    if connection is None or connection.version == run.connection.version:
        return connection
    _end(run, DiscoveryState.FAILED, timezone.now(), EDITED_MEANWHILE)
    return None


def _end(
    run: DiscoveryRun,
    state: DiscoveryState,
    now: datetime.datetime,
    error: str = "",
) -> bool:
    """End `run`; False where the sweeper has taken it for dead already."""
    run.state, run.finished_at, run.error = state, now, error[:400]
    running = DiscoveryRun.objects.filter(pk=run.pk, state=DiscoveryState.RUNNING)
    return bool(running.update(state=state, finished_at=now, error=run.error))
