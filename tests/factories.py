"""Rows for tests. Each factory makes the smallest valid row."""

from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone

from registry import models
from registry.key_ring import encrypt


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.User

    email = factory.Sequence(lambda n: f"person{n}@example.com")


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Organization

    name = factory.Sequence(lambda n: f"Organisation {n}")
    slug = factory.Sequence(lambda n: f"organisation-{n}")


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Membership

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    role = models.Role.EDITOR


class ProviderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Provider
        django_get_or_create = ("slug",)

    slug = "openai"
    name = factory.LazyAttribute(lambda provider: provider.slug.capitalize())


class AIModelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.AIModel

    provider = factory.SubFactory(ProviderFactory)
    model_name = factory.Sequence(lambda n: f"model-{n}")
    name = factory.LazyAttribute(lambda model: model.model_name)
    model_type = models.ModelType.LANGUAGE
    # Lists of their own: a test that adds to its model's must not add to all.
    input_modalities = factory.LazyFunction(lambda: ["text"])
    output_modalities = factory.LazyFunction(lambda: ["text"])
    capabilities = factory.LazyFunction(lambda: ["text_generation"])
    context_window = 128_000


class PriceFactory(factory.django.DjangoModelFactory):
    """A flat price; `input_usd` and `output_usd` are dollars per million tokens."""

    class Meta:
        model = models.Price

    class Params:
        input_usd = "1"
        output_usd = "3"

    ai_model = factory.SubFactory(AIModelFactory)
    source = "test"
    rates = factory.LazyAttribute(
        lambda price: {
            "standard": {"input_mtok": price.input_usd, "output_mtok": price.output_usd}
        }
    )
    input_usd_per_million = factory.LazyAttribute(
        lambda price: Decimal(price.input_usd)
    )
    output_usd_per_million = factory.LazyAttribute(
        lambda price: Decimal(price.output_usd)
    )


class ModelSettingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ModelSetting

    organization = factory.SubFactory(OrganizationFactory)
    ai_model = factory.SubFactory(AIModelFactory)
    is_enabled = True


class FeatureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Feature

    organization = factory.SubFactory(OrganizationFactory)
    key = factory.Sequence(lambda n: f"feature-{n}")
    name = factory.Sequence(lambda n: f"Feature {n}")


class ConnectionFactory(factory.django.DjangoModelFactory):
    """A connection with the stored key `key`; no key where it is empty."""

    class Meta:
        model = models.Connection

    class Params:
        key = "sk-test-0123456789"

    organization = factory.SubFactory(OrganizationFactory)
    provider = factory.SubFactory(ProviderFactory)
    label = factory.Sequence(lambda n: f"Connection {n}")
    encrypted_key = factory.LazyAttribute(lambda one: one.key and encrypt(one.key))
    key_last_four = factory.LazyAttribute(lambda one: one.key[-4:])


class ConnectionModelFactory(factory.django.DjangoModelFactory):
    """A model that a working connection offers."""

    class Meta:
        model = models.ConnectionModel

    connection = factory.SubFactory(ConnectionFactory)
    ai_model = factory.SubFactory(AIModelFactory)
    changed_at = factory.LazyFunction(timezone.now)


class ApiTokenFactory(factory.django.DjangoModelFactory):
    """A token whose text nobody knows."""

    class Meta:
        model = models.ApiToken

    organization = factory.SubFactory(OrganizationFactory)
    label = factory.Sequence(lambda n: f"Token {n}")
    prefix = "mh_test"
    digest = factory.Sequence(lambda n: f"{n:064x}")
    scopes = factory.LazyFunction(lambda: [models.TokenScope.GATEWAY])


def enabled_model(organization: models.Organization, **facts: Any) -> models.AIModel:
    """A priced model that `organization` has enabled."""
    ai_model = AIModelFactory(**facts)
    PriceFactory(ai_model=ai_model)
    ModelSettingFactory(organization=organization, ai_model=ai_model)
    return ai_model
