"""The analytics page: what it adds up, how it is narrowed, and what it says of an
address that makes no sense."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.usage_row import Source
from registry.cost import Cost, CostState
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import AIModelFactory, FeatureFactory

PAGE = "/analytics/"
RESULTS = {"HX-Request": "true", "HX-Target": "usage-results"}
DAY = datetime.timedelta(days=1)
BODY = {"HX-Request": "true", "HX-Target": "usage"}


def costing(dollars: str) -> Cost:
    return Cost(CostState.COMPUTED, Decimal(dollars))


@pytest.fixture
def models(db):
    return [AIModelFactory(model_name=name) for name in ("large", "small")]


@pytest.fixture
def used(organization, models):
    """Today $3 on two models; yesterday $1 on the first."""
    large, small = (model.pk for model in models)
    chat = FeatureFactory(organization=organization, name="Chat", key="chat").pk
    now = timezone.now()
    for model, feature, cost, at, more in (
        (large, chat, "2", now, {"tags": {"team": "search"}}),
        (small, None, "1", now, {"source": Source.IMPORT}),
        (large, None, "1", now - DAY, {}),
    ):
        facts = {"ai_model_id": model, "feature_id": feature, **more}
        record(organization, cost=costing(cost), started_at=at, **facts)
    rolled_up(organization)
    return organization


def shown(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_parts_of_a_split_add_up_to_the_total(editor, used):
    response = editor.get(PAGE, {"range": "7d"})

    table = response.context["table"]
    assert [row.names for row in table.rows] == [("openai/large",), ("openai/small",)]
    assert table.total.reading.sums.cost_usd == Decimal(4)
    assert sum(row.reading.sums.cost_usd for row in table.rows) == Decimal(4)
    assert response.context["tiles"][0].value == "$4.00"


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/Los_Angeles"])
@pytest.mark.parametrize(
    "split",
    [["none"], ["feature", "source"], ["provider"], ["pack", "token"], ["tag"]],
    ids="-".join,
)
def test_every_split_adds_up_in_every_zone(editor, used, split, zone):
    state = {"range": "7d", "split": split, "tz": zone, "tag_name": "team"}
    context = editor.get(PAGE, state).context

    drawn = context["spend"].figure["data"]
    bars = [one for one in drawn if one["type"] == "bar"]
    assert sum(sum(one["y"]) for one in bars) == pytest.approx(4)
    if "table" in context:
        assert context["table"].total.reading.sums.cost_usd == Decimal(4)


def test_filters_narrow_everything_and_can_be_taken_away(editor, used):
    response = editor.get(PAGE, {"range": "7d", "model": "openai/small"})

    assert response.context["tiles"][0].value == "$1.00"
    assert "Model: openai/small" in shown(response)
    (chip,) = response.context["chips"]
    assert "model" not in chip[-1]
    assert response.context["tiles"][2].label == "Calls that went well"


def test_one_filter_may_have_several_values_and_none(editor, used):
    several = {"range": "7d", "feature": ["chat", "-"]}

    assert editor.get(PAGE, several).context["tiles"][0].value == "$4.00"
    assert editor.get(PAGE, {"feature": "-"}).context["tiles"][0].value == "$2.00"


def test_tags_are_filtered_by_value(editor, used):
    state = {"range": "7d", "tag_name": "team", "tag": "search", "split": "none"}

    assert editor.get(PAGE, state).context["tiles"][0].value == "$2.00"


def test_a_week_is_compared_with_the_week_before(editor, used):
    record(used, cost=costing("8"), started_at=timezone.now() - 8 * DAY)
    rolled_up(used)

    spend = editor.get(PAGE, {"range": "7d"}).context["tiles"][0]
    alone = editor.get(PAGE, {"range": "7d", "compare": "none"}).context["tiles"][0]

    assert (spend.base, spend.delta.text, spend.delta.icon) == (
        "was $8.00",
        "50.0%",
        "dn",
    )
    assert (alone.base, alone.delta) == ("", None)


@pytest.mark.parametrize(
    ("state", "field", "words"),
    [
        ({"since": "1976-01-01", "until": "2026-01-01"}, "since", "before the year"),
        ({"since": "2001-01-01", "until": "2025-12-31"}, "since", "five years"),
        ({"since": "2026-02-02", "until": "2026-01-01"}, "until", "before the first"),
        ({"since": "next week"}, "since", "as in 2026-10-01"),
        ({"since": "9999-12-31"}, "since", "has not come"),
        ({"until": "9999-12-31"}, "until", "Say the first day"),
        ({"range": "custom"}, "since", "Say from which day"),
        ({"range": "forever"}, "range", "no range"),
        ({"tz": "Mars/Olympus"}, "tz", "There is no time zone"),
        ({"tz": "../../etc/passwd"}, "tz", "There is no time zone"),
        ({"split": "colour"}, "split", "cannot be split by"),
        ({"split": ["model", "feature", "source"]}, "split", "two at most"),
        ({"split": "tag"}, "tag_name", "Say which tag"),
        ({"step": "second"}, "step", "Steps are"),
        ({"compare": "mum"}, "compare", "Compare with"),
        ({"model": "openai/nobody"}, "model", "There is no model"),
        ({"connection": "1" * 400}, "connection", "names nothing"),
        ({"token": "9" * 80}, "token", "There is no api token"),
        ({"feature": "\x00"}, "", ""),
    ],
)
def test_what_makes_no_sense_is_said_and_the_rest_is_shown(
    editor, used, state, field, words
):
    response = editor.get(PAGE, {"sort": "name", **state})

    errors = response.context["form"].errors
    assert response.status_code == (422 if field else 200)
    assert list(errors) == ([field] if field else [])
    assert words in str(errors)
    assert response.context["tiles"][0].value == "$4.00"


def test_things_of_other_organisations_are_not_known(editor, used):
    other = FeatureFactory(key="theirs")
    record(other.organization, feature_id=other.pk, cost=costing("99"))
    rolled_up(other.organization)

    response = editor.get(PAGE, {"feature": "theirs"})

    assert response.status_code == 422
    assert response.context["tiles"][0].value == "$4.00"


def test_without_any_call_the_page_leads_to_the_first(editor, organization):
    response = editor.get(PAGE)

    assert response.status_code == 200
    for words in ("No calls yet.", "/usage/import/", "/settings/telemetry/"):
        assert words in shown(response)
    assert "<figure" not in shown(response)


def test_without_calls_in_the_range_the_page_says_what_to_do(editor, used):
    query = {"since": "2020-01-01", "until": "2020-01-02"}

    assert "No calls in this period." in shown(editor.get(PAGE, query))


def test_only_a_range_with_today_in_it_is_kept_up_to_date(editor, used):
    assert "data-live" in shown(editor.get(PAGE, {"range": "today"}))
    assert "data-live" not in shown(editor.get(PAGE, {"range": "last-month"}))


def test_a_poll_gets_the_results_alone_and_a_change_the_controls_too(editor, used):
    results = shown(editor.get(PAGE, {"range": "7d"}, headers=RESULTS))
    body = editor.get(PAGE, {"range": "7d", "feature": ""}, headers=BODY)

    assert "usage-controls" not in results
    assert "$4.00" in results
    assert "usage-controls" in shown(body)
    assert "<html" not in shown(body)
    assert body["HX-Push-Url"] == "/analytics/?range=7d"


def test_the_number_of_queries_does_not_grow_with_use(
    editor, used, django_assert_max_num_queries
):
    for number in range(6):
        feature = FeatureFactory(organization=used)
        record(
            used,
            feature_id=feature.pk,
            ai_model_id=AIModelFactory().pk,
            started_at=timezone.now() - number * DAY,
        )
    rolled_up(used)

    with django_assert_max_num_queries(45):
        editor.get(PAGE, {"split": ["model", "feature"]})


def test_strangers_see_nothing_of_it(client, stranger, used):
    assert client.get(PAGE).status_code == 302
    assert "No calls yet." in shown(stranger.get(PAGE, {"range": "7d"}))
    assert stranger.post(PAGE).status_code == 405
