"""Admins set where an organisation's days begin; it is audited."""

import pytest
from django.test import Client

from registry.models import AuditEntry, Role
from tests.factories import MembershipFactory

PAGE = "/settings/organization/"
SAVE = f"{PAGE}save/"


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    membership = MembershipFactory(organization=organization, role=Role.ADMIN)
    client.force_login(membership.user)
    return client


def test_a_time_zone_is_set_with_a_trace(admin, organization):
    response = admin.post(SAVE, {"time_zone": "Europe/Berlin"})

    organization.refresh_from_db()
    assert response.url == PAGE
    assert organization.time_zone == "Europe/Berlin"
    entry = AuditEntry.objects.get(action="organization.time_zone")
    assert (entry.before, entry.after) == (
        {"time_zone": "UTC"},
        {"time_zone": "Europe/Berlin"},
    )
    page = admin.get("/settings/audit/").text
    assert "Time zone changed" in page
    assert "Europe/Berlin" in page


def test_the_same_zone_again_leaves_no_trace(admin, organization):
    admin.post(SAVE, {"time_zone": "UTC"})

    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "Z" * 90])
def test_a_zone_that_does_not_exist_is_refused(admin, organization, zone):
    response = admin.post(SAVE, {"time_zone": zone})

    organization.refresh_from_db()
    assert response.status_code == 422
    assert organization.time_zone == "UTC"


def test_only_admins_see_and_change_it(editor, viewer, admin):
    assert admin.get(PAGE).status_code == 200
    for client in (editor, viewer):
        assert client.get(PAGE).status_code == 403
        assert client.post(SAVE, {"time_zone": "UTC"}).status_code == 403
    assert admin.get(SAVE).status_code == 405
