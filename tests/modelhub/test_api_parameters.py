"""A parameter that an operation of the management API does not know is refused."""

from __future__ import annotations

import json

import pytest

from tests.modelhub.api_operations import OPERATIONS, address_of
from tests.modelhub.test_api_problems import assert_problem
from tests.modelhub.test_api_routes import BODIES
from tests.proof.test_isolation import World


def test_every_operation_names_what_it_does_not_know(db):
    world = World()
    missed = {}
    for one in OPERATIONS:
        response = world.browser.generic(
            one.method,
            f"{address_of(one.path, world.of)}?no_such_parameter=1",
            json.dumps(BODIES.get((one.method, one.path), {})),
            content_type="application/json",
        )
        errors = response.json().get("errors", [])
        if response.status_code != 422 or errors[0]["field"] != "no_such_parameter":
            missed[str(one)] = response.content

    assert missed == {}


@pytest.mark.parametrize(
    ("address", "field", "said"),
    [
        ("/api/features?limt=2", "limt", "did you mean limit?"),
        ("/api/usage/metrics?splits=model", "splits", "did you mean split?"),
        ("/api/calculator?cheapst=3", "cheapst", "did you mean cheapest?"),
        ("/api/configuration?limit=2", "limit", "This call takes no parameters"),
        ("/api/openapi.json?limit=2", "limit", "This call takes no parameters"),
    ],
)
def test_the_nearest_known_one_is_named(editor, address, field, said):
    found = assert_problem(editor.get(address), 422)

    assert [one["field"] for one in found["errors"]] == [field]
    assert said in found["errors"][0]["detail"]


def test_what_is_missing_is_told_in_the_same_answer(editor):
    found = assert_problem(editor.get("/api/recommend/budget?monthly_budget=5"), 422)

    names = {one["field"] for one in found["errors"]}
    assert names == {"monthly_budget", "monthly_budget_usd"}


def test_a_visitor_is_told_to_sign_in_first(client, db):
    assert_problem(client.get("/api/features?limt=2"), 401)


def test_a_body_of_the_calculator_has_known_names_only(editor):
    response = editor.post(
        "/api/calculator", {"request": 5}, content_type="application/json"
    )

    assert assert_problem(response, 422)["errors"][0]["field"] == "request"
