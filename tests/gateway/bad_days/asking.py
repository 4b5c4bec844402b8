"""Asks a running gateway through the official SDKs, and looks up what was recorded."""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import anthropic
import httpx
import openai
import psycopg
from psycopg.rows import dict_row

from tests.gateway.bad_days.seeding import BREAKABLE, LANES
from tests.gateway.site import GatewaySite
from tests.migrated import database_url
from tests.upstream import anthropic_wire, openai_wire
from tests.upstream.server import FakeUpstream

HELLO = [{"role": "user", "content": "Hi"}]
WIRES = {"acme": openai_wire, "anthropic": anthropic_wire}
ROWS_S = 5
RECORDED = """
    SELECT provider.slug || '/' || model.model_name AS reference, usage.*
    FROM analytics_usagerecord AS usage
    JOIN registry_aimodel AS model ON model.id = usage.ai_model_id
    JOIN registry_provider AS provider ON provider.id = model.provider_id
    WHERE usage.tags->>'test' = %s ORDER BY usage.attempt
"""


@dataclass(frozen=True)
class Way:
    """Which SDK asks (`openai`, `anthropic`) for a model of which provider (`acme`
    speaks OpenAI's format)."""

    sdk: str
    provider: str
    is_stream: bool = False

    @property
    def is_relayed(self) -> bool:
        return (self.sdk == "anthropic") == (self.provider == "anthropic")

    @property
    def wire(self) -> ModuleType:
        """What the provider speaks."""
        return WIRES[self.provider]

    @property
    def errors(self) -> ModuleType:
        """The SDK with its exception classes."""
        return {"openai": openai, "anthropic": anthropic}[self.sdk]

    def __str__(self) -> str:
        kind = "stream" if self.is_stream else "whole"
        return f"{self.sdk}-to-{self.provider}-{kind}"


PAIRS = [(sdk, provider) for sdk in ("openai", "anthropic") for provider in WIRES]
WHOLE = [Way(*pair) for pair in PAIRS]
STREAMS = [Way(*pair, is_stream=True) for pair in PAIRS]
WAYS = [*WHOLE, *STREAMS]
# Each has both SDKs, both providers, both kinds and both ways once.
SOME = [WHOLE[0], WHOLE[1], STREAMS[2], STREAMS[3]]
OTHERS = [STREAMS[0], STREAMS[1], WHOLE[2], WHOLE[3]]


@dataclass
class Said:
    """What the SDK made of an answer. `texts` are filled while a stream runs, so that
    they hold what came before an error; `ids` are of the messages that began."""

    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    finish: str = ""
    model: str = ""
    output_tokens: int | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "".join(self.texts)


