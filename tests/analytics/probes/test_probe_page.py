"""The page of probes: an estimate first, then they are asked for; each its own."""

import pytest

from analytics.models import CapabilityProbe
from analytics.probes.probe import failed, verified
from analytics.services import capability_probes as service
from registry.models import AuditEntry, VerifiedCapability
from tests.factories import ConnectionFactory, OrganizationFactory, enabled_model


@pytest.fixture
def place(organization):
    connection = ConnectionFactory(organization=organization, label="main place")
    connection.ai_model = enabled_model(
        organization,
        provider=connection.provider,
        model_name="gpt-p",
        capabilities=["tools"],
        context_window=8_000,
    )
    return connection


def address(place, rest=""):
    return f"/probes/{place.provider.slug}/gpt-p/{rest}"


def form(place, **more):
    return {
        "connection": place.pk,
        "capabilities": ["tools", "streaming"],
        "limit_tokens": 20_000,
        **more,
    }


def test_the_cost_is_estimated_before_anything_is_asked(editor, place):
    page = editor.post(address(place, "-/start/"), form(place)).content.decode()

    assert "At most 3 calls" in page
    assert not CapabilityProbe.objects.exists()


def test_confirmed_probes_wait_for_a_worker(editor, place):
    answer = editor.post(address(place, "-/start/"), form(place, confirmed="1"))

    assert answer.url == address(place)
    assert set(CapabilityProbe.objects.values_list("capability", "state")) == {
        ("tools", "waiting"),
        ("streaming", "waiting"),
    }
    assert AuditEntry.objects.filter(action="model.probed").count() == 1
    assert "2 under way" in editor.get(address(place)).content.decode()


def test_the_same_is_not_asked_twice_at_once(editor, place):
    for _ in range(2):
        answer = editor.post(address(place, "-/start/"), form(place, confirmed="1"))

    assert answer.status_code == 422
    assert "is being probed already" in answer.content.decode()
    assert CapabilityProbe.objects.count() == 2


def test_probes_that_wait_can_be_cancelled(editor, place):
    editor.post(address(place, "-/start/"), form(place, confirmed="1"))
    batch = CapabilityProbe.objects.first().batch

    editor.post(address(place, f"-/cancel/{batch}/"))

    assert set(CapabilityProbe.objects.values_list("state")) == {("cancelled",)}


def test_what_a_probe_contradicts_stands_on_the_page_of_the_model(editor, place):
    data = form(place, confirmed="1", capabilities=["tools"])
    editor.post(address(place, "-/start/"), data)
    service.settle(service.claim(), failed("It called none."), service.Spent(), [])

    card = editor.get(address(place, "-/card/")).content.decode()

    assert "Documented" in card
    assert "Contradicted" in card
    assert not VerifiedCapability.objects.get(capability="tools").is_verified


def test_a_viewer_looks_and_asks_nothing(viewer, place):
    assert viewer.get(address(place)).status_code == 200
    assert viewer.post(address(place, "-/start/"), form(place)).status_code == 403


def test_a_connection_of_somebody_else_is_none(editor, place):
    other = ConnectionFactory(
        organization=OrganizationFactory(), provider=place.provider
    )

    answer = editor.post(address(place, "-/start/"), form(place, connection=other.pk))

    assert answer.status_code == 422
    assert not CapabilityProbe.objects.exists()


def test_a_settled_probe_is_not_settled_by_a_late_worker(editor, place):
    editor.post(address(place, "-/start/"), form(place, confirmed="1"))
    one = service.claim()
    CapabilityProbe.objects.filter(pk=one.pk).update(state="waiting", claim=None)

    assert not service.settle(one, verified("Late."), service.Spent(), [])
