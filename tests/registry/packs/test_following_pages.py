"""A feature without an assignment of its own, on pages and in the console."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from registry.queries.features import feature_rows, features_of
from registry.resolution.explaining import explain
from registry.resolution.loading import load_snapshot
from registry.resolution.plan import Selection
from registry.services.model_settings import ModelRefused, disable_model
from registry.services.pack_switches import switch_pack
from tests.factories import FeatureFactory
from tests.registry.packs.packing import entry, packed, served


@pytest.fixture
def planner(organization):
    """Made after the switch: it follows the pack."""
    served(organization, "one", "two")
    given = entry(
        "planner", "openai/one", "openai/two", parameters={"temperature": 0.4}
    )
    switch_pack(version=packed(organization, given), actor=None)
    return FeatureFactory(organization=organization, key="planner", name="Planner")


def row_of(organization):
    (row,) = feature_rows(features_of(organization), organization, timezone.now())
    return row


def test_the_list_shows_the_model_of_the_pack(organization, planner, editor):
    row = row_of(organization)

    assert row.current.ai_model.reference == "openai/one"
    assert [one.ai_model.reference for one in row.fallbacks] == ["openai/two"]
    assert row.problems == []
    page = editor.get("/features/planner/").content.decode()
    assert "follows mixed-pack v1" in page
    assert "Take the model away" not in page


def test_a_switch_by_hand_keeps_the_parameters_of_the_pack(
    organization, planner, editor
):
    other = row_of(organization).fallbacks[0].ai_model

    editor.post("/features/planner/switch/", {"model": other.pk})

    row = row_of(organization)
    assert row.followed is None
    assert row.current.ai_model == other
    assert row.parameters == {"temperature": 0.4}


def test_the_console_says_what_it_follows(organization, planner):
    out = StringIO()
    call_command("features", "show", "planner", "--json", stdout=out)

    said = json.loads(out.getvalue())
    assert said["follows_pack"] == "mixed-pack v1"
    assert (said["model"], said["parameters"]) == ("openai/one", {"temperature": 0.4})


def test_its_model_is_not_disabled_under_it(organization, planner):
    row = row_of(organization)
    for option in (row.current, *row.fallbacks):
        with pytest.raises(ModelRefused, match="in use by Planner"):
            disable_model(
                organization=organization, ai_model=option.ai_model, actor=None
            )


def test_a_pack_is_followed_only_where_the_requirements_are_met(organization, planner):
    planner.required_capabilities = ["vision"]
    planner.save()

    found = explain(
        load_snapshot(),
        organization.pk,
        Selection(feature="planner"),
        at=timezone.now(),
    )

    assert found.candidates == ()
    assert "vision" in " ".join(found.trace).lower()
    assert [one.tone for one in row_of(organization).problems][0] == "danger"
