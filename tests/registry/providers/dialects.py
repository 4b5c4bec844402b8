"""The dialects over which one contract of all adapters runs, and how a test calls them.

A wire module has: completion(text, model=), stream(*texts, usage=, is_finished=),
error(status, code, message, **headers), error_event(), models(*names) and echo; its
USAGE means 12 input tokens, 4 of them cached, and 5 output tokens, 2 of them reasoning.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from registry.provider_client import provider_client
from registry.providers.adapter import Endpoint, ModelTraits, Timeouts
from registry.providers.adapters import adapter_for
from registry.providers.request import ModelRequest
from registry.providers.response import StreamChunk
from registry.usage import Usage
from tests.upstream import anthropic_wire, google_wire, ollama_wire, openai_wire
from tests.upstream.server import FakeUpstream

USAGE = Usage(input_tokens=12, output_tokens=5, cache_read_tokens=4, reasoning_tokens=2)
QUICK = Timeouts(connect=2, total=0.6, first_token=0.25, idle=0.25)
PATIENT = Timeouts(connect=2, total=10, first_token=5, idle=5)
HELLO = ModelRequest(prompt="Hi", max_tokens=100)


@dataclass(frozen=True)
class Dialect:
    """`broken` is an event that is no JSON; `usage` what USAGE of the wire means;
    `error_code` what its error event does."""

    name: str
    wire: ModuleType
    base_path: str = ""
    broken: bytes = b"data: {oops\n\n"
    usage: Usage = USAGE
    error_code: str = "overloaded"

    def __str__(self) -> str:
        return self.name


DIALECTS = [
    Dialect("openai", openai_wire, base_path="/v1"),
    Dialect("anthropic", anthropic_wire),
    Dialect("google", google_wire, base_path="/v1beta"),
    Dialect(
        "ollama",
        ollama_wire,
        broken=b"{oops\n",
        usage=Usage(input_tokens=12, output_tokens=5),
        error_code="server_error",
    ),
]


@dataclass
class Calls:
    """An adapter of one dialect at one fake provider. Each call has an event loop and
    a client of its own and checks that neither tasks nor connections are left."""

    dialect: Dialect
    upstream: FakeUpstream

    def run(self, work: Callable[[Any], Awaitable[Any]], **endpoint: Any) -> Any:
        return asyncio.run(self._run(work, endpoint))

    async def _run(self, work: Callable[[Any], Awaitable[Any]], changes: Any) -> Any:
        endpoint = Endpoint(
            **{
                "provider": "acme",
                "dialect": self.dialect.name,
                "base_url": f"{self.upstream.url}{self.dialect.base_path}",
                "api_key": "key-of-test",
                **changes,
            }
        )
        async with provider_client() as client:
            try:
                return await work(adapter_for(endpoint, client))
            finally:
                await asyncio.sleep(0)
                left = asyncio.all_tasks() - {asyncio.current_task()}
                assert not left, f"Tasks were left: {left}"

    def generate(self, request: ModelRequest = HELLO, timeouts=PATIENT, **more) -> Any:
        model = more.pop("model", ModelTraits("model-x"))
        return self.run(
            lambda adapter: adapter.generate(model, request, timeouts), **more
        )

    def stream(
        self, request: ModelRequest = HELLO, timeouts=PATIENT, **more
    ) -> list[StreamChunk]:
        """Every chunk; what came before an error is lost."""
        model = more.pop("model", ModelTraits("model-x"))

        async def work(adapter: Any) -> list[StreamChunk]:
            return [chunk async for chunk in adapter.stream(model, request, timeouts)]

        return self.run(work, **more)


def text_of(chunks: list[StreamChunk]) -> str:
    return "".join(chunk.text for chunk in chunks)
