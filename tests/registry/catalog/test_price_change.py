import datetime

import time_machine
from django.utils import timezone

from registry.models import AIModel, AuditEntry, Price
from registry.queries.prices import quote_for
from registry.services.catalog_sync import sync_catalog
from tests.catalog_data import document, model_entry, period
from tests.factories import OrganizationFactory, PriceFactory

BEFORE = datetime.datetime(2026, 11, 1, 9, tzinfo=datetime.UTC)
AFTER = datetime.datetime(2026, 11, 20, 3, tzinfo=datetime.UTC)


def sync(moment, *periods):
    with time_machine.travel(moment, tick=False):
        return sync_catalog(document=document(model_entry(prices=periods)))


def spans():
    return [
        (
            row.rates["standard"]["input_mtok"],
            row.effective_from,
            row.effective_to,
        )
        for row in Price.objects.order_by("id")
    ]


def test_a_changed_price_begins_with_the_sync_and_the_old_one_ends(db):
    sync(BEFORE, period("1", "3"))

    report = sync(AFTER, period("2", "6"))

    assert spans() == [("1", None, AFTER), ("2", AFTER, None)]
    assert report.price_changes == ["openai/gpt-test: $1 in, $3 out → $2 in, $6 out"]


def test_the_past_keeps_its_price_when_the_source_rewrites_it(db):
    sync(BEFORE, period("1", "3"))
    long_ago = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

    report = sync(
        AFTER, period("1", "3", None, long_ago), period("2", "6", long_ago, None)
    )

    assert spans() == [("1", None, AFTER), ("2", AFTER, None)]
    assert report.past_kept == ["openai/gpt-test"]


def test_a_start_that_the_source_states_after_our_last_row_is_taken(db):
    sync(BEFORE, period("1", "3"))
    stated = datetime.datetime(2026, 11, 18, tzinfo=datetime.UTC)

    report = sync(AFTER, period("1", "3", None, stated), period("2", "6", stated))

    assert spans() == [("1", None, stated), ("2", stated, None)]
    assert report.past_kept == []


def test_an_announced_price_is_a_row_that_begins_later(db):
    announced = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)

    sync(BEFORE, period("1", "3"))
    sync(AFTER, period("1", "3", None, announced), period("2", "6", announced))

    assert spans() == [("1", None, announced), ("2", announced, None)]


def test_an_announcement_can_be_taken_back_before_it_begins(db):
    announced = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    sync(BEFORE, period("1", "3", None, announced), period("2", "6", announced))

    report = sync(AFTER, period("1", "3"))

    assert spans() == [("1", None, None)]
    assert report.price_changes == ["openai/gpt-test: announced price changed"]


def test_a_price_that_the_source_no_longer_states_ends(db):
    sync(BEFORE, period("1", "3"))

    sync(AFTER)

    assert spans() == [("1", None, AFTER)]


def test_the_first_load_takes_the_whole_history_of_the_source(db):
    first = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)

    sync(AFTER, period("1", "3", None, first), period("2", "6", first))

    assert spans() == [("1", None, first), ("2", first, None)]


def test_two_changes_in_the_same_instant_still_leave_periods_that_are_not_empty(db):
    sync(BEFORE, period("1", "3"))
    sync(AFTER, period("2", "6"))

    sync(AFTER, period("3", "9"))

    assert [row[0] for row in spans()] == ["1", "2", "3"]
    assert Price.objects.filter(effective_to=None).count() == 1


def test_an_older_source_does_not_bring_an_old_price_back(db):
    newer = model_entry(prices=(period("2", "6"),), read_on=datetime.date(2026, 11, 19))
    sync_catalog(document=document(newer))

    report = sync_catalog(document=document(model_entry()))

    assert [row[0] for row in spans()] == ["2"]
    assert "openai/gpt-test: price" in report.kept_newer


def test_negotiated_prices_are_never_touched(db):
    sync(BEFORE, period("1", "3"))
    ai_model, organization = AIModel.objects.get(), OrganizationFactory()
    own = PriceFactory(ai_model=ai_model, organization=organization, input_usd="0.5")
    before = Price.objects.filter(pk=own.pk).values().get()

    sync(AFTER, period("2", "6"))

    assert Price.objects.filter(pk=own.pk).values().get() == before
    assert quote_for(ai_model, organization, timezone.now()).price == own


def test_a_price_that_a_person_edited_stays(db):
    sync(BEFORE)
    PriceFactory(ai_model=AIModel.objects.get(), source="edited", input_usd="7")

    report = sync(AFTER, period("2", "6"))

    assert spans() == [("7", None, None)]
    assert "openai/gpt-test: price" in report.kept_edited


def test_the_audit_entry_says_what_the_price_was_and_became(db):
    sync(BEFORE, period("1", "3"))

    sync(AFTER, period("2", "6"))

    entry = AuditEntry.objects.get(action="price.synced")
    assert entry.before["rates"]["standard"]["input_mtok"] == "1"
    assert entry.after["periods"][0]["rates"]["standard"]["input_mtok"] == "2"
