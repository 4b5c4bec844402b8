"""The what-if page: real traffic on other models and packs."""

import csv
import io
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.services.bands import mark_cut_hours, refresh_edges
from analytics.services.rollup_rebuilding import mark_all_dirty
from analytics.services.rollups import roll_up
from registry.pricing import cost_of
from registry.rates import Rates
from registry.usage import Usage
from tests.analytics.records import record
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    ModelSettingFactory,
    PriceFactory,
)
from tests.registry.packs.packing import entry, packed

URL = "/analytics/what-if/"


def priced(organization, name, input_usd, output_usd, **facts):
    ai_model = AIModelFactory(model_name=name, **facts)
    ModelSettingFactory(organization=organization, ai_model=ai_model)
    return PriceFactory(ai_model=ai_model, input_usd=input_usd, output_usd=output_usd)


@pytest.fixture
def dear(organization):
    return priced(organization, "dear", "2", "10")


@pytest.fixture
def cheap(organization):
    return priced(organization, "cheap", "0.5", "1", context_window=32_000)


@pytest.fixture
def support(organization, dear):
    """Three calls of 20,000 tokens in and one of 50,000, a thousand out each."""
    feature = FeatureFactory(organization=organization, key="support", name="Support")
    for size in (20_000, 20_000, 20_000, 50_000):
        used(feature, dear, size)
    return feature


def used(feature, price, size):
    now = timezone.now()
    usage = Usage(input_tokens=size, output_tokens=1_000)
    record(
        feature.organization,
        started_at=now,
        feature_id=feature.pk,
        ai_model_id=price.ai_model_id,
        price_id=price.pk,
        request_id=uuid.uuid4(),
        usage=usage,
        cost=cost_of(usage, Rates(price.rates), now),
    )


def summed(organization):
    mark_all_dirty(organization_id=organization.pk)
    roll_up(organization_id=organization.pk)


@pytest.fixture
def asked(editor, organization, support):
    def ask(query="", **headers):
        summed(organization)
        return editor.get(f"{URL}?{query}", headers=headers)

    return ask


def sums_of(response, place=0):
    return response.context["found"].totals[place]


def test_every_feature_on_one_model_costs_what_its_calls_would(asked, cheap):
    page = asked("with=openai/cheap&unfit=price")

    sums = sums_of(page)
    assert sums.usd == Decimal("0.059")  # 110,000 in, 4,000 out
    assert sums.change_usd == Decimal("0.059") - Decimal("0.26")
    assert "−77.3%" in page.content.decode()


def test_requests_that_do_not_fit_are_counted_and_stay_where_they_were(asked, cheap):
    page = asked("with=openai/cheap")

    sums = sums_of(page)
    assert sums.too_long_requests == 1
    assert sums.usd == Decimal("0.033") + Decimal("0.11")
    assert "1 of 4" in page.content.decode()
    assert "longer than the 32,000 tokens of openai/cheap" in page.content.decode()


def test_a_pack_is_taken_feature_by_feature(asked, organization, cheap, dear):
    other = FeatureFactory(organization=organization, key="other", name="Other")
    used(other, dear, 1_000)
    packed(organization, entry("support", "openai/cheap"), slug="economy")

    page = asked("with=pack:economy")

    support, left = page.context["table"].rows
    assert support.cells[0].sums.moved_calls == 3
    assert left.cells[0].sums.is_same


def test_a_model_for_each_feature(asked, cheap):
    page = asked("set=support=openai/cheap")

    assert page.context["table"].alternatives[0].label == "Your mix"
    assert sums_of(page).moved_calls == 3


def test_a_missing_capability_is_said_and_the_feature_stays(asked, support, cheap):
    support.required_capabilities = ["image_analysis"]
    support.save()

    page = asked("with=openai/cheap")

    assert "cannot" in page.content.decode()
    assert sums_of(page).usd == Decimal("0.26")
    assert sums_of(page).incapable_requests == 4


def test_a_price_that_nobody_knows_is_not_zero(asked, organization):
    AIModelFactory(model_name="free-of-facts")

    page = asked("with=openai/free-of-facts")

    assert "no price" in page.content.decode()
    assert not sums_of(page).is_known


def test_todays_price_and_that_of_the_day_differ(asked):
    model = AIModelFactory(model_name="moved", context_window=None)
    now = timezone.now()
    PriceFactory(ai_model=model, input_usd="1", output_usd="0", effective_to=now)
    PriceFactory(ai_model=model, input_usd="9", output_usd="0", effective_from=now)

    assert sums_of(asked("with=openai/moved")).usd == Decimal("0.11")
    assert sums_of(asked("with=openai/moved&prices=today")).usd == Decimal("0.99")


