import datetime

import pytest
from django.urls import reverse

from registry.audit import record_change
from registry.models import ModelAlias
from registry.services.assignments import assign_model
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    OrganizationFactory,
    PriceFactory,
    ProviderFactory,
    enabled_model,
)

RATES = {
    "standard": {
        "input_mtok": {"base": "2.5", "tiers": [{"start": 272000, "price": "5"}]},
        "output_mtok": "15",
        "web_searches_kcount": "10",
    },
    "time_of_day": [
        {"from": "01:00:00", "to": "04:00:00", "prices": {"input_mtok": "1.2"}}
    ],
    "variants": [
        {
            "when": {"processing": "batch"},
            "starts_on": "2026-10-14",
            "prices": {"input_mtok": "1.25"},
        }
    ],
    "per_image_usd": "0.04",
}


def page_of(client, model):
    return client.get(model.get_absolute_url())


@pytest.mark.parametrize(
    "model_name",
    [
        "gpt-5.2-mini",
        "meta/llama-3.1/8b-instruct",
        "llama3.1:8b",
        "us.anthropic.claude-x:0",
        "accounts/fireworks/models/x",
        "<script>alert(1)</script>",
        "ä name with spaces & more?#%",
    ],
)
def test_a_model_is_found_by_its_exact_id(editor, model_name):
    model = AIModelFactory(model_name=model_name)

    response = page_of(editor, model)

    assert response.status_code == 200
    assert response.context["ai_model"] == model
    assert "<script>alert" not in response.content.decode()


def test_facts_stand_with_source_and_day_and_unknown_ones_as_dashes(editor):
    model = AIModelFactory(
        context_window=400_000,
        fact_sources={"context_window": {"source": "a list", "read_on": "2026-11-01"}},
    )

    facts = {one.label: one for one in page_of(editor, model).context["detail"].facts}

    assert facts["Context window"].value == "400,000 tokens"
    assert facts["Context window"].source == "a list"
    assert facts["Context window"].read_on == "2026-11-01"
    assert facts["Maximum output"].value == "–"
    assert facts["Open weights"].value == "–"
    assert facts["Released"].value == "–"


def test_the_price_table_shows_tiers_times_variants_and_images(editor):
    model = AIModelFactory()
    PriceFactory(ai_model=model, rates=RATES)

    text = page_of(editor, model).content.decode()

    for shown in (
        "above 272k tokens: $5.00",
        "01:00–04:00 UTC",
        "Batch",
        "since 2026-10-14",
        "$1.25",
        "Web searches",
        "Generated image",
        "$0.04",
    ):
        assert shown in text


def test_a_model_without_a_price_is_not_free(editor, db):
    text = page_of(editor, AIModelFactory()).content.decode()

    assert "No price is known" in text
    assert "$0.00" not in text
    assert "vendor/plotly" not in text


def test_the_price_history_steps_through_the_catalogues_prices(editor, organization):
    model = AIModelFactory(released_on=datetime.date(2025, 8, 7))
    change = datetime.datetime(2026, 3, 18, tzinfo=datetime.UTC)
    PriceFactory(ai_model=model, output_usd="2.4", effective_to=change)
    PriceFactory(ai_model=model, output_usd="2.2", effective_from=change)
    PriceFactory(ai_model=model, output_usd="1", organization=organization)

    response = page_of(editor, model)
    output = response.context["figure"]["data"][0]

    assert output["name"] == "Output"
    assert output["x"][:2] == ["2025-08-07", "2026-03-18"]
    assert output["y"] == [2.4, 2.2, 2.2]
    assert output["line"]["shape"] == "hv"
    assert "vendor/plotly.min.js" in response.content.decode()


def test_ratings_stand_with_interval_and_credit(editor):
    rating = {"score": 1460, "low": 1451, "high": 1469, "votes": 4900}
    model = AIModelFactory(ratings={"coding": rating, "overall": rating})

    response = page_of(editor, model)
    text = response.content.decode()

    assert [one.category for one in response.context["detail"].ratings] == [
        "Overall",
        "Coding",
    ]
    assert "1451–1469" in text
    assert "CC BY 4.0" in text


