"""What the database says is what the snapshot holds."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from registry.models import (
    ApiToken,
    Connection,
    DefaultFallback,
    ModelAlias,
    ModelSetting,
)
from registry.resolution.entries import RetryPolicy
from registry.resolution.loading import load_snapshot, reload_organizations
from registry.services.assignments import unassign
from tests.factories import (
    AIModelFactory,
    FeatureFactory,
    OrganizationFactory,
    ProviderFactory,
    enabled_model,
)
from tests.registry.assigning import assigned


@pytest.fixture
def acme(db):
    return OrganizationFactory(slug="acme", name="Acme", keep_payloads=True)


def test_a_feature_comes_with_the_assignment_in_force(acme):
    first, second, third = (enabled_model(acme) for _ in range(3))
    feature = FeatureFactory(
        organization=acme,
        key="tagging",
        timeout_seconds=7,
        stream_guarantee="whole",
        hedge_after_ms=900,
    )
    assigned(feature, first)
    assigned(feature, second, third, first, parameters={"temperature": 0.5})

    entry = load_snapshot().feature(acme.pk, "tagging")

    assert entry.model_ids == (second.pk, third.pk, first.pk)
    assert entry.parameters == {"temperature": 0.5}
    assert entry.revision_number == 2
    assert (entry.timeout_s, entry.stream_guarantee, entry.hedge_after_ms) == (
        7,
        "whole",
        900,
    )


def test_a_feature_without_model_is_there_without_one(acme):
    FeatureFactory(organization=acme, key="never", archived_at=timezone.now())
    taken = assigned(
        FeatureFactory(organization=acme, key="taken"), enabled_model(acme)
    )
    unassign(feature=taken, actor=None, expected_revision=1)

    found = load_snapshot()

    assert found.feature(acme.pk, "never").is_archived
    assert found.feature(acme.pk, "taken").model_ids == ()


def test_an_organisation_comes_with_what_it_decided_about_models(acme):
    model, other = enabled_model(acme), enabled_model(acme)
    ModelSetting.objects.filter(ai_model=model).update(
        default_parameters={"top_p": 0.9}, monthly_limit_usd=Decimal("12.50")
    )
    DefaultFallback.objects.create(
        setting=ModelSetting.objects.get(ai_model=model), ai_model=other, position=1
    )
    assigned(FeatureFactory(organization=acme), model, other)

    entry = load_snapshot().organization(acme.pk)

    assert (entry.slug, entry.name, entry.keep_payloads) == ("acme", "Acme", True)
    assert entry.enabled_model_ids == {model.pk, other.pk}
    assert entry.monthly_limits_usd == {model.pk: Decimal("12.50")}
    assert entry.default_parameters == {model.pk: {"top_p": 0.9}}
    assert entry.default_fallbacks == {model.pk: (other.pk,)}
    assert entry.use_counts == {model.pk: (1, 0), other.pk: (0, 1)}


def test_a_model_comes_with_its_traits_and_aliases(acme):
    model = AIModelFactory(
        model_name="gpt",
        context_window=8_000,
        max_output_tokens=500,
        capabilities=["tools"],
        family="gpt",
        retired_on=datetime.date(2030, 1, 1),
    )
    ModelAlias.objects.create(provider=model.provider, alias="latest", ai_model=model)

    found = load_snapshot()

    entry = found.model_at(acme.pk, "openai", "gpt")
    assert entry.retired_on == datetime.date(2030, 1, 1)
    assert entry.traits.capabilities == {"tools"}
    assert (entry.traits.context_window, entry.traits.max_output_tokens) == (8_000, 500)
    assert found.models_named(acme.pk, "latest") == (entry,)


def test_connections_are_sorted_by_position_and_keep_their_settings(acme):
    provider = ProviderFactory(slug="ollama")
    for label, position, more in (
        ("spare", 2, {}),
        ("main", 1, {"backoff": "linear", "max_retries": 0, "timeout_seconds": 3}),
        ("far", 3, {"base_url": "https://llama.example.com"}),
    ):
        Connection.objects.create(
            organization=acme, provider=provider, label=label, position=position, **more
        )

    found = load_snapshot().connections(acme.pk, "ollama")

    assert [one.label for one in found] == ["main", "spare", "far"]
    assert [one.is_local for one in found] == [True, True, False]
    assert found[0].retry == RetryPolicy(max_retries=0, is_linear=True, timeout_s=3)


def test_a_connection_that_cannot_be_used_says_why(acme):
    for label, more in (
        ("a", {"is_enabled": False}),
        ("b", {}),
        ("c", {"encrypted_key": "of another ring"}),
    ):
        Connection.objects.create(
            organization=acme, provider=ProviderFactory(), label=label, **more
        )

    found = load_snapshot().connections(acme.pk, "openai")

    assert [one.problem for one in found] == [
        "it is switched off",
        "openai needs a key: enter one",
        "the stored key cannot be read any more: enter the key again",
    ]
    assert {one.endpoint.api_key for one in found} == {""}


def test_revoked_tokens_are_not_there(acme):
    now = timezone.now()
    for digest, revoked_at in (("a" * 64, None), ("b" * 64, now)):
        ApiToken.objects.create(
            organization=acme,
            label="shop",
            digest=digest,
            scopes=["gateway"],
            revoked_at=revoked_at,
        )

    found = load_snapshot()

    assert found.token("a" * 64).scopes == {"gateway"}
    assert found.token("b" * 64) is None


def test_reading_the_organisations_again_keeps_the_catalogue(acme):
    before = load_snapshot()
    FeatureFactory(organization=acme, key="new")

    after = reload_organizations(before)

    assert after.catalog is before.catalog
    assert after.version > before.version
    assert after.feature(acme.pk, "new")


def test_the_number_of_queries_does_not_grow(acme, django_assert_max_num_queries):
    for _ in range(3):
        assigned(FeatureFactory(organization=acme), enabled_model(acme))

    with django_assert_max_num_queries(18):
        load_snapshot()
