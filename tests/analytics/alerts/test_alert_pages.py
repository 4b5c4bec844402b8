"""The page of alerts: who sees what, and what each role may do."""

import datetime

import pytest
from django.utils import timezone

from analytics.alerting.kinds import AlertKind
from analytics.models import Alert, AlertMute
from analytics.services.alerts import resolve_alerts
from registry.models import AuditEntry

PAGE = "/alerts/"


def text_of(response) -> str:
    return response.content.decode()


def test_an_unused_page_says_what_will_stand_there(viewer):
    page = text_of(viewer.get(PAGE))

    assert "Nothing to tell." in page
    assert "no channel sends them" in page
    assert "Alerts, 0 open" in page


def test_alerts_are_listed_and_counted_at_the_bell(viewer, tell):
    tell(title="Support <b> is over", address="/features/support/")
    page = text_of(viewer.get(PAGE))

    assert "Support &lt;b&gt; is over" in page
    assert 'href="/features/support/"' in page
    assert "Alerts, 1 open" in page
    assert "Acknowledge" not in page.replace("Acknowledged", "")


def test_an_editor_acknowledges_and_takes_it_back(editor, tell, membership):
    alert = tell()
    editor.post(f"{PAGE}{alert.pk}/acknowledge/")

    alert.refresh_from_db()
    assert alert.acknowledged_by == membership.user
    page = text_of(editor.get(PAGE))
    assert f"Acknowledged by {membership.user.email}" in page
    assert "Alerts, 0 open" in page
    editor.post(f"{PAGE}{alert.pk}/reopen/")
    alert.refresh_from_db()
    assert alert.acknowledged_at is None
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["alert.acknowledged", "alert.reopened"]


def test_who_acknowledged_first_stays(editor, admin, tell, membership):
    alert = tell()
    editor.post(f"{PAGE}{alert.pk}/acknowledge/")
    admin.post(f"{PAGE}{alert.pk}/acknowledge/")

    alert.refresh_from_db()
    assert alert.acknowledged_by == membership.user


def test_a_subject_is_muted_with_a_reason_and_unmuted(editor, tell, membership):
    alert = tell()
    assert editor.get(f"{PAGE}{alert.pk}/mute/").status_code == 200
    wish = {"scope": "subject", "duration": "week", "reason": "We know."}
    editor.post(f"{PAGE}{alert.pk}/mute/", wish)

    mute = AlertMute.objects.get()
    assert (mute.kind, mute.subject) == ("budget", "budget:12")
    page = text_of(editor.get(f"{PAGE}?state=muted"))
    assert "We know." in page
    assert alert.title in page
    editor.post(f"{PAGE}mutes/{mute.pk}/end/")
    assert "We know." not in text_of(editor.get(PAGE))
    editor.post(f"{PAGE}mutes/{mute.pk}/restore/")
    assert "We know." in text_of(editor.get(PAGE))


def test_a_whole_kind_is_muted_for_ever(editor, tell):
    alert = tell()
    wish = {"scope": "kind", "duration": "ever"}
    editor.post(f"{PAGE}{alert.pk}/mute/", wish)

    mute = AlertMute.objects.get()
    assert (mute.subject, mute.until) == ("", None)


@pytest.mark.parametrize(
    "wish",
    [
        {"scope": "subject", "duration": "always"},
        {"scope": "all", "duration": "hour"},
        {"scope": "subject", "duration": "until"},
        {"scope": "subject", "duration": "until", "until": "2020-01-01"},
        {"scope": "subject", "duration": "until", "until": "9999-12-31"},
        {"scope": "subject", "duration": "until", "until": "soon"},
        {"scope": "subject", "duration": "hour", "reason": "x" * 301},
    ],
    ids=str,
)
def test_a_mute_that_makes_no_sense_is_refused_in_words(editor, tell, wish):
    response = editor.post(f"{PAGE}{tell().pk}/mute/", wish)

    assert response.status_code == 422
    assert not AlertMute.objects.exists()


