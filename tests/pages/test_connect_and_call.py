"""A person assigns models in the browser; the product calls the feature through the
official OpenAI SDK, and every page tells what happened."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import openai
import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Site, free_port, web_server
from tests.pages.patience import wait_until_it_shows_all
from tests.pages.test_accessibility import page_width, serious_violations
from tests.upstream import openai_wire
from tests.upstream.server import FakeUpstream

pytestmark = pytest.mark.browser

FIRST, SECOND = "lm-studio/qwen3-32b", "vllm/mistral-small-24b"
HELLO = [{"role": "user", "content": "What is this?"}]
FURNISH = """
from registry.models import AIModel, Organization, User
from registry.connection_providers import provider_named
from registry.services.connections import add_connection, draft_connection
from registry.services.discovery import discover
from registry.services.features import create_feature
from registry.services.model_settings import enable_model

organization = Organization.objects.get(slug={slug!r})
actor = User.objects.get(email={email!r})
connections = [
    add_connection(actor=actor, connection=draft_connection(
        organization=organization, provider=provider_named(slug), label=label,
        base_url=url,
    ))
    for slug, label, url in {servers!r}
]
discover(connections=connections)
for model in AIModel.objects.filter(connection_models__connection__in=connections):
    enable_model(organization=organization, ai_model=model, actor=actor)
create_feature(
    organization=organization, actor=actor, name="Photo tagging", key="photo-tagging"
)
"""


@dataclass
class Office:
    """An organisation with two servers, a feature without a model, and a product."""

    site: Site
    page: Page
    token: str
    servers: list[FakeUpstream]

    def ask(self, url: str = "") -> tuple[str, dict[str, str]]:
        """The answer as the product gets it, and its headers."""
        base_url = f"{url or self.site.url}/v1"
        with openai.OpenAI(base_url=base_url, api_key=self.token) as client:
            raw = client.chat.completions.with_raw_response.create(
                model="feature:photo-tagging", messages=HELLO
            )
        return raw.parse().choices[0].message.content, dict(raw.headers)

    def assign(self, model: str, fallback: str) -> None:
        page = self.page
        page.goto(f"{self.site.url}/features/photo-tagging/")
        page.get_by_label("Model", exact=True).select_option(label=f"{model} (custom)")
        others = page.get_by_label("Add fallback")
        expect(others).to_be_visible()
        expect(others.locator("option", has_text=model)).to_have_count(0)
        others.select_option(label=fallback)
        expect(others.locator("option", has_text=fallback)).to_have_count(0)
        page.get_by_role("button", name="Save assignment").click()
        expect(page.locator("#history")).to_contain_text("r1")


def serving(name: str):
    def handler(received):
        if received.path.endswith("/models"):
            return openai_wire.models(name)
        return openai_wire.completion(f"{name} says hello.", model=name)

    return handler


@pytest.fixture
def office(site, visit, request) -> Iterator[Office]:
    names = [one.partition("/")[2] for one in (FIRST, SECOND)]
    servers = [FakeUpstream(serving(name)).start() for name in names]
    slug = re.sub(r"\W|_", "-", request.node.name)[-30:].strip("-")
    email = f"{slug}@example.com"
    page = visit(site.sign_in_link(email, slug, "admin")).page
    rows = [
        ("lm-studio", "Rack 1", f"{servers[0].url}/v1"),
        ("vllm", "Rack 2", f"{servers[1].url}/v1"),
    ]
    site.modelhub("shell", "-c", FURNISH.format(slug=slug, email=email, servers=rows))
    page.goto(f"{site.url}/settings/tokens/")
    page.get_by_label("Name", exact=True).fill("shop")
    page.get_by_role("button", name="Create", exact=True).click()
    token = page.locator("#new-token").inner_text()
    yield Office(site, page, token, servers)
    for server in servers:
        server.stop()


def test_the_fallback_answers_when_the_primary_stopped_and_the_pages_say_so(office):
    page = office.page
    office.assign(FIRST, SECOND)
    text, headers = office.ask()
    assert text == "qwen3-32b says hello."
    assert (headers["x-modelhub-model"], headers["x-modelhub-attempts"]) == (FIRST, "1")

    office.servers[0].stop()
    text, headers = office.ask()

    assert text == "mistral-small-24b says hello."
    assert headers["x-modelhub-model"] == SECOND
    assert "Rack 1 failed (network:" in headers["x-modelhub-trace"]
    assert headers["x-modelhub-cost-state"] == "unpriced"
    calls = appears(page, f"{office.site.url}/features/photo-tagging/", "by a fallback")
    expect(calls).to_contain_text(SECOND)
    calls.get_by_role("link").first.click()
    attempts = page.get_by_role("region", name="Attempts")
    expect(attempts).to_contain_text("refused the connection")
    expect(attempts.get_by_role("listitem")).to_have_count(2)
    page.goto(f"{office.site.url}/connections/")
    page.get_by_role("button", name="Check all").click()
    expect(page.get_by_role("row", name=re.compile("Rack 1"))).to_contain_text(
        "Not reachable"
    )
    page.goto(f"{office.site.url}/features/photo-tagging/")
    told = f"A fallback: {FIRST} is not answering."
    expect(page.get_by_text(told)).to_be_visible()


def test_a_switch_in_the_browser_is_served_by_every_worker(office):
    page = office.page
    office.assign(FIRST, SECOND)
    with web_server(office.site, free_port()) as other:
        workers = [office.site.url, other]
        assert {office.ask(url)[0] for url in workers} == {"qwen3-32b says hello."}
        page.goto(f"{office.site.url}/features/")
        page.get_by_label("Model for Photo tagging").select_option(
            label=f"{SECOND} (custom)"
        )

        page.get_by_role("button", name="Switch", exact=True).click()
        expect(page.locator(".toasts")).to_contain_text("mistral-small-24b")

        # It takes some 30 ms; the bound is for machines that do much else.
        wanted = {"mistral-small-24b says hello."}
        until = time.monotonic() + 10
        while (answers := {office.ask(url)[0] for url in workers}) != wanted:
            assert time.monotonic() < until, answers


def appears(page: Page, url: str, words: str):
    """The recent calls of the feature's page, once `words` stand among them: calls are
    written in batches."""
    calls = page.get_by_role("region", name="Recent calls")
    for _ in range(20):
        page.goto(url)
        wait_until_it_shows_all(page)
        if words in calls.inner_text():
            break
        page.wait_for_timeout(250)
    expect(calls).to_contain_text(words)
    return calls


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_pages_with_calls_and_connections_are_accessible_and_fit(office, theme, width):
    page = office.page
    office.assign(FIRST, SECOND)
    office.servers[0].stop()
    office.ask()
    url = office.site.url
    calls = appears(page, f"{url}/features/photo-tagging/", "by a fallback")
    call = calls.get_by_role("link").first.get_attribute("href")
    page.goto(f"{url}/connections/")
    connection = page.get_by_role("link", name="LM Studio").get_attribute("href")
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    paths = [
        *("/features/photo-tagging/", "/requests/", "/connections/", call, connection),
        *(f"{connection}edit/", f"{connection}key/", f"{connection}delete/"),
    ]

    found = {path: serious_violations(page, url + path) for path in paths}
    wide = {path: page_width(page, url + path) for path in paths}

    assert {path: what for path, what in found.items() if what} == {}
    assert {path: is_wide for path, is_wide in wide.items() if is_wide > width} == {}
