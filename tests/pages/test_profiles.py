"""A profile made, filled and taken into use in the browser."""

import pytest

from tests.pages.test_accessibility import make_a_feature, serious_violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_a_profile_is_made_filled_and_used(site, visit, theme, width):
    name = f"profiles-{theme}"
    link = site.sign_in_link(f"{name}@example.com", name, role="admin")
    page = visit(link, theme, width).page
    make_a_feature(page, site.url)

    page.goto(f"{site.url}/profiles/new/")
    page.get_by_label("Name", exact=True).fill("Mira's laptop")
    page.get_by_role("button", name="Create profile").click()
    page.get_by_label("Key of the role").fill("*")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Model 1").fill("openai/gpt-5-mini")
    page.get_by_label("Reasoning, at least").fill("0.7")
    form = page.url
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Use it myself").click()
    page.get_by_role("button", name="Explain").click()

    assert page.get_by_role("button", name="Stop using it").is_visible()
    assert page.get_by_text("It requires reasoning 0.7 or more.").is_visible()
    pages = [page.url, form, f"{site.url}/profiles/miras-laptop/edit/"]
    found = {one: serious_violations(page, one) for one in pages}
    assert {path: list(what) for path, what in found.items() if what} == {}
