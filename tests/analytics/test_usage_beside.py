"""What stands beside the analytics page: why a cost changed, what a model and a
feature really did, and the same figures over the API."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.bands.change_words import CostChange, CostStep
from analytics.charts_cost_change import readable, waterfall
from registry.cost import Cost, CostState
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory, FeatureFactory

WHY = "/analytics/why/"
METRICS = "/api/usage/metrics"
CARD = {"HX-Request": "true", "HX-Target": "performance"}
DAY = datetime.timedelta(days=1)


def costing(dollars: str) -> Cost:
    return Cost(CostState.COMPUTED, Decimal(dollars))


@pytest.fixture
def model(db):
    return AIModelFactory(model_name="large")


@pytest.fixture
def used(organization, model):
    feature = FeatureFactory(organization=organization, key="chat")
    facts = {"ai_model_id": model.pk, "feature_id": feature.pk}
    now = timezone.now()
    record(organization, cost=costing("3"), started_at=now, **facts)
    record(organization, cost=costing("1.25"), started_at=now - 8 * DAY, **facts)
    rolled_up(organization)
    return organization


def shown(response) -> str:
    return " ".join(response.content.decode().split())


def change(before: str, after: str, *steps: str) -> CostChange:
    told = tuple(CostStep("Step", Decimal(one), "Because.") for one in steps)
    return CostChange(Decimal(before), Decimal(after), told)


def test_a_waterfall_goes_from_before_to_now():
    (drawn,) = waterfall(change("10", "12.5", "3", "-0.5"))["data"]

    assert drawn["measure"] == ["absolute", "relative", "relative", "total"]
    assert drawn["x"] == [10.0, 3.0, -0.5, 12.5]
    assert drawn["text"] == ["$10.00", "+$3.00", "−$0.50", "$12.50"]


def test_nothing_spent_is_no_waterfall():
    assert waterfall(change("0", "0", "0")) is None


def test_steps_are_told_in_cents_and_small_ones_more_finely():
    coarse = readable(change("1.004", "2.009", "1.005"))
    fine = readable(change("0.000004", "0.0000065", "0.0000025"))

    assert (coarse.before_usd, coarse.steps[0].usd) == (
        Decimal("1.00"),
        Decimal("1.01"),
    )
    assert fine.before_usd + fine.steps[0].usd == fine.after_usd > 0


def test_the_steps_of_a_change_add_up_on_the_page(editor, used):
    response = editor.get(WHY, {"range": "7d"})

    told = response.context["change"]
    assert (told.before_usd, told.after_usd) == (Decimal("1.25"), Decimal("3.00"))
    assert told.before_usd + sum(one.usd for one in told.steps) == told.after_usd
    assert "+$1.75 against" in shown(response)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"compare": "none"}, "Choose a period to compare with"),
        ({"pack": "-"}, "Take the other filters away"),
        ({"tz": "Mars/Olympus", "range": "last-month"}, "Neither period cost"),
    ],
)
def test_what_cannot_be_explained_is_said(editor, used, state, words):
    response = editor.get(WHY, state)

    assert response.status_code == 200
    assert words in shown(response)


def test_a_models_page_tells_what_was_measured(editor, used, model):
    page = shown(editor.get(f"/models/{model.reference}/"))
    address = f"/analytics/models/{model.reference}/"
    card = shown(editor.get(address, headers=CARD))

    assert f'hx-get="{address}"' in page
    assert "Calls that went well" in card
    assert "$2.13" in card
    assert "not enough data" in card
    assert "<html" not in card
    assert "<html" in shown(editor.get(address))


def test_a_features_page_tells_what_was_measured(editor, used, stranger):
    page = shown(editor.get("/features/chat/"))
    address = "/analytics/features/chat/"

    assert f'hx-get="{address}"' in page
    assert "Requests answered" in shown(editor.get(address, headers=CARD))
    assert stranger.get(address).status_code == 404


def test_what_was_never_called_says_so(editor, used):
    FeatureFactory(organization=used, key="idle")

    card = shown(editor.get("/analytics/features/idle/", headers=CARD))

    assert "nothing was called in these days" in card


def test_the_api_answers_the_questions_of_the_page(editor, used, model):
    document = editor.get(METRICS, {"range": "7d", "step": "day"}).json()

    assert document["period"]["total"]["cost_usd"] == "3"
    assert document["compared"]["total"]["cost_usd"] == "1.25"
    (row,) = document["rows"]
    assert (row["model"], row["calls"]) == (model.reference, 1)
    assert [one["cost_usd"] for one in document["series"]] == ["3"]


def test_the_api_names_what_is_wrong(editor, client, used):
    response = editor.get(METRICS, {"tz": "Mars/Olympus", "split": "colour"})

    assert response.status_code == 422
    assert "tz: There is no time zone" in response.json()["error"]
    assert "split: Usage cannot be split" in response.json()["error"]


def test_the_api_is_for_members(stranger, used):
    total = stranger.get(METRICS, {"range": "7d"}).json()["period"]["total"]

    assert total["calls"] == 0