def test_the_page_names_the_features_that_use_the_model(editor, organization):
    model = enabled_model(organization, model_name="a")
    fallback = enabled_model(organization, model_name="b")
    assign_model(
        feature=FeatureFactory(organization=organization, name="Photo tagging"),
        ai_model=model,
        fallbacks=[fallback],
        actor=None,
        expected_revision=0,
    )

    assert "Primary" in page_of(editor, model).content.decode()
    assert "Fallback 1" in page_of(editor, fallback).content.decode()


def test_another_organisations_features_stay_unnamed(stranger, organization):
    model = enabled_model(organization)
    assign_model(
        feature=FeatureFactory(organization=organization, name="Secret plan"),
        ai_model=model,
        actor=None,
        expected_revision=0,
    )

    text = page_of(stranger, model).content.decode()

    assert "Secret plan" not in text
    assert "Enabled</span>" not in text


def test_another_organisations_custom_model_is_not_found(
    editor, stranger, organization
):
    custom = AIModelFactory(organization=organization)

    assert page_of(editor, custom).status_code == 200
    assert page_of(stranger, custom).status_code == 404


def test_an_own_custom_model_wins_over_the_catalogues(editor, organization):
    AIModelFactory(model_name="same")
    own = AIModelFactory(model_name="same", organization=organization)

    assert page_of(editor, own).context["ai_model"] == own


def test_an_alias_leads_to_its_exact_version_and_says_so(editor):
    model = AIModelFactory(model_name="gpt-5-2025-08-07")
    ModelAlias.objects.create(
        provider=model.provider, alias="gpt-5-latest", ai_model=model, source="a list"
    )

    response = editor.get("/models/openai/gpt-5-latest/", follow=True)
    text = response.content.decode()

    assert response.redirect_chain == [(model.get_absolute_url(), 302)]
    assert "openai/gpt-5-latest is an alias. It means openai/gpt-5-2025-08-07." in text
    assert "<code>openai/gpt-5-latest</code>" in text


def test_an_alias_without_a_version_is_not_found_and_says_why(editor, db):
    ModelAlias.objects.create(provider=ProviderFactory(), alias="new-latest")

    response = editor.get("/models/openai/new-latest/")

    assert response.status_code == 404
    assert "exact version is not known" in response.content.decode()


@pytest.mark.parametrize(
    "address", ["/models/openai/nothing/", "/models/nobody/x/", "/models/openai/%00/"]
)
def test_an_unknown_model_is_not_found(editor, db, address):
    assert editor.get(address).status_code == 404


def test_the_history_holds_this_organisations_changes_alone(editor, organization):
    model = AIModelFactory()
    for owner, note in ((organization, "ours"), (OrganizationFactory(), "theirs")):
        record_change(
            organization=owner,
            actor=None,
            action="model.enabled",
            target=model,
            before={"is_enabled": False},
            after={"is_enabled": True},
            note=note,
        )

    text = page_of(editor, model).content.decode()

    assert "ours" in text
    assert "theirs" not in text
    assert "Enabled" in text


def test_the_page_links_to_comparison_and_calculator(editor):
    model = AIModelFactory(model_name="meta/llama-3.1:8b")

    text = page_of(editor, model).content.decode()

    for name in ("compare", "calculator"):
        address = reverse(f"recommender:{name}")
        assert f"{address}?m=openai%2Fmeta%2Fllama-3.1%3A8b" in text


def test_a_viewer_sees_everything_but_the_switches(viewer, db):
    text = page_of(viewer, AIModelFactory()).content.decode()

    assert "Facts" in text
    assert "/-/configure/" not in text


def test_queries_do_not_grow_with_prices_and_features(
    editor, organization, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    model = enabled_model(organization)
    assign_model(
        feature=FeatureFactory(organization=organization),
        ai_model=model,
        actor=None,
        expected_revision=0,
    )
    with CaptureQueriesContext(connection) as few:
        page_of(editor, model)
    for number in range(5):
        assign_model(
            feature=FeatureFactory(organization=organization),
            ai_model=model,
            actor=None,
            expected_revision=0,
        )
        ModelAlias.objects.create(
            provider=model.provider, alias=f"alias-{number}", ai_model=model
        )
        PriceFactory(
            ai_model=model,
            effective_from=datetime.datetime(2020 + number, 1, 1, tzinfo=datetime.UTC),
            effective_to=datetime.datetime(2020 + number, 6, 1, tzinfo=datetime.UTC),
            organization=OrganizationFactory(),
        )

    with django_assert_num_queries(len(few)):
        page_of(editor, model)
