"""A model, a feature and a prompt are tried where they stand, by a real call."""

import pytest
from playwright.sync_api import expect

from tests.pages.test_connect_and_call import FIRST, office  # noqa: F401
from tests.upstream import openai_wire

pytestmark = pytest.mark.browser


@pytest.fixture
def streaming(office):  # noqa: F811
    """The first server writes in pieces what system prompt and message it got."""

    def handler(received):
        if received.path.endswith("/models"):
            return openai_wire.models("qwen3-32b")
        said = " | ".join(one["content"] for one in received.json["messages"])
        return openai_wire.stream("Heard: ", said, model="qwen3-32b")

    office.servers[0].handler = handler
    return office


def test_a_prompt_is_tried_on_a_model(streaming):
    page, site = streaming.page, streaming.site
    page.goto(f"{site.url}/prompts/")
    page.get_by_role("link", name="Write the first prompt").click()
    page.get_by_label("Name").fill("GREETER")
    page.get_by_label("Text").press_sequentially("Greet in {{language}}.")
    page.get_by_role("button", name="Declare language").click()
    page.get_by_label("Default of language").wait_for()
    page.get_by_role("button", name="Create prompt").click()
    page.wait_for_url("**/prompts/GREETER/")
    trial = page.get_by_role("form", name="Try it")
    trial.get_by_label("language").fill("Danish")
    trial.get_by_label("Model").select_option(FIRST)
    trial.get_by_label("Message").fill("Good morning")

    trial.get_by_role("button", name="Send").click()

    expect(trial.get_by_role("log")).to_have_text(
        "Heard: Greet in Danish. | Good morning"
    )
    expect(trial.get_by_text("First token")).to_be_visible()
    expect(trial.get_by_text("not priced")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    trial.get_by_role("link", name="The request with its trace").click()
    expect(page.get_by_role("heading", name="Request", exact=True)).to_be_visible()


def test_a_model_that_fails_says_why(streaming):
    page, site = streaming.page, streaming.site
    page.goto(f"{site.url}/models/{FIRST}/")
    trial = page.get_by_role("form", name="Try it")
    streaming.servers[0].stop()

    trial.get_by_label("Message").fill("Hello?")
    trial.get_by_label("Message").press("Control+Enter")

    expect(trial.get_by_role("alert")).to_contain_text("refused the connection")


def test_a_feature_is_tried_with_its_fallback(streaming):
    page, site = streaming.page, streaming.site
    streaming.assign(FIRST, "vllm/mistral-small-24b")
    page.goto(f"{site.url}/features/photo-tagging/")
    trial = page.get_by_role("form", name="Try it")

    trial.get_by_role("button", name="Send").click()
    expect(trial.get_by_role("alert")).to_contain_text("Write a message.")
    trial.get_by_label("Message").fill("What is this?")
    trial.get_by_role("button", name="Send").click()

    expect(trial.get_by_role("log")).to_have_text("Heard: What is this?")
    expect(trial.get_by_text(FIRST)).to_be_visible()
