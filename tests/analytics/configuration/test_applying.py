"""Applying: all or nothing, every rule asked, nothing taken away by itself."""

import pytest

from analytics.services.configuration import (
    StalePlan,
    apply_configuration,
    try_configuration,
)
from registry.configuration.files import ConfigurationWrong
from registry.models import (
    AuditEntry,
    Connection,
    ConnectionState,
    Feature,
    ModelSetting,
    Organization,
)
from tests.analytics.configuration.conftest import wanted
from tests.factories import (
    AIModelFactory,
    ConnectionFactory,
    FeatureFactory,
    ProviderFactory,
    enabled_model,
)
from tests.registry.assigning import assigned


def apply(organization, text, **options):
    return apply_configuration(
        organization=organization, wanted=wanted(text), actor=None, **options
    )


def refused(organization, text):
    with pytest.raises(ConfigurationWrong) as error:
        apply(organization, text)
    return [(one.line, one.text) for one in error.value.findings]


def test_nothing_is_applied_where_anything_is_refused(organization):
    AIModelFactory(model_name="one")
    text = """\
modelhub: 1
models:
  openai/one: {enabled: true, parameters: {max_tokens: 5}}
features:
  planner:
    required_capabilities: [tools]
    assignment: {model: openai/one}
  critic: {timeout_seconds: 10}
"""

    found = refused(organization, text)

    assert found == [
        (
            7,
            "features · planner: openai/one is not known to offer tool calling.",
        )
    ]
    assert not Feature.objects.exists()
    assert not ModelSetting.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_unknown_model_is_answered_with_the_nearest(organization):
    AIModelFactory(model_name="gpt-large")
    text = "modelhub: 1\nmodels:\n  openai/gpt-larg: {enabled: true}\n"

    ((line, said),) = refused(organization, text)

    assert line == 3
    assert said.endswith("Did you mean openai/gpt-large?")


def test_profiles_in_a_circle(organization):
    text = "modelhub: 1\nprofiles:\n  a: {extends: b}\n  b: {extends: a}\n"

    found = refused(organization, text)

    assert [line for line, _ in found] == [3, 4]
    assert "It extends itself: a → b → a." in found[0][1]


def test_a_field_that_is_not_stated_stays(organization):
    model = enabled_model(organization, model_name="one")
    ModelSetting.objects.filter(ai_model=model).update(notes="kept")

    apply(organization, "modelhub: 1\nmodels:\n  openai/one: {use_batch_price: true}\n")

    setting = ModelSetting.objects.get(ai_model=model)
    assert (setting.is_enabled, setting.use_batch_price, setting.notes) == (
        True,
        True,
        "kept",
    )


def test_pruning_takes_away_what_is_not_named_in_a_named_section(organization):
    enabled_model(organization, model_name="one")
    enabled_model(organization, model_name="two")
    FeatureFactory(organization=organization, key="kept")
    text = "modelhub: 1\nmodels:\n  openai/one: {enabled: true}\n"

    apply(organization, text, prune=True)

    enabled = ModelSetting.objects.filter(is_enabled=True)
    assert [one.ai_model.reference for one in enabled] == ["openai/one"]
    assert Feature.objects.get().archived_at is None


def test_a_model_can_be_replaced_and_switched_off_at_once(organization):
    old = enabled_model(organization, model_name="old")
    AIModelFactory(model_name="new")
    assigned(FeatureFactory(organization=organization, key="planner"), old)
    text = """\
modelhub: 1
models:
  openai/old: {enabled: false}
  openai/new: {enabled: true}
features:
  planner: {assignment: {model: openai/new}}
"""

    apply(organization, text)

    assert not ModelSetting.objects.get(ai_model=old).is_enabled


def test_a_model_in_use_is_not_switched_off(organization):
    old = enabled_model(organization, model_name="old")
    assigned(FeatureFactory(organization=organization, name="Plan"), old)

    found = refused(organization, "modelhub: 1\nmodels: {openai/old: {enabled: false}}")

    assert "It is in use by Plan." in found[0][1]


def test_a_connection_without_its_key_waits_for_it(organization):
    ProviderFactory(slug="openai")

    outcome = apply(organization, "modelhub: 1\nconnections: {openai/Main: {}}")

    assert outcome.told == ("Enter the key of openai/Main on its page.",)
    assert Connection.objects.get().state == ConnectionState.KEY_UNREADABLE


def test_a_stored_key_stays(organization):
    before = ConnectionFactory(organization=organization, label="Main")

    apply(organization, "modelhub: 1\nconnections: {openai/Main: {max_retries: 5}}")

    after = Connection.objects.get()
    assert after.max_retries == 5
    assert after.encrypted_key == before.encrypted_key


def test_the_second_of_two_people_is_told(organization):
    AIModelFactory(model_name="one")
    first, second = (
        f"modelhub: 1\nmodels: {{openai/one: {{notes: {name}}}}}" for name in "ab"
    )
    seen = try_configuration(organization=organization, wanted=wanted(second)).plan
    apply(organization, first)

    with pytest.raises(StalePlan, match="changed meanwhile"):
        apply(organization, second, expected=seen.fingerprint)

    assert ModelSetting.objects.get().notes == "a"


def test_another_organisation_is_left_alone(organization):
    other = Organization.objects.create(name="Other", slug="other")
    FeatureFactory(organization=other, key="planner", name="Theirs")

    apply(organization, "modelhub: 1\nfeatures: {planner: {name: Ours}}", prune=True)

    assert Feature.objects.get(organization=other).name == "Theirs"


def test_many_models_take_a_fixed_number_of_queries(
    organization, django_assert_max_num_queries
):
    names = [AIModelFactory().reference for _ in range(40)]
    rows = "".join(f"  {name}: {{enabled: true, notes: x}}\n" for name in names)

    with django_assert_max_num_queries(60):
        apply(organization, f"modelhub: 1\nmodels:\n{rows}")

    assert ModelSetting.objects.filter(is_enabled=True, notes="x").count() == 40
    assert AuditEntry.objects.filter(action="model.enabled").count() == 40
