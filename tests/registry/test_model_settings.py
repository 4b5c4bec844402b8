import datetime
from decimal import Decimal

import pytest

from registry.models import AuditEntry, ModelSetting
from registry.parameters import ParameterError
from registry.services.assignments import assign_model
from registry.services.features import archive_feature
from registry.services.model_settings import (
    Configuration,
    ModelRefused,
    StaleSetting,
    configuration_of,
    configure_model,
    disable_model,
    enable_model,
)
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    ModelSettingFactory,
    OrganizationFactory,
    enabled_model,
)


def is_enabled(organization, model):
    return ModelSetting.objects.filter(
        organization=organization, ai_model=model, is_enabled=True
    ).exists()


def configure(organization, model, version=1, **values):
    return configure_model(
        organization=organization,
        ai_model=model,
        configuration=Configuration(**values),
        expected_version=version,
        actor=None,
    )


def assigned(organization, model, fallbacks=()):
    feature = FeatureFactory(organization=organization, name="Photo tagging")
    assign_model(
        feature=feature,
        ai_model=model,
        fallbacks=fallbacks,
        actor=None,
        expected_revision=0,
    )
    return feature


def test_enabling_twice_leaves_one_audit_entry(organization, membership):
    model = AIModelFactory()

    first = enable_model(
        organization=organization, ai_model=model, actor=membership.user
    )
    second = enable_model(
        organization=organization, ai_model=model, actor=membership.user
    )

    entry = AuditEntry.objects.get()
    assert (first, second) == (True, False)
    assert is_enabled(organization, model)
    assert (entry.action, entry.after) == ("model.enabled", {"is_enabled": True})
    assert entry.actor == membership.user


def test_enabling_holds_for_one_organisation(organization):
    model = AIModelFactory()

    enable_model(organization=organization, ai_model=model, actor=None)

    assert not is_enabled(OrganizationFactory(), model)


@pytest.mark.parametrize(
    "facts", [{"is_listed": False}, {"retired_on": datetime.date(2020, 1, 1)}]
)
def test_an_unavailable_model_cannot_be_enabled(organization, facts):
    model = AIModelFactory(**facts)

    with pytest.raises(ModelRefused, match="unavailable"):
        enable_model(organization=organization, ai_model=model, actor=None)

    assert not AuditEntry.objects.exists()


def test_a_model_in_use_cannot_be_disabled_and_the_features_are_named(organization):
    model = enabled_model(organization, model_name="a")
    fallback = enabled_model(organization, model_name="b")
    assigned(organization, model, [fallback])

    for one in (model, fallback):
        with pytest.raises(ModelRefused, match="Photo tagging"):
            disable_model(organization=organization, ai_model=one, actor=None)

        assert is_enabled(organization, one)


def test_an_archived_feature_does_not_hold_a_model(organization):
    model = enabled_model(organization)
    feature = assigned(organization, model)
    archive_feature(feature=feature, actor=None)

    assert disable_model(organization=organization, ai_model=model, actor=None)


def test_a_configuration_is_stored_in_its_order_with_what_changed(organization):
    model = AIModelFactory()
    fallbacks = [enabled_model(organization) for _ in range(2)]

    saved = configure(
        organization,
        model,
        parameters={"temperature": 0.2},
        fallbacks=fallbacks[::-1],
        monthly_limit_usd=Decimal("12.5"),
        notes="for tagging",
    )

    stored = configuration_of(saved)
    entry = AuditEntry.objects.get(action="model.configured")
    assert stored.parameters == {"temperature": 0.2}
    assert stored.fallbacks == fallbacks[::-1]
    assert entry.after["monthly_limit_usd"] == "12.50"
    assert "use_batch_price" not in entry.after
    assert saved.version == 2
    assert not saved.is_enabled


def test_the_same_configuration_sent_twice_is_stored_once(organization):
    model = AIModelFactory()

    first = configure(organization, model, notes="one")
    again = configure(organization, model, notes="one")

    assert again.version == first.version == 2
    assert AuditEntry.objects.count() == 1


def test_a_stale_configuration_overwrites_nothing(organization):
    model = AIModelFactory()
    configure(organization, model, notes="first")

    with pytest.raises(StaleSetting) as caught:
        configure(organization, model, notes="second")

    assert caught.value.current.notes == "first"
    assert ModelSetting.objects.get().notes == "first"


def test_enabling_does_not_make_an_open_form_stale(organization):
    model = AIModelFactory()
    enable_model(organization=organization, ai_model=model, actor=None)

    assert configure(organization, model, notes="kept").notes == "kept"


def test_a_model_is_not_its_own_fallback(organization):
    model = AIModelFactory()

    with pytest.raises(ModelRefused, match="own fallback"):
        configure(organization, model, fallbacks=[model])


def test_a_fallback_stands_once_in_the_order(organization):
    other = enabled_model(organization)

    with pytest.raises(ModelRefused, match="once"):
        configure(organization, AIModelFactory(), fallbacks=[other, other])


def test_wrong_parameters_leave_nothing_behind(organization):
    model = AIModelFactory(max_output_tokens=100)

    with pytest.raises(ParameterError, match="at most 100"):
        configure(organization, model, parameters={"max_tokens": 101})

    assert not ModelSetting.objects.exists()


def test_a_refused_configuration_leaves_the_stored_one(organization):
    setting = ModelSettingFactory(organization=organization, notes="kept")

    with pytest.raises(StaleSetting):
        configure(organization, setting.ai_model, version=7, notes="lost?")

    setting.refresh_from_db()
    assert setting.notes == "kept"
