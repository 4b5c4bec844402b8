"""A product on loopback whose models are probed by hand: no broker, no worker."""

import pytest

from analytics.services import capability_probes as service
from tests.gateway.stage import gateway_here, new_stage


@pytest.fixture
def staged(transactional_db, monkeypatch):
    """Makes stages; `run_probes` is called by the test."""
    monkeypatch.setattr(service, "wake_worker", lambda: None)
    made = []

    def make(handler, **facts):
        stage = new_stage(handler, connection={"max_retries": 0}, **facts)
        made.append(stage)
        return stage

    with gateway_here():
        yield make
    for stage in made:
        stage.close()


@pytest.fixture
def wish():
    """Asks for probes of a place."""

    def ask(stage, place, *capabilities, limit_tokens=service.LIMIT_TOKENS):
        return service.request_probes(
            organization=stage.organization,
            actor=None,
            ai_model=place.ai_model,
            connection=place.connection,
            capabilities=capabilities,
            limit_tokens=limit_tokens,
        )

    return ask
