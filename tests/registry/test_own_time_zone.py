"""Times on pages are in the zone of whoever looks, with UTC in the title."""

import datetime

import pytest
import time_machine
from django.template import Context, Template
from django.test import Client
from django.utils import timezone

from registry.models import AuditEntry, Role, User
from registry.services.features import archive_feature
from tests.factories import FeatureFactory, MembershipFactory

ACCOUNT = "/account/"
LOG = "/settings/audit/"
# Midsummer: two hours before Berlin, four after New York.
NOON = datetime.datetime(2026, 6, 21, 22, 30, tzinfo=datetime.UTC)
IN_BERLIN = (
    '<time datetime="2026-06-21T22:30:00+00:00" title="21 Jun 2026, 22:30 UTC">'
    "22 Jun 2026, 00:30</time>"
)


@pytest.fixture
def entry(organization) -> AuditEntry:
    """What was changed at 22:30 UTC."""
    with time_machine.travel(NOON, tick=False):
        archive_feature(feature=FeatureFactory(organization=organization), actor=None)
    return AuditEntry.objects.get()


def choose(client: Client, zone: str):
    return client.post(f"{ACCOUNT}zone/", {"time_zone": zone})


def test_a_person_chooses_a_zone_and_sees_times_in_it(editor, membership, entry):
    before = editor.get(LOG).content.decode()

    response = choose(editor, "Europe/Berlin")

    assert response.status_code == 302
    assert ">21 Jun 2026, 22:30</time>" in before
    assert IN_BERLIN in editor.get(LOG).content.decode()
    edited = AuditEntry.objects.get(action="user.edited")
    assert edited.after == {"time_zone": "Europe/Berlin"}


def test_others_keep_theirs(editor, viewer, entry):
    choose(editor, "Europe/Berlin")

    assert ">21 Jun 2026, 22:30</time>" in viewer.get(LOG).content.decode()


def test_without_a_choice_it_is_the_one_of_the_organisation(
    editor, organization, entry
):
    organization.time_zone = "Europe/Berlin"
    organization.save()

    assert IN_BERLIN in editor.get(LOG).content.decode()


def test_an_empty_field_goes_back_to_it(editor, membership, entry):
    choose(editor, "America/New_York")

    choose(editor, "")

    membership.user.refresh_from_db()
    assert membership.user.time_zone == ""
    assert ">21 Jun 2026, 22:30</time>" in editor.get(LOG).content.decode()


@pytest.mark.parametrize("zone", ["Berlin", "../etc/passwd", "Mars/Olympus"])
def test_what_is_no_zone_is_said_beside_the_field_and_kept(editor, zone):
    response = choose(editor, zone)

    assert response.status_code == 422
    text = response.content.decode()
    assert "There is no time zone" in text
    assert f'value="{zone}"' in text


def test_the_same_zone_again_is_no_change(editor):
    choose(editor, "Europe/Berlin")
    choose(editor, "Europe/Berlin")

    assert AuditEntry.objects.filter(action="user.edited").count() == 1


def test_days_of_the_log_begin_at_midnight_there(editor, entry):
    choose(editor, "Europe/Berlin")

    def found(day: str) -> list[AuditEntry]:
        page = editor.get(LOG, {"since": day, "until": day}).context["page"]
        return [line.entry for line in page.lines]

    assert found("2026-06-22") == [entry]
    assert found("2026-06-21") == []


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Pacific/Kiritimati"])
def test_the_first_and_the_last_day_break_nothing(editor, zone):
    choose(editor, zone)

    for days in ({"since": "0001-01-01"}, {"until": "9999-12-31"}):
        assert editor.get(LOG, days).status_code == 200
        assert editor.get("/requests/", days).status_code == 200


def test_the_account_says_what_time_it_is_there(editor):
    choose(editor, "Asia/Kolkata")

    with time_machine.travel(NOON, tick=False):
        text = editor.get(ACCOUNT).content.decode()

    assert ">04:00</time> in Asia/Kolkata" in text


def test_the_registry_admin_and_the_api_stay_in_utc(organization, entry):
    user = User.objects.create_superuser("root@example.com", time_zone="Asia/Kolkata")
    MembershipFactory(organization=organization, user=user, role=Role.ADMIN)
    client = Client()
    client.force_login(user)

    listed = client.get("/admin/registry/user/").content.decode()
    answered = client.get("/api/audit").json()

    assert "Asia/Kolkata" not in listed
    assert answered["items"][0]["at"].startswith("2026-06-21T22:30:00")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("when", "22 Jun 2026, 00:30"),
        ("local", "22 Jun, 00:30"),
        ("on_day", "22 Jun"),
        ("clock", "00:30"),
        ("to_the_second", "22 Jun, 00:30:00"),
        ("ago", "1\xa0hour ago"),
    ],
)
def test_every_way_to_tell_a_moment_has_utc_in_its_title(name, text):
    page = Template(f"{{{{ at|{name} }}}}")
    an_hour_later = NOON + datetime.timedelta(hours=1)

    with (
        time_machine.travel(an_hour_later, tick=False),
        timezone.override("Europe/Berlin"),
    ):
        told = page.render(Context({"at": NOON}))

    assert 'title="21 Jun 2026, 22:30' in told
    assert ' UTC"' in told
    assert f">{text}</time>" in told


@pytest.mark.parametrize("name", ["when", "local", "local_text", "on_day", "clock"])
def test_what_is_not_known_is_a_dash(name):
    assert Template(f"{{{{ at|{name} }}}}").render(Context({"at": None})) == "–"
