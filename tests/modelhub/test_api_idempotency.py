"""A write with an Idempotency-Key is done once, however often it arrives."""

import datetime
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from analytics.models import BudgetDefinition
from registry.models import AuditEntry, IdempotentAnswer, TokenScope
from registry.services.idempotent_answers import purge_answers
from tests.modelhub.tokens import bearer

BODY = {"name": "July", "amount_usd": "20.00", "period": "day"}
PATH = "/api/budgets"


@pytest.fixture
def headers(organization):
    return bearer(organization, TokenScope.WRITE)[0]


def send(client, headers, key="one", body=BODY):
    return client.post(
        PATH,
        body,
        content_type="application/json",
        headers={**headers, "Idempotency-Key": key},
    )


def test_the_same_call_is_done_once_and_answered_the_same(client, headers):
    first, second = send(client, headers), send(client, headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert BudgetDefinition.objects.count() == 1
    assert AuditEntry.objects.filter(action="budget.created").count() == 1


def test_another_body_under_the_same_key_is_refused(client, headers):
    send(client, headers)

    response = send(client, headers, body={**BODY, "amount_usd": "21.00"})

    assert response.status_code == 422
    assert "another call" in response.json()["detail"]
    assert BudgetDefinition.objects.get().amount_usd == 20


def test_a_refusal_is_answered_the_same_too(client, headers):
    wrong = {**BODY, "pack": "no-such-pack"}

    first, second = (send(client, headers, body=wrong) for _ in range(2))

    assert (first.status_code, second.status_code) == (422, 422)
    assert first.content == second.content


def test_a_fault_of_ours_keeps_nothing(client, headers, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("analytics.api_budgets.create_budget", fail_after_a_change)
        assert send(client, headers).status_code == 500

    assert not IdempotentAnswer.objects.exists()
    assert not AuditEntry.objects.filter(action="half.done").exists()
    assert send(client, headers).status_code == 201


def test_a_key_belongs_to_whoever_sent_it(client, headers, organization, editor):
    send(client, headers)
    others, _ = bearer(organization, TokenScope.WRITE, label="another")

    response = send(client, others, body={**BODY, "name": "Week", "period": "week"})

    assert response.status_code == 201
    assert "Idempotency-Replayed" not in response.headers
    person = send(editor, {}, body={**BODY, "name": "Month", "period": "month"})
    assert person.status_code == 201


def test_a_token_that_was_revoked_is_told_nothing(client, organization):
    headers, token = bearer(organization, TokenScope.WRITE)
    send(client, headers)
    token.revoked_at = timezone.now()
    token.save()

    assert send(client, headers).status_code == 401


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a b", "ä"])
def test_a_key_that_is_none_is_refused(client, headers, key):
    assert send(client, headers, key=key).status_code == 422
    assert not BudgetDefinition.objects.exists()


def test_a_day_later_the_key_is_free_and_purged(client, headers):
    send(client, headers)
    old = timezone.now() - datetime.timedelta(hours=25)
    IdempotentAnswer.objects.update(created_at=old)

    again = send(client, headers)

    assert again.status_code == 422
    assert "Idempotency-Replayed" not in again.headers
    IdempotentAnswer.objects.update(created_at=old)
    assert purge_answers(timezone.now()) == 1
    assert purge_answers(timezone.now()) == 0


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_do_it_once(organization):
    headers, _ = bearer(organization, TokenScope.WRITE)
    answers, together = [], threading.Barrier(2)

    def call():
        together.wait()
        answers.append(send(Client(), headers))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    statuses = sorted(one.status_code for one in answers)
    assert statuses in ([201, 201], [201, 409])
    assert BudgetDefinition.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_key_that_is_being_used_is_409(organization):
    headers, token = bearer(organization, TokenScope.WRITE)
    held, free = threading.Event(), threading.Event()

    def hold():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtextextended(%s, 0))",
                [f"idempotency token:{token.pk} one"],
            )
            held.set()
            free.wait()
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    try:
        response = send(Client(), headers)
    finally:
        free.set()
        other.join()

    assert response.status_code == 409
    assert response.headers["Retry-After"] == "1"
    assert not BudgetDefinition.objects.exists()


def fail_after_a_change(*, organization, **facts):
    AuditEntry.objects.create(
        organization=organization, actor_label="x", action="half.done"
    )
    raise RuntimeError
