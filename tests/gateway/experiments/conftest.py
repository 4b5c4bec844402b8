"""A site of two processes, on which experiments run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import httpx
import pytest

from recommender.experimenting.sticky import draw
from tests.gateway.site import GatewaySite, database_name, new_site

CHAT, MESSAGES = "/v1/chat/completions", "/v1/messages"
HELLO = [{"role": "user", "content": "Hi"}]
PATIENCE_S = 30
IN_A_ROW = 24


@dataclass
class Trial:
    """An experiment on a feature of the same name, as clients meet it."""

    site: GatewaySite
    key: str
    salt: str = ""
    arms: dict[str, int] = field(default_factory=dict)

    def bucket(self, unit: str) -> int:
        return draw(self.salt, unit).bucket

    def ask(self, who: str = "", path: str = CHAT, headers=None, **body):
        """Each time over a connection of its own, so that both processes answer."""
        sent = {"authorization": f"Bearer {self.site.token}", **(headers or {})}
        if who:
            sent["x-modelhub-user"] = who
        said = {"model": f"feature:{self.key}", "messages": HELLO, **body}
        if path == MESSAGES:
            said["max_tokens"] = 50
        return httpx.post(f"{self.site.url}{path}", json=said, headers=sent, timeout=20)

    def model(self, who: str = "", **said) -> str:
        answer = self.ask(who, **said)
        assert answer.status_code == 200, answer.text
        return answer.headers["x-modelhub-model"]

    def until(self, user: str, model: str) -> None:
        """Wait until every process gives `model` to this user."""
        deadline = time.monotonic() + PATIENCE_S
        seen = 0
        while seen < IN_A_ROW:
            seen = seen + 1 if self.model(user) == model else 0
            assert time.monotonic() < deadline, f"{model} does not answer {user}."

    def does(self, verb: str) -> None:
        change(self.site, "change", key=self.key, verb=verb)

    def rows(self, columns: str, tag: str, least: int = 1) -> list[tuple]:
        """The recorded attempts of requests with this tag, when they are written."""
        statement = (
            f"SELECT {columns} FROM analytics_usagerecord "  # noqa: S608  # ours
            f"WHERE tags->>'find' = '{tag}' ORDER BY started_at, attempt"
        )
        deadline = time.monotonic() + PATIENCE_S
        while len(found := self.site.query(statement)) < least:
            assert time.monotonic() < deadline, f"Only {len(found)} rows are there."
            time.sleep(0.05)
        return found


def change(site: GatewaySite, what: str, **given) -> dict:
    words = json.dumps([what, given])
    told = site.run("-m", "tests.gateway.experiments.changing", words)
    return json.loads(told.splitlines()[-1])


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewaySite]:
    folder = tmp_path_factory.mktemp("experiments")
    site = new_site(database_name("experiments"), folder, workers=2)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        site.drop()
        for upstream in site.upstreams.values():
            upstream.stop()


def started(
    site: GatewaySite, key: str, candidate: str = "openai/gpt-y", **said
) -> Trial:
    """An experiment on a new feature; every process knows it on return."""
    told = change(site, "start", key=key, candidate=candidate, **said)
    trial = Trial(site, key, told["salt"], told["arms"])
    end = 100 * (5 if said.get("kind") == "canary" else said.get("share", 50))
    inside = next(u for u in map(str, range(9999)) if trial.bucket(u) < end)
    trial.until(inside, candidate)
    return trial


@pytest.fixture
def start(serving: GatewaySite):
    serving.quiet()
    return partial(started, serving)
