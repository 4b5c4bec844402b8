"""Admins decide whether prompts and answers are kept; it is audited."""

import pytest
from django.test import Client

from analytics.models import UsagePayload
from analytics.recording.calls import Payload
from registry.models import AuditEntry, Role
from tests.analytics.calls import call
from tests.analytics.records import keep_payload
from tests.factories import MembershipFactory, OrganizationFactory

PAGE = "/settings/recording/"
SAVE = f"{PAGE}save/"


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    membership = MembershipFactory(organization=organization, role=Role.ADMIN)
    client.force_login(membership.user)
    return client


def test_keeping_is_switched_on_with_a_trace(admin, organization):
    response = admin.post(SAVE, {"keep_payloads": "on", "payload_days": "7"})

    organization.refresh_from_db()
    assert response.url == PAGE
    assert (organization.keep_payloads, organization.payload_days) == (True, 7)
    entry = AuditEntry.objects.get(action="recording.changed")
    assert entry.before == {"keep_payloads": False, "payload_days": 14}
    assert entry.after == {"keep_payloads": True, "payload_days": 7}


def test_switching_off_deletes_what_was_kept_and_nothing_of_others(admin, organization):
    other = OrganizationFactory()
    for one in (organization, other):
        keep_payload(call(organization_id=one.pk), Payload.of("q", "a", 14))
    admin.post(SAVE, {"keep_payloads": "on", "payload_days": "7"})

    admin.post(SAVE, {"payload_days": "7"})

    organization.refresh_from_db()
    assert not organization.keep_payloads
    assert UsagePayload.objects.get().organization == other


def test_saving_the_same_again_leaves_no_trace(admin):
    for _ in range(2):
        admin.post(SAVE, {"keep_payloads": "on", "payload_days": "7"})

    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("days", ["0", "366", "", "x"])
def test_days_that_make_no_sense_are_refused(admin, organization, days):
    response = admin.post(SAVE, {"keep_payloads": "on", "payload_days": days})

    organization.refresh_from_db()
    assert response.status_code == 422
    assert not organization.keep_payloads


def test_only_admins_see_and_change_it(editor, viewer, admin):
    assert admin.get(PAGE).status_code == 200
    for client in (editor, viewer):
        assert client.get(PAGE).status_code == 403
        assert client.post(SAVE, {"payload_days": "7"}).status_code == 403
    assert admin.get(SAVE).status_code == 405
    assert PAGE not in viewer.get("/settings/audit/").content.decode()
