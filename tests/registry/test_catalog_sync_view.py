import time

import pytest
from django.test import Client
from django.utils import timezone

from modelhub import celery_app
from registry.models import CatalogSync, Role, SyncState
from tests.factories import MembershipFactory

HTMX = {"HX-Request": "true"}


@pytest.fixture
def admin(organization) -> Client:
    client = Client()
    client.force_login(
        MembershipFactory(organization=organization, role=Role.ADMIN).user
    )
    return client


def finished(**values):
    return CatalogSync.objects.create(
        **{"state": SyncState.DONE, "finished_at": timezone.now()} | values
    )


def test_an_admin_finds_the_button_and_others_do_not(admin, editor):
    assert "Sync catalog" in admin.get("/models/").content.decode()
    assert "Sync catalog" not in editor.get("/models/").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_editor_may_not_sync(editor, method):
    address = "/models/-/sync/" if method == "post" else "/models/-/sync/0/"

    assert getattr(editor, method)(address).status_code == 403


def test_the_page_waits_until_a_newer_sync_is_finished(admin):
    before = finished()
    address = f"/models/-/sync/{before.pk}/?asked={int(time.time())}"

    waiting = admin.get(address, headers=HTMX).content.decode()
    finished(report={"counts": {"added": 1234, "changed": 0, "prices_added": 2}})
    done = admin.get(address, headers=HTMX).content.decode()

    assert 'hx-trigger="every 2s"' in waiting
    assert "Catalog synced: 1,234 models added, 2 prices added." in done
    assert "every 2s" not in done


def test_a_sync_that_changed_nothing_says_so(admin):
    finished(report={"counts": {}})

    text = admin.get("/models/-/sync/0/", headers=HTMX).content.decode()

    assert "nothing has changed" in text


def test_a_failed_sync_says_why(admin):
    finished(state=SyncState.FAILED, error="The file is cut off.")

    text = admin.get("/models/-/sync/0/", headers=HTMX).content.decode()

    assert "The sync failed: The file is cut off." in text


@pytest.mark.parametrize("asked", ["0", "", "x", "-1", "9" * 5000])
def test_waiting_ends_where_no_worker_answers(admin, asked):
    text = admin.get(f"/models/-/sync/0/?asked={asked}", headers=HTMX).content.decode()

    assert "No worker has finished the sync yet." in text
    assert "every 2s" not in text


@pytest.fixture
def broker():
    """Points the tasks at another broker for one test."""
    before = celery_app.conf.broker_url

    def use(url):
        celery_app.conf.broker_url = url
        celery_app.amqp._producer_pool = None
        celery_app._pool = None

    yield use
    use(before)


@pytest.mark.django_db(transaction=True)
def test_the_button_queues_one_task_in_the_persons_name(admin, broker):
    broker("memory://")
    # The queue is this process's, and other tests of it leave tasks behind.
    celery_app.control.purge()

    response = admin.post("/models/-/sync/", headers=HTMX)

    with celery_app.connection() as connection:
        message = connection.SimpleQueue("celery").get(block=False)
    assert message.headers["task"] == "registry.tasks.sync_catalog"
    assert message.payload[0] == [int(admin.session["_auth_user_id"])]
    assert "/models/-/sync/0/?asked=" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_does_not_answer_is_said(admin, broker):
    broker("redis://127.0.0.1:1/0")

    text = admin.post("/models/-/sync/", headers=HTMX).content.decode()

    assert "The task queue does not answer" in text
    assert "Sync catalog" in text
