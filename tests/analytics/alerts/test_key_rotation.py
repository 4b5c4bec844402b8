"""Addresses and secrets of channels survive a rotation of the key ring."""

import io
import json

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command

from analytics.alerting.kinds import AlertSeverity
from analytics.models import AlertChannel, ChannelKind
from analytics.services.alert_channels import ChannelFacts, add_channel
from analytics.services.alert_deliveries import deliver_due
from registry.key_ring import decrypt, is_under_first_key
from registry.services.key_rotation import encrypted_models, rotate_keys
from tests.analytics.alerts.conftest import SECRET

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def old_ring(settings):
    settings.MODELHUB_ENCRYPTION_KEYS = [OLD]
    return settings


def test_a_channel_works_on_when_the_old_key_is_dropped(
    old_ring, tell, webhook, receiver
):
    old_ring.MODELHUB_ENCRYPTION_KEYS = [NEW, OLD]
    report = rotate_keys()
    old_ring.MODELHUB_ENCRYPTION_KEYS = [NEW]

    assert (report.rotated, report.current, report.unreadable) == (2, 0, [])
    webhook.refresh_from_db()
    assert decrypt(webhook.encrypted_secret) == SECRET
    tell()
    assert deliver_due() == 1
    assert receiver.requests[0].path == "/hook?team=7"


def test_the_previous_secret_is_rotated_too(old_ring, webhook):
    webhook.encrypted_previous_secret = webhook.encrypted_secret
    webhook.save()
    old_ring.MODELHUB_ENCRYPTION_KEYS = [NEW, OLD]

    assert rotate_keys().rotated == 3
    webhook.refresh_from_db()
    assert is_under_first_key(webhook.encrypted_previous_secret)
    assert rotate_keys().rotated == 0


def test_a_channel_that_no_longer_decrypts_is_named(old_ring, organization, webhook):
    stored = webhook.encrypted_url
    old_ring.MODELHUB_ENCRYPTION_KEYS = [NEW]
    out = io.StringIO()

    call_command("connections", "rotate-keys", "--json", stdout=out)

    name = f"{organization.slug}/alert channel Pager (id {webhook.pk})"
    assert json.loads(out.getvalue())["enter_again"] == [name]
    webhook.refresh_from_db()
    assert webhook.encrypted_url == stored


def test_an_email_channel_has_nothing_to_rotate(old_ring, organization, admin_member):
    facts = ChannelFacts(
        label="Mail",
        is_on=True,
        min_severity=AlertSeverity.INFO,
        kinds=[],
        emails=["team@example.com"],
    )
    add_channel(
        organization=organization,
        kind=ChannelKind.EMAIL,
        facts=facts,
        actor=admin_member.user,
    )

    report = rotate_keys()

    assert (report.rotated, report.current) == (0, 0)


def test_no_model_keeps_an_encrypted_column_from_the_rotation():
    """A new column is encrypted by its name; forgotten, its content would be lost with
    the old key."""
    for model in apps.get_models():
        named = {
            field.name
            for field in model._meta.concrete_fields
            if field.name.startswith("encrypted_")
        }
        assert named == set(getattr(model, "ENCRYPTED_FIELDS", ())), model

    assert AlertChannel in encrypted_models()
