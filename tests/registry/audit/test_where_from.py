"""An entry says where its change came from, whatever wrote it."""

import json

import pytest
from django.urls import reverse

from modelhub.celery import app
from modelhub.console import coming_from_console
from registry.models import AuditEntry
from registry.origin import Origin, coming_from, origin_source, with_token
from registry.services.features import archive_feature
from tests.factories import FeatureFactory, MembershipFactory, UserFactory

AGENT = "Firefox/150"


def newest() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def test_a_page_notes_address_browser_and_request(editor, organization):
    feature = FeatureFactory(organization=organization)

    response = editor.post(
        reverse("registry:feature_archive", args=[feature.key]),
        headers={"User-Agent": AGENT, "X-Request-ID": "request-1234"},
        REMOTE_ADDR="203.0.113.7",
    )

    assert response.status_code == 302
    entry = newest()
    assert (entry.source, entry.address) == ("page", "203.0.113.7")
    assert (entry.user_agent, entry.request_id) == (AGENT, "request-1234")


def test_the_registry_admin_is_told_apart(client, db):
    membership = MembershipFactory(role="viewer")
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    client.post(
        reverse("admin:registry_membership_change", args=[membership.pk]),
        {
            "user": membership.user_id,
            "organization": membership.organization_id,
            "role": "admin",
        },
    )

    assert newest().source == "admin"


@pytest.mark.parametrize("agent", ["x" * 5_000, "\x00\x1b[31m", "é" * 400, ""])
def test_a_strange_browser_stops_no_change(editor, organization, agent):
    feature = FeatureFactory(organization=organization)

    editor.post(
        reverse("registry:feature_archive", args=[feature.key]),
        headers={"User-Agent": agent},
        REMOTE_ADDR="",
    )

    assert newest().address is None
    assert newest().user_agent == "".join(filter(str.isprintable, agent))[:300]


def test_a_token_is_named(organization):
    with coming_from(Origin(source="api", address="::1")):
        with_token("nightly " * 50)
        archive_feature(feature=FeatureFactory(organization=organization), actor=None)

    entry = newest()
    assert (entry.source, entry.address) == ("api", "::1")
    assert entry.source_detail.startswith("Token nightly")
    assert origin_source() == ""


def test_the_console_says_command_and_user(organization, monkeypatch):
    monkeypatch.setenv("LOGNAME", "mira")

    with coming_from_console("features"):
        archive_feature(feature=FeatureFactory(organization=organization), actor=None)

    assert newest().source == "console"
    assert newest().source_detail == "modelhub features, by mira"


def test_a_task_in_a_worker_says_its_name(organization):
    feature = FeatureFactory(organization=organization)

    @app.task(name="tests.archive")
    def archive() -> None:
        archive_feature(feature=feature, actor=None)

    archive.apply(task_id="task-1", throw=True)

    entry = newest()
    assert (entry.source, entry.source_detail) == ("worker", "tests.archive")
    assert entry.request_id == "task-1"


def test_many_entries_written_at_once_say_it_too(organization):
    with coming_from(Origin(source="console", detail="modelhub models")):
        AuditEntry.objects.bulk_create(
            AuditEntry(
                organization=organization,
                actor_label="system",
                action="model.synced",
                object_type="aimodel",
                object_id=str(number),
                object_label="openai/one",
            )
            for number in range(2)
        )

    assert set(AuditEntry.objects.values_list("source", flat=True)) == {"console"}


def test_the_page_shows_and_finds_it(viewer, organization):
    with coming_from(
        Origin(source="api", detail="Token nightly", address="203.0.113.7")
    ):
        archive_feature(feature=FeatureFactory(organization=organization), actor=None)
    archive_feature(feature=FeatureFactory(organization=organization), actor=None)

    for query in ({"source": "api"}, {"q": "203.0.113.7"}, {"q": "nightly"}):
        response = viewer.get("/settings/audit/", query)
        assert len(response.context["page"].lines) == 1
        assert "API, Token nightly, 203.0.113.7" in response.content.decode()
    assert viewer.get("/settings/audit/", {"source": "moon"}).status_code == 422


def test_the_files_say_it(viewer, organization):
    with coming_from(Origin(source="console", detail="=cmd()")):
        archive_feature(feature=FeatureFactory(organization=organization), actor=None)

    table = viewer.get("/settings/audit/export/").getvalue().decode()
    (one,) = json.loads(viewer.get("/settings/audit/export/json/").getvalue())

    assert "'=cmd()" in table
    assert (one["source"], one["source_detail"]) == ("console", "=cmd()")


def test_an_empty_log_is_an_empty_list(viewer):
    assert json.loads(viewer.get("/settings/audit/export/json/").getvalue()) == []
