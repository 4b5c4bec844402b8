"""Sample data in the browser: asked for, opened, marked, removed; and who may."""

from django.urls import reverse

from analytics.models import SampleLoad, UsageRecord
from analytics.services import demo_loads
from analytics.services.demo_loads import sample_organization
from analytics.tasks import load_samples
from registry.models import Organization
from registry.queries.organizations import chosen_organization
from registry.services.connection_checks import check_all

BAR = "nothing here is real"


def test_asked_for_loaded_opened_and_removed(editor, full_catalog, monkeypatch):
    monkeypatch.setattr(demo_loads, "REQUESTS_PER_DAY", 20)
    sent = []
    monkeypatch.setattr("analytics.views.demo.send_to_worker", lambda: sent.append(1))
    monkeypatch.setattr(demo_loads.request_load, "__kwdefaults__", SMALL)
    page = editor.post(reverse("analytics:demo_load"), follow=True)
    assert sent
    assert "Waiting for a worker" in page.text
    assert BAR not in page.text
    load_samples()
    assert "Open Acme Studio" in editor.get(reverse("analytics:demo_progress")).text
    page = editor.post(reverse("analytics:demo_open"), follow=True)
    assert BAR in page.text
    assert BAR in editor.get(reverse("analytics:request_list")).text
    page = editor.post(reverse("analytics:demo_remove"), follow=True)
    assert "The sample data is gone." in page.text
    assert BAR not in page.text
    assert sample_organization() is None


SMALL = {
    **(demo_loads.request_load.__kwdefaults__ or {}),
    "days": 7,
    "requests_per_day": 20,
}


def test_a_second_person_joins_but_may_not_remove(load_sample, editor, membership):
    load_sample()
    editor.post(reverse("analytics:demo_open"))
    joined = membership.user.memberships.get(organization__is_sample=True)
    assert joined.can_edit
    assert not joined.can_administer
    assert editor.post(reverse("analytics:demo_remove")).status_code == 403
    assert sample_organization() is not None


def test_a_viewer_loads_nothing(viewer):
    assert viewer.post(reverse("analytics:demo_load")).status_code == 403
    assert not SampleLoad.objects.exists()


def test_a_real_organisation_is_not_removed(editor, organization):
    assert editor.post(reverse("analytics:demo_remove")).status_code == 403
    assert Organization.objects.filter(pk=organization.pk).exists()


def test_commands_and_checks_leave_it_aside(load_sample, organization):
    load_sample()
    sample = sample_organization()
    Organization.objects.exclude(pk__in=[organization.pk, sample.pk]).delete()
    assert chosen_organization(None) == organization
    assert check_all() == []
    assert not UsageRecord.objects.filter(organization_id=organization.pk).exists()
