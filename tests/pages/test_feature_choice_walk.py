"""The automatic choice of a feature in a real browser: previewed, saved, taken back."""

import re

import pytest
from playwright.sync_api import expect

from tests.pages.test_recommendations_walk import AT_WORK
from tests.pages.test_what_if import CALLS

pytestmark = pytest.mark.browser

CONNECTED = """
from registry.models import Organization, Provider
from registry.services.connections import add_connection, draft_connection
organization = Organization.objects.get(slug="{slug}")
draft = draft_connection(
    organization=organization, provider=Provider.objects.get(slug="openai"),
    label="main", key="sk-test", base_url="http://127.0.0.1:9/v1",
)
add_connection(connection=draft, actor=None)
"""


def test_rules_are_previewed_saved_corrected_and_taken_back(site, visit):
    link = site.sign_in_link("chosen@example.com", "chosen")
    site.modelhub("shell", "-c", AT_WORK.replace("recommended", "chosen"))
    site.modelhub("shell", "-c", CONNECTED.format(slug="chosen"))
    site.modelhub("shell", "-c", CALLS.format(slug="chosen"))
    page = visit(link).page

    page.goto(f"{site.url}/features/support/")
    card = page.get_by_role("region", name="Automatic choice")
    expect(card).to_contain_text("Off")
    card.get_by_role("link", name="Set it up").click()

    page.get_by_label("Cheapest that is good enough").check()
    page.get_by_label("Every enabled model").check()
    page.get_by_role("button", name="Preview").click()
    preview = page.locator("#choice-preview")
    expect(preview).to_contain_text("it would have chosen")
    expect(preview).to_contain_text("openai/gpt-")
    expect(preview).to_contain_text("How sure this is")

    page.get_by_label("Requests that try little known models (%)").fill("50")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("This does not fit.")
    tried = page.get_by_label("Requests that try little known models (%)")
    expect(tried).to_have_value("50")
    tried.fill("5")
    page.get_by_role("button", name="Save", exact=True).click()
    toast = page.locator(".toasts")
    expect(toast).to_contain_text("Requests are answered by it from now on.")

    page.goto(f"{site.url}/features/support/")
    expect(card).to_contain_text("Cheapest that is good enough")
    expect(card).to_contain_text("5 % of requests try little known models")
    card.get_by_role("link", name="Change").click()
    expect(page.get_by_label("Every enabled model")).to_be_checked()
    page.get_by_role("button", name="Undo the last change").click()
    expect(toast).to_contain_text("as it was before the last change")
    expect(page.get_by_label(re.compile("^Off"))).to_be_checked()
