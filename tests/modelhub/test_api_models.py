import pytest

from tests.factories import (
    AIModelFactory,
    ConnectionFactory,
    ConnectionModelFactory,
    OrganizationFactory,
    PriceFactory,
    enabled_model,
)


def test_models_come_in_pages_that_hold_each_model_once(editor):
    for number in range(5):
        AIModelFactory(model_name=f"m{number}")

    first = editor.get("/api/models?limit=2").json()
    second = editor.get(f"/api/models?limit=2&cursor={first['next_cursor']}").json()
    third = editor.get(f"/api/models?limit=2&cursor={second['next_cursor']}").json()

    names = [item["name"] for page in (first, second, third) for item in page["items"]]
    assert names == ["m0", "m1", "m2", "m3", "m4"]
    assert third["next_cursor"] is None


def test_models_are_found_by_words_provider_and_capability(editor):
    AIModelFactory(model_name="gpt-5", capabilities=["tools"])
    AIModelFactory(model_name="gpt-4", capabilities=[])
    AIModelFactory(model_name="gpt-5", provider__slug="azure", capabilities=["tools"])

    found = editor.get("/api/models?q=GPT+open&provider=openai&capability=tools").json()

    assert [item["reference"] for item in found["items"]] == ["openai/gpt-5"]


def test_a_price_is_text_and_an_unknown_one_is_null(editor):
    priced = PriceFactory(input_usd="0.0000001").ai_model
    AIModelFactory(model_name="unpriced")

    priced_document = editor.get(f"/api/models/{priced.reference}").json()
    unpriced_document = editor.get("/api/models/openai/unpriced").json()

    assert priced_document["price"]["input_usd_per_million"] == "0.0000001"
    assert unpriced_document["price"] is None


def test_a_model_says_its_facts_and_where_they_come_from(editor):
    AIModelFactory(
        provider__slug="together",
        model_name="meta/llama-4:free",
        max_images=None,
        fact_sources={
            "context_window": {"source": "models.dev", "read_on": "2026-11-01"}
        },
    )

    document = editor.get("/api/models/together/meta/llama-4:free").json()

    assert document["context_window"] == 128_000
    assert document["max_images"] is None
    assert document["sources"]["context_window"]["source"] == "models.dev"
    assert document["status"] is None


def test_an_enabled_model_that_a_connection_offers_is_active(editor, organization):
    ai_model = enabled_model(organization)
    connection = ConnectionFactory(organization=organization)
    ConnectionModelFactory(connection=connection, ai_model=ai_model)

    document = editor.get(f"/api/models/{ai_model.reference}").json()

    assert document["is_enabled"] is True
    assert document["status"] == "active"
    assert document["status_since"] is not None


def test_an_unavailable_model_says_why(editor, organization):
    ai_model = enabled_model(organization)
    connection = ConnectionFactory(organization=organization, is_enabled=False)
    ConnectionModelFactory(connection=connection, ai_model=ai_model)

    document = editor.get("/api/models").json()["items"][0]

    assert document["status"] == "unavailable"
    assert document["status_reason"] == "Openai: the connection is switched off"


def test_a_custom_model_of_another_organisation_is_404(editor):
    theirs = AIModelFactory(organization=OrganizationFactory())

    response = editor.get(f"/api/models/{theirs.reference}")

    assert response.status_code == 404
    assert theirs.reference in response.json()["error"]
    assert editor.get("/api/models").json()["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=NaN", "limit"),
        ("limit=1e30", "limit"),
        ("capability=flying", "capability"),
        ("q=a%00b", "q"),
        ("q=" + "x" * 5000, "q"),
    ],
)
def test_a_bad_filter_is_named(editor, query, field):
    response = editor.get(f"/api/models?{query}")

    assert response.status_code == 422
    assert field in response.json()["fields"]
    assert response.json()["error"]


@pytest.mark.parametrize("cursor", ["nonsense", "ÿ", "MQ", "MQoA", "LTEKYQpi"])
def test_a_cursor_from_elsewhere_is_refused(editor, cursor):
    response = editor.get("/api/models", {"cursor": cursor})

    assert response.status_code == 422
    assert "cursor" in response.json()["error"]


def test_the_number_of_queries_does_not_grow_with_the_models(
    editor, organization, django_assert_max_num_queries
):
    for number in range(12):
        enabled_model(organization, model_name=f"m{number}")

    with django_assert_max_num_queries(8):
        found = editor.get("/api/models").json()

    assert len(found["items"]) == 12
