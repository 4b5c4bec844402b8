"""Differences in the audit log are read by people: names, money, units, days."""

import pytest
from django.urls import reverse

from analytics.models import BudgetScope
from analytics.services.budget_definitions import create_budget
from registry.capabilities import CAPABILITIES
from registry.changes import told_changes
from registry.models import AuditEntry
from registry.services.features import create_feature
from registry.services.prompts import create_prompt
from tests.registry.prompts.writing import moved, versioned

LOG = "/settings/audit/"
RATES = {
    "standard": {"input_mtok": "2.5", "output_mtok": "10"},
    "variants": [{"when": {"processing": "batch"}, "prices": {"input_mtok": "1.25"}}],
    "matched": {"provider_id": "openai", "model_id": "gpt-5"},
}


def told(before, after):
    return [(one.label, one.before, one.after) for one in told_changes(before, after)]


@pytest.mark.parametrize(
    ("name", "value", "label", "text"),
    [
        ("amount_usd", "1234.5", "Amount", "$1,234.50"),
        ("cost_usd", "0.000123", "Cost", "$0.000123"),
        ("input_usd_per_million", "2.5", "Input", "$2.50 per 1M tokens"),
        ("effective_from", "2026-11-01T00:00:00+00:00", "Holds from", "1 Nov 2026"),
        (
            "expires_at",
            "2026-11-01T10:30:00+02:00",
            "Expires",
            "1 Nov 2026, 08:30 UTC",
        ),
        ("released_on", "2026-03-09", "Released", "9 Mar 2026"),
        ("discount_percent", "12.50", "Discount", "12.5 %"),
        ("thresholds", ["0.8", "1"], "Tells at", "80 %, 100 %"),
        ("timeout_seconds", 120, "Time limit", "120 s"),
        ("hedge_after_ms", 1500, "Second model after", "1,500 ms"),
        ("size_bytes", 2_500_000, "Size", "2.5 MB"),
        ("context_window", 200000, "Context window", "200,000"),
        ("at_hour", 7, "At", "07:00"),
        ("weekdays", [0, 4], "Weekdays", "Mon, Fri"),
        ("role", "admin", "Role", "Admin"),
        ("scopes", ["gateway"], "Scopes", "Call models through the gateway"),
        ("capabilities", ["tools"], "Capabilities", CAPABILITIES["tools"][0]),
        ("state", "key_unreadable", "State", "key unreadable"),
        ("is_enabled", True, "On", "yes"),
        ("images", ["a" * 64, "b" * 64], "Images", "2 images"),
        ("name", "photo_tagging", "Name", "photo_tagging"),
        ("version", 3, "Version", "3"),
    ],
)
def test_a_value_says_what_it_is(name, value, label, text):
    assert told(None, {name: value}) == [(label, "", text)]


@pytest.mark.parametrize(
    "rates", [RATES, ["input_mtok 2.5", "output_mtok 10", "batch input_mtok 1.25"]]
)
def test_rates_of_a_price_are_told_one_by_one(rates):
    assert told(None, {"price": 3066, "rates": rates}) == [
        ("Input", "", "$2.50 per 1M tokens"),
        ("Output", "", "$10.00 per 1M tokens"),
        ("Batch · Input", "", "$1.25 per 1M tokens"),
    ]


def test_names_that_people_gave_stay_as_they_are():
    setting = {"model": "openai/a", "fallbacks": [], "parameters": {"seed": 7}}

    assert told(None, {"codeGenerator": setting}) == [
        ("codeGenerator", "", "openai/a; seed 7")
    ]
    (edit,) = told_changes({}, {"codeGenerator": {"prompt": "C@2"}}, "pack.edited")
    assert (edit.label, edit.after) == ("codeGenerator", "no model; prompt C@2")
    (move,) = told_changes({"live": 1}, {"live": 2}, "prompt.label_moved")
    assert (move.label, move.before, move.after) == ("live", "v1", "v2")


def test_what_means_nothing_to_a_person_is_left_out():
    after = {"scope_id": 7, "account": 3, "fingerprint": "f00", "name": "A"}

    assert told(None, after) == [("Name", "", "A")]


def test_a_budget_says_what_it_is_for(viewer, organization):
    feature = create_feature(
        organization=organization, key="planner", name="Planner", actor=None
    )
    create_budget(
        organization=organization,
        actor=None,
        name="Plans",
        scope_kind=BudgetScope.FEATURE,
        scope_id=feature.pk,
        amount_usd=50,
    )

    page = viewer.get(LOG, {"action": "budget.created"}).content.decode()

    assert "<ins>feature Planner</ins>" in page
    assert "<ins>$50.00</ins>" in page
    assert f"<ins>{feature.pk}</ins>" not in page


def test_the_move_of_a_label_is_taken_back_from_the_log(editor, organization):
    prompt = create_prompt(
        organization=organization, name="DRAFTS", text="One.", actor=None
    ).prompt
    versioned(prompt, "Two.")
    moved(prompt, 2)
    entry = AuditEntry.objects.filter(action="prompt.label_moved").latest("pk")
    address = reverse("registry:prompt_label_undo", args=["DRAFTS", entry.pk])
    assert f'action="{address}"' in editor.get(LOG).content.decode()

    assert editor.post(address).status_code == 302
    again = editor.post(address)

    label = prompt.labels.get(name="production")
    assert label.prompt_version.number == 1
    assert again.status_code == 409
