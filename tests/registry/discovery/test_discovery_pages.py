"""The buttons on the page of connections and the cards of what was found."""

import datetime

import pytest
from django.utils import timezone

from modelhub import celery_app
from registry.models import (
    DiscoveryRun,
    DiscoveryState,
    ModelSetting,
)
from registry.services.discovery import perform_waiting
from tests.factories import AIModelFactory, ConnectionFactory
from tests.upstream import openai_wire
from tests.upstream.server import FakeUpstream

HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def upstream():
    server = FakeUpstream(openai_wire.echo).start()
    yield server
    server.stop()


@pytest.fixture
def connection(upstream, organization):
    return ConnectionFactory(
        organization=organization,
        base_url=f"{upstream.url}/v1",
        key="sk-1",
        label="Main",
    )


@pytest.fixture(autouse=True)
def broker():
    """A broker in memory; `broker(url)` takes another one."""
    before = celery_app.conf.broker_url

    def use(url):
        celery_app.conf.broker_url = url
        celery_app.amqp._producer_pool = None
        celery_app._pool = None

    use("memory://")
    yield use
    use(before)


def finished(connection, *models, **values):
    new = {one.reference: one.pk for one in models}
    return DiscoveryRun.objects.create(
        connection=connection,
        asked_at=timezone.now(),
        **{
            "state": DiscoveryState.DONE,
            "finished_at": timezone.now(),
            "report": {"counts": {"new": len(new), "offered": len(new)}, "new": new},
        }
        | values,
    )


def test_the_button_asks_a_worker_and_shows_how_far_it_is(editor, connection):
    response = editor.post(f"/connections/{connection.pk}/discover/", headers=HTMX)
    text = response.content.decode()

    assert "Waiting for a worker" in text
    assert 'hx-get="/connections/discovery/"' in text
    run = DiscoveryRun.objects.get()
    assert (run.state, run.connection) == ("queued", connection)
    with celery_app.connection() as broker:
        message = broker.SimpleQueue("celery").get(block=False)
    assert message.headers["task"] == "registry.tasks.run_discoveries"


def test_the_card_tells_what_was_found_when_the_worker_is_done(editor, connection):
    editor.post(f"/connections/{connection.pk}/discover/", headers=HTMX)
    perform_waiting()

    response = editor.get("/connections/discovery/", headers=HTMX)
    text = response.content.decode()

    assert "2 new models" in text
    assert "gpt-x, gpt-y" in text
    assert "Enable these models" in text
    assert "Not now" in text
    assert "hx-trigger" not in text
    assert response.headers["HX-Trigger"] == '{"discovered": {}}'
    assert "2 new models" in editor.get("/connections/").content.decode()


def test_without_javascript_the_button_leads_back_to_the_list(editor, connection):
    response = editor.post(f"/connections/{connection.pk}/discover/", follow=True)

    assert response.redirect_chain == [("/connections/", 302)]
    assert "Waiting for a worker" in response.content.decode()


def test_from_its_own_page_it_leads_back_there(editor, connection):
    place = {"connection": connection.pk}
    response = editor.post(f"/connections/{connection.pk}/discover/", place)
    assert response.url == f"/connections/{connection.pk}/"

    perform_waiting()
    polled = editor.get("/connections/discovery/", place, headers=HTMX)
    assert polled.headers["HX-Refresh"] == "true"


def test_without_a_queue_the_page_asks_by_itself_and_says_so(
    editor, connection, broker
):
    broker("redis://127.0.0.1:1/0")

    response = editor.post(f"/connections/{connection.pk}/discover/", headers=HTMX)
    text = response.content.decode()

    assert "The task queue does not answer" in text
    assert "2 new models" in text


def test_discover_all_asks_every_enabled_connection(
    editor, connection, organization, upstream
):
    ConnectionFactory(organization=organization, base_url=upstream.url, key="x")
    ConnectionFactory(organization=organization, is_enabled=False)
    ConnectionFactory(base_url=upstream.url)

    editor.post("/connections/discover/", headers=HTMX)

    assert DiscoveryRun.objects.count() == 2


def test_the_new_models_are_enabled_with_one_click(editor, connection, organization):
    first, second = AIModelFactory(), AIModelFactory()
    run = finished(connection, first, second)

    response = editor.post(
        f"/connections/discovery/{run.pk}/enable/",
        {"model": [first.pk, second.pk]},
        headers=HTMX,
    )

    assert "2 models enabled." in response.content.decode()
    enabled = ModelSetting.objects.filter(organization=organization, is_enabled=True)
    assert set(enabled.values_list("ai_model_id", flat=True)) == {first.pk, second.pk}
    assert f'id="discovery-{run.pk}"' not in response.content.decode()


