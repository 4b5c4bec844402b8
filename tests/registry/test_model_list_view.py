import datetime
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories import (
    AIModelFactory,
    ConnectionFactory,
    ConnectionModelFactory,
    ModelSettingFactory,
    OrganizationFactory,
    PriceFactory,
    ProviderFactory,
    enabled_model,
)

FRAGMENT = {"HX-Request": "true", "HX-Target": "models-results"}


def names(response):
    """Ids of the models shown, in their order."""
    return [card.ai_model.model_name for card in response.context["catalogue"].cards]


def count_of(response, facet, value):
    group = next(one for one in response.context["facets"] if one.name == facet)
    return next(one.count for one in group.options if one.value == value)


@pytest.fixture
def models(db):
    AIModelFactory(
        model_name="gpt-5.2-mini",
        name="GPT-5.2 mini",
        context_window=400_000,
        released_on=datetime.date(2025, 8, 7),
        capabilities=["tools"],
    )
    AIModelFactory(
        provider=ProviderFactory(slug="mistral", name="Mistral AI"),
        model_name="small",
        name="Small",
        context_window=None,
        capabilities=["tools", "code"],
    )


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("GPT-5.2", ["gpt-5.2-mini"]),
        ("mistral ai", ["small"]),
        ("openai/gpt", ["gpt-5.2-mini"]),
        ("mini openai", ["gpt-5.2-mini"]),
        ("%", []),
        ("nothing-like-it", []),
    ],
)
def test_search_looks_in_name_provider_and_id(editor, models, words, found):
    assert names(editor.get("/models/", {"q": words})) == found


def test_a_fragment_holds_the_results_and_the_new_counts_alone(editor, models):
    response = editor.get("/models/", {"q": "mistral"}, headers=FRAGMENT)
    text = response.content.decode()

    assert "<html" not in text
    assert "mistral/small" in text
    assert re.search(r'id="n-provider-\d+" hx-swap-oob="true">1<', text)
    assert "HX-Target" in response["Vary"]


def test_a_card_says_what_is_known_and_where_it_comes_from(editor, organization):
    model = enabled_model(
        organization,
        model_name="m",
        name="Em",
        capabilities=["tools"],
        ratings={
            "overall": {"score": 1460, "source": "Arena", "read_on": "2026-10-20"}
        },
    )

    text = editor.get("/models/").content.decode()

    assert "Em" in text
    assert model.reference in text
    assert "Enabled" in text
    assert "$1.00" in text
    assert "Accuracy: 5 of 5." in text
    assert "Source: Arena, 2026-10-20." in text
    assert "Speed: not measured yet." in text
    assert "Cost: 3 of 5." in text
    assert "Tool calling" in text


def test_unknown_facts_are_dashes(editor, db):
    AIModelFactory(context_window=None)

    text = editor.get("/models/").content.decode()

    assert "<b>–</b>context" in text
    assert "<b>–</b>input / M" in text
    assert "$0.00" not in text


def test_the_table_shows_the_same_models(editor, models):
    response = editor.get("/models/", {"view": "table"})

    assert sorted(names(response)) == ["gpt-5.2-mini", "small"]
    assert '<th scope="row">' in response.content.decode()


def test_a_status_is_active_available_unavailable_or_not_known(editor, organization):
    connection = ConnectionFactory(organization=organization)
    on = enabled_model(organization, model_name="on")
    for model in (on, AIModelFactory(model_name="off")):
        ConnectionModelFactory(connection=connection, ai_model=model)
    away = AIModelFactory(model_name="away")
    ConnectionModelFactory(connection=connection, ai_model=away, is_available=False)
    AIModelFactory(model_name="retired", retired_on=datetime.date(2020, 1, 1))
    gone = AIModelFactory(model_name="gone", is_listed=False)
    ModelSettingFactory(organization=organization, ai_model=gone)
    enabled_model(organization, model_name="unconnected")

    def found(status):
        return sorted(names(editor.get("/models/", {"status": status})))

    assert found("active") == ["on"]
    assert found("available") == ["off"]
    assert found("unavailable") == ["away", "gone", "retired"]
    assert found("unknown") == ["unconnected"]
    enabled = names(editor.get("/models/", {"enabled": "yes"}))
    assert sorted(enabled) == ["gone", "on", "unconnected"]


def test_facet_counts_ignore_the_facets_own_selection(editor, models):
    response = editor.get("/models/", {"provider": "mistral"})

    assert names(response) == ["small"]
    assert count_of(response, "provider", "openai") == 1
    assert count_of(response, "context", "large") == 0
    assert count_of(response, "context", "unknown") == 1


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", ["gpt-5.2-mini", "small", "tiny"]),
        ("-name", ["tiny", "small", "gpt-5.2-mini"]),
        ("input", ["tiny", "gpt-5.2-mini", "small"]),
        ("-input", ["gpt-5.2-mini", "tiny", "small"]),
        ("output", ["gpt-5.2-mini", "tiny", "small"]),
        ("-context", ["gpt-5.2-mini", "tiny", "small"]),
        ("-release", ["tiny", "gpt-5.2-mini", "small"]),
        ("release", ["gpt-5.2-mini", "tiny", "small"]),
    ],
)
def test_models_sort_by_each_column(editor, models, sort, order):
    from registry.models import AIModel

    tiny = AIModelFactory(
        model_name="tiny",
        name="Tiny",
        context_window=8_000,
        released_on=datetime.date(2026, 1, 1),
    )
    PriceFactory(ai_model=tiny, input_usd="0.1", output_usd="9")
    PriceFactory(
        ai_model=AIModel.objects.get(model_name="gpt-5.2-mini"),
        input_usd="2",
        output_usd="8",
    )

    assert names(editor.get("/models/", {"sort": sort})) == order


