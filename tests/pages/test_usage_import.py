"""A usage file in a real browser: uploaded, looked at, imported by a worker, and what
was refused downloaded."""

import datetime
import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WORK = "from analytics.tasks import import_usage; import_usage()"


def line(name: str, **facts) -> str:
    ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=2)
    usual = {
        "id": name,
        "started_at": ago.isoformat(),
        "model": "openai/gpt-5-mini",
        "input_tokens": 1000,
    }
    return json.dumps({**usual, **facts}) + "\n"


def test_a_file_is_looked_at_imported_and_told_of(site, visit, tmp_path):
    window = visit(site.sign_in_link("import@example.com", "imports"))
    page = window.page
    file = tmp_path / "calls.jsonl"
    file.write_text(line("a") + line("b", input_tokens=-1) + line("c", model="acme/x"))

    page.goto(f"{site.url}/usage/import/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_text("2 fit and 1 would be refused")).to_be_visible()
    expect(page.get_by_text("\u22121 is negative.")).to_be_visible()
    expect(page.get_by_text("acme/x").first).to_be_visible()
    others = page.get_by_role("link", name="All imports").bounding_box()
    start = page.get_by_role("button", name="Import", exact=True)
    assert start.bounding_box()["y"] == others["y"]

    start.click()
    expect(page.get_by_text("for a worker")).to_be_visible()
    site.modelhub("shell", "--command", WORK)
    expect(page.get_by_text("Done")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download refused lines").click()
    [refused] = Path(waiting.value.path()).read_text().splitlines()
    assert json.loads(refused)["field"] == "input_tokens"
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
