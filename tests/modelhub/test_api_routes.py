"""Every operation of the management API, taken from its own table of routes: who may
not call it is told so, and nobody reaches what belongs to another organisation."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from analytics.models import Alert, BenchmarkCase, BenchmarkRun, BenchmarkSuite
from analytics.services.budget_definitions import create_budget
from modelhub.api import api
from registry.models import Role, TokenScope
from registry.packs.document import PackDocument, PackFeature
from registry.services.packs import create_pack
from registry.services.profiles import create_profile
from registry.services.prompts import create_prompt
from tests.factories import (
    AIModelFactory,
    ConnectionFactory,
    FeatureFactory,
    MembershipFactory,
)
from tests.modelhub.tokens import bearer

PREFIX = "/api/"
DOCUMENT = api.get_openapi_schema(path_prefix=PREFIX)
OPERATIONS = sorted(
    (method.upper(), path)
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if path.startswith(PREFIX)
)
WITH_IDS = [one for one in OPERATIONS if "{" in one[1]]
SHARED = {"/api/models/{reference}", "/api/prices/{reference}"}
"""Of the shared catalogue too; here a model of the other organisation's own."""
ASKED = [{"role": "user", "content": "Hi"}]
STATED = re.compile(r"\{(\w+)\}")


@pytest.fixture
def theirs(db) -> dict[str, object]:
    """One of everything in another organisation, by the names of parameters."""
    organization = MembershipFactory(role=Role.ADMIN).organization
    suite = BenchmarkSuite.objects.create(
        organization=organization, key="theirs", name="Theirs"
    )
    BenchmarkCase.objects.create(suite=suite, key="theirs", position=1, messages=ASKED)
    run = BenchmarkRun.objects.create(
        organization=organization, suite=suite, number=77_001
    )
    alert = Alert.objects.create(
        organization=organization,
        kind="error_rate",
        severity="warning",
        subject="x",
        title="Theirs",
        raised_at=timezone.now(),
    )
    budget = create_budget(
        organization=organization,
        actor=None,
        scope_kind="organization",
        amount_usd=Decimal(5),
    )
    gets = (PackFeature(key="theirs", model="openai/x"),)
    pack = PackDocument(name="Theirs", slug="their-pack", features=gets)
    create_pack(organization=organization, document=pack, actor=None)
    create_profile(organization=organization, name="Theirs", actor=None)
    create_prompt(organization=organization, name="theirs", text="x", actor=None)
    model = AIModelFactory(organization=organization, model_name="theirs")
    _, token = bearer(organization)
    return {
        "key": FeatureFactory(organization=organization, key="theirs").key,
        "case": "theirs",
        "number": run.number,
        "alert_id": alert.pk,
        "name": "theirs",
        "reference": model.reference,
        "/api/budgets": budget.pk,
        "/api/connections": ConnectionFactory(organization=organization).pk,
        "/api/packs": "their-pack",
        "/api/profiles": "theirs",
        "/api/tokens": token.pk,
    }


def address(path: str, values: dict[str, object]) -> str:
    def value(found: re.Match[str]) -> str:
        start = "/".join(path.split("/")[:3])
        return str(values.get(found[1], values.get(start, 1)))

    return STATED.sub(value, path)


def call(client: Client, operation: tuple[str, str], values, **headers):
    method, path = operation
    body = BODIES.get(operation, {})
    return client.generic(
        method,
        address(path, values),
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


BODIES = {
    ("POST", "/api/benchmarks/suites/{key}/cases"): {"messages": ASKED},
    ("PUT", "/api/features/{key}/automatic-choice"): {"choice": None},
    ("PUT", "/api/features/{key}/assignment"): {"model": "openai/x"},
    ("POST", "/api/features/{key}/assignment/roll-back"): {"to_revision": 0},
    ("POST", "/api/prompt-versions/{name}"): {"text": "mine now"},
    ("PUT", "/api/prompt-labels/{name}"): {"label": "production", "version": 1},
    ("POST", "/api/recommendations/{pk}/dismiss"): {"reason": "no"},
    ("POST", "/api/packs/{slug}/versions"): {
        "modelhub_pack": 1,
        "name": "Theirs",
        "slug": "their-pack",
        "features": {},
    },
}


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_nobody_calls_it_without_signing_in(client, db, operation):
    assert call(client, operation, {}).status_code == 401


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_a_token_without_the_scope_is_refused(client, organization, operation):
    rates = operation == ("POST", "/api/feedback")
    scope = TokenScope.PROMPTS if rates else TokenScope.FEEDBACK
    headers, _ = bearer(organization, scope)

    assert call(client, operation, {}, **headers).status_code == 403


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one[0] != "GET"], ids=" ".join
)
def test_a_token_that_reads_changes_nothing(client, organization, operation):
    headers, _ = bearer(organization, TokenScope.READ)

    status = call(client, operation, {}, **headers).status_code

    asks_only = operation[1] in {
        "/api/cost",
        "/api/route/explain",
        "/api/predict-costs",
        "/api/what-if",
        "/api/calculator",
        "/api/features/{key}/automatic-choice/preview",
    }
    assert (status == 403) != asks_only


@pytest.mark.parametrize("operation", WITH_IDS, ids=" ".join)
def test_what_is_another_organisations_is_not_there(
    client, organization, theirs, operation
):
    headers, _ = bearer(organization, TokenScope.ADMIN)

    response = call(client, operation, theirs, **headers)

    assert response.status_code == 404, response.content
    assert "Theirs" not in response.content.decode()
