"""Asking connections whether they answer and accept the key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import httpx2
from django.utils import timezone

from registry.connection_endpoints import AddressMissing, endpoint_of
from registry.connection_faults import told_fault
from registry.connection_secrets import SecretError
from registry.models import Connection, ConnectionState, Organization
from registry.provider_client import provider_client
from registry.providers.adapter import Endpoint, Timeouts
from registry.providers.adapters import adapter_for
from registry.providers.errors import ModelCallError, NetworkError

TIMEOUT_S: Final = 10.0
AT_ONCE: Final = 8


@dataclass(frozen=True)
class Outcome:
    """What a check found. `latency_ms` is how long the answer took, None without one;
    `reason` is empty where everything is well."""

    state: ConnectionState
    reason: str = ""
    latency_ms: int | None = None

    @property
    def is_ok(self) -> bool:
        return self.state == ConnectionState.CONNECTED


def probe(connection: Connection, timeout_s: float = TIMEOUT_S) -> Outcome:
    """Ask one connection, which need not be stored, and store nothing."""
    return next(_outcomes([connection], timeout_s))[1]


def check_connection(connection: Connection, timeout_s: float = TIMEOUT_S) -> Outcome:
    """Ask a connection and store what was found, with the time."""
    outcome = probe(connection, timeout_s)
    store_outcome(connection, outcome)
    return outcome


def check_all(
    organization: Organization | None = None, timeout_s: float = TIMEOUT_S
) -> list[tuple[Connection, Outcome]]:
    """Ask every enabled connection of an organisation, or of all of them, the ones not
    asked for longest first and `AT_ONCE` at a time. Each is stored as soon as it
    answered: one that hangs delays none of the others. Those of sample data lead
    nowhere, and are left as they are."""
    rows = Connection.objects.filter(
        is_enabled=True, organization__is_sample=False
    ).select_related("provider")
    if organization is not None:
        rows = rows.filter(organization=organization)
    found = []
    ordered = list(rows.order_by("checked_at", "pk"))
    for connection, outcome in _outcomes(ordered, timeout_s):
        store_outcome(connection, outcome)
        found.append((connection, outcome))
    return found


def store_outcome(connection: Connection, outcome: Outcome) -> None:
    """Put the outcome into the row, unless key or address changed meanwhile: then it
    is about something else."""
    facts = {
        "state": outcome.state,
        "state_reason": outcome.reason[:400],
        "latency_ms": outcome.latency_ms,
        "checked_at": timezone.now(),
    }
    unchanged = Connection.objects.filter(pk=connection.pk, version=connection.version)
    # Not save(): the time of the last change by a person stays, and nothing announces
    # a new configuration.
    unchanged.update(**facts)
    for field, value in facts.items():
        setattr(connection, field, value)


def _outcomes(
    connections: list[Connection], timeout_s: float
) -> Iterator[tuple[Connection, Outcome]]:
    """Each connection with its outcome, in the order in which they answer."""
    endpoints: dict[int, Endpoint] = {}
    for place, connection in enumerate(connections):
        try:
            endpoints[place] = endpoint_of(connection)
        except SecretError as error:
            yield connection, Outcome(_state_of(error), str(error))
    if not endpoints:
        return
    with asyncio.Runner() as runner:
        client = provider_client()
        try:
            tasks = runner.run(_start(endpoints, client, timeout_s))
            while tasks:
                done, tasks = runner.run(_wait(tasks))
                for task in done:
                    place, result = task.result()
                    connection = connections[place]
                    endpoint = endpoints[place]
                    yield connection, _outcome(connection, endpoint, result, timeout_s)
        finally:
            runner.run(client.aclose())


Answer = tuple[int, "int | ModelCallError"]
Tasks = set["asyncio.Task[Answer]"]


async def _start(
    endpoints: Mapping[int, Endpoint], client: httpx2.AsyncClient, timeout_s: float
) -> Tasks:
    turn = asyncio.Semaphore(AT_ONCE)

    async def ask(place: int, endpoint: Endpoint) -> Answer:
        async with turn:
            return place, await _ask(endpoint, client, timeout_s)

    return {asyncio.create_task(ask(*one)) for one in endpoints.items()}


async def _wait(tasks: Tasks) -> tuple[Tasks, Tasks]:
    return await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def _ask(
    endpoint: Endpoint, client: httpx2.AsyncClient, timeout_s: float
) -> int | ModelCallError:
    """Milliseconds until the answer, or what was wrong."""
    timeouts = Timeouts(
        connect=min(5.0, timeout_s),
        total=timeout_s,
        first_token=timeout_s,
        idle=timeout_s,
    )
    begun = time.monotonic()
    try:
        async with asyncio.timeout(timeout_s):
            await adapter_for(endpoint, client).is_available(timeouts)
    except TimeoutError:
        return NetworkError("It did not answer in time.", code="silence")
    except ModelCallError as error:
        return error
    return round((time.monotonic() - begun) * 1000)


def _outcome(
    connection: Connection,
    endpoint: Endpoint,
    answer: int | ModelCallError,
    timeout_s: float,
) -> Outcome:
    if isinstance(answer, int):
        return Outcome(ConnectionState.CONNECTED, latency_ms=answer)
    state, reason = told_fault(
        answer,
        base_url=endpoint.base_url,
        provider=connection.provider.name,
        timeout_s=timeout_s,
    )
    return Outcome(state, reason)


def _state_of(error: SecretError) -> ConnectionState:
    if isinstance(error, AddressMissing):
        return ConnectionState.UNREACHABLE
    return ConnectionState.KEY_UNREADABLE