def test_only_models_of_that_run_can_be_enabled_there(editor, connection):
    run = finished(connection, AIModelFactory())
    other = AIModelFactory()

    response = editor.post(
        f"/connections/discovery/{run.pk}/enable/", {"model": [other.pk]}, headers=HTMX
    )

    assert "Tick the models to enable." in response.content.decode()
    assert not ModelSetting.objects.exists()


@pytest.mark.parametrize("data", [{}, {"model": ["x"]}, {"model": ["9" * 5000]}])
def test_nothing_ticked_is_said(editor, connection, data):
    run = finished(connection, AIModelFactory())

    response = editor.post(
        f"/connections/discovery/{run.pk}/enable/", data, headers=HTMX
    )

    assert "Tick the models to enable." in response.content.decode()


def test_many_new_models_are_ticked_one_by_one(editor, connection):
    finished(connection, *AIModelFactory.create_batch(13))

    text = editor.get("/connections/").content.decode()

    assert "Enable the ticked models" in text
    assert text.count('name="model"') == 13
    assert "checked" not in text.split('class="check-grid"')[1].split("</details>")[0]


def test_not_now_hides_the_card(editor, connection):
    run = finished(connection, AIModelFactory())

    response = editor.post(f"/connections/discovery/{run.pk}/dismiss/", headers=HTMX)

    assert f"discovery-{run.pk}" not in response.content.decode()
    assert f"discovery-{run.pk}" not in editor.get("/connections/").content.decode()


def test_new_models_of_the_schedule_are_shown_and_quiet_runs_are_not(
    editor, connection, organization
):
    quiet = ConnectionFactory(organization=organization)
    news = finished(connection, AIModelFactory())
    finished(connection)
    silent = finished(quiet)

    text = editor.get("/connections/").content.decode()

    assert f'id="discovery-{news.pk}"' in text
    assert f'id="discovery-{silent.pk}"' not in text


def test_a_failed_discovery_says_why(editor, connection, membership):
    finished(
        connection,
        state=DiscoveryState.FAILED,
        error="Openai rejects the key. Replace it.",
        actor=membership.user,
    )

    assert "Openai rejects the key." in editor.get("/connections/").content.decode()


def test_a_run_that_no_worker_takes_says_what_to_do(editor, connection):
    long_ago = timezone.now() - datetime.timedelta(minutes=2)
    DiscoveryRun.objects.create(connection=connection, asked_at=long_ago)

    text = editor.get("/connections/discovery/", headers=HTMX).content.decode()

    assert "No worker has taken it yet" in text
    assert "modelhub models discover" in text
    assert "delay:5s" in text


def test_names_are_shown_as_text(editor, connection):
    model = AIModelFactory(model_name="<img src=x>")
    finished(connection, model)

    assert "<img src=x>" not in editor.get("/connections/").content.decode()


def test_a_viewer_sees_the_cards_and_may_do_nothing(viewer, connection):
    run = finished(connection, AIModelFactory())

    text = viewer.get("/connections/").content.decode()

    assert f'id="discovery-{run.pk}"' in text
    assert "Enable these models" not in text
    for address in (
        f"/connections/{connection.pk}/discover/",
        "/connections/discover/",
        f"/connections/discovery/{run.pk}/enable/",
        f"/connections/discovery/{run.pk}/dismiss/",
    ):
        assert viewer.post(address).status_code == 403


def test_another_organisation_finds_nothing(stranger, connection):
    run = finished(connection, AIModelFactory())

    assert f"discovery-{run.pk}" not in stranger.get("/connections/").content.decode()
    for address in (
        f"/connections/{connection.pk}/discover/",
        f"/connections/discovery/{run.pk}/enable/",
        f"/connections/discovery/{run.pk}/dismiss/",
    ):
        assert stranger.post(address).status_code == 404


def test_the_queries_do_not_grow_with_connections(
    editor, connection, organization, django_assert_max_num_queries
):
    for one in [
        connection,
        *ConnectionFactory.create_batch(9, organization=organization),
    ]:
        finished(one, *AIModelFactory.create_batch(3))

    with django_assert_max_num_queries(22):
        editor.get("/connections/")
