"""Each occasion is told once, whoever finds it; what is muted is sent nowhere."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from analytics.alerting.kinds import AlertKind, AlertSeverity
from analytics.models import Alert, AlertDelivery
from analytics.queries.alerts import open_count
from analytics.services.alert_mutes import add_mute, end_mute
from analytics.services.alert_rules import save_rule
from analytics.services.alerts import raise_alert, resolve_alerts
from tests.factories import OrganizationFactory

DOWN = AlertKind.CONNECTION_DOWN


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_raise_one_alert():
    organization = OrganizationFactory()
    now = timezone.now()

    def find(number: int) -> bool:
        try:
            # Two workers of one condition may stand on either side of an hour's end.
            told = raise_alert(
                organization,
                kind=AlertKind.SUCCESS_DROP,
                occasion=f"success:feature:1:hour-{number % 2}",
                subject="feature:1",
                title="It fell",
                at=now,
            )
            return told is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(find, range(8)))

    assert sum(found) == 1
    assert Alert.objects.count() == 1


def test_the_same_occasion_is_told_once_even_when_it_is_over(tell, organization):
    assert tell() is not None
    resolve_alerts(organization, kind=AlertKind.BUDGET, at=timezone.now())

    assert tell() is None


def test_another_organisation_hears_of_it_too(tell, db):
    tell()
    other = raise_alert(
        OrganizationFactory(),
        kind=AlertKind.BUDGET,
        occasion="budget:12:2026-11:0.8",
        title="Its own",
        at=timezone.now(),
    )

    assert other is not None


def test_what_lasts_is_told_again_only_after_it_was_over(tell, organization):
    one = {"kind": DOWN, "subject": "connection:5"}

    assert tell(**one, occasion="connection:5:down:10:00") is not None
    assert tell(**one, occasion="connection:5:down:11:00") is None
    resolve_alerts(organization, kind=DOWN, subject="connection:5", at=timezone.now())
    assert tell(**one, occasion="connection:5:down:12:00") is not None


def test_a_kind_that_is_switched_off_is_not_raised(tell, organization):
    save_rule(
        organization=organization,
        kind=AlertKind.BUDGET,
        is_on=False,
        numbers={},
        actor=None,
    )

    assert tell() is None


def test_the_subject_is_read_from_the_occasion(tell):
    assert tell().subject == "budget:12"


def test_a_muted_alert_is_listed_but_not_counted_and_not_sent(
    tell, organization, webhook, admin_member
):
    now = timezone.now()
    mute = add_mute(
        organization=organization,
        actor=admin_member.user,
        at=now,
        kind=AlertKind.BUDGET,
        subject="budget:12",
        until=now + datetime.timedelta(hours=1),
    )
    tell()
    tell(occasion="budget:13:2026-11:0.8")

    assert Alert.objects.count() == 2
    assert open_count(organization, now) == 1
    assert AlertDelivery.objects.get().alert.subject == "budget:13"
    assert open_count(organization, now + datetime.timedelta(hours=2)) == 2
    end_mute(mute=mute, actor=admin_member.user, at=now)
    assert open_count(organization, now) == 2


def test_muting_stops_what_waits_to_be_sent(tell, organization, webhook, admin_member):
    tell()
    add_mute(
        organization=organization,
        actor=admin_member.user,
        at=timezone.now(),
        kind=AlertKind.BUDGET,
    )

    assert AlertDelivery.objects.get().state == "muted"


def test_a_channel_takes_what_it_asks_for(tell, webhook):
    webhook.min_severity = AlertSeverity.DANGER
    webhook.kinds = [AlertKind.BUDGET]
    webhook.save()

    tell(occasion="budget:1:a", severity=AlertSeverity.WARNING)
    tell(occasion="price:1:b", severity="danger", kind=AlertKind.PRICE_CHANGE)
    wanted = tell(occasion="budget:1:c", severity=AlertSeverity.DANGER)

    assert [one.alert for one in AlertDelivery.objects.all()] == [wanted]
