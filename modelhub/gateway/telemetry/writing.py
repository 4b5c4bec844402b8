"""Batches of many requests, written together by one thread.

A request waits until what it sent is in the database. What comes meanwhile is written
with the next transaction: the more there is to do, the more is done at once.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import InterfaceError, OperationalError, connection

from analytics.otlp.mapping import Mapped, Verdict
from analytics.otlp.points import Point
from analytics.services.telemetry import receive
from analytics.services.telemetry_metrics import receive_points
from modelhub.gateway.api.refusals import Refusal, refused
from modelhub.gateway.telemetry.replies import Rejected
from registry.models import ApiToken, Organization
from registry.resolution.entries import TokenEntry

log = logging.getLogger(__name__)

MOST_WAITING: Final = 50_000
"""Spans and points in memory; whoever sends more is asked to wait."""
MOST_AT_ONCE: Final = 4_000
"""Of one transaction."""
AWAY: Final = (OperationalError, InterfaceError, OSError)
RETRY_AFTER_S: Final = "5"


@dataclass(slots=True)
class Sent:
    """What one request sent: spans or points."""

    token: TokenEntry
    answer: asyncio.Future[Rejected]
    loop: asyncio.AbstractEventLoop
    batch: Sequence[Mapped] = ()
    points: Sequence[Point] = ()

    @property
    def size(self) -> int:
        return len(self.batch) + len(self.points)

    def settle(self, outcome: Rejected | Exception) -> None:
        self.loop.call_soon_threadsafe(_settle, self.answer, outcome)


@dataclass
class Writing:
    """One for each process; `send` belongs to its event loop."""

    _waiting: deque[Sent] = field(default_factory=deque)
    _size: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _thread: threading.Thread | None = None
    _is_stopping: bool = False

    async def send(
        self,
        token: TokenEntry,
        *,
        batch: Sequence[Mapped] = (),
        points: Sequence[Point] = (),
    ) -> Rejected:
        """Returns when it is stored. Raises a refusal: 429 where too much waits, 503
        where the database is away."""
        loop = asyncio.get_running_loop()
        sent = Sent(token, loop.create_future(), loop, batch, points)
        with self._changed:
            if self._size + sent.size > MOST_WAITING and self._size:
                message = "Too much waits to be written. Send it again in a moment."
                raise refused(429, "too_much_waits", message, retry_after="1")
            self._begin()
            self._waiting.append(sent)
            self._size += sent.size
            self._changed.notify()
        return await sent.answer

    def stop(self) -> None:
        """Write what waits, and end the thread."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def _begin(self) -> None:
        if self._thread is None:
            self._is_stopping = False
            self._thread = threading.Thread(
                target=self._run, name="telemetry", daemon=True
            )
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_stopping)
                if not self._waiting:
                    return
                group = self._next_group()
            try:
                self._write(group)
            finally:
                connection.close()
                with self._changed:
                    self._size -= sum(one.size for one in group)

    def _next_group(self) -> list[Sent]:
        """What came first, with all of the same token that may go with it."""
        first = self._waiting.popleft()
        if first.points:
            return [first]
        group, size = [first], first.size
        for one in list(self._waiting):
            fits = size + one.size <= MOST_AT_ONCE
            if one.token.id == first.token.id and not one.points and fits:
                self._waiting.remove(one)
                group.append(one)
                size += one.size
        return group

    def _write(self, group: list[Sent]) -> None:
        """No request goes down with another that makes no sense."""
        try:
            outcomes = _stored(group)
        except AWAY as error:
            log.warning("Telemetry waits for the database: %s", error)
            for one in group:
                one.settle(_away())
        except Exception as error:
            if len(group) > 1:
                for one in group:
                    self._write([one])
                return
            log.exception("Telemetry cannot be stored")
            group[0].settle(error)
        else:
            for one, outcome in zip(group, outcomes, strict=True):
                one.settle(outcome)


def _stored(group: list[Sent]) -> list[Rejected]:
    token = group[0].token
    organization = Organization.objects.get(pk=token.organization_id)
    if group[0].points:
        counted = receive_points(organization, group[0].points)
        return [Rejected(counted.refused, counted.reason)]
    everything = [mapped for one in group for mapped in one.batch]
    received = receive(
        organization, everything, token=ApiToken.objects.filter(pk=token.id).first()
    )
    decided = iter(received.batch)
    return [_rejected([next(decided) for _ in one.batch]) for one in group]


def _rejected(batch: list[Mapped]) -> Rejected:
    refusals = [one for one in batch if one.verdict is Verdict.REFUSED]
    reasons: dict[str, int] = defaultdict(int)
    for one in refusals:
        reasons[one.reason] += 1
    said = " ".join(f"{count} ×: {reason}" for reason, count in reasons.items())
    return Rejected(len(refusals), said)


def _settle(answer: asyncio.Future[Rejected], outcome: Rejected | Exception) -> None:
    # The client may have left, and its request with it.
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


def _away() -> Refusal:
    message = "The database is away: nothing was taken. Send it again."
    return refused(503, "database_away", message, retry_after=RETRY_AFTER_S)
