"""Real traffic on another model, in a real browser: choose, look, take away, keep."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages.test_walk import enable, make_feature

pytestmark = pytest.mark.browser

CALLS = """
import datetime, uuid
from django.utils import timezone
from analytics.models import UsageRecord
from analytics.services.rollup_rebuilding import mark_all_dirty
from analytics.services.rollups import roll_up
from registry.models import AIModel, Feature, Organization
from registry.pricing import cost_of
from registry.queries.prices import quote_for
from registry.usage import Usage
organization = Organization.objects.get(slug={slug!r})
model = AIModel.objects.get(provider__slug="openai", model_name="gpt-5.4")
for feature in Feature.objects.filter(organization=organization):
    for number in range(60):
        at = timezone.now() - datetime.timedelta(hours=5 * number)
        usage = Usage(
            input_tokens=3_000 + 7_000 * number,
            output_tokens=400,
            cache_read_tokens=1_000,
        )
        quote = quote_for(model, organization, at)
        cost = cost_of(usage, quote.rates, at)
        UsageRecord.objects.create(
            id=uuid.uuid4(), request_id=uuid.uuid4(), started_at=at,
            organization_id=organization.pk, ai_model_id=model.pk,
            feature_id=feature.pk, price_id=quote.price.pk, answered=True,
            cost_usd=cost.total_usd, cost_state=cost.state, outcome="ok",
            input_tokens=usage.input_tokens, output_tokens=400, cache_read_tokens=1000,
            cache_write_tokens=0, cache_write_1h_tokens=0, reasoning_tokens=0,
        )
mark_all_dirty(organization_id=organization.pk)
roll_up(organization_id=organization.pk)
"""


@pytest.fixture(scope="module")
def traffic(site, chromium) -> str:
    """An organisation with two features that were used; a link of its editor."""
    link = site.sign_in_link("what-if@example.com", "what-if")
    page = chromium.new_page()
    page.goto(link)
    enable(page, site.url, "gpt-5-mini", "openai/gpt-5-mini")
    for name, key in [("Support drafts", "support"), ("Invoices", "invoices")]:
        make_feature(page, site.url, name, key)
    page.close()
    site.modelhub("shell", "-c", CALLS.format(slug="what-if"))
    return "what-if@example.com"


def opened(site, visit, traffic, **window) -> Page:
    page = visit(site.sign_in_link(traffic, "what-if"), **window).page
    page.goto(f"{site.url}/analytics/what-if/")
    return page


def test_traffic_is_repriced_as_models_are_added_and_taken_away(site, visit, traffic):
    page = opened(site, visit, traffic)
    expect(page.get_by_role("heading", name="What would it have cost?")).to_be_visible()

    page.get_by_label("Alternatives").fill("openai/gpt-5-mini")
    page.get_by_label("Alternatives").press("Tab")

    column = page.get_by_role("columnheader", name="gpt-5-mini")
    expect(column).to_be_visible()
    expect(page).to_have_url(re.compile("with=openai%2Fgpt-5-mini"))
    expect(page.locator("figure.chart svg").first).to_be_visible()
    unfit = page.get_by_role("region", name="Requests that would not have fitted")
    expect(unfit.get_by_text("longer than the").first).to_be_visible()

    page.get_by_label("Prices").select_option("today")
    expect(page).to_have_url(re.compile("prices=today"))
    page.reload()
    expect(page.get_by_label("Prices")).to_have_value("today")
    page.get_by_role("link", name="Remove gpt-5-mini").click()
    expect(column).to_have_count(0)


def test_the_table_comes_as_a_file(site, visit, traffic):
    page = opened(site, visit, traffic)

    page.goto(f"{site.url}/analytics/what-if/?with=openai/gpt-5-mini")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()

    assert waiting.value.suggested_filename.endswith("30d.csv")
    lines = waiting.value.path().read_text().splitlines()
    assert len(lines) == 3
    assert "openai/gpt-5-mini" in lines[1]


@pytest.mark.parametrize(
    ("theme", "width"), [("light", 1440), ("dark", 1440), ("light", 390)]
)
def test_the_page_never_scrolls_sideways(site, visit, traffic, theme, width, tmp_path):
    page = opened(site, visit, traffic, theme=theme, width=width)
    page.goto(
        f"{site.url}/analytics/what-if/?with=openai/gpt-5-mini"
        "&with=anthropic/claude-sonnet-5&set=support=openai/gpt-5-nano"
    )
    expect(page.locator("figure.chart svg").first).to_be_visible()
    page.screenshot(path=tmp_path / "page.png", full_page=True)

    room = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert room <= 0
