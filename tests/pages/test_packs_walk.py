"""A pack from the shelf to the switch and back, in a real browser: look at the
difference, keep a feature, switch, call, take it back."""

import re
import time

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.pages.patience import wait_until_it_shows_all
from tests.pages.test_walk import assign, enable, make_feature
from tests.upstream import openai_wire
from tests.upstream.server import FakeUpstream

pytestmark = pytest.mark.browser

PACK_MODEL = "openai/gpt-6-luna"


@pytest.fixture(scope="module")
def upstream():
    running = FakeUpstream(openai_wire.echo).start()
    yield running
    running.stop()


def connect(site, organization: str, base_url: str) -> None:
    site.modelhub(
        *("connections", "add", "openai", "--organization", organization),
        *("--base-url", base_url, "--key-from", "env", "--anyway"),
        variables={"MODELHUB_CONNECTION_KEY": "sk-walk-0123456789"},
    )


def prepare(site, visit, upstream, organization: str) -> Page:
    """A window of an organisation that has two assigned features and a pack."""
    link = site.sign_in_link(f"{organization}@example.com", organization)
    connect(site, organization, f"{upstream.url}/v1")
    page = visit(link).page
    enable(page, site.url, "gpt-5-mini", "openai/gpt-5-mini")
    for name, key in [("Chat", "chat"), ("Planner", "planner")]:
        make_feature(page, site.url, name, key)
        assign(page, "openai/gpt-5-mini")
    page.goto(f"{site.url}/packs/")
    page.get_by_role("button", name="Add Starter pack 1").click()
    expect(page.get_by_role("heading", name="Starter pack 1")).to_be_visible()
    return page


def make_a_pack_of_now(page: Page, url: str) -> None:
    page.goto(f"{url}/packs/new/")
    page.get_by_label("Start from what is assigned now").click()
    page.get_by_label("Name", exact=True).fill("As we were")
    page.get_by_role("button", name="Create pack").click()
    expect(page.get_by_role("heading", name="As we were")).to_be_visible()


def model_of(page: Page, url: str, key: str):
    page.goto(f"{url}/features/{key}/")
    return page.get_by_label("Model", exact=True).locator("option:checked")


def call(site, organization: str, feature: str) -> httpx.Response:
    printed = site.modelhub("tokens", "create", "walk", "--organization", organization)
    token = re.search(r"mh_\S+|mh-\S+", printed)
    assert token, printed
    return ask(site, token.group(), feature)


def ask(site, token: str, feature: str) -> httpx.Response:
    return httpx.post(
        f"{site.url}/v1/chat/completions",
        headers={"Authorization": f"Bearer {token}"},
        json={
            "model": f"feature:{feature}",
            "messages": [{"role": "user", "content": "Hello"}],
        },
        timeout=20,
    )


def wait_for_a_call(page: Page, address: str) -> None:
    """The record of a call is written a moment after its answer."""
    for _ in range(20):
        page.goto(address)
        wait_until_it_shows_all(page)
        if page.locator("#recent-calls").get_by_text("Answered").count():
            return
        time.sleep(0.5)
    raise AssertionError("the call does not stand on the feature's page")


