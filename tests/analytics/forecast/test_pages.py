"""The pages of forecast and price history, their files and their API."""

import csv
import datetime
import io
import json
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import BudgetScope
from analytics.services.budget_definitions import create_budget
from registry.pricing import cost_of
from registry.rates import Rates
from registry.usage import Usage
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory, FeatureFactory, PriceFactory

FORECAST, PRICES = "/analytics/forecast/", "/analytics/prices/"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def ai_model(db):
    return AIModelFactory(model_name="luna")


@pytest.fixture
def changed_at():
    return timezone.now() - 10 * DAY


@pytest.fixture
def used(organization, ai_model, changed_at):
    """A call a day for thirty days; the price doubled ten days ago."""
    feature = FeatureFactory(organization=organization, key="chat", name="Chat")
    old = PriceFactory(
        ai_model=ai_model, input_usd="1", output_usd="1", effective_to=changed_at
    )
    new = PriceFactory(
        ai_model=ai_model, input_usd="2", output_usd="2", effective_from=changed_at
    )
    for number in range(31):
        at = timezone.now() - number * DAY
        price = new if at >= changed_at else old
        usage = Usage(input_tokens=1_000_000)
        record(
            organization,
            started_at=at,
            feature_id=feature.pk,
            ai_model_id=ai_model.pk,
            price_id=price.pk,
            request_id=uuid.uuid4(),
            usage=usage,
            cost=cost_of(usage, Rates(price.rates), at),
        )
    rolled_up(organization)


def text_of(response):
    return b"".join(response).decode()


def test_the_page_says_what_the_month_will_have_cost(editor, used):
    page = editor.get(FORECAST)

    found = page.context["found"]
    assert found.p10_usd <= found.p50_usd <= found.p90_usd
    # Two dollars a day, whatever was paid before.
    assert {one.constant_usd for one in found.made.days} == {2}
    assert "Chat" in page.text
    assert "openai/luna" in page.text


def test_without_use_the_page_says_what_is_missing(editor):
    page = editor.get(FORECAST)

    assert page.status_code == 200
    assert "no use yet" in page.text


def test_a_budget_is_held_against_it(editor, organization, used):
    create_budget(
        organization=organization,
        actor=None,
        name="All",
        scope_kind=BudgetScope.ORGANIZATION,
        amount_usd=Decimal(1),
    )

    page = editor.get(FORECAST)

    assert "will very likely be exceeded" in page.text
    assert page.context["month_figure"]["data"][-1]["name"] == "Budget"


def test_growth_stands_in_the_address(editor, used):
    page = editor.get(f"{FORECAST}?growth=10&months=2&growth-chat=100")

    december, january = page.context["ahead"]
    assert january.usd / december.usd == pytest.approx(2, rel=Decimal("0.15"))
    assert "growth=10&amp;months=2&amp;growth-chat=100" in page.text


@pytest.mark.parametrize(
    "query",
    [
        "growth=x",
        "growth=-100",
        "months=0",
        "months=25",
        "growth-chat=1e9",
        "cached=101",
    ],
)
def test_what_is_no_growth_is_said_and_all_else_is_shown(editor, used, query):
    page = editor.get(f"{FORECAST}?{query}")

    assert page.status_code == 422
    assert page.context["found"].is_known


def test_a_planned_use_is_priced_on_the_page(editor, used):
    query = "model=openai/luna&requests=10&input=1000000&months=1"
    page = editor.get(f"{FORECAST}?{query}")

    assert page.context["predicted"].total_usd == 20


def test_a_model_that_nobody_knows_is_said(editor, used):
    page = editor.get(f"{FORECAST}?model=openai/lunar&requests=10")

    assert page.status_code == 422
    assert "No model openai/lunar is known here." in page.text


def test_the_fragment_is_the_body_alone(editor, used):
    headers = {"HX-Request": "true", "HX-Target": "forecast"}
    page = editor.get(FORECAST, headers=headers)

    assert "<html" not in page.text
    assert "By feature and model" in page.text