@dataclass
class Asker:
    """`model` is one that no other test has used lately, `tag` marks the records of
    this test."""

    site: GatewaySite
    sdks: dict[tuple[str, str], Any]  # The clients, by SDK and organisation.
    lanes: itertools.cycle
    database: psycopg.Connection
    http: httpx.Client  # For requests that no SDK makes.
    tag: str = ""
    lane: int = 0

    @classmethod
    def of(cls, site: GatewaySite) -> Asker:
        lanes = itertools.cycle(range(10, LANES))
        return cls(site, {}, lanes, connected(site), httpx.Client(timeout=20))

    def begin(self) -> Asker:
        self.tag, self.lane = uuid.uuid4().hex, next(self.lanes)
        return self

    def model(self, way: Way) -> str:
        return f"{way.provider}/{BREAKABLE[way.provider]}-{self.lane}"

    def upstream(self, way: Way) -> FakeUpstream:
        return self.site.upstreams[way.provider]

    def breaks(self, way: Way, reply, *, once: bool = False) -> None:
        """The provider answers so from now on."""
        if once:
            self.upstream(way).script = [reply]
        else:
            self.upstream(way).handler = lambda received: reply

    def headers(self, **more) -> dict[str, str]:
        shown = {f"x-modelhub-{name}": str(value) for name, value in more.items()}
        shown["x-modelhub-tags"] = f"test={self.tag}"
        return {name.replace("_", "-"): value for name, value in shown.items()}

    def client(self, sdk: str, organization: str = "site"):
        key = (sdk, organization)
        if key not in self.sdks:
            token = self.site.tokens[organization]
            if sdk == "openai":
                made = openai.OpenAI(
                    base_url=f"{self.site.url}/v1", api_key=token, max_retries=0
                )
            else:
                made = anthropic.Anthropic(
                    base_url=self.site.url, api_key=token, max_retries=0
                )
            self.sdks[key] = made
        return self.sdks[key]

    def ask(
        self,
        way: Way,
        *,
        model: str = "",
        organization: str = "site",
        said: Said | None = None,
        asked: dict | None = None,
        **headers,
    ) -> Said:
        """Ask, and read to the end; raises what the SDK raises. `headers` are those of
        ModelHub (`timeout=2`)."""
        said = Said() if said is None else said
        fields = {
            "model": model or self.model(way),
            "messages": HELLO,
            "stream": way.is_stream,
            "extra_headers": self.headers(**headers),
            **(asked or {}),
        }
        client = self.client(way.sdk, organization)
        if way.sdk == "anthropic":
            _ask_anthropic(client, {"max_tokens": 64} | fields, said)
        else:
            _ask_openai(client, fields, said)
        return said

    def rows(self, count: int = 1, within_s: float = ROWS_S) -> list[dict]:
        """What was recorded of this test's requests, once it is so many attempts."""
        until = time.monotonic() + within_s
        while True:
            found = self.database.execute(RECORDED, [self.tag]).fetchall()
            if len(found) >= count or time.monotonic() > until:
                assert len(found) == count, [summary(row) for row in found]
                return found
            time.sleep(0.03)

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """Nobody reaches the site's database meanwhile, and who was there is thrown
        out."""
        name = self.site.database
        allow = f"ALTER DATABASE {name} ALLOW_CONNECTIONS"
        out = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        )
        with psycopg.connect(database_url("postgres"), autocommit=True) as admin:
            admin.execute(f"{allow} false")
            try:
                admin.execute(out, [name])
                yield
            finally:
                admin.execute(f"{allow} true")
                self.database.close()
                self.database = connected(self.site)

    def close(self) -> None:
        self.database.close()
        self.http.close()
        for client in self.sdks.values():
            client.close()


def connected(site: GatewaySite) -> psycopg.Connection:
    url = database_url(site.database)
    return psycopg.connect(url, autocommit=True, row_factory=dict_row)


def summary(row: dict) -> tuple:
    return row["reference"], row["outcome"], row["error_kind"], row["error_code"]


def _ask_openai(client: openai.OpenAI, fields: dict, said: Said) -> None:
    raw = client.chat.completions.with_raw_response.create(**fields)
    said.headers = dict(raw.headers)
    answer = raw.parse()
    if not fields["stream"]:
        choice = answer.choices[0]
        said.texts.append(choice.message.content or "")
        said.finish, said.model = choice.finish_reason, answer.model
        said.output_tokens = answer.usage and answer.usage.completion_tokens
        return
    with answer as chunks:
        for chunk in chunks:
            said.model = chunk.model
            if chunk.id not in said.ids:
                said.ids.append(chunk.id)
            for choice in chunk.choices:
                said.texts.append(choice.delta.content or "")
                said.finish = choice.finish_reason or said.finish


def _ask_anthropic(client: anthropic.Anthropic, fields: dict, said: Said) -> None:
    raw = client.messages.with_raw_response.create(**fields)
    said.headers = dict(raw.headers)
    answer = raw.parse()
    if not fields["stream"]:
        said.texts += [block.text for block in answer.content]
        said.finish, said.model = answer.stop_reason, answer.model
        said.output_tokens = answer.usage and answer.usage.output_tokens
        return
    with answer as events:
        for event in events:
            if event.type == "message_start":
                said.model = event.message.model
                said.ids.append(event.message.id)
            elif event.type == "content_block_delta":
                said.texts.append(event.delta.text)
            elif event.type == "message_delta":
                said.finish = event.delta.stop_reason
                said.output_tokens = event.usage and event.usage.output_tokens
