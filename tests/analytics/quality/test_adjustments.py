"""A recorded cost changes by an adjustment alone: previewed, resumed, undone."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.adjusting import whatever_time
from analytics.models import (
    AdjustedCall,
    AdjustmentKind,
    AdjustmentState,
    DirtyHour,
    ModelAlias,
    UsageAdjustment,
    UsageRecord,
)
from analytics.queries import adjustments as adjustment_queries
from analytics.queries.adjustments import Scope, periods_of, preview
from analytics.services import adjustment_work, adjustments
from analytics.services.adjustments import AdjustedSince, Busy
from registry.models import AuditEntry, Price
from tests.analytics.quality.conftest import EACH_USD, standings, tell
from tests.factories import OrganizationFactory, UserFactory

WEEK = datetime.timedelta(days=7)


def scope(organization, gpt, kind=AdjustmentKind.MAP, **more):
    facts = {"told_name": "acme/new" if kind == AdjustmentKind.MAP else ""} | more
    return Scope(
        organization_id=organization.pk,
        kind=kind,
        ai_model_id=gpt.pk,
        **{"end": timezone.now(), **facts},
    )


def start(organization, gpt, kind=AdjustmentKind.MAP, periods=None, **more):
    return adjustments.start_adjustment(
        organization=organization,
        actor=UserFactory(),
        scope=scope(organization, gpt, kind, **more),
        ai_model=gpt,
        periods=periods_of(organization, gpt) if periods is None else periods,
        price_words="in force",
        reason="It was not known",
        calls_total=10,
    )


def work(one):
    claimed = adjustments.claim()
    assert claimed == one
    assert adjustment_work.perform(claimed)
    one.refresh_from_db()


def costs(organization):
    found = UsageRecord.objects.filter(organization_id=organization.pk)
    return list(found.order_by("started_at").values_list("cost_usd", flat=True))


def new_price(gpt, dollars):
    """From now on."""
    now = timezone.now()
    Price.objects.filter(ai_model=gpt, effective_to=None).update(effective_to=now)
    rates = {"standard": {"input_mtok": dollars, "output_mtok": dollars}}
    return Price.objects.create(
        ai_model=gpt, effective_from=now, rates=rates, source="test"
    )


def test_a_name_is_mapped_for_recorded_calls_and_new_ones(organization, gpt):
    tell(organization, 3)
    one = start(organization, gpt)
    work(one)

    assert one.state == AdjustmentState.APPLIED
    assert costs(organization) == [EACH_USD] * 3
    assert (one.calls_changed, one.before_usd, one.after_usd) == (3, 0, 3 * EACH_USD)
    record = UsageRecord.objects.filter(organization_id=organization.pk).first()
    assert (record.ai_model_id, record.cost_state) == (gpt.pk, "computed")
    assert record.price_id == gpt.prices.get().pk
    assert record.model_name == "acme/new"
    tell(organization, 4)
    assert costs(organization) == [EACH_USD] * 4


def test_a_preview_says_what_is_done_and_does_nothing(organization, gpt):
    tell(organization, 5)
    before = standings(organization)
    found = preview(
        scope(organization, gpt), periods_of(organization, gpt), datetime.UTC
    )

    assert (found.calls, found.changed, found.unpriced) == (5, 5, 0)
    assert (found.before_usd, found.after_usd) == (0, 5 * EACH_USD)
    assert sum(one.after_usd for one in found.days) == found.after_usd
    assert found.prices == ((gpt.prices.get().pk, 5),)
    assert standings(organization) == before


def test_a_preview_of_many_calls_is_a_sample_that_says_so(
    organization, gpt, monkeypatch
):
    tell(organization, 60)
    monkeypatch.setattr(adjustment_queries, "EXACT", 30)
    found = preview(
        scope(organization, gpt), periods_of(organization, gpt), datetime.UTC
    )

    assert found.is_sample
    assert found.calls == 60
    assert abs(found.after_usd - 60 * EACH_USD) < Decimal("1e-9")


def test_undone_every_call_is_to_the_letter_what_it_was(organization, gpt):
    tell(organization, 7)
    before = standings(organization)
    one = start(organization, gpt)
    work(one)
    assert standings(organization) != before

    assert adjustments.undo_adjustment(one, actor=UserFactory())
    work(one)

    assert one.state == AdjustmentState.UNDONE
    assert standings(organization) == before
    assert not AdjustedCall.objects.exists()
    assert not ModelAlias.objects.exists()
    assert not adjustments.undo_adjustment(one, actor=UserFactory())


@pytest.mark.parametrize("way", ["apply", "undo"])
def test_killed_in_the_middle_it_goes_on_where_it_was(
    organization, gpt, monkeypatch, way
):
    monkeypatch.setattr(adjustment_work, "CHUNK", 3)
    tell(organization, 10)
    before = standings(organization)
    one = start(organization, gpt)
    if way == "undo":
        work(one)
        adjustments.undo_adjustment(one, actor=UserFactory())
    marks, real = [], adjustment_work.mark_dirty

    def dies(*given):
        marks.append(given)
        if len(marks) == 3:
            raise KeyboardInterrupt
        real(*given)

    monkeypatch.setattr(adjustment_work, "mark_dirty", dies)
    with pytest.raises(KeyboardInterrupt):
        adjustment_work.perform(adjustments.claim())
    one.refresh_from_db()
    assert one.calls_seen == 6
    assert adjustments.claim() is None

    adjustments.sweep(timezone.now() + datetime.timedelta(minutes=5))
    work(one)

    assert one.calls_seen == 10
    if way == "undo":
        assert standings(organization) == before
    else:
        assert costs(organization) == [EACH_USD] * 10
        assert (one.calls_changed, one.after_usd) == (10, 10 * EACH_USD)
        assert AdjustedCall.objects.count() == 10


def test_a_worker_that_was_thought_dead_writes_nothing_twice(
    organization, gpt, monkeypatch
):
    monkeypatch.setattr(adjustment_work, "CHUNK", 3)
    tell(organization, 10)
    one = start(organization, gpt)
    late = adjustments.claim()
    adjustments.sweep(timezone.now() + datetime.timedelta(minutes=5))
    work(one)

    assert adjustment_work.perform(late)
    one.refresh_from_db()
    assert (one.state, one.calls_changed) == (AdjustmentState.APPLIED, 10)
    assert AdjustedCall.objects.count() == 10


def test_a_later_price_changes_the_past_only_by_an_adjustment(organization, gpt):
    tell(organization, 2, "openai/gpt-9")
    assert costs(organization) == [EACH_USD] * 2
    price = new_price(gpt, "10")
    assert costs(organization) == [EACH_USD] * 2

    work(start(organization, gpt, AdjustmentKind.REPRICE))
    assert costs(organization) == [EACH_USD] * 2

    chosen = [p for p in periods_of(organization, gpt) if p.price_id == price.pk]
    always = [whatever_time(one) for one in chosen]
    one = start(organization, gpt, AdjustmentKind.REPRICE, periods=always)
    work(one)
    assert costs(organization) == [Decimal("0.011")] * 2
    assert one.after_usd - one.before_usd == 2 * (Decimal("0.011") - EACH_USD)


def test_the_prices_are_those_of_its_start_whatever_becomes_of_them(organization, gpt):
    tell(organization, 2)
    one = start(organization, gpt)
    Price.objects.filter(ai_model=gpt).update(effective_to=timezone.now() - WEEK)
    work(one)

    assert costs(organization) == [EACH_USD] * 2


def test_calls_outside_its_range_stay_as_they_are(organization, gpt):
    tell(organization, 4)
    moments = list(
        UsageRecord.objects.filter(organization_id=organization.pk)
        .order_by("started_at")
        .values_list("started_at", flat=True)
    )
    work(start(organization, gpt, start=moments[1], end=moments[3]))

    assert costs(organization) == [None, EACH_USD, EACH_USD, None]


def test_another_organisations_calls_are_never_touched(organization, gpt):
    other = OrganizationFactory()
    tell(other, 2)
    before = standings(other)
    tell(organization, 2)
    work(start(organization, gpt))

    assert standings(other) == before


def test_hours_of_changed_calls_are_summed_up_again(organization, gpt):
    tell(organization, 2)
    DirtyHour.objects.all().delete()
    one = start(organization, gpt)
    work(one)
    assert DirtyHour.objects.filter(organization_id=organization.pk).exists()
    DirtyHour.objects.all().delete()
    adjustments.undo_adjustment(one, actor=UserFactory())
    work(one)
    assert DirtyHour.objects.filter(organization_id=organization.pk).exists()


def test_only_one_at_a_time_in_an_organisation(organization, gpt):
    tell(organization, 2)
    start(organization, gpt)
    with pytest.raises(Busy):
        start(organization, gpt)
    assert UsageAdjustment.objects.count() == 1


def test_what_a_later_adjustment_stands_on_is_undone_after_it(organization, gpt):
    tell(organization, 2)
    before = standings(organization)
    first = start(organization, gpt)
    work(first)
    price = new_price(gpt, "10")
    chosen = [p for p in periods_of(organization, gpt) if p.price_id == price.pk]
    always = [whatever_time(one) for one in chosen]
    second = start(organization, gpt, AdjustmentKind.REPRICE, periods=always)
    work(second)

    with pytest.raises(AdjustedSince):
        adjustments.undo_adjustment(first, actor=UserFactory())
    for one in (second, first):
        adjustments.undo_adjustment(one, actor=UserFactory())
        work(one)
    assert standings(organization) == before


def test_each_step_stands_in_the_audit_log_with_its_reason(organization, gpt):
    tell(organization, 2)
    one = start(organization, gpt)
    work(one)
    adjustments.undo_adjustment(one, actor=UserFactory())
    work(one)

    entries = AuditEntry.objects.filter(
        organization=organization, object_type="usageadjustment"
    ).order_by("pk")
    assert [entry.action for entry in entries] == [
        "usage.adjustment_started",
        "usage.adjusted",
        "usage.adjustment_undo_started",
        "usage.adjustment_undone",
    ]
    assert {entry.note for entry in entries} == {"It was not known"}
    assert entries[1].after["cost_usd"] == f"{one.after_usd:f}"
