import json
from io import StringIO

import pytest
from django.core.management import call_command

from registry.models import ModelAlias
from tests.factories import AIModelFactory, OrganizationFactory, PriceFactory

AT = "2026-10-20T12:00Z"


@pytest.fixture
def priced(db):
    return PriceFactory(
        ai_model__model_name="gpt-4o", input_usd="2.5", output_usd="10"
    ).ai_model


def test_a_cost_adds_up_to_its_lines(editor, priced):
    answer = editor.get(
        "/api/cost",
        {"model": priced.reference, "input_tokens": 1000, "output_tokens": 10},
    ).json()

    assert answer["state"] == "computed"
    assert answer["total_usd"] == "0.0026"
    assert [line["usd"] for line in answer["lines"]] == ["0.0025", "0.0001"]


def test_the_answer_is_that_of_the_command_line(editor, organization, priced):
    question = {
        "model": priced.reference,
        "input_tokens": 120_000,
        "output_tokens": 900,
        "images": ["2x1024x1024"],
        "batch": True,
        "at": AT,
    }
    printed = StringIO()
    call_command(
        "models",
        "cost",
        priced.reference,
        "--input-tokens=120000",
        "--output-tokens=900",
        "--images=2x1024x1024",
        "--batch",
        f"--at={AT}",
        "--json",
        f"--organization={organization.slug}",
        stdout=printed,
    )

    by_post = editor.post("/api/cost", question, content_type="application/json").json()
    by_get = editor.get("/api/cost", question | {"batch": "true"}).json()

    assert by_post == by_get == json.loads(printed.getvalue())
    assert by_post["images"][0]["tokens_each"] == 765


def test_your_own_price_is_used(editor, organization, priced):
    PriceFactory(ai_model=priced, organization=organization, input_usd="1")
    PriceFactory(ai_model=priced, organization=OrganizationFactory(), input_usd="9")

    answer = editor.get(
        "/api/cost", {"model": priced.reference, "input_tokens": 1_000_000}
    ).json()

    assert answer["total_usd"] == "1"


def test_an_unknown_price_is_unpriced_and_not_zero(editor):
    ai_model = AIModelFactory()

    answer = editor.get(
        "/api/cost", {"model": ai_model.reference, "input_tokens": 5}
    ).json()

    assert answer["state"] == "unpriced"
    assert answer["total_usd"] is None


def test_an_alias_names_what_it_resolved_to(editor, priced):
    ModelAlias.objects.create(
        provider=priced.provider, alias="gpt-latest", ai_model=priced
    )

    answer = editor.get("/api/cost", {"model": "openai/gpt-latest"}).json()

    assert answer["model"] == "openai/gpt-4o"
    assert answer["alias"] == "openai/gpt-latest"


def test_an_unknown_model_is_404_with_a_likely_one(editor, priced):
    response = editor.get("/api/cost", {"model": "openai/gpt-4p"})

    assert response.status_code == 404
    assert "Did you mean openai/gpt-4o?" in response.json()["error"]


def test_parts_that_exceed_their_whole_are_refused(editor, priced):
    response = editor.get(
        "/api/cost",
        {"model": priced.reference, "input_tokens": 1, "cache_read_tokens": 2},
    )

    assert response.status_code == 422
    assert "cannot exceed" in response.json()["error"]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("input_tokens", "-1"),
        ("input_tokens", "1e30"),
        ("output_tokens", "NaN"),
        ("output_tokens", "Infinity"),
        ("requests", "many"),
        ("images", "2x0x9"),
        ("images", "huge"),
        ("at", "yesterday"),
        ("at", "0001-01-01T00:00Z"),
        ("model", "a\x00b"),
    ],
)
def test_bad_input_is_named(editor, priced, field, text):
    question = {"model": priced.reference, field: text}

    response = editor.get("/api/cost", question)

    assert response.status_code == 422
    assert response.json()["error"]
    assert response.json()["fields"]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"model": 5}'])
def test_a_body_of_no_shape_is_refused(editor, body):
    response = editor.post("/api/cost", body, content_type="application/json")

    assert response.status_code in {400, 422}
    assert response.json()["error"]
