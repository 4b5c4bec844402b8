"""A token or a person makes a fixed number of calls a minute, in all processes
together; what products call at run time is not counted."""

from __future__ import annotations

import datetime
import re
import threading

import pytest
from django.db import connection
from django.utils import timezone

from registry.models import CallCount, TokenScope
from registry.services.call_counts import WINDOW_S, count_call, purge_counts
from tests.modelhub.test_api_problems import assert_problem
from tests.modelhub.tokens import bearer


@pytest.fixture(autouse=True)
def few(settings):
    settings.MODELHUB_API_READS_PER_MINUTE = 3
    settings.MODELHUB_API_WRITES_PER_MINUTE = 1


@pytest.fixture
def headers(organization):
    return bearer(organization, TokenScope.WRITE)[0]


def write(client, headers=None):
    """A call that changes something, or would: there is no such budget."""
    return client.delete("/api/budgets/9", headers=headers or {})


def test_what_is_left_is_told_and_what_is_too_much_refused(client, headers):
    answers = [client.get("/api/features", headers=headers) for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    policies = {one.headers["RateLimit-Policy"] for one in answers}
    assert policies == {'"reads";q=3;w=60'}
    told = [re.fullmatch(r'"reads";r=(\d);t=(\d+)', limit(one)) for one in answers]
    assert [one and one[1] for one in told] == ["2", "1", "0", "0"]
    assert all(one and 0 < int(one[2]) <= WINDOW_S for one in told)


def test_a_refusal_says_when_to_ask_again(client, headers):
    write(client, headers)

    response = write(client, headers)

    found = assert_problem(response, 429)
    assert found["violated-policies"] == ["writes"]
    assert 0 < int(response.headers["Retry-After"]) <= WINDOW_S
    assert response.headers["Retry-After"] in found["detail"]


def test_reads_and_writes_callers_and_organisations_count_apart(
    client, headers, organization, editor
):
    other, _ = bearer(organization, TokenScope.WRITE, label="another")
    for caller in (headers, other):
        assert write(client, caller).status_code == 404
        assert write(client, caller).status_code == 429
        assert client.get("/api/features", headers=caller).status_code == 200
    assert write(editor).status_code == 404
    assert write(editor).status_code == 429


def test_a_question_that_is_sent_counts_as_reading(client, headers):
    response = client.post(
        "/api/route/explain",
        {"feature": "none"},
        content_type="application/json",
        headers=headers,
    )

    assert limit(response).startswith('"reads";r=2;')


def test_the_next_minute_begins_anew(client, headers):
    write(client, headers)
    a_minute_ago = timezone.now() - datetime.timedelta(seconds=WINDOW_S + 1)
    CallCount.objects.update(started_at=a_minute_ago)

    assert write(client, headers).status_code == 404
    assert CallCount.objects.get().calls == 1


def test_a_clock_that_was_set_back_locks_nobody_out(client, headers):
    write(client, headers)
    CallCount.objects.update(started_at=timezone.now() + datetime.timedelta(hours=1))

    assert write(client, headers).status_code == 404


def test_who_was_not_let_in_takes_nothing(client, headers, organization):
    reading, _ = bearer(organization, TokenScope.READ)
    client.get("/api/features")

    assert write(client, reading).status_code == 403
    assert not CallCount.objects.exists()


def test_usage_that_comes_in_is_not_counted(client, headers):
    for _ in range(5):
        response = client.post(
            "/api/usage", b"{}", content_type="application/x-ndjson", headers=headers
        )
        assert response.status_code == 200
        assert "RateLimit" not in response.headers
    assert not CallCount.objects.exists()


def test_a_token_of_a_product_is_not_counted(client, organization):
    product, _ = bearer(organization, TokenScope.GATEWAY, TokenScope.PROMPTS)

    for _ in range(5):
        response = client.get("/api/budgets", headers=product)
        assert response.status_code == 200
    assert not CallCount.objects.exists()


def test_zero_is_any_number(client, headers, settings):
    settings.MODELHUB_API_WRITES_PER_MINUTE = 0

    response = write(client, headers)

    assert response.status_code == 404
    assert "RateLimit" not in response.headers
    assert not CallCount.objects.exists()


def test_a_call_with_a_key_counts_before_its_transaction(client, headers, monkeypatch):
    monkeypatch.setattr("analytics.api_budgets._definition", fails)

    keyed = {**headers, "Idempotency-Key": "one"}
    assert write(client, keyed).status_code == 500

    assert CallCount.objects.get().calls == 1


def fails(*_arguments):
    raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_each():
    found, together = [], threading.Barrier(4)

    def call():
        together.wait()
        found.extend(count_call("token:1 reads").calls for _ in range(10))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(found) == list(range(1, 41))


def test_the_table_is_unlogged_and_old_counts_go(db):
    count_call("token:1 reads")
    count_call("token:2 reads")
    old = timezone.now() - datetime.timedelta(days=2)
    CallCount.objects.filter(key="token:2 reads").update(started_at=old)

    assert purge_counts(timezone.now()) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relpersistence FROM pg_class WHERE relname = 'registry_callcount'"
        )
        assert cursor.fetchone() == ("u",)


def limit(response) -> str:
    return response.headers["RateLimit"]
