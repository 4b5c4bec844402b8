"""What would happen now: the same answer on the page, in the API and in the console."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from registry.models import CircuitState, Connection, ConnectionState, Feature
from registry.queries.features import feature_rows
from registry.queries.routes import route_of
from tests.factories import ConnectionFactory, FeatureFactory, enabled_model
from tests.registry.assigning import assigned

URL = "/api/route/explain"


@pytest.fixture
def chain(organization):
    return [
        enabled_model(organization, model_name="gpt", context_window=1_000),
        enabled_model(
            organization,
            model_name="llama",
            provider__slug="ollama",
            capabilities=["tools"],
        ),
    ]


@pytest.fixture
def feature(organization, chain):
    found = FeatureFactory(organization=organization, key="tagging")
    return assigned(found, *chain, parameters={"temperature": 0.5})


@pytest.fixture
def local(organization, chain):
    return Connection.objects.create(
        organization=organization,
        provider=chain[1].provider,
        label="cellar",
        state=ConnectionState.FAILING,
        state_reason="It answers 500.",
    )


def ask(browser, **question):
    return browser.post(URL, question, content_type="application/json")


def features(*arguments):
    out = StringIO()
    call_command("features", *arguments, stdout=out)
    return out.getvalue()


def test_the_api_says_who_would_be_asked_and_who_not(viewer, feature, local):
    document = ask(viewer, feature="tagging").json()

    (candidate,) = document["candidates"]
    assert candidate["model"] == "ollama/llama"
    assert candidate["position"] == 2
    assert candidate["connection"]["label"] == "cellar"
    assert candidate["connection"]["is_local"]
    assert candidate["parameters"] == {"temperature": 0.5}
    assert candidate["price"]["input_usd_per_million"] == "1"
    assert document["skipped"] == [
        {
            "model": "openai/gpt",
            "code": "no_connection",
            "reason": "has no connection: none to openai is set up",
        }
    ]
    assert document["trace"][0].startswith("tagging is assigned to openai/gpt (r1)")
    assert document["feature"]["stream_guarantee"] == "first-token"


def test_no_secret_and_no_address_is_told(viewer, feature, local):
    Connection.objects.update(base_url="http://10.1.2.3:11434")

    assert b"10.1.2.3" not in ask(viewer, feature="tagging").content


def test_what_a_request_needs_is_taken_into_account(viewer, feature, local):
    asked = {"feature": "tagging", "capabilities": ["image_analysis"]}

    document = ask(viewer, **asked).json()

    assert not document["is_answered"]
    assert document["error"] == "No model can answer now."
    assert {one["code"] for one in document["skipped"]} == {
        "no_connection",
        "missing_capability",
    }


@pytest.mark.parametrize(
    ("selection", "error"),
    [
        ("feature:nope", "No feature is called “nope”."),
        ("auto", None),
        ("local", None),
        ("ollama/llama", None),
        ("provider:nobody", "No model of the provider “nobody”"),
        ("gtp", "No model is called “gtp”"),
    ],
)
def test_a_selection_is_read_as_a_client_writes_it(
    viewer, feature, local, selection, error
):
    document = ask(viewer, selection=selection).json()

    assert document["selection"] == selection
    assert (document["error"] or "").startswith(error or "")
    assert document["is_answered"] == (error is None)


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"feature": "tagging", "model": "openai/gpt"},
        {"feature": "a\x00b"},
        {"model": "x" * 3_000},
        {"feature": "   "},
        {"feature": "tagging", "input_tokens": -1},
        {"feature": "tagging", "capabilities": ["magic"]},
    ],
)
def test_a_question_that_makes_no_sense_is_a_422(viewer, question):
    response = ask(viewer, **question)

    assert response.status_code == 422
    assert response.json()["error"]


def test_another_organisations_feature_is_not_explained(stranger, feature):
    document = ask(stranger, feature="tagging").json()

    assert document["error"] == (
        "No feature is called “tagging”. There are no features yet."
    )
    assert stranger.get("/features/tagging/").status_code == 404


def test_the_console_says_the_same(feature, local):
    lines = features("explain", "tagging").splitlines()

    assert lines[0] == "2. ollama/llama at ollama “cellar”"
    assert "   openai/gpt has no connection: none to openai is set up." in lines
    document = json.loads(features("explain", "tagging", "--json"))
    assert document["is_answered"]


def test_the_console_fails_where_nobody_would_answer(feature):
    with pytest.raises(CommandError, match="No model can answer now"):
        features("explain", "tagging", "--input-tokens", "9")
    with pytest.raises(CommandError, match="No feature is called “tags”"):
        features("explain", "tags")


def test_the_page_shows_the_chain_with_connections_and_reasons(viewer, feature, local):
    page = viewer.get("/features/tagging/").content.decode()

    assert "What would happen now" in page
    assert "It has no connection: none to openai is set up." in page
    assert 'title="It answers 500."' in page
    assert "Nobody would answer" not in page


def test_the_page_says_that_nobody_would_answer(viewer, feature):
    assert b"Nobody would answer." in viewer.get("/features/tagging/").content


def test_a_feature_without_model_has_no_route(viewer, organization):
    FeatureFactory(organization=organization, key="empty")

    assert b"What would happen now" not in viewer.get("/features/empty/").content


def test_the_route_reads_the_tables_once(
    feature, local, organization, django_assert_num_queries
):
    (row,) = feature_rows(Feature.objects.all(), organization, timezone.now())

    with django_assert_num_queries(19):
        route = route_of(row, timezone.now())

    assert route.first.ai_model.model_name == "llama"


def test_a_fallback_answers_while_the_first_model_cannot_be_reached(
    viewer, organization, feature, chain, local
):
    ConnectionFactory(
        organization=organization,
        provider=chain[0].provider,
        state=ConnectionState.UNREACHABLE,
    )

    response = viewer.get("/features/tagging/")

    assert response.context["answering"].ai_model == chain[1]
    told = "A fallback: openai/gpt is not answering."
    assert told in response.content.decode()


def test_a_fallback_answers_while_the_first_models_circuit_is_open(
    viewer, organization, feature, chain, local
):
    first = ConnectionFactory(organization=organization, provider=chain[0].provider)
    CircuitState.objects.create(
        connection=first, ai_model=chain[0], state="open", changed_at=timezone.now()
    )

    response = viewer.get("/features/tagging/")

    assert response.context["answering"].ai_model == chain[1]


def test_where_nobody_works_the_first_model_is_shown(viewer, feature, chain, local):
    Connection.objects.update(state=ConnectionState.KEY_REJECTED)

    page = viewer.get("/features/tagging/")

    assert page.context["answering"].ai_model == chain[1]
    assert "feature:tagging" in page.content.decode()