def test_a_ready_made_pack_is_looked_at_switched_to_and_taken_back(
    site, visit, upstream
):
    page = prepare(site, visit, upstream, "shelf")

    page.get_by_role("link", name="Preview switch").click()
    wait_until_it_shows_all(page)
    difference = page.locator("#pack-difference")
    expect(difference).to_contain_text("As it stands, this is refused")
    with page.expect_response("**/switch/preview/"):
        page.get_by_label("Enable the model it needs").check()
    expect(difference).to_contain_text("2 of 2 features change")
    with page.expect_response("**/switch/preview/"):
        page.get_by_label("Keep the current model for Planner").check()
    expect(difference).to_contain_text("1 of 2 features change")
    page.get_by_role("button", name="Switch to Starter pack 1").click()

    expect(page.locator(".toasts")).to_contain_text("starter-pack-1 v1 is active")
    expect(page.locator(".topbar")).to_contain_text("Starter pack 1")
    expect(model_of(page, site.url, "chat")).to_have_text(PACK_MODEL)
    expect(page.locator("main")).to_contain_text("from pack Starter pack 1 v1")
    expect(model_of(page, site.url, "planner")).to_have_text("openai/gpt-5-mini")
    expect(page.locator("main")).to_contain_text("own assignment")

    answer = call(site, "shelf", "chat")
    assert answer.status_code == 200, answer.text
    assert upstream.requests[-1].json["model"] == PACK_MODEL.partition("/")[2]
    wait_for_a_call(page, f"{site.url}/features/chat/")

    page.goto(f"{site.url}/packs/")
    page.get_by_role("button", name="Undo the switch").click()
    expect(page.locator("#switches")).to_contain_text("Switch undone")
    expect(page.locator(".topbar")).not_to_contain_text("Starter pack 1")
    expect(model_of(page, site.url, "chat")).to_have_text("openai/gpt-5-mini")
    expect(page.locator("main")).to_contain_text("own assignment")


def test_of_two_people_one_switches_and_the_other_is_told(site, visit, upstream):
    first = prepare(site, visit, upstream, "race")
    make_a_pack_of_now(first, site.url)
    second = visit(site.sign_in_link("late@example.com", "race")).page
    first.goto(f"{site.url}/packs/starter-pack-1/switch/?enable_models=on")
    second.goto(f"{site.url}/packs/as-we-were/switch/")

    first.get_by_role("button", name="Switch to Starter pack 1").click()
    expect(first.locator(".toasts")).to_contain_text("starter-pack-1 v1 is active")
    second.get_by_role("button", name="Switch to As we were").click()

    expect(second.locator("main")).to_contain_text("Someone else was faster")
    expect(second.locator("main")).to_contain_text("race@example.com")
    expect(second.locator("#pack-difference")).to_contain_text("2 of 2 features")
    expect(model_of(second, site.url, "chat")).to_have_text(PACK_MODEL)


def test_a_pack_is_made_from_what_is_assigned_and_gets_a_version(site, visit, upstream):
    page = prepare(site, visit, upstream, "editor")
    make_a_pack_of_now(page, site.url)

    page.get_by_role("link", name="Edit").click()
    page.get_by_role("button", name="Edit chat").click()
    page.get_by_label("Find a model in the whole catalog").press_sequentially(
        "gpt-6-luna", delay=20
    )
    page.get_by_label(f"Use {PACK_MODEL} as the model").click()
    expect(page.get_by_label("Model", exact=True)).to_have_value(PACK_MODEL)
    page.get_by_label("Temperature").fill("0.25")
    page.locator("#id_note").fill("A newer one for chat")
    page.get_by_role("button", name="Save as new version").click()

    expect(page.locator("#versions")).to_contain_text("A newer one for chat")
    comparison = page.locator("#pack-comparison")
    expect(comparison.locator("del")).to_have_text("openai/gpt-5-mini")
    expect(comparison.locator("ins").first).to_have_text(PACK_MODEL)
    expect(comparison.locator("ins").last).to_have_text("0.25")


def test_it_works_without_javascript_too(site, visit, chromium, upstream):
    page = prepare(site, visit, upstream, "plain")
    cookies = page.context.storage_state()
    context = chromium.new_context(java_script_enabled=False, storage_state=cookies)
    plain = context.new_page()
    plain.goto(f"{site.url}/packs/starter-pack-1/switch/?enable_models=on")

    plain.get_by_label("Keep the current model for Planner").check()
    plain.get_by_role("button", name="Recompute").click()
    expect(plain.locator("#pack-difference")).to_contain_text("1 of 2 features")
    plain.get_by_role("button", name="Switch to Starter pack 1").click()

    expect(plain.locator(".toasts")).to_contain_text("starter-pack-1 v1 is active")
    expect(model_of(plain, site.url, "planner")).to_have_text("openai/gpt-5-mini")
    expect(model_of(plain, site.url, "chat")).to_have_text(PACK_MODEL)
    context.close()
