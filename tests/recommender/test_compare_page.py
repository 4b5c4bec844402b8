import pytest
from django.urls import reverse

from registry.models import ModelAlias
from tests.factories import (
    AIModelFactory,
    ModelSettingFactory,
    OrganizationFactory,
    PriceFactory,
    enabled_model,
)

URL = "/compare/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "compare-results"}


@pytest.fixture
def two(db) -> list[str]:
    """References of a cheap model with a small window and a dear one with a large."""
    cheap = PriceFactory(
        ai_model__model_name="cheap",
        ai_model__context_window=64_000,
        input_usd="1",
        output_usd="2",
    )
    dear = PriceFactory(
        ai_model__model_name="dear",
        ai_model__context_window=400_000,
        input_usd="5",
        output_usd="25",
    )
    return [cheap.ai_model.reference, dear.ai_model.reference]


def row_of(body: str, key: str) -> list[str]:
    """The cells of a table row as HTML."""
    row = body.partition(f'data-row="{key}"')[2].partition("</tr>")[0]
    return [cell.partition("</td>")[0] for cell in row.split("<td>")[1:]]


def test_the_best_of_each_row_is_marked(editor, two):
    body = editor.get(URL, {"m": two}).content.decode()

    cheap_input, dear_input = row_of(body, "input_million")
    assert 'class="best"' in cheap_input
    assert "visually-hidden" in cheap_input
    assert 'class="best"' not in dear_input
    assert 'class="best"' in row_of(body, "context_window")[1]


def test_a_month_costs_what_the_volume_says(editor, two):
    volume = {
        "requests": "1,000",
        "input_tokens": "2000",
        "output_tokens": "500",
        "cache": "0",
        "batch": "0",
    }

    body = editor.get(URL, {"m": two, **volume}).content.decode()

    cheap, dear = row_of(body, "month")
    assert '<data value="3"' in cheap
    assert "$3.00" in cheap
    assert "$22.50" in dear
    assert "1,000 requests a month, 2,000 tokens in and 500 out each." in body


def test_a_negotiated_price_applies_and_is_marked(editor, organization, two):
    PriceFactory(
        ai_model=AIModelFactory._meta.model.objects.get(model_name="dear"),
        organization=organization,
        input_usd="0.5",
        output_usd="0.5",
    )

    body = editor.get(URL, {"m": two}).content.decode()

    assert "negotiated price" in body
    assert 'class="best"' in row_of(body, "input_million")[1]


def test_another_organisations_price_does_not_apply(editor, two):
    PriceFactory(
        ai_model=AIModelFactory._meta.model.objects.get(model_name="dear"),
        organization=OrganizationFactory(),
        input_usd="0.5",
    )

    body = editor.get(URL, {"m": two}).content.decode()

    assert "negotiated price" not in body
    assert "$5.00" in row_of(body, "input_million")[1]


def test_an_unpriced_model_shows_dashes_and_never_zero(editor, two):
    unpriced = AIModelFactory(model_name="unpriced").reference

    body = editor.get(URL, {"m": [*two, unpriced]}).content.decode()

    cell = row_of(body, "month")[2]
    assert "–" in cell
    assert "$0" not in cell
    assert 'class="best"' in row_of(body, "month")[0]


def test_an_alias_is_resolved_and_said(editor, two):
    target = AIModelFactory(model_name="mistral-large-2512", provider__slug="mistral")
    ModelAlias.objects.create(
        provider=target.provider, alias="mistral-large-latest", ai_model=target
    )

    body = editor.get(
        URL, {"m": [two[0], "mistral/mistral-large-latest"]}
    ).content.decode()

    assert "mistral/mistral-large-latest → mistral/mistral-large-2512." in body


def test_only_differences_leaves_out_equal_rows(editor, two):
    all_rows = editor.get(URL, {"m": two}).content.decode()
    different = editor.get(URL, {"m": two, "differences": "on"}).content.decode()

    assert row_of(all_rows, "can_text_generation")
    assert not row_of(different, "can_text_generation")
    assert row_of(different, "context_window")


