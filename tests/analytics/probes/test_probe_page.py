"""The page of probes: an estimate first, then they are asked for; each its own."""

from decimal import Decimal

import pytest

from analytics.models import CapabilityProbe
from analytics.probes.probe import failed, inconclusive, verified
from analytics.queries import capability_probes as queries
from analytics.services import capability_probes as service
from analytics.services.budget_definitions import create_budget
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


def test_badges_lead_to_the_evidence_with_its_day(editor, place):
    editor.post(address(place, "-/start/"), form(place, confirmed="1"))
    kept = [{"asked": "Book a table.", "answered": "book_table({})"}]
    service.settle(service.claim(), verified("It called it."), service.Spent(), kept)
    found = CapabilityProbe.objects.get(state="done")
    badge = f'href="{address(place)}#evidence-{found.pk}"'

    model = editor.get(address(place, "-/card/")).content.decode()
    connection = editor.get(f"/connections/{place.pk}/probes/").content.decode()
    page = editor.get(address(place)).content.decode()

    assert badge in model
    assert badge in connection
    assert place.ai_model.reference in connection
    assert f'id="evidence-{found.pk}"' in page
    assert "Book a table." in page
    assert f"Verified {found.checked_at:%-d %b}" in page


def test_what_counts_is_shown_however_old(editor, place):
    def probe(finding):
        data = form(place, confirmed="1", capabilities=["tools"])
        editor.post(address(place, "-/start/"), data)
        service.settle(service.claim(), finding, service.Spent(), [])

    probe(verified("The old one."))
    counted = CapabilityProbe.objects.get()
    for _ in range(queries.SHOWN_HISTORY):
        probe(inconclusive("The network."))

    page = editor.get(address(place)).content.decode()

    assert f'id="evidence-{counted.pk}"' in page
    assert page.count('class="probe-evidence"') == queries.SHOWN_HISTORY + 1


def test_without_a_connection_the_page_leads_to_one(editor, place):
    place.is_enabled = False
    place.save()

    page = editor.get(address(place)).content.decode()
    answer = editor.post(address(place, "-/start/"), form(place, confirmed="1"))

    assert "No connection to probe it at" in page
    assert 'href="/connections/"' in page
    assert answer.status_code == 422
    assert not CapabilityProbe.objects.exists()


def test_a_model_that_is_not_enabled_is_refused_before_the_estimate(editor, place):
    place.ai_model.settings.update(is_enabled=False)

    page = editor.get(address(place)).content.decode()
    answer = editor.post(address(place, "-/start/"), form(place))

    assert "only enabled models are probed" in page
    assert "Estimate the cost" not in page
    assert answer.status_code == 422


def test_a_limit_that_nobody_can_mean_is_refused(editor, place):
    answer = editor.post(address(place, "-/start/"), form(place, limit_tokens=10**9))

    assert answer.status_code == 422
    assert "3000000" in answer.content.decode()


def test_what_was_probed_at_the_connection_of_another_is_not_there(stranger, place):
    assert stranger.get(f"/connections/{place.pk}/probes/").status_code == 404


def test_a_budget_with_less_left_is_named_before_anything_is_asked(editor, place):
    create_budget(
        organization=place.organization,
        actor=None,
        name="Pennies",
        scope_kind="organization",
        amount_usd=Decimal(0),
    )

    page = editor.post(address(place, "-/start/"), form(place)).content.decode()

    assert "has $0.00 left. What does not fit is not asked" in page
    assert "Start probes" in page
