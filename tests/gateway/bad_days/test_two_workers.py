"""What all workers must know: who may call, who answers, what is open, what is left."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from modelhub.gateway.limits.bucket import Rate
from registry.services.api_tokens import ApiToken
from tests.gateway.bad_days.asking import HELLO
from tests.gateway.bad_days.seeding import LIMIT
from tests.gateway.site import ROOT
from tests.migrated import database_url
from tests.upstream.openai_wire import completion, error

CHAT = "/v1/chat/completions"


def ask(client, model: str, **headers):
    asked = {"model": model, "messages": HELLO}
    return client.post(CHAT, json=asked, headers=headers)


def change(site, statement: str, *values) -> None:
    with psycopg.connect(database_url(site.database)) as database:
        database.execute(statement, values)


PATIENCE_S = 20.0
"""A busy machine is given that long; `make bench` measures how long it takes."""


def comes_true(claim) -> bool:
    until = time.monotonic() + PATIENCE_S
    while not (is_so := claim()) and time.monotonic() < until:
        time.sleep(0.01)
    return is_so


def set_tokens(workers, facts: str) -> None:
    table = ApiToken._meta.db_table
    organization = "(SELECT id FROM registry_organization WHERE slug = 'eager')"
    change(
        workers.site,
        f"UPDATE {table} SET {facts} WHERE organization_id = {organization}",
    )


@pytest.mark.parametrize(
    ("facts", "undone", "status"),
    [
        ("revoked_at = now()", "revoked_at = NULL", 401),
        ("feature_keys = '{of-nobody}'", "feature_keys = '{}'", 403),
    ],
    ids=["revoked", "for-another-feature"],
)
def test_a_token_that_changes_is_refused_by_both(workers, asker, facts, undone, status):
    token = {"authorization": f"Bearer {asker.site.tokens['eager']}"}
    clients = workers.meet().values()
    model = f"acme/m-{asker.lane}"
    assert {ask(one, model, **token).status_code for one in clients} == {200}

    set_tokens(workers, facts)

    try:
        for client in clients:
            assert comes_true(
                lambda client=client: ask(client, model, **token).status_code == status
            )
    finally:
        set_tokens(workers, undone)
    for client in clients:
        assert comes_true(
            lambda client=client: ask(client, model, **token).status_code == 200
        )


def test_a_switch_is_served_by_both(workers):
    clients = workers.meet().values()
    command = [sys.executable, "-m", "tests.gateway.bad_days.changing"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=workers.site.environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as editor:
        for reference in ("acme/m-3", "anthropic/claude-3", "acme/m-2"):
            editor.stdin.write(f"switched {reference}\n")
            editor.stdin.flush()
            assert editor.stdout.readline() == "committed\n"

            for client in clients:
                assert comes_true(
                    lambda client=client, reference=reference: (
                        ask(client, "feature:switched").headers["x-modelhub-model"]
                        == reference
                    )
                )
        editor.stdin.close()


def test_a_limit_holds_for_both_together_and_over_a_restart(workers, asker):
    clients = workers.meet().values()
    token = {"authorization": f"Bearer {workers.site.tokens['limited']}"}
    acme, spare = (workers.site.upstreams[name] for name in ("acme", "spare"))
    begun = time.monotonic()

    flood(clients, 40, token)
    workers.restart()
    flood(workers.meet().values(), 40, token)

    took_s = time.monotonic() - begun
    rate = Rate("requests", LIMIT)
    most = rate.burst + rate.per_second * (took_s + 1)
    assert rate.capacity <= len(acme.requests) <= most
    assert len(acme.requests) + len(spare.requests) == 80


def flood(clients, count: int, token: dict) -> None:
    """So many requests at once; every one of them is answered."""
    with ThreadPoolExecutor(20) as threads:
        asked = [
            threads.submit(ask, client, f"acme/m-{number % 8}", **token)
            for client in clients
            for number in range(count // len(clients))
        ]
        assert {one.result().status_code for one in asked} == {200}


@pytest.fixture
def opened(workers, asker):
    """A model whose circuit was opened by what one worker saw."""
    model = f"acme/m-{asker.lane}"
    first, second = workers.meet().values()
    acme = workers.site.upstreams["acme"]
    acme.handler = lambda received: error(500)
    for _ in range(3):
        ask(first, model)
    acme.requests.clear()
    assert comes_true(lambda: not is_called(acme, second, model))
    return model


def is_called(acme, client, model: str) -> bool:
    """Whether a request reaches the provider; the fallback answers if not."""
    before = len(acme.requests)
    assert ask(client, model).status_code == 200
    return len(acme.requests) > before


def test_an_open_circuit_is_probed_by_single_requests_and_closes(workers, opened):
    first, second = workers.meet().values()
    acme = workers.site.upstreams["acme"]
    acme.handler = lambda received: completion(model="m").but(delay_s=0.6)
    recovered = time.monotonic()
    acme.requests.clear()

    while not acme.requests:
        with ThreadPoolExecutor(8) as threads:
            models = [
                one.headers["x-modelhub-model"]
                for one in threads.map(ask, [first, second] * 4, [opened] * 8)
            ]
        assert time.monotonic() - recovered < 30
        time.sleep(0.2)

    assert len(acme.requests) == 1
    assert sorted(models) == [opened, *["spare/ok"] * 7]
    for client in (first, second):
        assert comes_true(lambda client=client: is_called(acme, client, opened))


def test_an_open_circuit_outlives_a_restart(workers, opened):
    acme = workers.site.upstreams["acme"]
    until = "UPDATE registry_circuitstate SET retry_at = now() + interval '1 hour'"
    change(workers.site, f"{until} WHERE state = 'open'")

    workers.restart()

    acme.handler = lambda received: completion(model="m")
    for client in workers.meet().values():
        assert not is_called(acme, client, opened)
    now = "UPDATE registry_circuitstate SET retry_at = now() - interval '1 s'"
    tell = "pg_notify('modelhub_circuits', connection_id || ':' || ai_model_id)"
    change(workers.site, f"{now} WHERE state = 'open'")
    change(workers.site, f"SELECT {tell} FROM registry_circuitstate")
    for client in workers.meet().values():
        assert comes_true(lambda client=client: is_called(acme, client, opened))
