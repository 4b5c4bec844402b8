"""Makes the README's pictures: `make screenshots`. `make test` does not collect it."""

import openai
import pytest

from tests.pages.conftest import ROOT
from tests.upstream import anthropic_wire, openai_wire
from tests.upstream.server import FakeUpstream

FOLDER = ROOT / "docs" / "screenshots"
ENABLED = [
    "openai/gpt-5-mini",
    "openai/gpt-5.4",
    "anthropic/claude-sonnet-5",
    "deepseek/deepseek-v4-pro",
    "google/gemini-3-flash-preview",
]
FEATURES = [
    (
        "Photo tagging",
        "photo-tagging",
        "openai/gpt-5-mini",
        "google/gemini-3-flash-preview",
    ),
    (
        "Support reply drafts",
        "support-reply",
        "anthropic/claude-sonnet-5",
        "openai/gpt-5.4",
    ),
    (
        "Search summaries",
        "search-summaries",
        "deepseek/deepseek-v4-pro",
        "openai/gpt-5-mini",
    ),
]
COMPARED = "&".join(f"m={reference}" for reference in ENABLED[:4])
PICTURES = [
    ("overview", "light", "/"),
    ("models", "light", "/models/?q=gpt-5&provider=openai"),
    ("model", "dark", "/models/openai/gpt-5.4/"),
    ("compare", "light", f"/compare/?{COMPARED}"),
    ("calculator", "light", "/calculator/"),
    ("features", "light", "/features/"),
    ("feature", "light", "/features/photo-tagging/"),
    ("connections", "light", "/connections/"),
    ("requests", "light", "/requests/"),
]


@pytest.fixture(scope="module")
def furnished(site):
    """An organisation with enabled models and assigned features."""
    link = site.sign_in_link("mira@example.com", "northwind", role="admin")
    servers = {
        "openai": FakeUpstream(answer).start(),
        "deepseek": FakeUpstream(answer, script=[overloaded] * 6).start(),
        "anthropic": FakeUpstream(anthropic_wire.echo).start(),
    }
    urls = {slug: address(slug, server) for slug, server in servers.items()}
    told = site.modelhub("shell", "-c", _FURNISH.replace("URLS", repr(urls)))
    for name, key, model, fallback in FEATURES:
        del name
        site.modelhub("features", "assign", key, model, "--fallback", fallback)
    with openai.OpenAI(base_url=f"{site.url}/v1", api_key=told.split()[-1]) as client:
        for key in ("search-summaries", "support-reply", "photo-tagging"):
            client.chat.completions.create(
                model=f"feature:{key}", messages=[{"role": "user", "content": "Hello"}]
            )
    yield link
    for server in servers.values():
        server.stop()


def answer(received):
    """As the real ones do: the models asked for, and lists of those enabled."""
    if received.path.endswith("/models"):
        return openai_wire.models(*(name.partition("/")[2] for name in ENABLED))
    return openai_wire.completion(model=received.json["model"])


def overloaded(received):
    if received.path.endswith("/models"):
        return answer(received)
    return openai_wire.error(503, "overloaded", "The engine is overloaded.")


def address(slug, server):
    return server.url if slug == "anthropic" else f"{server.url}/v1"


_FURNISH = f"""
from registry.models import AIModel, Organization, User
from registry.services.features import create_feature
from registry.services.model_settings import enable_model

northwind = Organization.objects.get(slug="northwind")
Organization.objects.update(name="Northwind")
mira = User.objects.get(email="mira@example.com")
for reference in {ENABLED!r}:
    model = AIModel.objects.at_reference(reference).get()
    enable_model(organization=northwind, ai_model=model, actor=mira)
for name, key, model, fallback in {FEATURES!r}:
    create_feature(organization=northwind, actor=mira, name=name, key=key)

from registry.connection_providers import provider_named
from registry.services.api_tokens import create_token
from registry.services.connection_checks import check_connection
from registry.services.connections import add_connection, draft_connection
for slug, url in URLS.items():
    check_connection(add_connection(actor=mira, connection=draft_connection(
        organization=northwind, provider=provider_named(slug), label="Production",
        base_url=url, key="sk-of-nobody-2Xq9",
    )))
print(create_token(organization=northwind, label="shop", actor=mira).text)
"""


def test_make_the_pictures(site, furnished, visit):
    FOLDER.mkdir(parents=True, exist_ok=True)
    page = visit(furnished, width=1280, height=800).page
    for name, theme, path in PICTURES:
        page.emulate_media(color_scheme=theme)
        page.goto(site.url + path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(400)
        page.screenshot(path=FOLDER / f"{name}-{theme}.png")
