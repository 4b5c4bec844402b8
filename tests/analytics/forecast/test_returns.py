"""Value against cost: exact arithmetic, the page, saving and taking back."""

import csv
import io
import json
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from analytics.models import FeatureValue
from analytics.returns import Return, total_of
from analytics.sums import Sums
from registry.models import AuditEntry
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up
from tests.factories import FeatureFactory

URL = "/analytics/roi/"


def returned(answered=80, requests=100, cost="4", value="0.10", **more):
    sums = Sums(
        answered=answered,
        requests=requests,
        calls=requests,
        cost_usd=Decimal(cost),
        **more,
    )
    return Return(sums, None if value is None else Decimal(value))


def test_only_answered_requests_are_worth_something():
    found = returned()

    assert (found.value_usd, found.gain_usd, found.percent) == (8, 4, 100)


def test_break_even_says_what_a_request_may_cost_and_must_be_worth():
    found = returned()

    assert found.break_even_cost_usd == Decimal("0.08")
    assert found.break_even_value_usd == Decimal("0.05")


def test_break_even_counts_the_requests_that_pay_a_fixed_cost():
    """Each request brings 0.04 more than it costs."""
    assert returned().break_even_requests(Decimal(10)) == 250
    assert returned().break_even_requests(Decimal("10.01")) == 251
    assert returned(cost="8").break_even_requests(Decimal(10)) is None


def test_what_nobody_said_is_not_known():
    found = returned(value=None)

    assert found.value_usd is None
    assert found.percent is None
    assert found.break_even_requests(Decimal(1)) is None


def test_without_requests_or_cost_nothing_is_divided():
    assert returned(0, 0, "0").percent is None
    assert returned(0, 0, "0").break_even_value_usd is None
    assert returned(0, 0, "0").break_even_cost_usd is None


amounts = st.decimals(0, 10**6, places=6)


@given(st.lists(st.tuples(st.integers(0, 10**9), amounts, amounts), max_size=8))
def test_the_total_is_the_sum_of_its_parts_to_the_last_digit(parts):
    found = [returned(n, n, str(cost), str(value)) for n, cost, value in parts]

    total = total_of(found)

    assert total.value_usd == sum(n * value for n, _, value in parts)
    assert total.gain_usd == sum(one.gain_usd for one in found)


def test_features_without_a_value_stand_beside_the_total():
    total = total_of([returned(), returned(cost="7", value=None)])

    assert (total.cost_usd, total.unvalued_usd) == (4, 7)


@pytest.fixture
def feature(organization):
    found = FeatureFactory(organization=organization, key="chat", name="Chat")
    for _ in range(3):
        record(
            organization,
            started_at=timezone.now(),
            feature_id=found.pk,
            request_id=uuid.uuid4(),
        )
    rolled_up(organization)
    return found


def test_without_a_value_the_page_asks_for_one(editor, feature):
    page = editor.get(URL)

    assert "No value set yet." in page.text
    assert 'action="/analytics/roi/chat/value/"' in page.text


def test_a_value_is_saved_with_a_trace_and_shown(editor, feature):
    page = editor.post(f"{URL}chat/value/", {"value": "0.5"}, follow=True)

    assert FeatureValue.objects.get().usd == Decimal("0.5")
    entry = AuditEntry.objects.get(action="feature.valued")
    assert entry.after == {"value_usd": "0.5"}
    assert page.context["found"].total.value_usd == Decimal("1.5")
    assert "No value set yet." not in page.text


def test_saving_a_value_keeps_the_range_and_the_fixed_cost(editor, feature):
    page = editor.get(URL, {"days": "7", "fixed": "20"})
    kept = {"value": "0.5", "days": "7", "fixed": "20"}

    assert '<input type="hidden" name="days" value="7">' in page.text
    assert editor.post(f"{URL}chat/value/", kept).url == f"{URL}?days=7&fixed=20"
    wrong = editor.post(f"{URL}chat/value/", kept | {"value": "much"})
    assert wrong.context["asked_days"] == 7


def test_a_value_is_taken_back(editor, feature):
    for value in ("0.5", "0.75"):
        editor.post(f"{URL}chat/value/", {"value": value})

    editor.post(f"{URL}chat/undo/")

    assert FeatureValue.objects.get().usd == Decimal("0.5")


def test_an_empty_value_takes_it_away(editor, feature):
    editor.post(f"{URL}chat/value/", {"value": "0.5"})
    editor.post(f"{URL}chat/value/", {"value": ""})

    assert FeatureValue.objects.get().usd is None
    assert "No value set yet." in editor.get(URL).text


@pytest.mark.parametrize("value", ["-1", "much", "1e99", "NaN", "0.0000001"])
def test_a_value_that_is_none_is_refused_and_kept_on_the_page(editor, feature, value):
    page = editor.post(f"{URL}chat/value/", {"value": value})

    assert page.status_code == 422
    assert f'value="{value}"' in page.text
    assert not FeatureValue.objects.exists()


def test_nothing_is_taken_back_where_nothing_was_said(editor, feature):
    page = editor.post(f"{URL}chat/undo/", follow=True)

    assert "There is nothing to take back." in page.text


def test_a_viewer_looks_and_does_not_touch(viewer, feature):
    assert "/value/" not in viewer.get(URL).text
    assert viewer.post(f"{URL}chat/value/", {"value": "1"}).status_code == 403


def test_a_feature_of_others_is_not_there(editor, feature):
    other = FeatureFactory(key="theirs")

    assert editor.post(f"{URL}{other.key}/value/", {"value": "1"}).status_code == 404
    assert editor.post(f"{URL}{other.key}/undo/").status_code == 404


@pytest.mark.parametrize("query", ["days=5", "days=x", "fixed=-1", "fixed=x"])
def test_an_address_that_does_not_fit_is_said(editor, feature, query):
    page = editor.get(f"{URL}?{query}")

    assert page.status_code == 422
    assert "Chat" in page.text


def test_the_table_is_downloaded_as_csv(editor, feature):
    editor.post(f"{URL}chat/value/", {"value": "0.5"})

    file = editor.get(f"{URL}download.csv?days=7&fixed=1")

    assert file["Content-Type"] == "text/csv"
    assert 'filename="return-7-days-to-' in file["Content-Disposition"]
    text = b"".join(file.streaming_content).decode()
    first, *_ = csv.DictReader(io.StringIO(text))
    assert (first["feature"], first["model"], first["answered"]) == ("chat", "", "3")
    assert (first["value_usd"], first["value_each_usd"]) == ("1.5", "0.5")
    gain = Decimal(first["gain_usd"])
    assert gain == Decimal("1.5") - Decimal(first["cost_usd"])


def test_as_json_what_nobody_said_is_null(editor, feature):
    file = editor.get(f"{URL}download.json")

    first, *_ = json.loads(b"".join(file.streaming_content))
    assert (first["feature"], first["requests"]) == ("chat", 3)
    assert first["value_usd"] is None
    assert first["return_percent"] is None
