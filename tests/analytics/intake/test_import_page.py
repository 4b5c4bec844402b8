"""A file is uploaded, looked at, imported by a worker, and its rejects downloaded."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from analytics.models import ImportState, UsageImport, UsageRecord
from analytics.services import intake_runs, usage_imports
from registry.models import AuditEntry, Role
from tests.analytics.intake.test_api_usage import entry, lines
from tests.factories import MembershipFactory, OrganizationFactory

PAGE = "/usage/import/"
UPLOAD = f"{PAGE}file/"


def visitor(organization, role=Role.EDITOR):
    client = Client()
    client.force_login(MembershipFactory(organization=organization, role=role).user)
    return client


@pytest.fixture
def person(organization, gpt, settings, tmp_path, monkeypatch):
    settings.USAGE_IMPORT_FOLDER = tmp_path
    monkeypatch.setattr(usage_imports, "wake_worker", lambda: None)
    return visitor(organization)


def upload(client, body, name="calls.jsonl"):
    """The address of the draft."""
    answer = client.post(UPLOAD, {"file": SimpleUploadedFile(name, body)})
    assert answer.status_code == 302, answer.content
    return answer.url


def work():
    usage_imports.sweep(timezone.now())
    one = usage_imports.claim()
    assert one is not None
    usage_imports.perform(one)
    one.refresh_from_db()
    return one


BODY = lines(
    entry("a"), entry("b", input_tokens=-1), entry("c"), entry("d", model="acme/new")
)


def test_a_file_is_shown_then_imported_then_told_of(person, organization):
    address = upload(person, BODY)
    draft = person.get(address).content.decode()
    assert "ModelHub (JSON lines or CSV)" in draft
    assert "acme/new" in draft
    assert "is negative" in draft
    assert not UsageRecord.objects.exists()

    assert person.post(f"{address}start/").url == address
    one = work()

    assert one.state == ImportState.DONE
    assert (one.count("accepted"), one.count("refused")) == (3, 1)
    assert UsageRecord.objects.filter(organization_id=organization.pk).count() == 3
    page = person.get(address).content.decode()
    assert "Done" in page
    rejects = b"".join(person.get(f"{address}rejects/"))
    assert json.loads(rejects)["line"] == 2
    assert AuditEntry.objects.filter(action="usage.imported").count() == 1
    assert "calls.jsonl" in person.get(PAGE).content.decode()


def test_a_killed_import_goes_on_where_it_was(person, monkeypatch):
    body = lines(*(entry(f"c{n}", attempt=-1 if n == 1 else 1) for n in range(10)))
    person.post(f"{upload(person, body)}start/")
    monkeypatch.setattr(intake_runs, "BATCH", 3)
    take, seen = intake_runs.take_in, []

    def killed(organization, calls, **more):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(1)
        return take(organization, calls, **more)

    monkeypatch.setattr(intake_runs, "take_in", killed)
    with pytest.raises(KeyboardInterrupt):
        work()
    monkeypatch.setattr(intake_runs, "take_in", take)
    assert usage_imports.claim() is None

    long_ago = timezone.now() - usage_imports.SILENT_FOR * 2
    UsageImport.objects.update(seen_at=long_ago)
    one = work()

    assert one.state == ImportState.DONE
    assert [one.count(name) for name in ("read", "accepted", "duplicates")] == [
        10,
        9,
        0,
    ]
    assert UsageRecord.objects.count() == 9
    assert len(usage_imports.rejects_of(one).read_text().splitlines()) == 1


def test_a_worker_that_was_given_up_writes_nothing_more(person, monkeypatch):
    person.post(f"{upload(person, lines(*(entry(f'c{n}') for n in range(4))))}start/")
    monkeypatch.setattr(intake_runs, "BATCH", 2)
    late = usage_imports.claim()
    UsageImport.objects.update(state=ImportState.DONE)

    assert usage_imports.perform(late)

    assert not UsageRecord.objects.exists()


def test_a_long_file_is_read_in_spells(person, monkeypatch):
    person.post(f"{upload(person, lines(*(entry(f'c{n}') for n in range(4))))}start/")
    monkeypatch.setattr(intake_runs, "BATCH", 2)

    one = usage_imports.claim()
    assert not usage_imports.perform(one, spell_s=-1)
    one.refresh_from_db()
    assert (one.state, one.count("accepted")) == (ImportState.WAITING, 2)

    assert work().count("accepted") == 4


def test_columns_are_mapped_on_the_page(person):
    body = b"when;name;mid\n2026-11-20T09:00:00Z;a;openai/gpt-9\n"
    address = upload(person, body, "calls.csv")
    page = person.get(address).content.decode()
    assert "say (map) which columns" in page
    assert "--" not in page.split("<main")[1].split("</main")[0]

    person.post(f"{address}read/", {"mapping": "when=started_at\nname=id\nmid=model"})

    assert "openai/gpt-9" in person.get(address).content.decode()
    person.post(f"{address}start/")
    assert work().count("accepted") == 1


def test_a_mapping_that_is_none_is_told(person):
    address = upload(person, BODY)

    answer = person.post(f"{address}read/", {"mapping": "nonsense"})

    assert answer.status_code == 422
    assert "is no column=field" in answer.content.decode()


def test_an_import_is_started_once(person):
    address = upload(person, BODY)

    for _ in range(2):
        assert person.post(f"{address}start/").status_code == 302

    assert AuditEntry.objects.filter(action="usage.imported").count() == 1


def test_without_a_file_nothing_is_kept(person):
    assert person.post(UPLOAD).status_code == 422
    empty = person.post(UPLOAD, {"file": SimpleUploadedFile("a.csv", b"")})
    assert empty.status_code == 422
    assert not UsageImport.objects.exists()


def test_others_see_nothing_and_viewers_change_nothing(person, organization):
    address = upload(person, BODY)
    stranger = visitor(OrganizationFactory())
    viewer = visitor(organization, Role.VIEWER)

    for part in ("", "progress/", "rejects/"):
        assert stranger.get(f"{address}{part}").status_code == 404
    assert stranger.post(f"{address}start/").status_code == 404
    assert viewer.post(f"{address}start/").status_code == 403
    assert viewer.get(address).status_code == 200
