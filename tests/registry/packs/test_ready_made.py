"""The packs that come with ModelHub, against the real catalogue."""

import datetime

import pytest
from django.utils import timezone

from registry.key_ring import encrypt
from registry.models import Connection, Feature, Provider
from registry.packs.examples import example_features, ready_made_packs
from registry.queries.assignments import current_revision
from registry.queries.pack_difference import pack_difference
from registry.queries.packs import pack_rows
from registry.queries.references import resolve_reference
from registry.services.pack_switches import switch_pack
from registry.services.packs import PackRefused, create_pack
from registry.services.ready_made_packs import add_example_features, install_ready_made
from tests.registry.packs.packing import document, entry

SLUGS = [one.slug for one in ready_made_packs()]


def installed(organization, slug):
    outcome = install_ready_made(organization=organization, slug=slug, actor=None)
    return outcome.version


def test_five_packs_name_every_example_feature():
    keys = {one.key for one in example_features()}

    assert SLUGS == [
        "starter-pack-1",
        "performance-pack",
        "mixed-pack",
        "claude-pack",
        "haiku-pack",
    ]
    assert all(set(one.by_key) == keys for one in ready_made_packs())
    assert len(keys) == 23


def test_the_code_editors_have_their_temperatures():
    for pack in ready_made_packs():
        found = {
            one.key.partition(".")[2]: one.parameters["temperature"]
            for one in pack.features
            if one.key.startswith("directCodeEditor.")
        }
        assert found == {"surgical": 0.25, "creative": 0.4, "structural": 0.3}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_ready_made_pack_only_needs_connections_and_enabling(
    organization, full_catalog, slug
):
    add_example_features(organization=organization, actor=None)
    version = installed(organization, slug)
    for name in ("openai", "anthropic", "google"):
        Connection.objects.create(
            organization=organization,
            provider=Provider.objects.get(slug=name),
            label=name,
            encrypted_key=encrypt("sk-test"),
        )
    plan = pack_difference(version, timezone.now())

    outcome = switch_pack(version=version, actor=None, enable_models=True)

    assert {one.code for one in plan.difference.errors} == {"not_enabled"}
    assert not [one for one in plan.difference.warnings if one.code == "unpriced"]
    assert len(outcome.difference.changed) == 23
    assert set(outcome.enabled) == set(plan.difference.needs_enabling)
    surgical = Feature.objects.get(key="directCodeEditor.surgical")
    assert current_revision(surgical).parameters == {"temperature": 0.25}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_ready_made_pack_names_models_that_are_served(db, full_catalog, slug):
    (pack,) = (one for one in ready_made_packs() if one.slug == slug)
    names = {name for one in pack.features for name in (one.model, *one.fallbacks)}
    # Half a year is long enough to ship another one.
    day = datetime.date(2026, 11, 21) + datetime.timedelta(days=180)

    models = [resolve_reference(name, None).ai_model for name in sorted(names)]

    assert all(one and one.is_listed and not one.is_retired(day) for one in models)


def test_installing_twice_adds_nothing(organization):
    installed(organization, "claude-pack")

    again = install_ready_made(
        organization=organization, slug="claude-pack", actor=None
    )

    assert (again.is_new, again.version.number) == (False, 1)


def test_an_own_pack_of_the_same_name_is_not_touched(organization):
    create_pack(
        organization=organization,
        document=document(entry("planner", "a/b"), slug="claude-pack"),
        actor=None,
    )

    with pytest.raises(PackRefused, match="a pack claude-pack of your own"):
        installed(organization, "claude-pack")


def test_an_unknown_name_is_answered_with_the_nearest(organization):
    with pytest.raises(PackRefused, match="Did you mean starter-pack-1"):
        installed(organization, "starter-pack")


def test_a_retired_model_is_told_with_its_successor_before_there_are_features(
    organization, full_catalog
):
    version = create_pack(
        organization=organization,
        document=document(
            entry("planner", "openai/gpt-4.1-nano"),
            entry("critic", "anthropic/claude-3-5-haiku-20241022"),
            entry("executor", "openai/gpt-5-mini"),
        ),
        actor=None,
    )

    found = {
        one.feature: (one.severity, one.code, one.proposal)
        for one in pack_rows(organization, timezone.now())[0].findings
        if one.code != "no_feature"
    }

    assert version.number == 1
    assert found["planner"] == ("warning", "retired", "openai/gpt-5.4-nano")
    assert found["executor"] == ("warning", "retiring", "openai/gpt-5.4-mini")
