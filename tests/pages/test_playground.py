"""A message goes to several models at once: blind, voted on, compared and shared."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.pages.test_accessibility import page_width, serious_violations
from tests.pages.test_connect_and_call import FURNISH
from tests.upstream import openai_wire
from tests.upstream.server import FakeUpstream

pytestmark = pytest.mark.browser

ANSWERS = {
    "poet": ("The parcel ", "is late ", "but loved."),
    "clerk": ("The parcel ", "is lost ", "and filed."),
}


def handler(received):
    if received.path.endswith("/models"):
        return openai_wire.models("poet", "clerk", "silent", "slow")
    model = received.json["model"]
    if model == "silent":
        return openai_wire.error(400, "bad", "The silent model speaks to nobody.")
    if model == "slow":
        return openai_wire.stream("A beginning", " and more", model=model).but(
            silent_after=2
        )
    return openai_wire.stream(*ANSWERS[model], model=model).but(pause_s=0.05)


@pytest.fixture
def room(site, visit, request):
    """An organisation whose server offers four models, and an editor's window."""
    slug = re.sub(r"\W|_", "-", request.node.name)[-30:].strip("-")
    email = f"{slug}@example.com"
    server = FakeUpstream(handler).start()
    page = visit(site.sign_in_link(email, slug)).page
    rows = [("lm-studio", "Rack 1", f"{server.url}/v1")]
    site.modelhub("shell", "-c", FURNISH.format(slug=slug, email=email, servers=rows))
    yield SimpleNamespace(page=page, site=site, server=server)
    server.stop()


def ask(page, *models, blind=False):
    page.get_by_label("Message").fill("Where is my parcel?")
    page.locator("[data-picker] summary").click()
    search = page.get_by_label("Find a model")
    for name in models:
        search.fill(name)
        page.locator(f"[data-add-model='lm-studio/{name}']").click()
    expect(page.locator(".playground-chip")).to_have_count(len(models))
    if blind:
        page.get_by_role("switch", name="Hide names").check()
    page.get_by_label("Message").press("Control+Enter")
    page.wait_for_url("**/playground/runs/**")


def test_three_models_answer_blind_and_the_vote_names_them(room, visit):
    page = room.page
    page.goto(f"{room.site.url}/playground/")
    ask(page, "poet", "clerk", "silent", blind=True)

    columns = page.locator(".playground-columns > article")
    expect(columns).to_have_count(3)
    expect(page.locator("[data-state=done]")).to_have_count(2)
    expect(page.locator("[data-state=failed]")).to_contain_text("No answer.")
    expect(page.locator("[data-state=done]", has_text="but loved.")).to_be_visible()
    expect(page.get_by_role("button", name="About equal")).to_be_visible()
    answers = page.locator("#playground-answers").inner_html()
    assert not [name for name in ("poet", "clerk", "silent") if name in answers]

    page.locator("article", has_text="but loved.").get_by_role(
        "button", name="Best answer"
    ).click()

    winner = page.locator("article", has_text="but loved.")
    expect(winner.get_by_role("link", name="poet")).to_be_visible()
    expect(winner.get_by_role("button", name="Best answer")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(winner.get_by_text("First token")).to_be_visible()
    expect(page.get_by_text("speaks to nobody")).to_be_visible()
    expect(page.locator("#playground-votes")).to_contain_text("at least 4 more")

    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#playground-diff-result del").first).to_be_visible()
    winner.get_by_label("Show as code").click()
    code = page.locator("#playground-dialog")
    expect(code).to_contain_text("MODELHUB_TOKEN")
    expect(code).to_contain_text("lm-studio/poet")
    code.get_by_label("Close").click()
    assert serious_violations(page, page.url) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page_width(page, page.url) <= 390

    page.get_by_role("button", name="Share", exact=True).click()
    link = page.get_by_label("Link to this run").inner_text()
    page.goto(link)
    expect(page.get_by_text("is lost and filed.")).to_be_visible()
    expect(page.get_by_text("was voted the best answer, blind")).to_be_visible()
    expect(page.get_by_role("button", name="Best answer")).to_have_count(0)


def test_stop_ends_the_call_and_keeps_what_was_written(room):
    page = room.page
    page.goto(f"{room.site.url}/playground/")
    ask(page, "slow", "poet")
    slow = page.locator("article", has_text="A beginning")
    expect(slow).to_be_visible()
    expect(page.locator("[data-state=done]")).to_have_count(1)

    page.get_by_role("button", name="Stop", exact=True).click()

    expect(page.locator("[data-state=stopped]")).to_contain_text("A beginning")
    expect(page.locator("[data-state=stopped]")).to_contain_text("Stopped.")
    page.reload()
    expect(page.locator("[data-state=stopped]")).to_contain_text("A beginning")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
