"""A relayed call against a fake provider, as small as it gets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing

from modelhub.gateway.pieces import Answer, Piece
from modelhub.gateway.relay.anthropic_chat import AnthropicMessages
from modelhub.gateway.relay.body import parse_body
from modelhub.gateway.relay.openai_chat import OpenAIChat
from modelhub.gateway.relay.pooled_client import PooledClient
from modelhub.gateway.relay.way import RelayWay
from registry.providers.adapter import Endpoint, ModelTraits, Timeouts
from registry.resolution.entries import ConnectionEntry, ModelEntry
from registry.resolution.plan import Candidate

SHORT = Timeouts(connect=1, total=2, first_token=0.3, idle=0.3)
DIALECTS = {"openai": OpenAIChat(), "anthropic": AnthropicMessages()}
KEYS = {"openai": ("Authorization", "Bearer "), "anthropic": ("x-api-key", "")}


def candidate(
    url: str,
    dialect: str = "openai",
    model: str = "gpt-x",
    parameters=None,
    provider: str = "",
    **endpoint,
) -> Candidate:
    header, prefix = KEYS[dialect]
    at = Endpoint(
        provider=provider or dialect,
        dialect=dialect,
        base_url=url,
        api_key="sk-secret",
        key_header=header,
        key_prefix=prefix,
        **endpoint,
    )
    entry = ModelEntry(1, at.provider, model, None, ModelTraits(model))
    return Candidate(entry, ConnectionEntry(1, 1, "main", at), parameters or {})


def a_way(
    client: PooledClient, document: dict | bytes, dialect: str = "openai", **headers
) -> RelayWay:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    kept = {name.replace("_", "-"): value for name, value in headers.items()}
    return RelayWay(
        client, DIALECTS[dialect], parse_body(text), kept, lambda sent: None
    )


def with_client(use: Callable):
    """Run `use(client)` on an event loop of its own and close the client."""

    async def run():
        client = PooledClient()
        try:
            return await use(client)
        finally:
            await client.close()

    return asyncio.run(run())


def relayed(
    target: Candidate, document: dict | bytes, timeouts=SHORT, **headers
) -> Answer:
    dialect = target.connection.endpoint.dialect

    async def use(client: PooledClient) -> Answer:
        way = a_way(client, document, dialect, **headers)
        return await way.send(target, timeouts)

    return with_client(use)


def streamed(
    target: Candidate, document: dict | bytes, timeouts=SHORT, pieces=None
) -> list[Piece]:
    """All pieces; with a list given, they stand in it also after an error."""
    found: list[Piece] = [] if pieces is None else pieces
    dialect = target.connection.endpoint.dialect

    async def use(client: PooledClient) -> None:
        way = a_way(client, document, dialect)
        async with aclosing(way.stream(target, timeouts)) as stream:
            async for piece in stream:
                found.append(piece)

    with_client(use)
    return found


def sent_to_client(pieces: list[Piece]) -> bytes:
    return b"".join(piece.payload for piece in pieces)


def usage_of(pieces: list[Piece]):
    return next((one.usage for one in reversed(pieces) if one.usage), None)
