"""`modelhub budgets` on the command line."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from analytics.models import BudgetDefinition
from registry.models import AuditEntry
from tests.factories import FeatureFactory, OrganizationFactory


def run(*words) -> str:
    out = io.StringIO()
    call_command("budgets", *map(str, words), stdout=out)
    return out.getvalue()


def test_a_budget_is_made_shown_paused_and_deleted(organization):
    FeatureFactory(organization=organization, key="support", name="Support")
    assert "No budgets yet" in run("list")

    made = json.loads(run("create", "25", "--for", "feature:support", "--json"))
    assert (made["scope"], made["period"], made["state"]) == (
        "Support",
        "month",
        "in force",
    )
    assert "$25.00" in run("list")
    assert json.loads(run("show", made["id"], "--json"))["limit_usd"].startswith("25")
    assert "paused" in run("pause", made["id"])
    assert "in force" in run("pause", made["id"], "--resume")
    assert "deleted" in run("delete", made["id"])
    assert json.loads(run("list", "--json")) == []
    labels = AuditEntry.objects.values_list("actor_label", flat=True)
    assert set(labels) == {"modelhub budgets"}


def test_a_dry_run_changes_nothing(organization):
    assert "nothing was changed" in run("create", "25", "--dry-run")
    assert json.loads(run("create", "25", "--dry-run", "--json"))["dry_run"] is True

    assert not BudgetDefinition.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "999"], "no budget 999"),
        (["create", "5", "--for", "feature:nobody"], "nothing like"),
        (["create", "5", "--for", "weather:x"], "nothing like"),
        (["create", "many"], "no amount"),
        (["create", "-5"], "amount|expected|required"),
        (["create", "5", "--for", "tag:team"], r"\w"),
        (["create", "5", "--time-zone", "Mars/Base"], r"\w"),
        (["list", "--organization", "nowhere"], "no organisation"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(organization, words, said):
    with pytest.raises(CommandError, match=said) as refused:
        run(*words)

    assert "\n" not in str(refused.value)
    assert not BudgetDefinition.objects.exists()


def test_another_organisations_budget_is_not_there(organization):
    theirs = OrganizationFactory()
    made = json.loads(run("create", "5", "--organization", theirs.slug, "--json"))

    with pytest.raises(CommandError, match="no budget"):
        run("delete", made["id"], "--organization", organization.slug)
