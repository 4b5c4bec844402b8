"""Candidates whose calls fail or succeed, and processes that watch them."""

from __future__ import annotations

import time
from collections.abc import Callable

from modelhub.gateway.breakers.breakers import SharedBreakers
from registry.models import Connection
from registry.providers.adapter import Endpoint, ModelTraits
from registry.providers.errors import ModelCallError, ModelUnavailableError
from registry.resolution.entries import ConnectionEntry, ModelEntry
from registry.resolution.plan import Candidate
from tests.factories import AIModelFactory, OrganizationFactory


def stored_pair() -> tuple[int, int]:
    """A connection and a model of its provider."""
    ai_model = AIModelFactory()
    connection = Connection.objects.create(
        organization=OrganizationFactory(), provider=ai_model.provider, label="Main"
    )
    return connection.pk, ai_model.pk


def candidate(pair: tuple[int, int] = (1, 1)) -> Candidate:
    """Each call has one of its own."""
    model = ModelEntry(
        id=pair[1],
        provider="openai",
        model_name="m",
        organization_id=None,
        traits=ModelTraits("m"),
    )
    connection = ConnectionEntry(
        id=pair[0],
        organization_id=1,
        label="Main",
        endpoint=Endpoint("openai", "openai", "http://127.0.0.1"),
    )
    return Candidate(model, connection)


def down() -> ModelCallError:
    return ModelUnavailableError("It answered 503.", status_code=503)


def fail(breakers: SharedBreakers, pair: tuple[int, int], times: int = 5) -> None:
    for _ in range(times):
        breakers.failed(candidate(pair), down())


def eventually(is_so: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return True
        time.sleep(0.01)
    return is_so()
