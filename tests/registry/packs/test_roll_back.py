import datetime

import pytest
from django.utils import timezone

from registry.models import ActivePack, AuditEntry, PackSwitch
from registry.queries.assignments import current_revision, fallbacks_of
from registry.queries.pack_roll_back import roll_back_plan
from registry.services.model_settings import enable_model
from registry.services.pack_switches import (
    StaleSwitch,
    SwitchRefused,
    roll_back_switch,
    switch_pack,
)
from tests.registry.assigning import assigned
from tests.registry.packs.packing import entry, features, packed, served


@pytest.fixture
def models(organization):
    return served(organization, "one", "two", "three")


@pytest.fixture
def both(organization):
    return features(organization, "planner", "critic")


def rolled_back(organization, **more):
    return roll_back_switch(organization=organization, actor=None, **more)


def test_each_feature_gets_what_it_had(organization, models, both):
    planner, critic = both
    assigned(planner, models[1], models[2], parameters={"temperature": 0.5})
    version = packed(
        organization, entry("planner", "openai/one"), entry("critic", "openai/one")
    )
    switch_pack(version=version, actor=None)

    outcome = rolled_back(organization)

    now = current_revision(planner)
    assert (now.ai_model, fallbacks_of(now)) == (models[1], [models[2]])
    assert now.parameters == {"temperature": 0.5}
    assert (now.pack_version, now.restored_from.number) == (None, 1)
    assert current_revision(critic).ai_model is None
    assert outcome.text == "No pack is active: 2 features changed."
    assert outcome.switch.undoes.to_version == version
    assert AuditEntry.objects.filter(action="pack.rolled_back").count() == 1


def test_the_switch_before_can_be_taken_back_after_the_last(organization, models, both):
    first = packed(organization, entry("planner", "openai/one"), slug="first")
    second = packed(organization, entry("planner", "openai/two"), slug="second")
    switch_pack(version=first, actor=None)
    switch_pack(version=second, actor=None)

    rolled_back(organization)
    on_first = current_revision(both[0])
    rolled_back(organization)

    assert (on_first.ai_model, on_first.pack_version) == (models[0], first)
    assert current_revision(both[0]).ai_model is None
    assert ActivePack.objects.get().version is None
    with pytest.raises(SwitchRefused, match="There is no switch to take back"):
        rolled_back(organization)


def test_what_was_assigned_since_is_left_alone_and_told(organization, models, both):
    version = packed(
        organization, entry("planner", "openai/one"), entry("critic", "openai/one")
    )
    switch_pack(version=version, actor=None)
    assigned(both[0], models[2])

    outcome = rolled_back(organization)

    assert current_revision(both[0]).ai_model == models[2]
    assert current_revision(both[1]).ai_model is None
    assert outcome.left_alone == (("planner", "it was assigned anew after the switch"),)
    assert outcome.text.endswith("1 feature changed. 1 left alone.")


@pytest.fixture
def gone(organization, models, both):
    """A switch away from a model that was retired since."""
    assigned(both[0], models[1])
    assigned(both[1], models[2])
    version = packed(
        organization, entry("planner", "openai/one"), entry("critic", "openai/one")
    )
    switch_pack(version=version, actor=None)
    models[1].retired_on = timezone.now().date() - datetime.timedelta(days=1)
    models[1].save()
    return version


def test_it_is_refused_where_a_model_of_then_is_gone(organization, gone, both):
    with pytest.raises(
        SwitchRefused, match=r"planner: openai/two was retired on"
    ) as no:
        rolled_back(organization)

    assert [one.code for one in no.value.findings] == ["retired"]
    assert ActivePack.objects.get().version == gone
    assert current_revision(both[1]).ai_model.model_name == "one"


def test_forced_it_leaves_those_and_takes_the_others_back(organization, gone, both):
    outcome = rolled_back(organization, force_reason="the pack is broken")

    assert current_revision(both[0]).ai_model.model_name == "one"
    assert current_revision(both[1]).ai_model.model_name == "three"
    (left,) = outcome.left_alone
    assert left[0] == "planner"
    assert (outcome.switch.was_forced, outcome.switch.reason) == (
        True,
        "the pack is broken",
    )


def test_two_who_take_it_back_do_so_once(organization, models, both):
    switch_pack(
        version=packed(organization, entry("planner", "openai/one")), actor=None
    )
    seen = roll_back_plan(organization, timezone.now()).expected
    rolled_back(organization, expected=seen)

    with pytest.raises((StaleSwitch, SwitchRefused)):
        rolled_back(organization, expected=seen)

    assert PackSwitch.objects.filter(undoes__isnull=False).count() == 1


def test_a_fallback_that_is_disabled_now_is_left_out(organization, models, both):
    assigned(both[0], models[1], models[2])
    switch_pack(
        version=packed(organization, entry("planner", "openai/one")), actor=None
    )
    models[2].settings.update(is_enabled=False)

    rolled_back(organization)

    assert fallbacks_of(current_revision(both[0])) == []
    enable_model(organization=organization, ai_model=models[2], actor=None)
