import pytest

from registry.models import ActivePack, AssignmentRevision, AuditEntry, PackSwitch
from registry.queries.assignments import current_revision, fallbacks_of
from registry.services.pack_switches import SwitchRefused, switch_pack
from tests.factories import AIModelFactory
from tests.registry.assigning import assigned
from tests.registry.packs.packing import entry, features, packed, repacked, served


@pytest.fixture
def models(organization):
    return served(organization, "one", "two")


@pytest.fixture
def both(organization):
    return features(organization, "planner", "critic")


def switched(version, **more):
    return switch_pack(version=version, actor=None, **more)


def test_every_feature_gets_what_the_pack_says(organization, models, both):
    version = packed(
        organization,
        entry("planner", "openai/one", "openai/two", parameters={"temperature": 0.25}),
        entry("critic", "openai/two"),
    )

    outcome = switched(version)

    planner = current_revision(both[0])
    assert outcome.text == "mixed-pack v1 is active: 2 features changed."
    assert (planner.ai_model, fallbacks_of(planner)) == (models[0], [models[1]])
    assert planner.parameters == {"temperature": 0.25}
    assert (planner.pack_version, planner.pack_switch) == (version, outcome.switch)
    assert current_revision(both[1]).ai_model == models[1]
    assert ActivePack.objects.get().version == version


def test_one_audit_row_says_what_each_feature_had_and_has(organization, models, both):
    assigned(both[0], models[1])
    version = packed(organization, entry("planner", "openai/one"))

    switched(version, note="cheaper")

    row = AuditEntry.objects.filter(action="pack.switched").get()
    assert (row.before["pack"], row.after["pack"]) == (None, "mixed-pack v1")
    assert row.before["planner"]["model"] == "openai/two"
    assert row.after["planner"]["model"] == "openai/one"
    assert row.note == "cheaper"


def test_a_switch_sent_twice_adds_nothing(organization, models, both):
    version = packed(organization, entry("planner", "openai/one"))
    switched(version)

    again = switched(version)

    assert (again.is_new, again.text) == (False, "mixed-pack v1 is active already.")
    assert PackSwitch.objects.count() == 1
    assert ActivePack.objects.get().switch_count == 1


def test_an_assignment_of_its_own_is_kept_where_asked_for(organization, models, both):
    assigned(both[0], models[1])
    version = packed(
        organization, entry("planner", "openai/one"), entry("critic", "openai/one")
    )

    outcome = switched(version, keep=["planner"])

    assert current_revision(both[0]).number == 1
    assert outcome.switch.kept_features == ["planner"]
    assert current_revision(both[1]).ai_model == models[0]


def test_what_is_kept_must_exist(organization, models, both):
    version = packed(organization, entry("planner", "openai/one"))

    with pytest.raises(SwitchRefused, match="There is no feature plannr"):
        switched(version, keep=["plannr"])


def test_a_feature_that_cannot_be_served_refuses_the_switch(organization, models, both):
    both[1].required_capabilities = ["image_analysis"]
    both[1].save()
    version = packed(
        organization, entry("planner", "openai/gone"), entry("critic", "openai/one")
    )

    with pytest.raises(SwitchRefused) as refused:
        switched(version)

    assert [str(one) for one in refused.value.findings] == [
        "critic: openai/one is not known to offer image input.",
        "planner: No model is called openai/gone. Proposed: openai/one.",
    ]
    assert not AssignmentRevision.objects.exists()
    assert not PackSwitch.objects.exists()


def test_forced_it_leaves_what_cannot_be_served_and_says_so(organization, models, both):
    version = packed(
        organization, entry("planner", "openai/gone"), entry("critic", "openai/one")
    )

    outcome = switched(version, force_reason="the demo is now")

    assert outcome.left_alone == (("planner", "No model is called openai/gone."),)
    assert current_revision(both[0]) is None
    assert current_revision(both[1]).ai_model == models[0]
    assert (outcome.switch.was_forced, outcome.switch.reason) == (
        True,
        "the demo is now",
    )


@pytest.mark.parametrize(
    ("field", "least", "said"),
    [
        ("required_capabilities", ["image_analysis"], "is not known to offer image"),
        ("min_context_tokens", 10_000_000, "10,000,000 are required"),
    ],
)
def test_forced_it_leaves_what_does_not_meet_the_requirements(
    organization, models, both, field, least, said
):
    assigned(both[0], models[1])
    setattr(both[0], field, least)
    both[0].save()
    version = packed(
        organization, entry("planner", "openai/one"), entry("critic", "openai/one")
    )

    outcome = switched(version, force_reason="the demo is now")

    ((key, why),) = outcome.left_alone
    assert (key, said in why) == ("planner", True)
    assert current_revision(both[0]).ai_model == models[1]
    assert current_revision(both[1]).ai_model == models[0]


def test_missing_models_are_enabled_in_the_same_step(organization, models, both):
    AIModelFactory(model_name="three", provider=models[0].provider)
    version = packed(organization, entry("planner", "openai/three"))
    with pytest.raises(SwitchRefused, match="is not enabled"):
        switched(version)

    outcome = switched(version, enable_models=True)

    assert outcome.enabled == ("openai/three",)
    assert current_revision(both[0]).ai_model.model_name == "three"
    assert AuditEntry.objects.filter(action="model.enabled").count() == 1


def test_features_that_are_missing_are_made_where_asked_for(organization, models):
    version = packed(organization, entry("visionAnalysis", "openai/one"))
    left = switched(version)

    models[0].capabilities += ["image_analysis", "structured_output"]
    models[0].save()
    outcome = switched(version, create_missing_features=True)

    assert left.created_features == ()
    assert outcome.created_features == ("visionAnalysis",)
    feature = organization.features.get()
    assert feature.name == "Vision analysis"
    assert current_revision(feature).ai_model == models[0]


def test_a_new_version_moves_features_that_stay_the_same_too(
    organization, models, both
):
    first = packed(
        organization, entry("planner", "openai/one"), entry("critic", "openai/one")
    )
    switched(first)
    second = repacked(
        first, entry("planner", "openai/one"), entry("critic", "openai/two")
    )

    outcome = switched(second)

    assert outcome.text == "mixed-pack v2 is active: 1 feature changed."
    assert {current_revision(one).pack_version for one in both} == {second}