def test_until_tomorrow_is_nine_o_clock_there_also_after_a_change_of_clocks(
    editor, tell, organization, monkeypatch
):
    organization.time_zone = "America/Los_Angeles"
    organization.save()
    saturday = datetime.datetime(2026, 10, 31, 20, tzinfo=datetime.UTC)
    alert = tell()
    monkeypatch.setattr("analytics.views.alerts.timezone.now", lambda: saturday)
    editor.post(f"{PAGE}{alert.pk}/mute/", {"scope": "subject", "duration": "tomorrow"})

    until = AlertMute.objects.get().until
    # Standard time since two o'clock that night: 9:00 is 17:00 UTC, not 16:00.
    assert f"{until:%Y-%m-%d %H:%M}" == "2026-11-01 17:00"


def test_filters_narrow_the_list(viewer, tell, organization):
    tell(title="The budget one")
    tell(title="The dear one", kind=AlertKind.COST_ANOMALY, occasion="cost:x:1")
    resolve_alerts(organization, kind=AlertKind.COST_ANOMALY, at=timezone.now())

    over = text_of(viewer.get(f"{PAGE}?state=over"))
    assert "The dear one" in over
    assert "The budget one" not in over
    dear = text_of(viewer.get(f"{PAGE}?kind=cost_anomaly"))
    assert "The budget one" not in dear
    assert "No alert matches." in text_of(viewer.get(f"{PAGE}?severity=danger"))


@pytest.mark.parametrize("query", ["state=x", "kind=x", "severity=x", "before=x_1"])
def test_a_bad_address_is_refused_in_words(viewer, query):
    response = viewer.get(f"{PAGE}?{query}")

    assert response.status_code == 422
    assert "Show all alerts" in text_of(response)


def test_pages_follow_each_other_without_gap(viewer, tell):
    now = timezone.now()
    for number in range(35):
        tell(occasion=f"budget:{number}:a", title=f"Number {number}.", at=now)
    first = viewer.get(PAGE)
    second = viewer.get(PAGE, {"before": first.context["page"].older})
    shown = [*first.context["page"].alerts, *second.context["page"].alerts]

    assert [one.title for one in shown] == [f"Number {n}." for n in range(34, -1, -1)]


def test_the_number_of_queries_does_not_grow(
    viewer, tell, webhook, django_assert_max_num_queries
):
    for number in range(20):
        tell(occasion=f"budget:{number}:a")

    with django_assert_max_num_queries(24):
        viewer.get(PAGE)


def test_a_viewer_changes_nothing(viewer, tell):
    alert = tell()

    for path in (f"{alert.pk}/acknowledge/", f"{alert.pk}/mute/", "mutes/1/end/"):
        assert viewer.post(f"{PAGE}{path}", {}).status_code == 403
    assert Alert.objects.get().acknowledged_at is None


def test_another_organisation_finds_nothing(stranger, tell):
    alert = tell()

    assert alert.title not in text_of(stranger.get(PAGE))
    for path in ("acknowledge/", "reopen/", "mute/"):
        assert stranger.post(f"{PAGE}{alert.pk}/{path}").status_code == 404


def test_the_api_lists_acknowledges_and_mutes(editor, viewer, stranger, tell):
    alert = tell()
    (item,) = editor.get("/api/alerts?state=open").json()["items"]

    assert item["subject"] == "budget:12"
    assert viewer.post(f"/api/alerts/{alert.pk}/acknowledge").status_code == 403
    assert stranger.post(f"/api/alerts/{alert.pk}/acknowledge").status_code == 404
    said = editor.post(f"/api/alerts/{alert.pk}/acknowledge").json()
    assert said["acknowledged_by"]
    muted = editor.post(
        f"/api/alerts/{alert.pk}/mute",
        {"of": "kind", "reason": "We know."},
        content_type="application/json",
    )
    assert muted.json()["kind"] == "budget"
    assert editor.get("/api/alerts").json()["items"][0]["is_muted"]
    past = editor.post(
        f"/api/alerts/{alert.pk}/mute",
        {"until": "2020-01-01T00:00:00Z"},
        content_type="application/json",
    )
    assert past.status_code == 422
    assert editor.get("/api/alerts?cursor=x").status_code == 422
    assert editor.get("/api/alerts?kind=x").status_code == 422