def test_list_prices_leave_out_what_was_negotiated(asked, organization):
    model = AIModelFactory(model_name="agreed", context_window=None)
    PriceFactory(ai_model=model, input_usd="2", output_usd="0")
    PriceFactory(
        ai_model=model, organization=organization, input_usd="1", output_usd="0"
    )

    assert sums_of(asked("with=openai/agreed&prices=today")).usd == Decimal("0.11")
    assert sums_of(asked("with=openai/agreed&prices=list")).usd == Decimal("0.22")


def test_a_new_window_says_so_until_sums_are_built_again(asked, organization, support):
    asked()
    small = priced(organization, "small", "1", "1", context_window=40_000)
    summed_before = sums_of(asked(f"with=openai/{small.ai_model.model_name}"))
    assert summed_before.is_cut

    page = asked("with=openai/small")
    assert "being rebuilt" in page.content.decode()
    assert refresh_edges()
    assert mark_cut_hours() == 1
    assert not refresh_edges()
    assert sums_of(asked("with=openai/small")).too_long_requests == 1


def test_no_cache_prices_everything_as_plain_input(asked, organization, support, cheap):
    now = timezone.now()
    usage = Usage(input_tokens=10_000, cache_read_tokens=10_000)
    record(
        organization,
        started_at=now,
        feature_id=support.pk,
        ai_model_id=cheap.ai_model_id,
        usage=usage,
        cost=cost_of(usage, Rates(cheap.rates), now),
    )

    # 100,000 more of input than without a cache price; the fit ones only.
    assert sums_of(asked("with=openai/cheap&cache=none&unfit=price")).usd == Decimal(
        "0.064"
    )


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("with=openai/no-such", "No model “openai/no-such” is known here."),
        ("with=pack:nowhere", "There is no pack “nowhere” here."),
        ("set=nothing=openai/cheap", "There is no feature “nothing”."),
        ("days=12", "Days"),
        ("feature=nothing", "Feature"),
        ("with=%00", ""),
        ("prices=yesterday", "Prices"),
        ("with=a/1&with=a/2&with=a/3&with=a/4&with=a/5", "Only the first 4"),
    ],
    ids=["model", "pack", "mix", "days", "feature", "nul", "prices", "many"],
)
def test_what_does_not_fit_is_said(asked, cheap, query, words):
    page = asked(query)

    assert page.status_code == (422 if words else 200)
    assert words in page.content.decode()


def test_an_empty_organisation_is_told_the_next_step(editor):
    page = editor.get(URL)

    assert "No calls yet." in page.content.decode()


def test_a_swap_gets_the_part_alone(asked):
    page = asked("", **{"HX-Request": "true", "HX-Target": "what-if"})

    assert "<html" not in page.content.decode()


def test_csv_and_json_say_the_same(asked, editor, cheap):
    asked()
    query = "with=openai/cheap&days=7"

    text = b"".join(editor.get(f"{URL}download/?{query}").streaming_content).decode()
    body = editor.get(f"{URL}download/?{query}&format=json")

    (line,) = csv.DictReader(io.StringIO(text))
    assert (line["feature"], line["alternative"]) == ("support", "openai/cheap")
    assert Decimal(line["usd"]) == Decimal("0.143")
    assert b'"requests_too_long": 1' in b"".join(body.streaming_content)


def test_another_organisation_sees_nothing_of_it(asked, organization, stranger, cheap):
    asked()

    page = stranger.get(f"{URL}?with=openai/cheap")
    assert not page.context["table"].rows
    assert stranger.get(f"{URL}?feature=support").status_code == 422


def test_viewers_are_not_offered_to_assign(asked, viewer, cheap):
    assert "Assign" in asked("with=openai/cheap").content.decode()
    assert "Assign" not in viewer.get(f"{URL}?with=openai/cheap").content.decode()


def test_the_sidebar_leads_there(editor):
    assert (
        f'href="{reverse("analytics:what_if")}"'
        in editor.get("/models/").content.decode()
    )


def test_the_api_answers_the_same(asked, editor, cheap):
    asked()

    answer = editor.post(
        "/api/what-if",
        {"days": 7, "alternatives": ["openai/cheap"]},
        content_type="application/json",
    )

    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert told["alternatives"][0]["usd"] == "0.143"
    assert told["features"][0]["alternatives"][0]["requests_too_long"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"alternatives": ["openai/none"]},
        {"features": ["none"]},
        {"days": 0},
        {"prices": "never"},
        {"mix": {"none": "openai/cheap"}},
    ],
    ids=["model", "feature", "days", "prices", "mix"],
)
def test_the_api_names_what_is_wrong(editor, cheap, body):
    answer = editor.post("/api/what-if", body, content_type="application/json")

    assert answer.status_code == 422
    assert answer.json()["error"]
