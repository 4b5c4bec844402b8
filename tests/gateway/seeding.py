"""Fills the database of a gateway site; run by `tests.gateway.site` in a process of its
own: `python -m tests.gateway.seeding '{"openai": url, …}'` prints the tokens."""

from __future__ import annotations

import json
import os
import sys

import django

KEY = "sk-of-the-provider"
MODELS = {
    "openai": ("gpt-x", "gpt-y", "gpt-s"),
    "acme": ("backup-y",),
    "anthropic": ("claude-x",),
}
CAPABLE = ("text_generation", "tools", "image_analysis")
MORE = {"gpt-s": ("structured_output",)}
FEATURES = {
    "chat": ("openai/gpt-x", "acme/backup-y"),
    "talk": ("anthropic/claude-x",),
    "mixed": ("anthropic/claude-x", "openai/gpt-x"),
}
PROMPTED = {
    "greet": ("openai/gpt-x", "acme/backup-y"),
    "greet-talk": ("anthropic/claude-x",),
}
PROMPT = "Answer in {{language}}. Be {{tone}}."


def seed(urls: dict[str, str]) -> dict[str, str]:
    """An organisation with connections to the fake providers, and its tokens."""
    from registry.connection_endpoints import base_url_of  # noqa: F401  # apps are ready
    from registry.models import Organization, TokenScope
    from registry.services.api_tokens import create_token
    from tests import factories

    organization = factories.OrganizationFactory(name="Site", slug="site")
    models = {}
    for provider, url in urls.items():
        _connect(organization, provider, url)
        for name in MODELS[provider]:
            models[f"{provider}/{name}"] = factories.enabled_model(
                organization,
                provider=factories.ProviderFactory(slug=provider),
                model_name=name,
                capabilities=[*CAPABLE, *MORE.get(name, ())],
            )
    for key, references in FEATURES.items():
        _assign(organization, key, [models[one] for one in references])
    version = _prompt(organization)
    for key, references in PROMPTED.items():
        _assign(organization, key, [models[one] for one in references], version)
    stranger = Organization.objects.create(name="Other", slug="other")
    return {
        "token": create_token(
            organization=organization,
            label="site",
            scopes=[TokenScope.GATEWAY, TokenScope.FEEDBACK],
            actor=None,
        ).text,
        "gateway_only": create_token(
            organization=organization, label="calls", actor=None
        ).text,
        "feedback_only": create_token(
            organization=organization,
            label="scores",
            scopes=[TokenScope.FEEDBACK],
            actor=None,
        ).text,
        "chat_only": create_token(
            organization=organization,
            label="chat",
            scopes=[TokenScope.GATEWAY, TokenScope.FEEDBACK],
            feature_keys=["chat"],
            actor=None,
        ).text,
        "usage_only": create_token(
            organization=organization,
            label="telemetry",
            scopes=[TokenScope.USAGE],
            actor=None,
        ).text,
        "stranger": create_token(
            organization=stranger, label="stranger", actor=None
        ).text,
        **_profiles(organization, stranger),
    }


def _connect(organization, provider: str, url: str) -> None:
    from registry.services.connections import add_connection, draft_connection
    from tests import factories

    row = factories.ProviderFactory(slug=provider)
    draft = draft_connection(
        organization=organization,
        provider=row,
        label="main",
        key=KEY,
        base_url=url,
        max_retries=1,
    )
    add_connection(connection=draft, actor=None)


def _profiles(organization, stranger) -> dict[str, str]:
    """A profile that a header names, one of a token, one of the person whom another
    token follows; the texts of the tokens."""
    from registry.services.api_tokens import create_token
    from registry.services.profile_activation import (
        activate_for_person,
        activate_for_token,
    )
    from tests import factories

    _profile(organization, "of-header", "openai/gpt-y")
    _profile(stranger, "of-stranger", "openai/gpt-y")
    of_token = _profile(organization, "of-token", "acme/backup-y")
    of_person = _profile(organization, "of-person", "openai/gpt-s")
    member = factories.MembershipFactory(organization=organization)
    activate_for_person(membership=member, profile=of_person, actor=None)
    own = create_token(organization=organization, label="own", actor=None)
    following = create_token(
        organization=organization, label="following", actor=member.user
    )
    activate_for_token(token=own.token, profile=of_token, actor=None)
    activate_for_token(
        token=following.token, profile=None, follows_owner=True, actor=None
    )
    return {"of_token": own.text, "of_person": following.text}


def _profile(organization, slug: str, reference: str):
    from registry.services.profiles import create_profile

    return create_profile(
        organization=organization,
        name=slug,
        slug=slug,
        document={"roles": {"chat": {"models": [reference]}}},
        actor=None,
    )


def _prompt(organization):
    from registry.prompts.template import Variable
    from registry.services.prompts import create_prompt

    return create_prompt(
        organization=organization,
        name="GREETING",
        text=PROMPT,
        variables=[Variable("language"), Variable("tone", default="warm")],
        actor=None,
        actor_label="seeding",
    )


def _assign(organization, key: str, models: list, prompt_version=None) -> None:
    from registry.services.assignments import assign_model
    from tests import factories

    feature = factories.FeatureFactory(organization=organization, key=key)
    assign_model(
        feature=feature,
        ai_model=models[0],
        fallbacks=models[1:],
        prompt_version=prompt_version,
        actor=None,
        actor_label="seeding",
        expected_revision=0,
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "modelhub.settings")
    django.setup()
    print(json.dumps(seed(json.loads(sys.argv[1]))))  # noqa: T201  # its answer
