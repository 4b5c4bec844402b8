"""Page, CSV, Markdown and API show the very same figures."""

import csv
import io
import json
import re
from decimal import Decimal

import pytest

from tests.factories import AIModelFactory, PriceFactory

QUERY = {
    "m": ["openai/a", "openai/b", "openai/none"],
    "requests": "123457",
    "input_tokens": "1777",
    "output_tokens": "333",
    "cache": "33.3333",
    "batch": "12.5",
    "own_name": "GPU",
    "own_fixed": "340.07",
    "own_capacity": "100000",
    "value": "0.0123",
    "setup": "99",
}


@pytest.fixture(autouse=True)
def catalogue(db, time_machine):
    time_machine.move_to("2026-11-21T10:00:00Z", tick=False)
    for name, usd in (("a", "0.37"), ("b", "2.9")):
        PriceFactory(
            ai_model=AIModelFactory(model_name=name), input_usd=usd, output_usd="7.13"
        )
    AIModelFactory(model_name="none")


def api_rows(editor):
    return editor.get("/api/calculator", QUERY).json()["rows"]


def test_the_csv_holds_the_api_to_the_digit(editor):
    response = editor.get("/calculator/csv/", QUERY)

    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    expected = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in api_rows(editor)
    ]
    assert rows == expected
    assert response["Content-Type"].startswith("text/csv")


def test_the_page_holds_every_amount_of_the_api(editor):
    body = editor.get("/calculator/", QUERY).content.decode()

    exact = set(re.findall(r'<data value="([^"]+)"', body))
    for row in api_rows(editor):
        amounts = {row["per_item_usd"], row["monthly_usd"], row["batch_usd"]} - {None}
        assert amounts <= exact


def test_the_markdown_holds_every_monthly_cost_of_the_api(editor):
    body = editor.get("/calculator/markdown/", QUERY).content.decode()

    for row in api_rows(editor):
        assert f"| {row['monthly_usd'] or '–'} |" in body


def test_a_posted_body_is_answered_like_the_address(editor):
    posted = editor.post(
        "/api/calculator", json.dumps(QUERY), content_type="application/json"
    )

    assert posted.status_code == 200
    assert posted.json() == editor.get("/api/calculator", QUERY).json()


def test_parts_in_the_api_add_up_to_the_month(editor):
    for row in api_rows(editor):
        if row["monthly_usd"] is not None:
            parts = [row[f"{kind}_usd"] for kind in ("input", "cached", "output")]
            total = sum(Decimal(part or 0) for part in [*parts, row["other_usd"]])
            assert total == Decimal(row["monthly_usd"])


def test_the_link_of_the_api_opens_the_same_calculation(editor):
    document = editor.get("/api/calculator", QUERY).json()

    rows = editor.get(document["link"]).context["calculation"].rows

    assert [str(row.per_item_usd) for row in rows if row.is_priced] != []
    assert len(rows) == len(document["rows"])


def test_a_bad_field_is_422_by_name_in_the_api(editor):
    response = editor.get("/api/calculator", {"requests": "1e30"})

    assert response.status_code == 422
    assert "requests" in response.json()["fields"]


def test_the_api_asks_for_a_sign_in(client, db):
    assert client.get("/api/calculator").status_code == 401


def test_a_name_that_is_a_formula_is_neutralised_in_the_csv(editor):
    response = editor.get("/calculator/csv/", QUERY | {"own_name": "=1+1"})

    assert "'=1+1" in response.content.decode()
