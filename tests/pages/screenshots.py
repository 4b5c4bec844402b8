"""Makes the README's pictures: `make screenshots`. `make test` does not collect it."""

import pytest

from tests.pages.conftest import ROOT

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
]


@pytest.fixture(scope="module")
def furnished(site):
    """An organisation with enabled models and assigned features."""
    link = site.sign_in_link("mira@example.com", "northwind", role="admin")
    site.modelhub("shell", "-c", _FURNISH)
    for name, key, model, fallback in FEATURES:
        del name
        site.modelhub("features", "assign", key, model, "--fallback", fallback)
    return link


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
