"""What was given up can be sent again; sample data never leaves."""

import datetime

import pytest
from django.utils import timezone

from analytics.models import AlertDelivery, DeliveryState
from analytics.services.alert_channels import send_test
from analytics.services.alert_deliveries import deliver_due
from analytics.services.alert_mutes import add_mute
from analytics.services.alert_sending import NotSent
from registry.models import AuditEntry

PAGE = "/alerts/"


@pytest.fixture
def given_up(tell, webhook):
    tell()
    AlertDelivery.objects.update(
        state=DeliveryState.FAILED, attempts=8, last_error="It answered 503."
    )
    return AlertDelivery.objects.get()


def retried(client, delivery) -> str:
    address = f"{PAGE}deliveries/{delivery.pk}/retry/"
    return client.post(address, follow=True).content.decode()


def test_a_given_up_delivery_is_sent_after_a_click(editor, given_up, receiver):
    assert "Try again" in editor.get(PAGE).content.decode()

    page = retried(editor, given_up)

    assert "On its way to Pager again" in page
    assert deliver_due() == 1
    assert len(receiver.requests) == 1
    given_up.refresh_from_db()
    assert (given_up.state, given_up.attempts) == ("sent", 1)
    assert AuditEntry.objects.latest("pk").action == "alert.delivery_retried"


def test_two_clicks_are_one(editor, given_up):
    retried(editor, given_up)
    changes = AuditEntry.objects.count()

    assert "Not sent to Pager again" in retried(editor, given_up)
    assert AuditEntry.objects.count() == changes


def test_what_is_too_old_offers_no_button(editor, given_up):
    given_up.alert.raised_at = timezone.now() - datetime.timedelta(days=4)
    given_up.alert.save()

    assert "Try again" not in editor.get(PAGE).content.decode()
    assert "older than three days" in retried(editor, given_up)
    given_up.refresh_from_db()
    assert given_up.state == "failed"


def test_a_mute_holds(editor, membership, given_up):
    add_mute(
        organization=given_up.alert.organization,
        actor=membership.user,
        at=timezone.now(),
        kind=given_up.alert.kind,
    )

    retried(editor, given_up)

    given_up.refresh_from_db()
    assert given_up.state == "failed"


def test_a_viewer_and_a_stranger_may_not(viewer, given_up):
    assert viewer.post(f"{PAGE}deliveries/{given_up.pk}/retry/").status_code == 403
    given_up.refresh_from_db()
    assert given_up.state == "failed"


@pytest.fixture
def sample(organization):
    organization.is_sample = True
    organization.save()
    return organization


def test_an_alert_of_sample_data_is_never_sent(sample, tell, webhook, receiver):
    assert tell() is not None

    assert not AlertDelivery.objects.exists()
    assert deliver_due() == 0
    with pytest.raises(NotSent, match="never sent"):
        send_test(webhook, "somebody")
    assert receiver.requests == []
