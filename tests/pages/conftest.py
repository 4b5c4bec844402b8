"""A real ModelHub for the browser tests: uvicorn in a process of its own, on a database
of its own with the whole catalogue, and a headless Chromium in front of it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.console_fork import ConsoleFork
from tests.gateway.site import database_name, free_port
from tests.migrated import create_migrated, database_url, drop_database
from tests.pages.patience import patient_people

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Site:
    """A running ModelHub and the way to its console command."""

    url: str
    environment: dict[str, str]
    console: ConsoleFork

    def modelhub(self, *words: str, variables: dict[str, str] | None = None) -> str:
        """Run `modelhub …` beside the running server, with `variables` added to its
        environment; its standard output."""
        done = self.console.run(*words, variables=variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sign_in_link(self, email: str, organization: str, role: str = "editor") -> str:
        """Make a person and answer the one-time link that signs them in."""
        printed = self.modelhub(
            "users", "add", email, "--organization", organization, "--role", role
        )
        path = re.search(r"/sign-in/link/\S+", printed)
        assert path, printed
        return self.url + path.group()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    database = database_name("pages")
    create_migrated(database)
    port = free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "modelhub.settings",
        "DATABASE_URL": database_url(database),
        "MODELHUB_VAR": str(tmp_path_factory.mktemp("var")),
        "SECRET_KEY": "browser-tests-only",
        "PORT": str(port),
    }
    console = ConsoleFork(environment)
    site = Site(f"http://127.0.0.1:{port}", environment, console)
    site.modelhub("collectstatic", "--noinput", "--verbosity", "0")
    site.modelhub("catalog", "sync")
    try:
        with web_server(site, port):
            yield site
    finally:
        console.close()
        drop_database(database)


@contextmanager
def web_server(site: Site, port: int) -> Iterator[str]:
    """One process that serves the site at `port`; its address."""
    web = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "modelhub.asgi:application"]
        + ["--port", str(port), "--log-level", "warning"],
        cwd=ROOT,
        env=site.environment,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(url)
        yield url
    finally:
        web.terminate()
        web.wait(timeout=15)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Of one module: while Playwright runs, its event loop stays entered, and a worker
    that goes on with other tests could run none of theirs."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS
        )
        with patient_people():
            yield browser
        browser.close()


@dataclass
class Visit:
    """One person's window, and everything its console complained about."""

    page: Page
    complaints: list[str]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open a window; `visit(link, theme="dark", width=390)`. At the end of the test
    no window may have a complaint in its console."""
    opened: list[tuple[BrowserContext, Visit]] = []

    def open_window(
        link: str, theme: str = "light", width: int = 1440, height: int = 1000
    ) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        window = Visit(page, [])
        page.on(
            "console",
            lambda message: (
                window.complaints.append(message.text)
                if message.type in {"error", "warning"}
                and not is_expected(message.text)
                else None
            ),
        )
        page.on("pageerror", lambda error: window.complaints.append(str(error)))
        opened.append((context, window))
        page.goto(link)
        return window

    yield open_window
    complaints = [text for _, window in opened for text in window.complaints]
    for context, _ in opened:
        context.close()
    assert complaints == []


def is_expected(text: str) -> bool:
    """The browser reports each 404, 409 and 422, also one that the test asked for, and
    HTMX each request that was under way when the person left the page."""
    if text.startswith(("htmx:afterRequest", "htmx:sendAbort")):
        return True
    return any(f"status of {code}" in text for code in (404, 409, 422))


def _wait_until_it_answers(url: str) -> None:
    for _ in range(150):
        try:
            if httpx.get(f"{url}/sign-in/").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer within 15 s")
