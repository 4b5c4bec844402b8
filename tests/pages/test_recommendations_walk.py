"""A suggestion in a real browser: found, taken apart, applied, taken back, mixed."""

import re

import pytest
from playwright.sync_api import expect

from tests.pages.test_what_if import CALLS

pytestmark = pytest.mark.browser

AT_WORK = """
from registry.models import AIModel, Feature, Organization
from registry.services.assignments import assign_model
from registry.services.features import create_feature
from registry.services.model_settings import enable_model
organization = Organization.objects.get(slug="recommended")
models = [
    AIModel.objects.get(provider__slug="openai", model_name=name, organization=None)
    for name in ("gpt-5.4", "gpt-6-luna")
]
for one in models:
    enable_model(organization=organization, ai_model=one, actor=None)
feature = create_feature(
    organization=organization, actor=None, key="support", name="Support drafts"
)
assign_model(feature=feature, ai_model=models[0], actor=None, expected_revision=0)
"""


def test_a_suggestion_is_applied_taken_back_and_the_mix_becomes_a_pack(site, visit):
    link = site.sign_in_link("recommended@example.com", "recommended")
    site.modelhub("shell", "-c", AT_WORK)
    site.modelhub("shell", "-c", CALLS.format(slug="recommended"))
    page = visit(link).page

    page.goto(f"{site.url}/recommendations/")
    page.get_by_role("button", name="Look again").click()
    expect(page.locator("#recommendation-look")).to_contain_text("worker")
    site.modelhub("recommend", "look", "--organization", "recommended")
    page.goto(f"{site.url}/recommendations/")
    card = page.locator("article.card").filter(has_text="Support drafts")
    expect(card).to_contain_text("openai/gpt-6-luna")
    expect(card).to_contain_text("Needs a benchmark")
    expect(page.locator("figure.chart .main-svg").first).to_be_visible()

    card.get_by_role("link", name="Take it apart").click()
    expect(page.get_by_role("region", name="Score part by part")).to_contain_text(
        "Reliability"
    )
    page.get_by_role("button", name="Assign openai/gpt-6-luna").click()
    toast = page.locator(".toasts")
    expect(toast).to_contain_text("Support drafts is on openai/gpt-6-luna now.")
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("is on openai/gpt-5.4 again")

    page.goto(f"{site.url}/recommendations/mix/?loss=")
    expect(page.locator("#mix-results")).to_contain_text("proven optimal")
    page.get_by_label("Changes at most").fill("0")
    page.get_by_label("Changes at most").press("Tab")
    expect(page).to_have_url(re.compile("changes=0"))
    expect(page.get_by_role("button", name="Save as a pack")).to_have_count(0)
    page.goto(f"{site.url}/recommendations/mix/?loss=")
    page.get_by_role("button", name="Save as a pack").click()
    expect(page).to_have_url(re.compile("/packs/optimal-mix/switch/"))
    expect(page.locator("main")).to_contain_text("gpt-6-luna")
