"""A newcomer connects a running OpenAI-compatible server in the browser and has its
models discovered by a real worker."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from modelhub.embedded.layout import Layout
from modelhub.embedded.valkey import embedded_broker
from tests.pages.conftest import ROOT
from tests.upstream import openai_wire
from tests.upstream.replies import HTML, Reply
from tests.upstream.server import FakeUpstream, Received

pytestmark = pytest.mark.browser

KEY = "sk-rack-0123456789"


def rack(received: Received) -> Reply:
    """A server with two models that wants its key."""
    if received.headers.get("authorization") != f"Bearer {KEY}":
        return openai_wire.error(401, "invalid_api_key", "Incorrect API key provided.")
    if received.path == "/v1/models":
        return openai_wire.models("qwen3-32b", "llama-3.3-70b")
    return HTML


@pytest.fixture(scope="module")
def server() -> Iterator[FakeUpstream]:
    found = FakeUpstream(rack).start()
    yield found
    found.stop()


@pytest.fixture
def worker(site) -> Iterator[None]:
    """The broker and a worker that takes tasks from it."""
    layout = Layout(Path(site.environment["MODELHUB_VAR"]))
    command = [sys.executable, "-m", "celery", "-A", "modelhub", "worker"]
    command += ["--pool", "solo", "--loglevel", "error", "--without-mingle"]
    with embedded_broker(layout, say=lambda line: None):
        process = subprocess.Popen(command, cwd=ROOT, env=site.environment)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def fill(page: Page, url: str, key: str) -> None:
    form = page.get_by_role("form", name="Add connection")
    form.get_by_label("Provider").select_option(label="OpenAI-compatible server")
    form.get_by_label("Name", exact=True).fill("Rack 7")
    form.get_by_label("Base URL").fill(url)
    form.get_by_label("Key", exact=True).fill(key)
    page.get_by_role("button", name="Test and save").click()


def test_what_is_wrong_is_said_before_anything_is_stored(site, visit, server):
    page = visit(site.sign_in_link("wrong@example.com", "wrong", "admin")).page
    page.goto(f"{site.url}/connections/")
    page.get_by_role("link", name="Add connection").first.click()
    said = page.get_by_role("dialog").get_by_role("alert")

    fill(page, f"{server.url}/v1", "sk-mistyped")
    expect(said).to_contain_text("OpenAI-compatible server rejects the key")
    expect(page.get_by_role("dialog").get_by_label("Key", exact=True)).to_be_empty()

    fill(page, f"{server.url}/api", KEY)
    expect(said).to_contain_text("Check the base URL: many end in /v1")

    fill(page, "http://127.0.0.1:1/v1", KEY)
    expect(said).to_contain_text("refuses the connection")

    page.goto(f"{site.url}/connections/")
    expect(page.get_by_text("No connection yet")).to_be_visible()


def test_a_server_is_connected_and_its_models_are_discovered(
    site, visit, server, worker
):
    page = visit(site.sign_in_link("rack@example.com", "rack", "admin")).page
    page.goto(f"{site.url}/connections/")
    page.get_by_role("link", name="Add connection").first.click()
    fill(page, f"{server.url}/v1", KEY)
    expect(page.locator(".toasts")).to_contain_text("Next: discover its models")
    row = page.get_by_role("row", name=re.compile("Rack 7"))
    expect(row).to_contain_text("Connected")

    page.get_by_role("button", name="Discover Rack 7").click()
    page.get_by_role("button", name="Enable these models").click(timeout=30_000)

    expect(row).to_contain_text("2 / 2")
    row.get_by_role("link", name="OpenAI-compatible server").click()
    offered = page.get_by_role("region", name="Models offered").first
    expect(offered).to_contain_text("openai-compatible/qwen3-32b")
    expect(offered.get_by_text("Active")).to_have_count(2)
    assert KEY not in page.content()


def test_a_server_that_stopped_is_named_by_a_check(site, visit):
    page = visit(site.sign_in_link("gone@example.com", "gone", "admin")).page
    server = FakeUpstream(rack).start()
    page.goto(f"{site.url}/connections/add/")
    fill(page, f"{server.url}/v1", KEY)
    expect(page.get_by_role("heading", name="Rack 7")).to_be_visible()
    server.stop()

    page.goto(f"{site.url}/connections/")
    page.get_by_role("button", name="Check all").click()

    expect(page.locator(".toasts")).to_contain_text("1 with a problem")
    expect(page.get_by_role("row", name=re.compile("Rack 7"))).to_contain_text(
        "refuses the connection"
    )
