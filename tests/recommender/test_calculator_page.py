from urllib.parse import parse_qs, urlparse

import pytest
from django.test import Client

from tests.factories import AIModelFactory, PriceFactory, enabled_model

URL = "/calculator/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "calculator-results"}


def text_of(response):
    return response.content.decode()


def test_it_shows_enabled_models_cheapest_first(editor, organization):
    enabled_model(organization, model_name="dear")
    cheap = AIModelFactory(model_name="cheap")
    PriceFactory(ai_model=cheap, input_usd="0.1", output_usd="0.2")
    organization.model_settings.create(ai_model=cheap, is_enabled=True)

    response = editor.get(URL)

    rows = response.context["calculation"].rows
    assert response.status_code == 200
    assert [row.reference for row in rows] == ["openai/cheap", "openai/dear"]


def test_a_viewer_may_calculate(viewer):
    assert viewer.get(URL).status_code == 200


def test_a_visitor_is_sent_to_sign_in(db):
    response = Client().get(URL)

    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]


@pytest.mark.parametrize("path", ["", "models/", "csv/", "markdown/"])
def test_it_is_read_only(editor, path):
    assert editor.post(f"{URL}{path}").status_code == 405


def test_without_models_the_next_step_is_said(editor):
    assert "Add a model, enable some" in text_of(editor.get(URL))


def test_a_fragment_is_the_results_without_the_frame(editor, organization):
    enabled_model(organization)

    response = editor.get(URL, {"requests": "70000"}, headers=FRAGMENT)

    assert "<html" not in text_of(response)
    assert "70,000 requests a month" in text_of(response)
    assert response["HX-Push-Url"] == "/calculator/?requests=70000"
    assert "HX-Target" in response["Vary"]


def test_a_fragment_mends_links_and_hints_outside_the_results(editor):
    body = text_of(editor.get(URL, {"requests": "7"}, headers=FRAGMENT))

    assert 'id="calculator-links" hx-swap-oob="true"' in body
    assert "/calculator/csv/?requests=7" in body
    assert 'id="hint-requests"' in body


def test_a_bad_volume_is_422_with_the_message_and_the_cost_per_item(
    editor, organization
):
    enabled_model(organization)

    response = editor.get(URL, {"requests": "1e30"}, headers=FRAGMENT)

    assert response.status_code == 422
    assert "Write a whole number from 0 to" in text_of(response)
    assert '<data value="0.00255"' in text_of(response)


def test_a_bad_field_keeps_what_else_was_typed(editor):
    response = editor.get(URL, {"cache": "150", "requests": "1234", "value": "0.5"})

    body = text_of(response)
    assert response.status_code == 422
    assert 'value="1,234"' in body
    assert 'value="0.5"' in body
    assert 'value="150"' in body
    assert body.count('aria-invalid="true"') == 1


def test_a_bad_return_keeps_the_monthly_costs(editor, organization):
    enabled_model(organization)

    response = editor.get(URL, {"value": "gold"}, headers=FRAGMENT)

    assert response.status_code == 422
    assert response.context["calculation"].rows[0].monthly_usd is not None


@pytest.mark.parametrize(
    "name", ["mode", "scope", "provider", "base", "first", "roi_of", "m", "own_name"]
)
@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "x" * 100_000, "a\0b"])
def test_nonsense_in_any_field_is_answered_and_escaped(editor, name, text):
    response = editor.get(URL, {name: text})

    assert response.status_code in {200, 422}
    assert "<script>alert" not in text_of(response)


def test_presets_keep_the_chosen_models(editor):
    response = editor.get(URL, {"m": "openai/gpt-x"})

    links = dict(response.context["presets"])
    assert parse_qs(urlparse(links["Photo tagging"]).query) == {
        "mode": ["images"],
        "m": ["openai/gpt-x"],
    }


def test_every_amount_carries_its_exact_value(editor, organization):
    enabled_model(organization)

    body = text_of(editor.get(URL, {"requests": "3", "cache": "0"}))

    # 3 × (1,500 × $1 + 350 × $3) / 1,000,000
    assert '<data value="0.00765" title="$0.00765">$0.00765</data>' in body


def test_a_download_of_a_bad_form_leads_to_the_messages(editor):
    response = editor.get(f"{URL}csv/", {"requests": "x"})

    assert response.status_code == 302
    assert response["Location"] == "/calculator/?requests=x"


def test_the_search_offers_models_to_add(editor):
    AIModelFactory(model_name="gpt-found")
    AIModelFactory(model_name="other")

    body = text_of(editor.get(f"{URL}models/", {"q": "FOUND gpt"}))

    assert 'value="openai/gpt-found"' in body
    assert "other" not in body
    assert "No model matches" in text_of(editor.get(f"{URL}models/", {"q": "zzz"}))
