"""A stranger's walk through every page in a real browser: find, enable, compare,
calculate, assign, change one's mind, roll back."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def enable(page: Page, url: str, words: str, reference: str) -> None:
    page.goto(f"{url}/models/?q={words}")
    page.get_by_role("button", name=f"Enable {reference}", exact=True).click()
    expect(
        page.get_by_role("button", name=f"Disable {reference}", exact=True)
    ).to_be_visible()


def make_feature(page: Page, url: str, name: str, key: str) -> None:
    page.goto(f"{url}/features/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Key").fill(key)
    page.get_by_role("button", name="Create feature").click()
    expect(page).to_have_url(re.compile(f"/features/{key}/$"))
    page.wait_for_load_state("load")


def assign(page: Page, reference: str) -> None:
    with page.expect_response("**/assignment/draft/"):
        page.get_by_label("Model", exact=True).select_option(label=reference)
    page.get_by_role("button", name="Save assignment").click()
    expect(page.get_by_label("Model", exact=True)).to_be_visible()


def test_the_first_link_signs_in_once_and_asks_for_a_password(site, visit):
    link = site.sign_in_link("first@example.com", "first")

    page = visit(link).page
    expect(page.get_by_role("heading", name="Welcome to ModelHub")).to_be_visible()
    page.get_by_label("New password", exact=True).fill("plum-orbit-77")
    page.get_by_label("New password confirmation").fill("plum-orbit-77")
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Email").fill("first@example.com")
    page.get_by_label("Password").fill("plum-orbit-77")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def test_searching_swaps_the_results_and_back_brings_the_old_ones(site, visit):
    page = visit(site.sign_in_link("search@example.com", "search")).page
    page.goto(f"{site.url}/models/")
    page.evaluate("window.sameDocument = true")

    page.get_by_label("Filter models by name, provider or id").press_sequentially(
        "claude-haiku", delay=20
    )
    results = page.locator("#models-results")
    expect(results).to_contain_text("claude-haiku")
    expect(page).to_have_url(re.compile(r"[?&]q=claude-haiku"))
    assert page.evaluate("window.sameDocument") is True

    page.go_back()
    expect(page).not_to_have_url(re.compile("claude-haiku"))
    expect(results).not_to_contain_text("of 0 models")


def test_four_models_ticked_on_the_list_stand_side_by_side(site, visit):
    page = visit(site.sign_in_link("compare@example.com", "compare")).page
    wanted = ["gpt-5-mini", "gpt-5.4", "deepseek-v4-pro", "claude-sonnet-5"]
    for words in wanted:
        page.goto(f"{site.url}/models/?q={words}")
        provider = {"d": "deepseek", "c": "anthropic"}.get(words[0], "openai")
        page.get_by_label(f"Compare {provider}/{words}", exact=True).check()

    page.get_by_role("button", name="Compare", exact=True).click()

    expect(page).to_have_url(re.compile(r"/compare/\?"))
    for words in wanted:
        expect(page.locator("#compare-results")).to_contain_text(words)
    expect(page.locator("figure.chart .main-svg").first).to_be_visible()


def test_typing_a_volume_recalculates_without_a_reload(site, visit):
    page = visit(site.sign_in_link("calc@example.com", "calc")).page
    page.goto(f"{site.url}/calculator/?m=openai/gpt-5-mini&m=deepseek/deepseek-v4-pro")
    page.evaluate("window.sameDocument = true")
    results = page.locator("#calculator-results")
    before = results.inner_text()

    page.get_by_label("Requests per month").fill("123456")

    expect(results).to_contain_text("123,456")
    assert results.inner_text() != before
    assert page.evaluate("window.sameDocument") is True
    expect(page).to_have_url(re.compile("123456"))


def test_a_feature_is_assigned_switched_and_rolled_back(site, visit):
    page = visit(site.sign_in_link("photo@example.com", "photo")).page
    enable(page, site.url, "gpt-5-mini", "openai/gpt-5-mini")
    enable(page, site.url, "gpt-5.4", "openai/gpt-5.4")
    make_feature(page, site.url, "Photo tagging", "photo-tagging")

    assign(page, "openai/gpt-5-mini")
    with page.expect_response("**/assignment/draft/"):
        page.get_by_label("Add fallback").select_option(label="openai/gpt-5.4")
    page.get_by_label("Temperature").fill("0.4")
    page.get_by_role("button", name="Save assignment").click()
    expect(page.locator("#history")).to_contain_text("0.4")

    page.goto(f"{site.url}/features/")
    page.get_by_label("Model for Photo tagging").select_option(label="openai/gpt-5.4")
    page.get_by_role("button", name="Switch", exact=True).click()
    expect(page.locator(".toasts")).to_contain_text("gpt-5.4")

    page.goto(f"{site.url}/features/photo-tagging/")
    page.get_by_role("button", name="Roll back to r2").click()
    expect(page.locator("#history")).to_contain_text("r4")
    expect(
        page.get_by_label("Model", exact=True).locator("option:checked")
    ).to_have_text("openai/gpt-5-mini")


def test_two_editors_both_see_the_conflict_and_nothing_is_lost(site, visit):
    first = visit(site.sign_in_link("one@example.com", "conflict")).page
    second = visit(site.sign_in_link("two@example.com", "conflict")).page
    enable(first, site.url, "gpt-5-mini", "openai/gpt-5-mini")
    enable(first, site.url, "gpt-5.4", "openai/gpt-5.4")
    make_feature(first, site.url, "Chat", "chat")
    second.goto(f"{site.url}/features/chat/")

    assign(first, "openai/gpt-5-mini")
    with second.expect_response("**/assignment/draft/"):
        second.get_by_label("Model", exact=True).select_option(label="openai/gpt-5.4")
    second.get_by_role("button", name="Save assignment").click()

    expect(second.locator("main")).to_contain_text("one@example.com")
    expect(second.locator("main")).to_contain_text("gpt-5.4")
    first.reload()
    expect(
        first.get_by_label("Model", exact=True).locator("option:checked")
    ).to_have_text("openai/gpt-5-mini")


def test_the_theme_is_kept_without_a_flash(site, visit):
    page = visit(site.sign_in_link("dark@example.com", "dark")).page
    page.goto(f"{site.url}/models/")

    page.get_by_label("Switch theme").click()
    page.goto(f"{site.url}/features/")

    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_keyboard_alone_finds_a_model(site, visit):
    page = visit(site.sign_in_link("keys@example.com", "keys")).page
    page.goto(f"{site.url}/")

    page.keyboard.press("Control+k")
    page.keyboard.type("gpt-5-mini", delay=20)
    expect(page.locator("#palette-results")).to_contain_text("openai/gpt-5-mini")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/models/.*gpt-5-mini"))


def test_on_a_phone_the_navigation_opens_and_leads_on(site, visit):
    page = visit(site.sign_in_link("small@example.com", "small"), width=390).page
    page.goto(f"{site.url}/")

    page.get_by_label("Open navigation").click()
    page.get_by_role("link", name="Cost calculator").click()

    expect(page).to_have_url(re.compile("/calculator/"))
