"""Admins say whether requests go by what probes found; every process is told."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from registry.models import AuditEntry, Role
from registry.resolution.loading import load_snapshot, read_version
from registry.services.capability_trust import note_verified
from tests.factories import ConnectionFactory, MembershipFactory, enabled_model

SAVE = "/settings/organization/capabilities/"


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    membership = MembershipFactory(organization=organization, role=Role.ADMIN)
    client.force_login(membership.user)
    return client


def test_trust_is_set_with_a_trace_and_served(admin, organization):
    admin.post(SAVE, {"capability_trust": "verified"})

    assert load_snapshot().organization(organization.pk).capability_trust == "verified"
    entry = AuditEntry.objects.get(action="organization.capability_trust")
    assert entry.before == {"capability_trust": "documented"}
    page = admin.get("/settings/organization/").content.decode()
    assert '<option value="verified" selected>' in page


def test_the_same_again_leaves_no_trace(admin):
    admin.post(SAVE, {"capability_trust": "documented"})

    assert not AuditEntry.objects.exists()


def test_an_unknown_word_is_refused(admin, organization):
    assert admin.post(SAVE, {"capability_trust": "blindly"}).status_code == 422

    organization.refresh_from_db()
    assert organization.capability_trust == "documented"


def test_only_admins_may(editor, viewer):
    for client in (editor, viewer):
        answer = client.post(SAVE, {"capability_trust": "verified"})
        assert answer.status_code == 403


def test_what_a_probe_found_is_announced_and_the_latest_counts(organization):
    connection = ConnectionFactory(organization=organization)
    ai_model = enabled_model(organization, provider=connection.provider)
    before = read_version()
    for is_verified in (True, False):
        note_verified(
            connection=connection,
            ai_model=ai_model,
            capability="tools",
            is_verified=is_verified,
            checked_at=timezone.make_aware(datetime.datetime(2026, 11, 21, 12)),
        )

    assert read_version() > before
    (entry,) = load_snapshot().connections_of(organization.pk)
    found = entry.probed[ai_model.pk]["tools"]
    assert not found.is_verified
    assert found.on == datetime.date(2026, 11, 21)
