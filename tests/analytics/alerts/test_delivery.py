"""Each alert reaches each channel once, however often it takes."""

import datetime
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from analytics.alerting.kinds import AlertSeverity
from analytics.models import AlertChannel, AlertDelivery, ChannelKind
from analytics.services.alert_channels import (
    ChannelFacts,
    add_channel,
    replace_secret,
    send_test,
)
from analytics.services.alert_deliveries import BACKOFF, CLAIM, claim, deliver_due
from analytics.services.alert_sending import NotSent
from tests.analytics.alerts.conftest import SECRET
from tests.upstream.replies import Reply


def is_genuine(received, secret: str = SECRET) -> bool:
    """As docs/alerts.md tells receivers to check."""
    words = received.headers["x-modelhub-signature"].split(",")
    pairs = [word.partition("=")[::2] for word in words]
    stamp = next(value for name, value in pairs if name == "t")
    message = stamp.encode() + b"." + received.body
    expected = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    marks = [value for name, value in pairs if name == "v1"]
    return any(hmac.compare_digest(mark, expected) for mark in marks)


def wind_on(row: AlertDelivery, by: datetime.timedelta = datetime.timedelta(0)):
    """As if the wait were over."""
    AlertDelivery.objects.filter(pk=row.pk).update(next_try_at=timezone.now() - by)


def test_a_webhook_is_sent_once_and_its_signature_holds(tell, webhook, receiver):
    alert = tell(text="80 of 100 dollars.")

    assert deliver_due() == 1
    assert deliver_due() == 0
    (received,) = receiver.requests
    assert received.path == "/hook?team=7"
    assert received.json["alert"]["id"] == alert.pk
    assert received.json["alert"]["text"] == "80 of 100 dollars."
    assert is_genuine(received)
    assert not is_genuine(received, "another-secret-of-nobody")
    row = AlertDelivery.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("sent", 1, "")


def test_what_fails_is_tried_again_later_and_arrives_once(tell, webhook, receiver):
    receiver.script = [Reply(status=500, pieces=(b"oh no",))]
    tell()

    assert deliver_due() == 0
    row = AlertDelivery.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.last_error == "It answered 500: oh no"
    assert row.next_try_at > timezone.now()
    assert deliver_due() == 0
    wind_on(row)
    assert deliver_due() == 1
    assert deliver_due() == 0
    assert len(receiver.requests) == 2
    names = {one.headers["x-modelhub-delivery"] for one in receiver.requests}
    assert len(names) == 1


def test_a_server_that_is_away_is_told_in_words(tell, webhook, receiver):
    receiver.stop()
    tell()

    assert deliver_due() == 0
    assert "not reached" in AlertDelivery.objects.get().last_error


def test_after_the_last_attempt_it_is_given_up(tell, webhook, receiver):
    receiver.handler = lambda received: Reply(status=503)
    tell()
    row = AlertDelivery.objects.get()

    for _ in range(len(BACKOFF) + 3):
        wind_on(row)
        deliver_due()

    row.refresh_from_db()
    assert row.state == "failed"
    assert len(receiver.requests) == len(BACKOFF) + 1


def test_what_a_killed_worker_had_claimed_is_sent_by_the_next(tell, webhook, receiver):
    tell()
    row = AlertDelivery.objects.get()
    assert claim(row, timezone.now())

    assert deliver_due() == 0
    wind_on(row, CLAIM)
    assert deliver_due() == 1
    assert len(receiver.requests) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_workers_send_each_delivery_once(tell, webhook, receiver):
    for number in range(12):
        tell(occasion=f"budget:{number}:x")

    def work(_: int) -> int:
        try:
            return deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 12

    assert len(receiver.requests) == 12
    assert len({one.json["delivery"] for one in receiver.requests}) == 12


def test_a_redirect_is_not_followed(tell, webhook, receiver):
    receiver.script = [
        Reply(status=307, headers={"location": f"{receiver.url}/elsewhere"})
    ]
    tell()
    deliver_due()

    assert [one.path for one in receiver.requests] == ["/hook?team=7"]
    assert "redirect" in AlertDelivery.objects.get().last_error


def test_a_forbidden_address_is_never_connected_to(tell, webhook, receiver, settings):
    settings.MODELHUB_ALLOW_PRIVATE_ADDRESSES = False
    tell()
    deliver_due()

    assert receiver.requests == []
    assert "does not allow" in AlertDelivery.objects.get().last_error


def test_while_a_secret_is_replaced_both_fit(webhook, receiver, admin_member):
    fresh = replace_secret(channel=webhook, actor=admin_member.user)
    webhook.refresh_from_db()
    send_test(webhook, "mira@example.com")
    AlertChannel.objects.update(previous_until=timezone.now())
    webhook.refresh_from_db()
    send_test(webhook, "mira@example.com")

    both, one = receiver.requests
    assert is_genuine(both)
    assert is_genuine(both, fresh)
    assert is_genuine(one, fresh)
    assert not is_genuine(one)


def test_a_secret_of_a_lost_key_reads_enter_again(webhook):
    AlertChannel.objects.update(encrypted_secret="lost")
    webhook.refresh_from_db()

    with pytest.raises(NotSent, match="enter the address"):
        send_test(webhook, "mira@example.com")


def test_slack_gets_text_without_markup(tell, organization, receiver, admin_member):
    add(organization, admin_member, ChannelKind.SLACK, url=f"{receiver.url}/services/x")
    tell(title="<!channel> & more", text="See <this>")

    assert deliver_due() == 1
    (received,) = receiver.requests
    assert received.json["text"] == "*Warning:* &lt;!channel&gt; &amp; more"
    assert received.json["attachments"][0]["text"] == "See &lt;this&gt;"
    assert "x-modelhub-signature" not in received.headers


def test_an_email_goes_to_all_addresses(tell, organization, admin_member):
    emails = ["a@example.com", "b@example.com"]
    add(organization, admin_member, ChannelKind.EMAIL, emails=emails)
    tell(title="Two\nlines", text="80 of 100 dollars.")

    assert deliver_due() == 1
    (sent,) = mail.outbox
    assert sent.to == emails
    assert sent.subject == "[ModelHub] Warning: Two lines"
    assert "80 of 100 dollars." in sent.body


def test_without_a_mail_server_an_email_says_so(organization, admin_member, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = ""
    kind = ChannelKind.EMAIL
    channel = add(organization, admin_member, kind, emails=["a@example.com"])

    with pytest.raises(NotSent, match="EMAIL_HOST"):
        send_test(channel, "mira@example.com")


def test_neither_secret_nor_address_stands_in_the_row_or_the_audit(
    webhook, organization
):
    row = json.dumps(list(AlertChannel.objects.values()), default=str)
    trail = json.dumps(list(organization.audit_entries.values()), default=str)

    assert SECRET not in row + trail
    assert "team=7" not in row + trail
    assert webhook.secret_last_four == SECRET[-4:]


def add(organization, member, kind, **facts):
    usual = {"label": "One", "is_on": True, "kinds": []}
    usual |= {"min_severity": AlertSeverity.INFO}
    channel, _ = add_channel(
        organization=organization,
        kind=kind,
        facts=ChannelFacts(**{**usual, **facts}),
        actor=member.user,
    )
    return channel
