"""The overview of an organisation that is used: what a lead looks at in the morning."""

import datetime
import zoneinfo
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.models import Alert, BudgetDefinition, UsageRecord
from analytics.services.forecasts import fresh_forecast
from registry.cost import Cost, CostState
from tests.analytics.calls import UNPRICED
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import ConnectionFactory, FeatureFactory, enabled_model
from tests.registry.assigning import assigned

PART = {"HX-Request": "true", "HX-Target": "overview-results"}
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def costing(dollars: str) -> Cost:
    return Cost(CostState.COMPUTED, Decimal(dollars))


def shown(response) -> str:
    return " ".join(response.content.decode().split())


def section(page: str, title: str) -> str:
    return page.split(f">{title}</h2>")[1].split("</section>")[0]


@pytest.fixture
def used(organization):
    """$3 this month: $2 of chat, $1 of no feature; and $1 at the start of the last."""
    chat = FeatureFactory(organization=organization, name="Chat", key="chat")
    model = enabled_model(organization, model_name="main")
    assigned(chat, model)
    now = timezone.now()
    last = now.replace(day=1) - datetime.timedelta(days=1)
    first_of_last = last.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for feature_id, cost, at in (
        (chat.pk, "2", now),
        (None, "1", now),
        (chat.pk, "1", first_of_last),
    ):
        facts = {"feature_id": feature_id, "ai_model_id": model.pk}
        record(organization, cost=costing(cost), started_at=at, **facts)
    rolled_up(organization)
    return organization


def raised(organization, **facts) -> Alert:
    usual = {
        "kind": "cost_anomaly",
        "occasion": "cost:1",
        "title": "Chat cost $61 yesterday",
        "raised_at": timezone.now(),
    }
    return Alert.objects.create(organization=organization, **{**usual, **facts})


def test_the_tiles_say_what_the_analytics_page_says(editor, used):
    morning = editor.get("/").context["morning"]

    analytics = editor.get("/analytics/", {"range": "month"}).context["tiles"][:4]
    tiles = [one.tile for one in morning.tiles]
    assert [one.value for one in tiles] == [one.value for one in analytics]
    assert [one.base for one in tiles] == [one.base for one in analytics]
    assert (tiles[0].value, tiles[0].base) == ("$3.00", "was $1.00")


def test_the_features_add_up_to_the_total(editor, used):
    table = editor.get("/").context["morning"].features.table

    assert [row.names for row in table.rows] == [("Chat",), ("No feature",)]
    assert sum(row.reading.sums.cost_usd for row in table.rows) == Decimal(3)
    assert table.total.reading.sums.cost_usd == Decimal(3)


def test_a_feature_stands_with_its_model_and_its_state(editor, used):
    page = section(shown(editor.get("/")), "Features")

    assert 'href="/features/chat/">Chat</a>' in page
    assert "</span>main</span>" in page
    assert "To watch" in page


def test_beyond_ten_features_the_others_are_together(editor, used):
    for number in range(12):
        feature = FeatureFactory(organization=used, name=f"Small {number}")
        record(used, feature_id=feature.pk, cost=costing("0.01"))
    rolled_up(used)

    features = editor.get("/").context["morning"].features

    assert len(features.lines) == 10
    assert features.table.left_out == 4
    assert features.table.total.reading.sums.cost_usd == Decimal("3.12")


def test_features_without_a_call_or_a_model_are_counted(editor, used):
    FeatureFactory(organization=used)

    features = editor.get("/").context["morning"].features

    assert (features.idle, features.lost) == (1, 1)


def test_the_chart_has_every_day_of_the_month_and_stops_today(editor, used):
    morning = editor.get("/").context["morning"]

    bars = [one for one in morning.chart.figure["data"] if one["type"] == "bar"]
    assert sum(sum(one["y"]) for one in bars) == pytest.approx(3)
    assert {len(one["x"]) for one in bars} == {timezone.now().day}
    days = morning.chart.figure["layout"]["xaxis"]["categoryarray"]
    assert len(days) == morning.months.this.days


def test_a_month_begins_at_midnight_of_the_organisation(editor, organization):
    organization.time_zone = "Europe/Berlin"
    organization.save()
    first = timezone.now().astimezone(BERLIN).replace(day=1, hour=0, minute=0, second=0)
    record(organization, cost=costing("5"), started_at=first)
    minute = datetime.timedelta(minutes=1)
    record(organization, cost=costing("7"), started_at=first - minute)
    rolled_up(organization)

    assert editor.get("/").context["morning"].total.cost_usd == Decimal(5)


