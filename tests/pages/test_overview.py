"""The overview in a browser: with sample data, on a phone, kept up to date."""

import re

import pytest
from playwright.sync_api import expect

RAISED = """
from django.utils import timezone
from analytics.models import Alert
from registry.models import Organization
Alert.objects.all().delete()
Alert.objects.create(
    organization=Organization.objects.get(is_sample=True), kind="cost_anomaly",
    occasion="cost:walk", title="Chat cost $61 yesterday", raised_at=timezone.now(),
)
"""


@pytest.fixture
def sample(site, visit):
    """The overview of a small sample organisation, with one open alert."""
    link = site.sign_in_link("morning@example.com", "morning-team", role="admin")
    page = visit(link).page
    page.goto(site.url)
    expect(page.get_by_role("heading", name="Getting started")).to_be_visible()
    loaded = ("--days", "7", "--requests-per-day", "30")
    site.modelhub("demo", "load", *loaded, "--member", "morning@example.com")
    site.modelhub("shell", "-v0", "-c", RAISED)
    page.goto(f"{site.url}/sample-data/")
    page.get_by_role("button", name="Open Acme Studio").click()
    yield page
    site.modelhub("demo", "remove")


def test_a_morning_with_sample_data(site, sample):
    page = sample
    expect(page).to_have_url(f"{site.url}/")
    expect(page.get_by_role("heading", name=re.compile("^Spend in "))).to_be_visible()
    expect(page.locator("figure.chart .main-svg").first).to_be_visible()

    with page.expect_response(f"{site.url}/") as answer:
        page.evaluate("htmx.trigger('#overview-results', 'refresh')")
    assert "<html" not in answer.value.text()
    expect(page.locator("figure.chart .main-svg").first).to_be_visible()

    bell, count = page.locator("#bell"), page.locator("#alert-count")
    expect(bell).to_have_accessible_name("Alerts, 1 open")
    expect(count).to_have_text("1")
    page.get_by_role("button", name=re.compile("^Acknowledge")).click()
    told = page.get_by_text("Acknowledged: Chat cost $61 yesterday", exact=True)
    expect(told).to_be_visible()
    expect(bell).to_have_accessible_name("Alerts, 0 open")
    expect(count).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(f"{site.url}/")
    expect(bell).to_have_accessible_name("Alerts, 1 open")

    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(1500)  # the chart is drawn anew
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    table = page.get_by_role("region", name="Features by spend this month")
    table.get_by_role("rowheader").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/features/[^/]+/$"))
