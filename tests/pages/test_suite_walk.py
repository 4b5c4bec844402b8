"""A suite in a real browser: scorers by labelled fields, a case, a file in and out."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pages.patience import wait_until_it_shows_all

pytestmark = pytest.mark.browser

CASES = "prompt,expected,tags\nWhat is 3 + 4?,7,sums\nWhat is 9 - 4?,5,sums\n"
SETTLED = """() => !document.querySelector(
    ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")"""


@contextmanager
def fields_change(page: Page) -> Iterator[None]:
    """What is done fetches fields anew; they hear nothing until they are settled."""
    with page.expect_response(lambda answer: "hx-request" in answer.request.headers):
        yield
    page.wait_for_function(SETTLED)


def test_a_stranger_makes_a_suite_and_takes_it_along(site, visit, tmp_path):
    page = visit(site.sign_in_link("ada@sums.example", "sums")).page
    page.goto(f"{site.url}/benchmarks/")
    page.get_by_role("link", name="Make the first suite").click()
    page.get_by_label("Name", exact=True).fill("Mental sums")

    with fields_change(page):
        scorers = page.get_by_label("Kind of scorer 1")
        scorers.select_option(label="Number within tolerance")
    page.get_by_label("Tolerance", exact=True).fill("0.5")
    with fields_change(page):
        page.get_by_role("button", name="Add scorer").click()
    with fields_change(page):
        page.get_by_label("Kind of scorer 2").select_option(label="Latency limit")
    page.get_by_label("Most milliseconds").fill("3000")
    expect(page.get_by_label("Tolerance", exact=True)).to_have_value("0.5")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Mental sums")
    page.get_by_role("button", name="Make suite").click()
    expect(page.get_by_role("heading", name="Mental sums", level=1)).to_be_visible()
    expect(page.get_by_text("Tolerance: 0.5")).to_be_visible()
    expect(page.get_by_text("Most milliseconds: 3000")).to_be_visible()

    page.get_by_role("link", name="Add the first case").click()
    page.get_by_label("Prompt", exact=True).fill("Which is larger, 9.9 or 9.11?")
    page.get_by_label("Expected answer", exact=True).fill("9.9")
    page.get_by_label("Key").fill("larger")
    with fields_change(page):
        page.get_by_role("button", name="Add scorer").click()
    with fields_change(page):
        page.get_by_label("Kind of scorer 1").select_option(label="Contains")
    page.get_by_label("None of").fill("9.11 is larger")
    page.get_by_role("button", name="Save case", exact=True).click()
    expect(page.get_by_text("Contains, in place of the suite's")).to_be_visible()

    file = tmp_path / "sums.csv"
    file.write_text(CASES)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Import cases").click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Take in 2 cases").click()
    cases = page.get_by_role("region", name="Cases").get_by_role("row")
    expect(cases).to_have_count(4)

    page.get_by_role("button", name="Move larger down").click()
    expect(cases.nth(2)).to_contain_text("larger")

    page.get_by_text("More", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export JSON lines").click()
    head, *rest = Path(download.value.path()).read_text().splitlines()
    assert [one["kind"] for one in json.loads(head)["scorers"]] == ["number", "latency"]
    prompts = [json.loads(one)["prompt"] for one in rest]
    assert prompts == [
        "What is 3 + 4?",
        "Which is larger, 9.9 or 9.11?",
        "What is 9 - 4?",
    ]
    wait_until_it_shows_all(page)
