"""People, memberships and features in the registry admin."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from registry.models import AuditEntry, Feature, Membership, Role, User
from tests.factories import (
    FeatureFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
)


@pytest.fixture
def staff(db) -> Client:
    """A browser of somebody who may change users but is no superuser."""
    user = UserFactory(is_staff=True)
    verbs = ("view", "change", "add", "delete")
    names = [f"{verb}_user" for verb in verbs]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def test_a_changed_role_is_in_the_audit_log_of_the_organisation(operator, db):
    membership = MembershipFactory(role=Role.VIEWER)
    page = reverse("admin:registry_membership_change", args=[membership.pk])

    operator.post(
        page,
        {
            "user": membership.user_id,
            "organization": membership.organization_id,
            "role": "admin",
        },
    )

    entry = AuditEntry.objects.get()
    assert entry.organization == membership.organization
    assert (entry.before, entry.after) == ({"role": "viewer"}, {"role": "admin"})


def test_members_are_added_beside_their_organisation(operator, db):
    organization, user = OrganizationFactory(), UserFactory()

    operator.post(
        reverse("admin:registry_organization_change", args=[organization.pk]),
        {
            "name": organization.name,
            "slug": organization.slug,
            "payload_days": organization.payload_days,
            "time_zone": organization.time_zone,
            "capability_trust": organization.capability_trust,
            "memberships-TOTAL_FORMS": "1",
            "memberships-INITIAL_FORMS": "0",
            "memberships-0-user": user.pk,
            "memberships-0-role": "editor",
        },
    )

    assert Membership.objects.get().role == Role.EDITOR
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.organization) == ("membership.added", organization)


def test_an_edited_feature_is_stale_in_the_app(operator, db):
    feature = FeatureFactory(name="Old")

    operator.post(
        reverse("admin:registry_feature_change", args=[feature.pk]),
        {
            "organization": feature.organization_id,
            "key": feature.key,
            "name": "New",
            "accuracy_level": feature.accuracy_level,
            "urgency": feature.urgency,
            "budget_sensitivity": feature.budget_sensitivity,
            "stream_guarantee": feature.stream_guarantee,
            "timeout_seconds": feature.timeout_seconds,
            "required_capabilities": ["tools", "reasoning"],
        },
    )

    feature = Feature.objects.get()
    assert (feature.name, feature.version) == ("New", 2)
    assert feature.required_capabilities == ["tools", "reasoning"]


def test_staff_cannot_make_themselves_superusers(staff, db):
    me = User.objects.get(is_staff=True)
    page = reverse("admin:registry_user_change", args=[me.pk])

    staff.post(page, {"first_name": "Me", "is_superuser": "on", "email": "x@x.org"})

    me.refresh_from_db()
    assert me.first_name == "Me"
    assert not me.is_superuser
    assert me.email != "x@x.org"


def test_staff_cannot_touch_superusers(staff, db):
    root = UserFactory(is_superuser=True)

    page = reverse("admin:registry_user_change", args=[root.pk])
    assert staff.post(page, {"first_name": "X"}).status_code == 403
    delete = reverse("admin:registry_user_delete", args=[root.pk])
    assert staff.post(delete, {"post": "yes"}).status_code == 403


def test_staff_cannot_set_the_password_of_others(staff, db):
    other = UserFactory()
    page = reverse("admin:auth_user_password_change", args=[other.pk])

    response = staff.post(
        page, {"password1": "long-enough-1", "password2": "long-enough-1"}
    )

    assert response.status_code == 403


def test_a_password_set_by_a_superuser_leaves_a_trace_without_it(operator, db):
    other = UserFactory()
    page = reverse("admin:auth_user_password_change", args=[other.pk])

    response = operator.post(
        page,
        {
            "password1": "Quite-long-42",
            "password2": "Quite-long-42",
            "usable_password": "true",
        },
    )

    assert response.status_code == 302
    other.refresh_from_db()
    assert other.check_password("Quite-long-42")
    entry = AuditEntry.objects.get()
    assert entry.action == "user.password_set"
    assert "Quite-long-42" not in str(entry.after)
    assert other.password not in str(entry.after)


def test_a_person_is_added_by_email(operator, db):
    response = operator.post(
        reverse("admin:registry_user_add"),
        {
            "email": "new@example.com",
            "usable_password": "true",
            "password1": "Quite-long-42",
            "password2": "Quite-long-42",
        },
    )

    assert response.status_code == 302
    assert User.objects.filter(email="new@example.com").exists()
    entry = AuditEntry.objects.get(action="user.added")
    assert "password" not in entry.after
