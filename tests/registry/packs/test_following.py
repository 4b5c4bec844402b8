"""Which model answers, as processes see it."""

import pytest
from django.utils import timezone

from registry.resolution.explaining import explain
from registry.resolution.loading import load_snapshot
from registry.resolution.plan import Selection
from registry.resolution.source import SnapshotSource
from registry.services.pack_switches import roll_back_switch, switch_pack
from tests.factories import FeatureFactory, OrganizationFactory
from tests.registry.assigning import assigned
from tests.registry.packs.packing import entry, features, packed, served


def explained(organization, key):
    return explain(
        load_snapshot(), organization.pk, Selection(feature=key), at=timezone.now()
    )


def asked(found):
    return [one.model.reference for one in found.candidates]


@pytest.fixture
def models(organization):
    return served(organization, "one", "two")


@pytest.fixture
def version(organization, models):
    return packed(organization, entry("planner", "openai/one", "openai/two"))


def test_the_trace_says_which_pack_a_feature_follows(organization, version):
    features(organization, "planner")
    switch_pack(version=version, actor=None)

    found = explained(organization, "planner")

    assert asked(found) == ["openai/one", "openai/two"]
    assert found.trace[0] == (
        "planner follows the pack mixed-pack v1: openai/one (r1) with 1 fallback."
    )
    assert found.feature.pack.version_id == version.pk


def test_an_assignment_of_its_own_is_told_as_such(organization, version, models):
    (planner,) = features(organization, "planner")
    switch_pack(version=version, actor=None)
    assigned(planner, models[1])

    found = explained(organization, "planner")

    assert asked(found) == ["openai/two"]
    assert found.trace[0] == (
        "planner is assigned to openai/two (r2) without fallback. "
        "This is an assignment of its own, not of mixed-pack v1."
    )
    assert found.feature.pack is None


def test_a_feature_made_after_the_switch_follows_the_active_pack(organization, version):
    switch_pack(version=version, actor=None)
    FeatureFactory(organization=organization, key="planner")

    found = explained(organization, "planner")

    assert asked(found) == ["openai/one", "openai/two"]
    assert found.trace[0] == (
        "planner has no assignment of its own. It follows the active pack "
        "mixed-pack v1: openai/one with 1 fallback."
    )


def test_a_feature_follows_nothing_once_the_switch_is_taken_back(organization, version):
    switch_pack(version=version, actor=None)
    FeatureFactory(organization=organization, key="planner")
    roll_back_switch(organization=organization, actor=None)

    found = explained(organization, "planner")

    assert found.error == "The feature planner has no model yet. Assign one to it."


def test_a_pack_of_another_organisation_is_not_followed(organization, version):
    switch_pack(version=version, actor=None)
    other = OrganizationFactory()
    FeatureFactory(organization=other, key="planner")

    assert "has no model yet" in explained(other, "planner").error


def test_a_running_process_sees_a_switch_as_a_whole(transactional_db):
    organization = OrganizationFactory()
    served(organization, "one", "two")
    keys = [f"feature-{number}" for number in range(20)]
    features(organization, *keys)
    first, second = (
        packed(organization, *(entry(key, f"openai/{name}") for key in keys), slug=name)
        for name in ("one", "two")
    )
    switch_pack(version=first, actor=None)
    source = SnapshotSource().start()
    seen = []

    def followed(snapshot):
        packs = {one.pack for one in snapshot.features_of(organization.pk)}
        seen.append({pack.version_id if pack else None for pack in packs})
        return seen[-1] == {second.pk}

    try:
        switch_pack(version=second, actor=None)
        source.wait_until(followed, timeout_s=5)
    finally:
        source.stop()

    assert all(len(packs) == 1 for packs in seen)