def test_a_fragment_is_the_results_alone_and_pushes_the_address(editor, two):
    response = editor.get(URL, {"m": two, "requests": "7"}, headers=FRAGMENT)

    body = response.content.decode()
    assert "<html" not in body
    assert "compare-table" in body
    assert response["HX-Push-Url"] == f"/compare/?m={two[0]}&m={two[1]}&requests=7"


def test_typing_a_reference_adds_it_to_the_address(editor, two):
    response = editor.get(URL, {"m": two[0], "add": two[1]})

    assert response.status_code == 302
    assert response["Location"] == f"/compare/?m={two[0]}&m={two[1]}"


def test_each_model_can_be_removed_by_a_link(editor, two):
    body = editor.get(URL, {"m": two, "cache": "0"}).content.decode()

    assert f'href="/compare/?m={two[1]}&amp;cache=0"' in body
    assert f'aria-label="Remove {two[0]}"' in body


def test_an_empty_comparison_suggests_what_the_team_uses(editor, organization):
    ai_model = enabled_model(organization, model_name="used")
    AIModelFactory(model_name="unused")

    body = editor.get(URL).content.decode()

    assert "Choose models to compare" in body
    assert f"/compare/?m={ai_model.reference}" in body
    assert "unused" not in body


def test_one_model_says_the_next_step(editor, two):
    body = editor.get(URL, {"m": two[0]}).content.decode()

    assert "Add a second model" in body
    assert 'class="best"' not in body


def test_the_chart_is_said_in_words_too(editor, two):
    body = editor.get(URL, {"m": two}).content.decode()

    caption = body.partition("<figcaption>")[2].partition("</figcaption>")[0]
    assert "openai/cheap: $" in caption
    assert "context of 400,000 tokens." in caption
    assert '<script type="application/json">{"data"' in body


def test_a_rating_shows_its_interval_and_source(editor, two):
    AIModelFactory._meta.model.objects.filter(model_name="cheap").update(
        ratings={
            "overall": {
                "score": 1400.4,
                "low": 1390,
                "high": 1410,
                "votes": 900,
                "source": "Arena",
                "read_on": "2026-10-20",
            }
        }
    )

    body = editor.get(URL, {"m": two}).content.decode()

    assert "1,390–1,410" in row_of(body, "rating_overall")[0]
    assert "Arena, 2026-10-20" in body


def test_a_rating_of_a_wrong_shape_is_not_known(editor, two):
    AIModelFactory._meta.model.objects.filter(model_name="cheap").update(
        ratings={"overall": {"score": "NaN", "low": True}}
    )

    body = editor.get(URL, {"m": two}).content.decode()

    assert "not known" in row_of(body, "rating_overall")[0]


def test_suggestions_put_enabled_models_first_and_leave_out_chosen_ones(
    editor, organization, two
):
    enabled = AIModelFactory(model_name="zz-cheap")
    ModelSettingFactory(organization=organization, ai_model=enabled)

    body = editor.get(
        reverse("recommender:compare_suggestions"), {"add": "cheap", "m": two[1]}
    ).content.decode()

    assert body.index("zz-cheap") < body.index(f"m={two[0]}")
    assert f"/compare/?m={two[1]}&amp;m={two[0]}" in body


def test_suggestions_never_show_another_organisations_model(editor):
    AIModelFactory(model_name="secret", organization=OrganizationFactory())

    body = editor.get(
        reverse("recommender:compare_suggestions"), {"add": "secret"}
    ).content.decode()

    assert "No model matches" in body


def test_the_number_of_queries_does_not_grow_with_the_models(
    editor, organization, django_assert_num_queries
):
    models = [
        enabled_model(organization, model_name=f"m{number}").reference
        for number in range(6)
    ]
    with django_assert_num_queries(QUERIES):
        editor.get(URL, {"m": models[:2]}, headers=FRAGMENT)

    with django_assert_num_queries(QUERIES):
        editor.get(URL, {"m": models}, headers=FRAGMENT)


QUERIES = 9
