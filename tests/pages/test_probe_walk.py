"""A model is probed at its connection; its badges stand wherever it is looked at."""

import pytest
from playwright.sync_api import expect

from tests.pages.test_accessibility import page_width, serious_violations
from tests.pages.test_connect_and_call import FURNISH
from tests.upstream import openai_wire
from tests.upstream.capable import CapableModel
from tests.upstream.server import FakeUpstream

pytestmark = pytest.mark.browser

WORK = "from modelhub.gateway.probing.tasks import run_probes; run_probes()"
EMAIL, TEAM = "prober@example.com", "probers"


@pytest.fixture
def server():
    model = CapableModel(cannot={"tools"})

    def handler(received):
        is_list = received.path.endswith("/models")
        return openai_wire.models("qwen3-32b") if is_list else model(received)

    started = FakeUpstream(handler).start()
    yield started
    started.stop()


def test_probes_are_priced_asked_for_watched_and_believed(site, visit, server):
    page = visit(site.sign_in_link(EMAIL, TEAM)).page
    rows = [("lm-studio", "Rack 9", f"{server.url}/v1")]
    site.modelhub("shell", "-c", FURNISH.format(slug=TEAM, email=EMAIL, servers=rows))
    page.goto(f"{site.url}/models/lm-studio/qwen3-32b/")
    page.get_by_role("link", name="Probe them").click()
    for name in ("Image input", "Long context", "Determinism"):
        page.get_by_label(name, exact=True).uncheck()

    page.get_by_role("button", name="Estimate the cost").click()
    expect(page.get_by_text("At most 8 calls")).to_be_visible()
    page.get_by_role("button", name="Start probes").click()
    expect(page.get_by_text("6 under way")).to_be_visible()
    site.modelhub("shell", "-c", WORK)

    # The page asks by itself.
    table = page.get_by_role("region", name="At Rack 9")
    row = table.get_by_role("row", name="Tool calling")
    expect(row).to_contain_text("It called no function.", timeout=60_000)
    expect(page.get_by_text("under way")).to_have_count(0)
    row.get_by_role("link", name="Failed").click()
    expect(page.get_by_text("I would rather talk.").first).to_be_visible()
    assert serious_violations(page, page.url) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page_width(page, page.url) <= 390

    page.goto(f"{site.url}/models/lm-studio/qwen3-32b/")
    known = page.get_by_role("region", name="Capabilities, table")
    expect(known.get_by_role("link", name="Verified")).to_have_count(5)
    expect(known.get_by_role("link", name="Failed")).to_have_count(1)
    page.goto(f"{site.url}/connections/")
    page.get_by_label("More for Rack 9").click()
    page.get_by_role("link", name="Details").click()
    probed = page.get_by_role("region", name="Probed here")
    expect(probed.get_by_role("link", name="Tool calling")).to_contain_text("failed")
