"""An experiment in a real browser, over real requests through the gateway: written,
started, watched, promoted by one click; and a canary that steps back."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.pages.test_accessibility import page_width, serious_violations
from tests.pages.test_connect_and_call import FIRST, HELLO, SECOND, office

__all__ = ["office"]
pytestmark = pytest.mark.browser

NEW = "mistral-small-24b says hello."
OLD = "qwen3-32b says hello."
MANY_TRIES = 200


def ask(office, user):
    """The answer that one user of the product gets."""
    answer = httpx.post(
        f"{office.site.url}/v1/chat/completions",
        headers={
            "Authorization": f"Bearer {office.token}",
            "x-modelhub-user": str(user),
        },
        json={"model": "feature:photo-tagging", "messages": HELLO},
        timeout=60,
    )
    return answer.json()["choices"][0]["message"]["content"]


def until(page, told, act):
    """Do it again until it tells what is wanted; every process hears of changes within
    a second, and calls are written in batches."""
    for _ in range(MANY_TRIES):
        if told(act()):
            return
        page.wait_for_timeout(100)
    raise AssertionError("It never came.")


def option(page, reference):
    """The value of the model's option: a reason may stand behind its name."""
    found = page.get_by_label("Model", exact=True).locator("option", has_text=reference)
    return found.first.get_attribute("value")


def test_an_experiment_from_a_draft_to_promotion_by_one_click(office):
    page, url = office.page, office.site.url
    office.assign(FIRST, SECOND)
    page.goto(f"{url}/experiments/")
    expect(page.get_by_text("No experiment yet.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="New experiment").first.click()
    page.get_by_label("Split: arms side by side").check()
    page.get_by_role("button", name="Create draft").click()
    expect(page.get_by_text("Choose a feature.").last).to_be_visible()
    page.get_by_label("Feature", exact=True).select_option("photo-tagging")
    page.get_by_label("Name", exact=True).first.fill("Mistral for tags")
    page.get_by_label("Model", exact=True).select_option(option(page, SECOND))
    page.get_by_role("button", name="Create draft").click()
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".toasts")).to_contain_text("Mistral for tags is running.")

    users = iter(range(10_000))
    until(page, NEW.__eq__, lambda: ask(office, next(users)))
    answers = {user: ask(office, user) for user in range(1_000, 1_030)}
    assert set(answers.values()) == {OLD, NEW}
    assert all(ask(office, user) == answers[user] for user in list(answers)[:8])

    arms = page.get_by_role("region", name="Arms").first
    until(
        page,
        lambda text: text.count("100.00%") == 2,
        lambda: (page.reload(), arms.inner_text())[1],
    )
    expect(arms).to_contain_text("Control")
    found = {
        path: serious_violations(page, url + path)
        for path in ("/experiments/", "/experiments/mistral-for-tags/")
    }
    assert {path: what for path, what in found.items() if what} == {}
    page.set_viewport_size({"width": 390, "height": 900})
    assert page_width(page, f"{url}/experiments/mistral-for-tags/") <= 390
    page.set_viewport_size({"width": 1440, "height": 1000})

    page.get_by_role("button", name=re.compile("^Promote")).click()
    toast = page.locator(".toasts")
    expect(toast).to_contain_text(f"Photo tagging is on {SECOND} now.")
    loser = next(user for user, said in answers.items() if said == OLD)
    until(page, NEW.__eq__, lambda: ask(office, loser))
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("is on its former model again")
    until(page, OLD.__eq__, lambda: ask(office, loser))
