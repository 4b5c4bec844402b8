"""Rules and channels: only admins change them, and every change leaves a trace."""

import pytest

from analytics.alerting.kinds import AlertKind
from analytics.alerting.limits import LIMITS, default_rule
from analytics.models import AlertChannel, AlertRule
from analytics.queries.alert_rules import rule_for
from registry.models import AuditEntry

PAGE = "/alerts/settings/"
RULES = f"{PAGE}rules/"
HOOK = {"label": "Pager", "min_severity": "warning", "is_on": "on"}


def posted(**changes):
    """The form of all rules as it stands by default, with changes."""
    values = {f"{kind}-is_on": "on" for kind in AlertKind}
    for kind, limits in LIMITS.items():
        values |= {f"{kind}-{one.name}": f"{one.default}" for one in limits}
    return {**values, **changes}


def test_rules_are_shown_to_all_and_changed_by_admins(admin, editor, viewer):
    for client in (editor, viewer):
        page = client.get(PAGE).content.decode()
        assert "Only an admin changes these." in page
        assert client.post(RULES, posted()).status_code == 403
    assert "Save rules" in admin.get(PAGE).content.decode()


def test_a_changed_rule_holds_and_is_audited(admin, organization):
    changes = {"cost_anomaly-floor_usd": "50.5", "cost_anomaly-z_score": "4"}
    assert admin.post(RULES, posted(**changes)).status_code == 302

    rule = rule_for(organization, AlertKind.COST_ANOMALY)
    assert (str(rule["floor_usd"]), str(rule["z_score"])) == ("50.5", "4")
    entry = AuditEntry.objects.get()
    assert entry.before == {"floor_usd": "10", "z_score": "3.5"}
    assert entry.after == {"floor_usd": "50.5", "z_score": "4"}


def test_saving_the_defaults_leaves_no_trace(admin):
    admin.post(RULES, posted())

    assert not AlertRule.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_kind_is_switched_off(admin, organization):
    values = posted()
    del values["price_change-is_on"]
    admin.post(RULES, values)

    assert not rule_for(organization, AlertKind.PRICE_CHANGE).is_on


@pytest.mark.parametrize(
    "changes",
    [
        {"cost_anomaly-z_score": "0"},
        {"cost_anomaly-floor_usd": "-1"},
        {"cost_anomaly-floor_usd": "ten"},
        {"cost_anomaly-floor_usd": "NaN"},
        {"success_drop-min_calls": "9"},
        {"latency_rise-floor_ms": ""},
        {"retirement-second_days": "60"},
    ],
    ids=str,
)
def test_numbers_that_make_no_sense_are_refused_and_nothing_is_lost(admin, changes):
    response = admin.post(
        RULES, posted(**changes, **{"price_change-floor_percent": "7"})
    )

    assert response.status_code == 422
    assert 'value="7"' in response.content.decode()
    assert not AlertRule.objects.exists()


def test_a_stored_number_that_is_out_of_bounds_is_the_default(organization):
    AlertRule.objects.create(
        organization=organization,
        kind=AlertKind.COST_ANOMALY,
        limits={"z_score": "nonsense", "floor_usd": "-5"},
    )

    assert rule_for(organization, AlertKind.COST_ANOMALY) == default_rule(
        AlertKind.COST_ANOMALY
    )


def test_a_webhook_shows_its_secret_once_and_its_address_never(admin):
    url = "https://93.184.215.14/hooks/T000/very-secret-path"
    shown = admin.post("/alerts/channels/add/webhook/", {**HOOK, "url": url})

    assert b"whsec_" in shown.content
    assert shown["Cache-Control"] == "no-store"
    channel = AlertChannel.objects.get()
    for path in (PAGE, f"/alerts/channels/{channel.pk}/"):
        page = admin.get(path).content.decode()
        assert "93.184.215.14/…path" in page
        assert "very-secret" not in page
        assert "whsec_" not in page


def test_an_address_left_empty_stays(admin, webhook):
    before = webhook.encrypted_url
    admin.post(f"/alerts/channels/{webhook.pk}/", {**HOOK, "label": "Renamed"})

    webhook.refresh_from_db()
    assert (webhook.label, webhook.encrypted_url) == ("Renamed", before)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://metadata.google.internal/",
        "http://[::ffff:169.254.169.254]/",
        "ftp://example.com/",
        "javascript:alert(1)",
        "https://user:word@example.com/",
        "https://example.com/ x",
        "https://example.com/#x",
        "",
    ],
)
def test_an_address_out_of_bounds_is_refused(admin, url):
    response = admin.post("/alerts/channels/add/webhook/", {**HOOK, "url": url})

    assert response.status_code == 422
    assert not AlertChannel.objects.exists()


@pytest.mark.parametrize(
    "emails", ["", "nobody", "a@example.com, b", "a@x\nBcc: b@example.com"]
)
def test_addresses_of_email_are_checked(admin, emails):
    response = admin.post("/alerts/channels/add/email/", {**HOOK, "emails": emails})

    assert response.status_code == 422


def test_a_name_is_given_once(admin, webhook):
    facts = {**HOOK, "emails": "a@example.com"}

    assert admin.post("/alerts/channels/add/email/", facts).status_code == 422


def test_a_test_is_sent_and_its_answer_shown(admin, webhook, receiver):
    page = admin.post(f"/alerts/channels/{webhook.pk}/test/", follow=True)

    assert "It answered 200: thanks" in page.content.decode()
    assert receiver.requests[0].json["alert"]["kind"] == "test"
    receiver.stop()
    page = admin.post(f"/alerts/channels/{webhook.pk}/test/", follow=True)
    assert "It was not reached" in page.content.decode()


def test_only_admins_of_the_organisation_touch_channels(
    admin, editor, stranger, webhook
):
    one = f"/alerts/channels/{webhook.pk}/"

    for path in (one, f"{one}delete/", f"{one}secret/", f"{one}test/"):
        assert editor.post(path).status_code == 403
        assert stranger.post(path).status_code in {403, 404}
    assert admin.get("/alerts/channels/add/pigeon/").status_code == 404
    assert admin.post(f"{one}delete/").status_code == 302
    assert not AlertChannel.objects.exists()
