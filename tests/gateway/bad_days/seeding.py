"""Fills the database of a site for bad days; run by `tests.gateway.site`.

Providers `acme` (speaks OpenAI's format) and `anthropic` have many models that are all
alike, `acme/m-1` and so on, so that the circuit of one test's model is not that of
another's. Whatever fails falls back to `spare/ok`, then to `spare/large`.

Organisations: `site`, where all providers are reached; `closed`, where nothing listens
at acme's and anthropic's addresses; `nowhere`, where their names do not resolve.
`eager` asks a provider again as often as it may; `limited` has a limit at acme.
"""

from __future__ import annotations

import json
import os
import sys

import django

LANES = 480
LIMIT = 120
"""Requests a minute of `limited` at acme."""
KEY = "sk-of-the-provider"
CAPABLE = ["text_generation", "tools", "image_analysis"]
BREAKABLE = {"acme": "m", "anthropic": "claude"}
RATES = {"standard": {"input_mtok": "1", "cache_read_mtok": "0.1", "output_mtok": "10"}}
UNREACHABLE = {
    "closed": "http://127.0.0.1:{port}/v1",
    "nowhere": "http://no.invalid/v1",
}


def seed(urls: dict[str, str]) -> dict[str, str]:
    from tests.gateway.site import free_port

    models = _models()
    closed = free_port()
    tokens = {}
    for slug in ("site", "closed", "nowhere", "eager", "limited"):
        organization = _organization(slug, models)
        for provider, url in urls.items():
            away = provider in BREAKABLE and UNREACHABLE.get(slug, "")
            address = away.format(port=closed) if away else url
            _connect(organization, provider, address, slug)
        tokens[slug] = _token(organization)
        _features(organization, models)
    tokens["token"] = tokens["site"]
    return tokens


def _models() -> dict:
    """By reference."""
    from registry.models import AIModel, Price
    from tests import factories

    names = {"spare": ["ok", "large"], "openai": ["gpt-4.1"]}
    for provider, name in BREAKABLE.items():
        names[provider] = [f"{name}-{number}" for number in range(LANES)]
    rows = []
    for provider, known in names.items():
        row = factories.ProviderFactory(slug=provider)
        rows += [
            factories.AIModelFactory.build(
                provider=row,
                model_name=name,
                capabilities=CAPABLE,
                context_window=1_000_000 if name == "large" else 128_000,
            )
            for name in known
        ]
    AIModel.objects.bulk_create(rows)
    Price.objects.bulk_create(
        factories.PriceFactory.build(ai_model=row, rates=RATES) for row in rows
    )
    return {f"{row.provider.slug}/{row.model_name}": row for row in rows}


def _organization(slug: str, models: dict):
    from registry.models import DefaultFallback, ModelSetting
    from tests import factories

    organization = factories.OrganizationFactory(name=slug, slug=slug)
    settings = ModelSetting.objects.bulk_create(
        ModelSetting(organization=organization, ai_model=row, is_enabled=True)
        for row in models.values()
    )
    DefaultFallback.objects.bulk_create(
        DefaultFallback(setting=one, ai_model=models[reference], position=position)
        for one in settings
        if one.ai_model.provider.slug in BREAKABLE
        for position, reference in enumerate(("spare/ok", "spare/large"), start=1)
    )
    return organization


def _connect(organization, provider: str, url: str, slug: str) -> None:
    """Straight into the table: what does not resolve cannot be saved otherwise."""
    from registry.models import Provider
    from tests import factories

    is_breakable = provider in BREAKABLE
    factories.ConnectionFactory(
        organization=organization,
        provider=Provider.objects.get(slug=provider),
        label="main",
        key=KEY,
        base_url=url if provider != "anthropic" else url.removesuffix("/v1"),
        max_retries=10 if slug == "eager" and is_breakable else 1,
        requests_per_minute=LIMIT if slug == "limited" and provider == "acme" else None,
    )


def _token(organization) -> str:
    from registry.services.api_tokens import create_token

    return create_token(organization=organization, label="test", actor=None).text


def _features(organization, models: dict) -> None:
    from registry.services.assignments import assign_model
    from tests import factories

    chains = {
        "hedged-acme": ({"hedge_after_ms": 100}, ("acme/m-0", "spare/ok")),
        "hedged-anthropic": (
            {"hedge_after_ms": 100},
            ("anthropic/claude-0", "spare/ok"),
        ),
        "many": ({}, ("acme/m-1", "openai/gpt-4.1", "anthropic/claude-1", "spare/ok")),
        "switched": ({}, ("acme/m-2",)),
    }
    for key, (facts, references) in chains.items():
        first, *others = [models[one] for one in references]
        assign_model(
            feature=factories.FeatureFactory(
                organization=organization, key=key, **facts
            ),
            ai_model=first,
            fallbacks=others,
            actor=None,
            actor_label="seeding",
            expected_revision=0,
        )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "modelhub.settings")
    django.setup()
    print(json.dumps(seed(json.loads(sys.argv[1]))))  # noqa: T201  # its answer