def test_the_file_has_features_models_and_months(editor, used):
    answer = editor.get(f"{FORECAST}download.csv?months=2")

    rows = list(csv.DictReader(io.StringIO(text_of(answer))))
    assert {row["feature"] for row in rows} == {"chat", "All"}
    assert [row["model"] for row in rows[:2]] == ["", "openai/luna"]
    assert rows[0]["expected_usd"] == rows[1]["expected_usd"]
    assert len(rows) == 5


def test_the_document_has_the_fan(editor, used):
    told = json.loads(text_of(editor.get(f"{FORECAST}download.json")))

    assert told["fan"][-1]["p50_usd"] == told["p50_usd"]
    assert len(told["months"]) == 6


def test_price_history_says_what_a_change_cost(editor, used, changed_at):
    page = editor.get(PRICES)

    (one,) = page.context["effects"]
    # Eleven calls at two dollars instead of one.
    assert one.effect.usd == 11
    assert one.effect.after_usd == 22
    assert "+$11.00" in page.text


def test_price_history_of_one_model_has_its_chart(editor, used):
    page = editor.get(f"{PRICES}?model=openai/luna&days=30")

    assert page.context["chosen"].model_name == "luna"
    assert page.context["figure"]["data"]


def test_a_model_that_was_not_used_has_no_history(editor, used):
    page = editor.get(f"{PRICES}?model=openai/other")

    assert "openai/other was not used in this time." in page.text


def test_without_use_there_is_no_price_to_show(editor):
    page = editor.get(PRICES).text
    assert "No calls yet." in page
    assert "download.csv" not in page
    assert editor.get(f"{PRICES}?days=9").status_code == 422


def test_price_changes_are_a_file_too(editor, used):
    rows = list(
        csv.DictReader(io.StringIO(text_of(editor.get(f"{PRICES}download.csv"))))
    )

    assert sum(Decimal(row["effect_usd"]) for row in rows) == 11


def test_another_organisation_sees_nothing_of_it(client, used):
    from tests.factories import MembershipFactory

    client.force_login(MembershipFactory().user)

    assert "no use yet" in client.get(FORECAST).text
    assert "No calls yet." in client.get(PRICES).text


@pytest.mark.parametrize("url", [FORECAST, PRICES, "/analytics/roi/", "/analytics/"])
def test_the_pages_of_analytics_share_a_row_of_tabs(editor, url):
    page = editor.get(url)

    assert '<nav class="tabs" aria-label="Analytics">' in page.text
    assert f'href="{url}" aria-current="page"' in page.text


@pytest.mark.parametrize("url", [FORECAST, PRICES, "/analytics/roi/"])
def test_pages_are_only_read(editor, url):
    assert editor.post(url).status_code == 405


def test_the_api_answers_what_a_planned_use_costs(editor, used):
    body = {"model": "openai/luna", "requests": 10, "input_tokens": 1_000_000}

    answer = editor.post(
        "/api/predict-costs", body, content_type="application/json"
    ).json()

    assert Decimal(answer["total_usd"]) == 20
    assert [one["requests"] for one in answer["months"]] == [10]


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"model": "openai/none"}, 404),
        ({"cached_share": "2"}, 422),
        ({"requests": -1}, 422),
        ({"months": 99}, 422),
    ],
    ids=["model", "share", "requests", "months"],
)
def test_the_api_says_what_does_not_fit(editor, used, facts, status):
    body = {"model": "openai/luna", "requests": 1, **facts}

    answer = editor.post("/api/predict-costs", body, content_type="application/json")

    assert answer.status_code == status
    assert answer.json()["error"]


def test_the_api_has_the_forecast(editor, used):
    told = editor.get("/api/forecast?months=2&growth_percent=5").json()

    assert Decimal(told["p10_usd"]) <= Decimal(told["p50_usd"])
    assert len(told["months"]) == 2
