"""The analytics page in a real browser: range, split, filter, zone, waterfall, file."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.pages.patience import wait_until_it_shows_all

pytestmark = pytest.mark.browser

USE = """
import datetime
from decimal import Decimal
from django.utils import timezone
from registry.cost import Cost, CostState
from registry.models import AIModel, Organization
from registry.services.features import create_feature
from registry.services.model_settings import enable_model
from tests.analytics.records import record
from tests.analytics.rolling import rolled_up

team = Organization.objects.get(slug="analysts")
chat = create_feature(organization=team, actor=None, name="Chat", key="chat")
now = timezone.now()
for reference, feature, dollars, days in (
    ("openai/gpt-5-mini", chat.pk, "2", 0),
    ("openai/gpt-4o", None, "1", 0),
    ("openai/gpt-4o", None, "5", 8),
):
    model = AIModel.objects.at_reference(reference).get()
    enable_model(organization=team, ai_model=model, actor=None)
    record(
        team, ai_model_id=model.pk, feature_id=feature, price_id=None,
        cost=Cost(CostState.COMPUTED, Decimal(dollars)),
        started_at=now - datetime.timedelta(days=days), tags={"team": "search"},
    )
rolled_up(team)
"""


def test_a_lead_looks_at_what_was_spent(site, visit):
    link = site.sign_in_link("lead@example.com", "analysts", role="admin")
    site.modelhub("shell", "-v0", "-c", USE)
    page = visit(link).page
    page.wait_for_load_state("networkidle")
    page.goto(f"{site.url}/analytics/")
    spend = page.locator(".tile").first
    expect(spend).to_contain_text("$8.00")

    page.get_by_role("link", name="7 d", exact=True).click()
    expect(spend).to_contain_text("$3.00")
    expect(spend).to_contain_text("was $5.00")
    expect(page).to_have_url(re.compile("range=7d"))
    expect(page.get_by_text("−$2.00 against")).to_be_visible()
    expect(page.locator(".cost-change")).to_contain_text("Volume")

    page.get_by_label("Split by", exact=True).select_option("feature")
    table = page.get_by_role("region", name="Usage by feature")
    expect(table).to_contain_text("No feature")
    expect(table.locator("tfoot")).to_contain_text("$3.00")

    page.get_by_label("Feature", exact=True).select_option("chat")
    expect(spend).to_contain_text("$2.00")
    with page.expect_download() as download:
        page.get_by_text("Export").click()
        page.get_by_role("link", name="CSV").first.click()
    assert download.value.suggested_filename.startswith("usage-by-feature-")
    assert "Chat,1,1,2" in Path(download.value.path()).read_text()
    page.get_by_role("link", name=re.compile("Feature: Chat")).click()
    expect(spend).to_contain_text("$3.00")

    page.get_by_text("More", exact=True).click()
    page.get_by_label("Tag", exact=True).focus()
    expect(page.locator("#tag-names option")).to_have_count(1)
    page.keyboard.type("team")
    page.keyboard.press("Tab")
    option = page.locator("#tag-values option")
    expect(option).to_have_attribute("value", "search")
    page.wait_for_url("**tag_name=team**")
    wait_until_it_shows_all(page)
    expect(page.get_by_label("has the value")).to_be_focused()
    page.keyboard.type("search")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=re.compile("team: search"))).to_be_visible()
    page.get_by_role("link", name=re.compile("team: search")).click()
    expect(page.get_by_role("link", name=re.compile("team: search"))).to_be_hidden()

    page.get_by_text("More", exact=True).click()
    page.get_by_label("Days begin at midnight in").fill("Asia/Kolkata")
    page.keyboard.press("Enter")
    expect(page.locator(".usage-as-of")).to_contain_text("midnight in Asia/Kolkata")
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator(".usage-as-of")).to_contain_text("midnight in Asia/Kolkata")
    expect(spend).to_contain_text("$3.00")
    page.wait_for_load_state("networkidle")
