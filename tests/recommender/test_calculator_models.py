"""Which models are calculated: chosen, usual, or the cheapest of all."""

import datetime
from decimal import Decimal

import pytest

from registry.models import ModelAlias
from tests.factories import (
    AIModelFactory,
    OrganizationFactory,
    PriceFactory,
    ProviderFactory,
    enabled_model,
)

URL = "/calculator/"


def priced(model_name, usd="1", **facts):
    ai_model = AIModelFactory(model_name=model_name, **facts)
    PriceFactory(ai_model=ai_model, input_usd=usd, output_usd=usd)
    return ai_model


def calculation(client, **query):
    return client.get(URL, query).context["calculation"]


def names(result):
    return [row.reference for row in result.rows]


def test_chosen_models_replace_the_usual_ones(editor, organization):
    enabled_model(organization)
    priced("a")

    assert names(calculation(editor, m=["openai/a"])) == ["openai/a"]


def test_an_unknown_model_is_named_and_the_others_stay(editor):
    priced("a")

    result = calculation(editor, m=["openai/a", "openai/gone", "nonsense"])

    assert names(result) == ["openai/a"]
    assert result.messages == ("Not in the catalogue: openai/gone, nonsense.",)


def test_the_same_model_twice_is_shown_once_and_said(editor):
    priced("a")

    result = calculation(editor, m=["openai/a", "openai/a"])

    assert names(result) == ["openai/a"]
    assert result.messages == ("Named twice, shown once: openai/a.",)


def test_more_than_twenty_models_are_cut_and_named(editor):
    for number in range(22):
        priced(f"m{number:02}")

    result = calculation(editor, m=[f"openai/m{number:02}" for number in range(22)])

    assert len(result.rows) == 20
    assert "left out: openai/m20, openai/m21." in result.messages[0]


def test_an_alias_is_calculated_as_the_model_it_points_to(editor):
    exact = priced("a-2026")
    ModelAlias.objects.create(provider=exact.provider, alias="a-latest", ai_model=exact)

    result = calculation(editor, m=["openai/a-latest"])

    assert names(result) == ["openai/a-2026"]
    assert result.messages == ("openai/a-latest is a moving name for openai/a-2026.",)


def test_a_custom_model_of_another_organisation_is_unknown(editor):
    priced("secret", organization=OrganizationFactory())

    result = calculation(editor, m=["openai/secret"])

    assert result.rows == ()
    assert "Not in the catalogue" in result.messages[0]


def test_an_own_custom_model_wins_over_the_catalogues(editor, organization):
    priced("a", usd="1")
    own = priced("a", usd="9", organization=organization)

    assert calculation(editor, m=["openai/a"]).rows[0].ai_model == own


def test_an_unpriced_model_stands_at_the_end_without_a_figure(editor):
    AIModelFactory(model_name="a-unpriced")
    priced("b", usd="900")

    result = calculation(editor, m=["openai/a-unpriced", "openai/b"])

    assert names(result) == ["openai/b", "openai/a-unpriced"]
    assert result.rows[1].monthly_usd is None
    assert result.rows[1].state == "unpriced"


def test_a_negotiated_price_is_used_and_marked(editor, organization):
    ai_model = priced("a", usd="2")
    PriceFactory(
        ai_model=ai_model,
        organization=organization,
        discount_percent=Decimal(50),
        input_usd="2",
        output_usd="2",
    )

    row = calculation(editor, m=["openai/a"], requests="1000", cache="0").rows[0]

    assert row.is_negotiated
    assert row.monthly_usd == Decimal("1.85")


def test_a_call_longer_than_the_window_does_not_count_as_cheapest(editor):
    priced("small", usd="0.1", context_window=1000)
    priced("large", usd="5", context_window=100_000)

    result = calculation(editor, m=["openai/small", "openai/large"])

    assert result.cheapest.reference == "openai/large"
    assert "context window is 1,000 tokens" in result.rows[1].notes[0]


def test_all_models_are_narrowed_to_the_cheapest_with_the_capabilities(editor):
    for usd in ("5", "3", "4", "1"):
        priced(f"tool-{usd}", usd=usd, capabilities=["text_generation", "tools"])
    priced("plain", usd="0.1")

    result = calculation(editor, scope="all", capability=["tools"], cheapest="2")

    assert names(result) == ["openai/tool-1", "openai/tool-3"]
    assert result.messages == ("The 2 cheapest of 4 models are shown.",)


def test_all_models_count_what_cannot_be_calculated(editor):
    priced("a")
    AIModelFactory(model_name="no-price")
    embedding = AIModelFactory(model_name="embedding")
    PriceFactory(ai_model=embedding, rates={"standard": {"input_mtok": "1"}})
    priced("tiny", context_window=100)
    priced("retired", retired_on=datetime.date(2020, 1, 1))

    result = calculation(editor, scope="all")

    assert names(result) == ["openai/a"]
    assert {each.reason: each.count for each in result.left_out} == {
        "No price known": 1,
        "Price without a rate for these tokens": 1,
        "Too small for one call": 1,
    }


def test_a_batch_price_counts_when_the_cheapest_are_sought(editor):
    priced("flat", usd="3")
    halved = AIModelFactory(model_name="halved")
    PriceFactory(
        ai_model=halved,
        rates={
            "standard": {"input_mtok": "4", "output_mtok": "4"},
            "variants": [
                {
                    "when": {"processing": "batch"},
                    "starts_on": "2026-01-01",
                    "prices": {"input_mtok": "2", "output_mtok": "2"},
                }
            ],
        },
    )

    result = calculation(editor, scope="all", cheapest="1", batch="100", cache="0")

    assert names(result) == ["openai/halved"]


def test_images_leave_out_models_that_do_not_read_them(editor):
    priced("blind")
    priced("gpt-4o", capabilities=["image_analysis"])
    mystery = ProviderFactory(slug="mystery")
    priced("eyes", provider=mystery, capabilities=["image_analysis"])

    result = calculation(
        editor, mode="images", m=["openai/blind", "openai/gpt-4o", "mystery/eyes"]
    )

    assert names(result) == ["openai/gpt-4o", "mystery/eyes"]
    assert result.left_out[0].reason == "Not known to read images"
    assert result.left_out[0].references == ("openai/blind",)
    assert result.rows[1].per_item_usd is None
    assert "Image tokens not known" in result.rows[1].notes[0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"add": "openai/b"}, ["openai/b", "openai/a"]),
        ({"m": ["openai/a", "openai/b"], "remove": "openai/a"}, ["openai/b"]),
        ({"m": ["openai/b"], "reset": "models"}, ["openai/a"]),
    ],
)
def test_models_are_added_and_removed_without_losing_the_place(
    editor, organization, change, expected
):
    enabled_model(organization, model_name="a")
    priced("b")

    response = editor.get(URL, {"requests": "77", **change}, follow=True)

    assert [row.reference for row in response.context["calculation"].rows] == expected
    assert response.context["calculation"].request.items == 77