def test_a_budget_of_everything_stands_beside_the_spend(editor, used):
    BudgetDefinition.objects.create(
        organization=used, name="All of it", scope_kind="organization", amount_usd=40
    )

    page = shown(editor.get("/"))

    assert "of $40.00, the month" in page
    assert "All of it" in section(page, "Budgets")


def test_calls_without_a_price_are_told_with_their_share(editor, used):
    record(used, cost=UNPRICED, price_id=None)
    rolled_up(used)

    page = shown(editor.get("/"))

    assert "33.3% of this month&#x27;s calls are not priced" in page or (
        "33.3% of this month's calls are not priced" in page
    )
    assert 'href="/analytics/unpriced/">Map or price them' in page


def test_connections_stand_with_their_calls_of_a_day(editor, used):
    connection = ConnectionFactory(organization=used, label="Europe")
    record(used, connection_id=connection.pk)
    rolled_up(used)

    page = section(shown(editor.get("/")), "Connections")

    assert "Europe" in page
    assert "100.00% went well" in page


def test_an_alert_is_acknowledged_in_place(editor, used):
    alert = raised(used)
    assert alert.title in shown(editor.get("/"))

    answer = editor.post(
        f"/alerts/{alert.pk}/acknowledge/", {"back": "/"}, headers=PART, follow=True
    )

    assert answer.redirect_chain == [("/", 302)]
    page = shown(answer)
    assert "<html" not in page
    assert ">Alerts</h2>" not in page
    assert f"Acknowledged: {alert.title}" in page
    assert 'id="bell" hx-swap-oob="true"' in page
    assert 'aria-label="Alerts, 0 open"' in page
    assert 'id="alert-count" data-tone="warning" hx-swap-oob="true" hidden' in page


def test_what_was_acknowledged_in_place_is_undone_in_place(editor, used):
    alert = raised(used)
    answer = editor.post(
        f"/alerts/{alert.pk}/acknowledge/", {"back": "/"}, headers=PART, follow=True
    )
    undo = f"/alerts/{alert.pk}/reopen/?back=%2F"
    assert f'action="{undo}"' in shown(answer)

    undone = editor.post(undo, follow=True)

    assert undone.redirect_chain == [("/", 302)]
    assert 'aria-label="Alerts, 1 open"' in shown(undone)


def test_a_viewer_sees_all_and_is_offered_no_change(viewer, used):
    raised(used)

    page = shown(viewer.get("/"))

    assert "Chat cost $61 yesterday" in page
    assert "/acknowledge/" not in page
    assert "/features/new/" not in page
    assert "/budgets/new/" not in page


def test_others_see_nothing_of_it(stranger, used):
    raised(used)

    page = shown(stranger.get("/"))

    assert "Getting started" in page
    assert "Chat" not in page


def test_what_was_used_long_ago_still_has_its_overview(editor, organization):
    long_ago = timezone.now() - datetime.timedelta(days=80)
    record(organization, started_at=long_ago)
    UsageRecord.objects.exclude(started_at=long_ago).delete()

    page = shown(editor.get("/"))

    assert "No calls this month." in page
    assert "nothing to compare with" in page


def test_the_part_that_is_kept_up_to_date_comes_alone(editor, used):
    page = shown(editor.get("/", headers=PART))

    assert "<html" not in page
    assert "Spend in" in page


def test_the_number_of_queries_does_not_grow(
    editor, used, django_assert_max_num_queries, django_assert_num_queries
):
    def add(number):
        for _ in range(number):
            feature = FeatureFactory(organization=used)
            assigned(feature, enabled_model(used), enabled_model(used))
            connection = ConnectionFactory(organization=used)
            record(used, feature_id=feature.pk, connection_id=connection.pk)
            raised(used, occasion=f"cost:{feature.pk}")
        rolled_up(used)

    add(1)
    editor.get("/")
    with django_assert_max_num_queries(30) as captured:
        editor.get("/")
    add(4)

    with django_assert_num_queries(len(captured)):
        editor.get("/")


def test_the_forecast_of_the_month_stands_beside_the_spend(editor, used):
    now = timezone.now()
    for day in range(1, 57):
        at = now - datetime.timedelta(days=day)
        record(used, cost=costing("1"), started_at=at)
    rolled_up(used)
    fresh_forecast(used, now)

    morning = editor.get("/").context["morning"]

    assert morning.month_end.p10_usd >= morning.total.cost_usd
    assert morning.month_end.p50_usd <= morning.month_end.p90_usd
    assert "P10 to P90" in shown(editor.get("/"))


def test_without_a_forecast_nothing_is_said_of_the_end_of_the_month(editor, used):
    assert editor.get("/").context["morning"].month_end is None
    assert "P10 to P90" not in shown(editor.get("/"))
