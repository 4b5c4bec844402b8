"""The list of connections, one of them, and what one click does."""

import pytest
from cryptography.fernet import Fernet
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import AuditEntry, Connection, ConnectionState, Role
from tests.factories import (
    AIModelFactory,
    ConnectionFactory,
    FeatureFactory,
    MembershipFactory,
    ProviderFactory,
    enabled_model,
)
from tests.registry.assigning import assigned
from tests.upstream import openai_wire
from tests.upstream.server import FakeUpstream

LIST = "/connections/"
FRAGMENT = {"HX-Request": "true", "HX-Target": "connections-results"}
DIALOG = {"HX-Request": "true", "HX-Target": "overlays"}


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    client.force_login(
        MembershipFactory(organization=organization, role=Role.ADMIN).user
    )
    return client


@pytest.fixture
def upstream():
    server = FakeUpstream(openai_wire.echo).start()
    yield server
    server.stop()


@pytest.fixture
def connection(organization, upstream) -> Connection:
    return ConnectionFactory(
        organization=organization,
        label="Production",
        key="sk-page-0123456789",
        base_url=f"{upstream.url}/v1",
    )


def address(name: str, connection: Connection) -> str:
    return reverse(f"registry:connection_{name}", args=[connection.pk])


def text(response) -> str:
    return response.content.decode()


def test_the_list_shows_each_connection_and_its_state(viewer, connection):
    Connection.objects.update(
        state=ConnectionState.UNREACHABLE, state_reason="It hung up."
    )

    page = text(viewer.get(LIST))

    for word in ("Production", "…6789", "Not reachable", "It hung up."):
        assert word in page


def test_a_fragment_is_the_list_alone(viewer, connection):
    response = viewer.get(LIST, headers=FRAGMENT)

    assert "Production" in text(response)
    assert "<html" not in text(response)


def test_without_connections_the_next_step_is_shown(admin, viewer):
    assert "Add connection" in text(admin.get(LIST))
    assert "Ask an admin" in text(viewer.get(LIST))


def test_the_filter_finds_provider_name_and_address(viewer, organization, connection):
    ConnectionFactory(
        organization=organization,
        provider=ProviderFactory(slug="ollama"),
        label="Cellar",
        base_url="http://gpu-1.internal:11434",
    )

    for words, there in (("gpu-1", "Cellar"), ("openai", "Production")):
        response = viewer.get(LIST, {"q": words}, headers=FRAGMENT)
        names = [row.connection.label for row in response.context["rows"]]
        assert names == [there]
    assert "No connection matches" in text(viewer.get(LIST, {"q": "zzz"}))


@pytest.mark.parametrize("words", ["x" * 101, "a\x00b"])
def test_a_bad_filter_is_answered_with_everything(viewer, connection, words):
    response = viewer.get(LIST, {"q": words})

    assert response.status_code == 400
    assert "Production" in text(response)


def test_a_rejected_key_names_the_features_that_suffer(
    admin, organization, membership, connection
):
    feature = FeatureFactory(organization=organization, name="Photo tagging")
    assigned(feature, enabled_model(organization))
    Connection.objects.update(
        state=ConnectionState.KEY_REJECTED, state_reason="OpenAI rejects the key."
    )

    page = text(admin.get(LIST))

    assert "Photo tagging has it as primary." in page
    assert "Replace key" in page


def test_enabled_and_found_models_are_counted(viewer, organization, connection):
    for model in (enabled_model(organization), AIModelFactory(), AIModelFactory()):
        connection.offered_models.create(
            ai_model=model, changed_at=connection.created_at
        )
    connection.offered_models.filter(ai_model=model).update(is_available=False)

    row = viewer.get(LIST).context["rows"][0]

    assert (row.enabled, row.found) == (1, 2)


def test_the_list_asks_as_much_for_many_as_for_few(viewer, organization, connection):
    with CaptureQueriesContext(database) as few:
        viewer.get(LIST)
    ConnectionFactory.create_batch(8, organization=organization)

    with CaptureQueriesContext(database) as many:
        viewer.get(LIST)

    assert len(many) == len(few)


def test_a_test_shows_the_new_state_in_the_list(editor, connection):
    response = editor.post(address("check", connection), headers=FRAGMENT)

    assert "Connected" in text(response)
    assert "answers in" in text(response)
    assert Connection.objects.get().state == ConnectionState.CONNECTED


