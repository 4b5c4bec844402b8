"""Budgets over the management API, and the same for Python code."""

from decimal import Decimal

import pytest

from analytics.budget_doors import check_budget, current_usage, remaining_budget
from analytics.models import BudgetDefinition
from tests.analytics.test_budget_definitions import made, spent

BODY = {"amount_usd": "25", "name": "API"}


def post(client, body):
    return client.post("/api/budgets", body, content_type="application/json")


def test_a_budget_is_made_read_changed_and_deleted(editor, organization):
    spent(organization, "5")

    created = post(editor, BODY)
    assert created.status_code == 201, created.content
    number = created.json()["id"]
    changed = editor.patch(
        f"/api/budgets/{number}",
        {"amount_usd": "40", "version": 1},
        content_type="application/json",
    )
    listed = editor.get("/api/budgets").json()["items"]
    deleted = editor.delete(f"/api/budgets/{number}")

    assert created.status_code == 201
    assert Decimal(changed.json()["left_usd"]) == 35
    assert [one["name"] for one in listed] == ["API"]
    assert deleted.status_code == 204
    assert editor.get(f"/api/budgets/{number}").status_code == 404


@pytest.mark.parametrize(
    "facts",
    [
        {"amount_usd": "-1"},
        {"amount_usd": "NaN"},
        {"period": "fortnight"},
        {"time_zone": "Mars/Olympus"},
        {"scope_kind": "feature", "scope_id": 99999},
        {"scope_kind": "tag"},
        {"thresholds": ["1.5"]},
        {"pack": "no-such-pack", "on_limit": "switch"},
    ],
    ids=lambda facts: "-".join(facts),
)
def test_what_makes_no_sense_is_refused_in_words(editor, facts):
    answer = post(editor, {**BODY, **facts})

    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not BudgetDefinition.objects.exists()


def test_a_viewer_reads_and_a_stranger_finds_nothing(viewer, stranger, organization):
    definition = made(organization)

    assert viewer.get(f"/api/budgets/{definition.pk}").status_code == 200
    assert post(viewer, BODY).status_code == 403
    assert stranger.get(f"/api/budgets/{definition.pk}").status_code == 404
    assert stranger.delete(f"/api/budgets/{definition.pk}").status_code == 404


def test_whether_there_is_room_is_answered_with_the_reason(editor, organization):
    made(organization)
    spent(organization, "9")
    BudgetDefinition.objects.get().windows.update(spent_usd=9)

    roomy = editor.get("/api/budgets/check?estimate_usd=0.5").json()
    full = editor.get("/api/budgets/check?estimate_usd=2").json()

    assert roomy["is_allowed"]
    assert full["reasons"] == ["All has $1.00 left of $10.00."]
    assert Decimal(full["remaining_usd"]) == 1


def test_code_asks_the_same(organization):
    assert remaining_budget(organization) is None
    made(organization)

    assert check_budget(organization, Decimal(10)).is_allowed
    assert not check_budget(organization, Decimal(11)).is_allowed
    assert check_budget(organization, Decimal(0)).is_allowed
    assert remaining_budget(organization) == 10
    assert [one.name for one in current_usage(organization)] == ["All"]