def test_an_own_price_decides_sorting_price_band_and_card(editor, organization):
    cheap = AIModelFactory(model_name="cheap", name="A")
    dear = AIModelFactory(model_name="dear", name="B")
    PriceFactory(ai_model=cheap, input_usd="1", output_usd="1")
    PriceFactory(ai_model=dear, input_usd="2", output_usd="2")
    PriceFactory(
        ai_model=dear,
        organization=organization,
        rates={"standard": {}},
        discount_percent="90",
        input_usd_per_million=None,
        output_usd_per_million=None,
    )

    response = editor.get("/models/", {"sort": "input", "price": "1"})

    assert names(editor.get("/models/", {"sort": "input"})) == ["dear", "cheap"]
    assert names(response) == ["dear"]
    assert "Your price" in response.content.decode()
    assert "$0.20" in response.content.decode()


def test_other_organisations_see_neither_custom_models_nor_own_prices(
    editor, stranger, organization
):
    custom = AIModelFactory(model_name="secret", organization=organization)
    PriceFactory(ai_model=custom, organization=organization)

    assert names(editor.get("/models/")) == ["secret"]
    assert names(stranger.get("/models/")) == []


def test_chips_take_one_filter_away_and_keep_the_others(editor, models):
    response = editor.get(
        "/models/", {"q": "s", "provider": "mistral", "capability": ["tools", "code"]}
    )

    chips = {chip.label: chip.href for chip in response.context["chips"]}
    left = parse_qs(urlsplit(chips["Capability: Code"]).query)

    assert set(chips) == {
        "“s”",
        "Provider: Mistral AI",
        "Capability: Tool calling",
        "Capability: Code",
    }
    assert left == {"q": ["s"], "provider": ["mistral"], "capability": ["tools"]}


def test_pages_keep_the_filters_in_their_addresses(editor, db):
    AIModelFactory.create_batch(50)

    first = editor.get("/models/", {"q": "model", "sort": "name"})
    following = first.context["page_links"]["next"]
    second = editor.get(f"/models/{following}")

    assert parse_qs(urlsplit(following).query) == {
        "q": ["model"],
        "sort": ["name"],
        "page": ["2"],
    }
    assert len(names(first)) == 48
    assert len(names(second)) == 2
    assert not set(names(first)) & set(names(second))


def test_a_page_behind_the_last_shows_the_last(editor, models):
    response = editor.get("/models/", {"page": "99999"})

    assert len(names(response)) == 2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"status": "broken"}, "Status:"),
        ({"sort": "colour"}, "Sort:"),
        ({"page": "-1"}, "Page:"),
        ({"page": "NaN"}, "Page:"),
        ({"context": "0"}, "Context window:"),
        ({"q": "x" * 201}, "Search for at most 200 characters"),
        ({"q": "a\x00b"}, "Null characters"),
        ({"provider": "nobody"}, "Provider:"),
    ],
)
def test_a_bad_value_is_named_and_the_good_filters_hold(editor, models, wrong, message):
    response = editor.get("/models/", {"capability": "code", **wrong})

    assert response.status_code == 200
    assert names(response) == ["small"]
    assert message in response.content.decode()


def test_one_wrong_tick_leaves_the_right_ones(editor, models):
    response = editor.get("/models/", {"provider": ["mistral", "<b>"]})

    assert names(response) == ["small"]
    assert (
        "<b>"
        not in response.content.decode()
        .replace("<b></b>", "")
        .replace("<b>–</b>", "")
        .split("alert")[1]
        .split("</p>")[0]
    )


def test_a_hostile_id_is_text(editor, db):
    AIModelFactory(model_name="<script>alert(1)</script>", name="<script>x</script>")

    text = editor.get("/models/", {"q": "<script>"}).content.decode()

    assert "<script>alert" not in text
    assert "<script>x" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_comparing_needs_no_script(editor, models):
    text = editor.get("/models/").content.decode()

    assert (
        '<form class="tray" id="compare-tray" action="/compare/" method="get"' in text
    )
    assert 'name="m" value="mistral/small" form="compare-tray"' in text


def test_an_empty_result_offers_to_clear_the_filters(editor, models):
    text = editor.get("/models/", {"q": "zzz"}).content.decode()

    assert "No model matches" in text
    assert "Clear all filters" in text


def test_a_viewer_sees_models_but_no_switches(viewer, models):
    text = viewer.get("/models/").content.decode()

    assert "mistral/small" in text
    assert "/-/enable/" not in text


def test_only_get_is_answered(editor, db):
    assert editor.post("/models/").status_code == 405


def test_someone_without_an_organisation_finds_nothing(client, db):
    from tests.factories import UserFactory

    client.force_login(UserFactory())

    assert client.get("/models/").status_code == 404


@pytest.mark.parametrize("view", ["cards", "table"])
def test_queries_do_not_grow_with_models(
    editor, organization, django_assert_num_queries, view
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    enabled_model(organization)
    with CaptureQueriesContext(connection) as few:
        editor.get("/models/", {"view": view})
    for number in range(12):
        provider = ProviderFactory(slug=f"provider-{number}")
        model = enabled_model(organization, provider=provider)
        PriceFactory(ai_model=model, organization=OrganizationFactory())
        offers = ConnectionFactory(organization=organization, provider=provider)
        ConnectionModelFactory(connection=offers, ai_model=model)

    with django_assert_num_queries(len(few)):
        editor.get("/models/", {"view": view})
