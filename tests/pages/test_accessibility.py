"""No page has a violation that axe-core rates serious or critical, light on a wide
screen and dark on a narrow one, and none scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pages.patience import wait_until_it_shows_all

pytestmark = pytest.mark.browser

SETTINGS = [("light", 1440), ("dark", 390)]
PAGES = [
    "/",
    "/models/",
    "/models/?view=table&q=claude",
    "/models/?q=nothing-is-called-like-this",
    "/models/openai/gpt-5-mini/",
    "/compare/",
    "/compare/?m=openai/gpt-5-mini&m=openai/gpt-5.4&m=deepseek/deepseek-v4-pro",
    "/calculator/",
    "/calculator/?mode=images&m=openai/gpt-5-mini&m=openai/gpt-4o",
    "/profiles/",
    "/profiles/new/",
    "/packs/",
    "/packs/?q=nothing-is-called-like-this",
    "/packs/starter-pack-1/",
    "/packs/starter-pack-1/switch/",
    "/packs/starter-pack-1/edit/",
    "/packs/starter-pack-1/use/",
    "/packs/-/costs/",
    "/packs/-/undo/",
    "/packs/new/",
    "/packs/new/?start=assigned",
    "/features/",
    "/features/a11y-check/",
    "/models/add/",
    "/models/openai/gpt-5-mini/-/configure/",
    "/budgets/",
    "/budgets/new/",
    "/budgets/models/openai/gpt-5-mini/",
    "/features/new/",
    "/analytics/",
    "/analytics/?range=custom&since=1900-01-01",
    "/analytics/why/",
    "/analytics/what-if/",
    "/analytics/forecast/",
    "/analytics/roi/",
    "/analytics/prices/",
    "/analytics/quality/",
    "/analytics/unpriced/",
    "/benchmarks/",
    "/benchmarks/suites/new/",
    "/benchmarks/import/",
    "/benchmarks/runs/new/",
    "/benchmarks/schedules/",
    "/benchmarks/schedules/new/",
    "/playground/",
    "/settings/telemetry/",
    "/alerts/",
    "/alerts/settings/",
    "/usage/import/",
    "/settings/organization/",
    "/requests/",
    "/requests/?range=7d&outcome=not_ok",
    "/settings/recording/",
    "/connections/",
    "/connections/add/",
    "/settings/people/",
    "/settings/roles/",
    "/account/",
    "/account/app/",
    "/account/email/",
    "/account/passkeys/add/",
    "/account/password/",
    "/settings/tokens/",
    "/experiments/",
    "/experiments/?q=nothing-is-called-like-this",
    "/experiments/new/",
    "/recommendations/",
    "/recommendations/rules/",
    "/recommendations/find/",
    "/recommendations/mix/",
    "/recommendations/features/a11y-check/",
    "/recommendations/features/a11y-check/choice/",
    "/prompts/",
    "/prompts/?q=nothing-is-called-like-this",
    "/prompts/A11Y_CHECK/",
    "/prompts/A11Y_CHECK/-/edit/",
    "/prompts/-/new/",
    "/settings/audit/",
    "/api/docs",
    "/there-is-nothing-here/",
]


@pytest.mark.parametrize(("theme", "width"), SETTINGS)
def test_no_page_has_a_serious_violation_or_scrolls_sideways(site, visit, theme, width):
    email = f"axe-{theme}-{width}@example.com"
    page = visit(
        site.sign_in_link(email, f"axe-{theme}-{width}", role="admin"), theme, width
    ).page
    make_a_feature(page, site.url)

    found = {path: faults(page, site.url + path, width) for path in PAGES}

    assert {path: list(what) for path, what in found.items() if what} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sign_in_page_has_no_serious_violation(site, visit, theme):
    page = visit(f"{site.url}/sign-in/", theme).page

    assert serious_violations(page, f"{site.url}/sign-in/") == []


@pytest.mark.parametrize("path", ["/admin/", "/admin/registry/aimodel/?q=gpt-5-mini"])
def test_the_admin_works_under_its_policy(site, visit, path):
    site.modelhub(
        "users", "add", "root@example.com", "--organization", "root", "--superuser"
    )
    link = site.modelhub("login-link", "--email", "root@example.com").split()[-1]
    page = visit(site.url + link[link.index("/sign-in/") :]).page

    page.goto(site.url + path)

    assert page.get_by_role("link", name="Back to ModelHub").is_visible()


def make_a_feature(page, url):
    page.goto(f"{url}/features/new/")
    page.get_by_label("Name").first.fill("A11y check")
    page.get_by_label("Key").first.fill("a11y-check")
    page.get_by_role("button", name="Create feature").click()
    page.wait_for_url("**/features/a11y-check/")
    make_a_prompt(page, url)
    add_a_pack(page, url)


def add_a_pack(page, url):
    page.goto(f"{url}/packs/")
    page.get_by_role("button", name="Add Starter pack 1").click()
    page.wait_for_url("**/packs/starter-pack-1/")


def make_a_prompt(page, url):
    page.goto(f"{url}/prompts/-/new/")
    page.get_by_label("Name").first.fill("A11Y_CHECK")
    page.get_by_label("Text").fill("Answer in {{language}}.\nBe {{tone}}.")
    page.get_by_role("button", name="Declare all 2").click()
    page.get_by_label("Default of language").wait_for()
    page.get_by_role("button", name="Create prompt").click()
    page.wait_for_url("**/prompts/A11Y_CHECK/")
    page.get_by_role("link", name="New version").click()
    page.get_by_label("Text").fill("Answer in {{language}}.\nBe {{tone}} and brief.")
    page.get_by_role("button", name="Save version").click()
    page.get_by_text("v2 is saved.").wait_for()


def serious_violations(page, address):
    page.goto(address)
    wait_until_it_shows_all(page)
    violations = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in violations
        if one["impact"] in {"serious", "critical"}
    ]


def faults(page, address, width):
    found = serious_violations(page, address)
    needed = page.evaluate("document.documentElement.scrollWidth")
    return found + [f"It is {needed} px wide."] * (needed > width)


def page_width(page, address):
    page.goto(address)
    wait_until_it_shows_all(page)
    return page.evaluate("document.documentElement.scrollWidth")