def test_without_javascript_a_test_goes_back_to_where_it_began(editor, connection):
    url = address("check", connection)

    from_list = editor.post(url)
    from_page = editor.post(url, {"from": "detail"})

    assert from_list["Location"] == LIST
    assert from_page["Location"] == address("detail", connection)


def test_all_are_checked_at_once(editor, organization, connection):
    ConnectionFactory(organization=organization, key="", label="Keyless")

    response = editor.post("/connections/check/", {"q": "prod"}, headers=FRAGMENT)

    assert "2 connections checked, 1 with a problem." in text(response)
    assert [row.connection.label for row in response.context["rows"]] == ["Production"]


def test_pausing_and_resuming(editor, connection):
    editor.post(address("pause", connection))
    assert "Paused" in text(editor.get(LIST))

    editor.post(address("resume", connection))
    assert Connection.objects.get().is_enabled


def test_deleting_says_first_what_depends_on_it(
    admin, organization, membership, connection
):
    feature = FeatureFactory(organization=organization, name="Photo tagging")
    assigned(feature, enabled_model(organization))

    asked = text(admin.get(address("delete", connection), headers=DIALOG))
    admin.post(address("delete", connection))

    assert "Photo tagging has it as primary." in asked
    assert not Connection.objects.exists()


def test_a_deletion_is_taken_back_but_for_the_key(admin, connection):
    page = admin.post(address("delete", connection), follow=True)
    undo = reverse("registry:connection_restore", args=[AuditEntry.objects.get().pk])
    assert undo in text(page)

    page = admin.post(undo, follow=True)

    assert "enter its key again" in text(page)
    assert Connection.objects.get().encrypted_key == ""


def test_the_detail_page_shows_facts_models_and_history(viewer, admin, connection):
    connection.offered_models.create(
        ai_model=AIModelFactory(model_name="gpt-x"), changed_at=connection.created_at
    )
    admin.post(address("pause", connection))

    page = text(viewer.get(address("detail", connection)))

    for word in ("Production", "openai/gpt-x", "Connection paused", "no limit"):
        assert word in page


def test_a_key_that_does_not_decrypt_breaks_no_page(admin, connection, settings):
    settings.MODELHUB_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    admin.post("/connections/check/")

    assert "Enter the key again" in text(admin.get(LIST))
    for name in ("detail", "edit", "key", "delete"):
        assert admin.get(address(name, connection)).status_code == 200


def test_the_sidebar_and_the_palette_lead_there(viewer, connection):
    assert 'href="/connections/"' in text(viewer.get("/"))
    found = text(viewer.get("/palette/", {"q": "production"}))
    assert address("detail", connection) in found
    assert viewer.get("/palette/", {"q": "a\x00b"}).status_code == 200


CHANGES = ["check", "pause", "resume", "delete", "edit", "key"]


@pytest.mark.parametrize("name", [*CHANGES, "detail"])
def test_another_organisations_connection_is_not_there(admin, name):
    theirs = ConnectionFactory()
    url = address(name, theirs)

    assert admin.get(url).status_code in (404, 405)
    assert admin.post(url).status_code in (404, 405)
    assert Connection.objects.get().version == 1


def test_another_organisations_deletion_is_not_there(admin, stranger):
    entry = AuditEntry.objects.create(
        organization=MembershipFactory().organization,
        action="connection.deleted",
        object_type="connection",
        object_id="1",
        before={},
    )
    url = reverse("registry:connection_restore", args=[entry.pk])

    assert admin.post(url).status_code == 404


@pytest.mark.parametrize("name", CHANGES)
def test_a_viewer_changes_nothing(viewer, connection, name):
    assert viewer.post(address(name, connection)).status_code == 403
    assert Connection.objects.get().version == 1


@pytest.mark.parametrize("name", ["edit", "key", "delete"])
def test_keys_and_addresses_are_an_admins_matter(editor, connection, name):
    assert editor.get(address(name, connection)).status_code == 403
    assert editor.post(address(name, connection)).status_code == 403
    assert editor.get("/connections/add/").status_code == 403
    assert editor.post("/connections/check/").status_code == 302


@pytest.mark.parametrize("name", ["check", "pause", "resume"])
def test_changes_take_a_post(admin, connection, name):
    assert admin.get(address(name, connection)).status_code == 405


def test_a_visitor_is_sent_to_sign_in(client, connection):
    for url in (LIST, address("detail", connection), "/connections/add/"):
        assert client.get(url)["Location"].startswith("/sign-in/")
