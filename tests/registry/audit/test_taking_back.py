"""The log offers to take a change back where the product can."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import AuditEntry, Role
from registry.services.connection_deletion import delete_connection
from registry.services.features import archive_feature, restore_feature
from tests.factories import (
    ConnectionFactory,
    FeatureFactory,
    MembershipFactory,
    enabled_model,
)
from tests.registry.assigning import assigned

LOG = "/settings/audit/"


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    client.force_login(
        MembershipFactory(organization=organization, role=Role.ADMIN).user
    )
    return client


def offered(client: Client, action: str) -> list[str]:
    lines = client.get(LOG, {"action": action}).context["page"].lines
    return [line.undo.address for line in lines if line.undo]


def test_an_archived_feature_is_restored_from_the_log(editor, organization):
    feature = FeatureFactory(organization=organization, key="tagging")
    archive_feature(feature=feature, actor=None)
    (address,) = offered(editor, "feature.archived")
    assert f'action="{address}"' in editor.get(LOG).content.decode()

    assert editor.post(address).status_code == 302

    feature.refresh_from_db()
    assert feature.archived_at is None


def test_an_assignment_goes_back_from_the_log(editor, organization):
    feature = FeatureFactory(organization=organization)
    one, two = enabled_model(organization), enabled_model(organization)
    assigned(feature, one)
    assigned(feature, two)
    (address,) = offered(editor, "assignment.changed")

    assert editor.post(address).status_code == 302

    feature.assignment.refresh_from_db()
    assert feature.assignment.revision.ai_model == one


def test_only_the_newest_change_of_its_kind_is_offered(editor, organization):
    feature = FeatureFactory(organization=organization)
    assigned(feature, enabled_model(organization))
    archive_feature(feature=feature, actor=None)
    restore_feature(feature=feature, actor=None)

    assert offered(editor, "feature.archived") == []
    assert len(offered(editor, "feature.restored")) == 1
    assert len(offered(editor, "assignment.changed")) == 1


def test_a_viewer_is_offered_nothing(viewer, organization):
    archive_feature(feature=FeatureFactory(organization=organization), actor=None)

    assert offered(viewer, "feature.archived") == []


def test_a_deleted_connection_is_an_admins_to_restore(editor, admin, organization):
    connection = ConnectionFactory(organization=organization)
    delete_connection(connection=connection, actor=None)

    assert offered(editor, "connection.deleted") == []
    (address,) = offered(admin, "connection.deleted")
    assert admin.post(address).status_code == 302
    assert organization.connections.count() == 1


def test_a_change_that_nobody_can_take_back_offers_nothing(admin, organization):
    AuditEntry.objects.create(
        organization=organization,
        actor_label="mira",
        action="token.revoked",
        object_type="apitoken",
        object_id="1",
        object_label="till (mh_abc…)",
    )

    assert offered(admin, "token.revoked") == []


@pytest.mark.parametrize(
    ("action", "object_type", "label"),
    [
        ("model.enabled", "aimodel", "no slash"),
        ("profile.deleted", "profile", "not a slug!"),
        ("budget.changed", "budgetdefinition", "Gone"),
        ("benchmark_suite.edited", "benchmarksuite", "Gone"),
        ("assignment.changed", "feature", "gone"),
        ("experiment.paused", "experiment", "gone"),
        ("prompt.label_moved", "prompt", "GONE"),
        ("token.edited", "apitoken", "gone"),
        ("budget.deleted", "budgetdefinition", "Gone"),
        ("benchmark_case.edited", "benchmarkcase", "gone"),
    ],
)
def test_an_entry_whose_object_is_gone_breaks_nothing(
    admin, organization, action, object_type, label
):
    AuditEntry.objects.create(
        organization=organization,
        actor_label="mira",
        action=action,
        object_type=object_type,
        object_id="999999",
        object_label=label,
    )

    assert admin.get(LOG).status_code == 200


def test_an_object_with_a_page_is_linked(viewer, organization):
    feature = FeatureFactory(organization=organization, key="tagging")
    archive_feature(feature=feature, actor=None)

    text = viewer.get(LOG).content.decode()

    assert f'href="{reverse("registry:feature_detail", args=["tagging"])}"' in text
