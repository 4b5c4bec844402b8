"""Every list of the management API, taken from its OpenAPI document, comes page by page
with one kind of cursor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from analytics.models import (
    Alert,
    BenchmarkCase,
    BenchmarkRun,
    BenchmarkSuite,
    Feedback,
)
from analytics.services.budget_definitions import create_budget
from recommender.models import Experiment, Recommendation
from registry.models import (
    AIModel,
    ApiToken,
    AssignmentRevision,
    AuditEntry,
    Connection,
    Feature,
    PackSwitch,
    Price,
    Profile,
)
from registry.packs.document import PackDocument, PackFeature
from registry.services.packs import create_pack
from registry.services.prompts import create_prompt
from tests.modelhub.api_operations import OPERATIONS, address_of
from tests.proof.made import NOW, made
from tests.proof.test_isolation import World

ROWS = 3
LISTS = sorted(one.path for one in OPERATIONS if one.method == "GET" and one.is_list)
Maker = Callable[[World, int], object]


def row(model: type, **facts: Any) -> Maker:
    return lambda world, number: another(world, model, **facts)


def another(world: World, model: type, **facts: Any) -> Any:
    """A further row of the world's organisation."""
    return made(model, world.known, **{**world.belonging(model), **facts})


def budget(world: World, number: int) -> None:
    create_budget(
        organization=world.organization,
        actor=None,
        scope_kind="organization",
        name=f"Budget {number}",
        amount_usd=Decimal(number + 1),
        period=["day", "week", "month"][number],
    )


def pack(world: World, number: int) -> None:
    gets = (PackFeature(key="planner", model="openai/x"),)
    document = PackDocument(name=f"Pack {number}", slug=f"pack-{number}", features=gets)
    create_pack(organization=world.organization, document=document, actor=None)


def prompt(world: World, number: int) -> None:
    create_prompt(
        organization=world.organization, name=f"p{number}", text="x", actor=None
    )


def recommendation(world: World, number: int) -> None:
    another(world, Recommendation, feature=another(world, Feature))


MAKERS: dict[str, Maker] = {
    "/api/alerts": lambda world, number: another(
        world, Alert, raised_at=NOW - timedelta(hours=number // 2)
    ),
    "/api/audit": row(AuditEntry),
    "/api/benchmarks/runs": lambda world, number: another(
        world, BenchmarkRun, number=number + 2
    ),
    "/api/benchmarks/suites": row(BenchmarkSuite),
    "/api/benchmarks/suites/{key}/cases": lambda world, number: another(
        world, BenchmarkCase, suite=world.of(BenchmarkSuite), position=number + 2
    ),
    "/api/budgets": budget,
    "/api/connections": row(Connection),
    "/api/custom-models": row(AIModel),
    "/api/experiments": row(Experiment),
    "/api/features": row(Feature),
    "/api/features/{key}/assignments": lambda world, number: another(
        world, AssignmentRevision, feature=world.of(Feature), number=number + 2
    ),
    "/api/feedback": row(Feedback),
    "/api/models": row(AIModel, is_listed=True),
    "/api/pack-switches": row(PackSwitch),
    "/api/packs": pack,
    "/api/prices/{reference}": lambda world, number: another(
        world,
        Price,
        ai_model=world.of(AIModel),
        effective_from=NOW + timedelta(days=number),
        effective_to=NOW + timedelta(days=number + 1),
    ),
    "/api/profiles": row(Profile),
    "/api/prompts": prompt,
    "/api/recommendations": recommendation,
    "/api/tokens": row(ApiToken),
}


@pytest.fixture
def world(db) -> World:
    return World()


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_walked_row_by_row_and_refuses_a_forged_cursor(world, path):
    assert path in MAKERS, "Say how rows of this list are made."
    for number in range(ROWS):
        MAKERS[path](world, number)
    address = address_of(path, world.of)

    whole = world.browser.get(address, {"limit": 200})
    items, cursors = walked(world, f"{address}?limit=1")

    assert whole.json()["next_cursor"] is None
    assert items == whole.json()["items"]
    assert len(items) >= ROWS
    assert len(cursors) == len(items) - 1 == len(set(cursors))
    for forged in (f"{cursors[0]}x", cursors[0][1:], "MQ", "1", "ÿ"):
        assert_refused(world.browser.get(address, {"cursor": forged}))
    elsewhere = "/api/audit" if path != "/api/audit" else "/api/models"
    assert_refused(world.browser.get(elsewhere, {"cursor": cursors[0]}))


@pytest.mark.parametrize("path", LISTS)
def test_a_list_states_its_pages_in_the_document(path):
    (stated,) = (one for one in OPERATIONS if str(one) == f"GET {path}")

    assert stated.parameters["limit"]["schema"]["maximum"] == 200
    assert "cursor" in stated.parameters
    assert "next_cursor" in stated.answer["required"]
    assert "Link" in stated.details["responses"]["200"]["headers"]


def walked(world: World, address: str) -> tuple[list[Any], list[str]]:
    """All rows by the header `Link`, and the cursors on the way."""
    items, cursors = [], []
    while address:
        response = world.browser.get(address)
        assert response.status_code == 200, response.content
        found = response.json()
        assert len(found["items"]) == 1
        items += found["items"]
        cursors += filter(None, [found["next_cursor"]])
        link = response.headers.get("Link", "")
        assert bool(link) == bool(found["next_cursor"])
        address = link.partition(">")[0].lstrip("<")
    return items, cursors


def assert_refused(response) -> None:
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["field"] == "cursor"
