"""A name is mapped, the adjustment looked at, applied and undone in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.pages.patience import wait_until_it_shows_all

pytestmark = pytest.mark.browser

TELL = """
import datetime
from django.utils import timezone
from analytics.services.intake import take_in
from registry.models import Organization
from tests.analytics.intake.told import told

team = Organization.objects.get(slug="adjusters")
start = timezone.now() - datetime.timedelta(days=2)
take_in(team, [
    told(f"c{n}", provider="", model="acme/our-mini", started_at=start)
    for n in range(3)
])
"""
WORK = """
from analytics.services import adjustment_work, adjustments

one = adjustments.claim()
if one is not None:
    adjustment_work.perform(one)
"""


def test_an_admin_maps_a_name_and_takes_it_back(site, visit):
    link = site.sign_in_link("adjuster@example.com", "adjusters", role="admin")
    site.modelhub("shell", "-v0", "-c", TELL)
    page = visit(link).page
    wait_until_it_shows_all(page)
    page.goto(f"{site.url}/analytics/unpriced/")
    page.get_by_role("link", name="Map acme/our-mini to a model").click()
    page.get_by_label("Find a model").fill("openai gpt-5-mini")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link", name="Choose openai/gpt-5-mini", exact=True).click()
    expect(page.get_by_label("What would change")).to_contain_text("of 3 would change")

    page.get_by_label("Why").fill("The name of our deployment")
    page.get_by_role("button", name="Adjust 3 calls").click()
    state = page.locator("#adjustment-state")
    expect(state).to_contain_text(re.compile("Waiting|Running|Applied"))
    site.modelhub("shell", "-v0", "-c", WORK)
    expect(state).to_contain_text("Applied")

    page.get_by_role("button", name="Undo this adjustment").click()
    expect(state).to_contain_text(re.compile("undone|Undone"))
    site.modelhub("shell", "-v0", "-c", WORK)
    expect(state).to_contain_text("all stand as they did before")
    page.goto(f"{site.url}/analytics/unpriced/")
    names = page.get_by_label("Names that no model matches")
    expect(names).to_contain_text("acme/our-mini")
