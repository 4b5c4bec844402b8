"""The same model under other names; never another version."""

import pytest

from analytics.intake.spellings import places, said_name
from analytics.models import ModelAlias
from analytics.queries.told_names import models_meant
from registry.models import ModelAlias as CatalogAlias
from tests.factories import AIModelFactory, OrganizationFactory, ProviderFactory

MEANT = [
    ("openai", "gpt-5-mini-2025-08-07", "openai", "gpt-5-mini-2025-08-07"),
    ("azure", "gpt-5-mini-2025-08-07", "openai", "gpt-5-mini-2025-08-07"),
    ("Azure OpenAI", "gpt-5", "azure", "gpt-5"),
    ("vertex_ai", "gemini-3-flash", "google", "gemini-3-flash"),
    ("gcp.gemini", "models/gemini-3-flash", "google", "gemini-3-flash"),
    ("", "gemini/gemini-3-flash", "google", "gemini-3-flash"),
    ("", "claude-opus-4-6", "anthropic", "claude-opus-4-6"),
    ("openai", "openai/gpt-5", "openai", "gpt-5"),
    ("vertex_ai", "claude-sonnet-4@20250514", "google", "claude-sonnet-4@20250514"),
    (
        "bedrock",
        "us.anthropic.claude-opus-4-6-v1:0",
        "aws",
        "regional.anthropic.claude-opus-4-6-v1:0",
    ),
    (
        "aws.bedrock",
        "anthropic.claude-3-haiku-20240307-v1:0",
        "anthropic",
        "claude-3-haiku-20240307",
    ),
    ("mistralai", "Mistral-Small-3", "mistral", "mistral-small-3"),
    ("openrouter", "openai/gpt-5", "openrouter", "openai/gpt-5"),
]


@pytest.mark.parametrize(("provider", "model", "slug", "name"), MEANT)
def test_a_spelling_leads_to_the_exact_version(provider, model, slug, name):
    assert (slug, name) in places(provider, model)


@pytest.mark.parametrize(
    ("provider", "model", "slug", "name"),
    [
        ("openai", "gpt-4o-2024-05-13", "openai", "gpt-4o"),
        ("anthropic", "claude-opus-4-20250514", "anthropic", "claude-opus-4"),
        ("openrouter", "openai/gpt-5", "openai", "gpt-5"),
        ("acme", "gpt-5", "openai", "gpt-5"),
        ("bedrock", "global.anthropic.claude-5", "aws", "regional.anthropic.claude-5"),
    ],
)
def test_another_version_or_provider_is_never_guessed(provider, model, slug, name):
    assert (slug, name) not in places(provider, model)


@pytest.mark.parametrize(
    ("provider", "model", "kept"),
    [
        ("acme", "wonder", "acme/wonder"),
        ("", "wonder", "wonder"),
        ("acme", "acme/wonder", "acme/wonder"),
    ],
)
def test_the_words_of_an_unknown_model_are_kept(provider, model, kept):
    assert said_name(provider, model) == kept


@pytest.mark.django_db
def test_what_the_organisation_says_wins_over_the_catalogue():
    organization = OrganizationFactory()
    listed, meant = (AIModelFactory(model_name=name) for name in ("prod", "gpt-5"))
    said = ("Azure", "prod")
    assert (
        models_meant(organization, [("openai", "prod")])["openai", "prod"].ai_model_id
        == listed.pk
    )

    ModelAlias.objects.create(
        organization=organization, provider="azure", model="prod", ai_model=meant
    )

    assert models_meant(organization, [said])[said].ai_model_id == meant.pk
    other = OrganizationFactory()
    assert models_meant(other, [said])[said].ai_model_id == listed.pk


@pytest.mark.django_db
def test_an_alias_of_the_catalogue_means_its_exact_version():
    exact = AIModelFactory(model_name="gpt-5-2025-08-07")
    CatalogAlias.objects.create(
        provider=exact.provider, alias="gpt-5-latest", ai_model=exact
    )
    CatalogAlias.objects.create(provider=ProviderFactory(), alias="chat-latest")

    found = models_meant(
        OrganizationFactory(),
        [("openai", "gpt-5-latest"), ("openai", "chat-latest")],
    )

    assert {said: known.ai_model_id for said, known in found.items()} == {
        ("openai", "gpt-5-latest"): exact.pk
    }


@pytest.mark.django_db
def test_a_custom_model_of_the_organisation_wins_and_is_seen_by_nobody_else():
    organization = OrganizationFactory()
    listed = AIModelFactory(model_name="gpt-5")
    own = AIModelFactory(model_name="gpt-5", organization=organization)
    said = ("openai", "gpt-5")

    assert models_meant(organization, [said])[said].ai_model_id == own.pk
    other = OrganizationFactory()
    assert models_meant(other, [said])[said].ai_model_id == listed.pk
