"""One relayed call of one candidate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from modelhub.gateway.pieces import Answer, Piece
from modelhub.gateway.relay.body import ClientBody
from modelhub.gateway.relay.client import (
    RelayClient,
    RelayFailure,
    RelayReply,
    RelayRequest,
)
from modelhub.gateway.relay.dialect import (
    Dialect,
    Prepared,
    Sent,
    Source,
    StreamReading,
)
from modelhub.gateway.relay.patience import StreamPatience
from modelhub.gateway.relay.unpacking import ACCEPTED
from registry.providers.adapter import Endpoint, Timeouts
from registry.providers.errors import (
    AuthenticationError,
    ModelCallError,
    NetworkError,
    TruncatedStreamError,
)
from registry.providers.failures import error_from_status, request_id
from registry.providers.sse import EventReader
from registry.providers.transport_failures import network_error, unreadable
from registry.resolution.plan import Candidate

AGENT: Final = "ModelHub"
EVENTS: Final = "text/event-stream"
JSON: Final = "application/json"
ERROR_BODY_S: Final = 5.0
"""How long to wait for what a provider says beside its error status."""


@dataclass(frozen=True, slots=True)
class RelayWay:
    """A Way. `client_headers` are the client's, in lower case; `began` hears of every
    stream that begins, so that another model can go on in it."""

    client: RelayClient
    dialect: Dialect
    body: ClientBody
    client_headers: Mapping[str, str]
    began: Callable[[Sent], None]

    @property
    def is_relayed(self) -> bool:
        return True

    async def send(self, candidate: Candidate, timeouts: Timeouts) -> Answer:
        endpoint = candidate.connection.endpoint
        prepared = self.dialect.prepare(self.body, candidate, is_stream=False)
        loop = asyncio.get_running_loop()
        until = loop.time() + timeouts.total
        reply = await self._post(
            endpoint, prepared, timeouts.connect, timeouts.total, is_stream=False
        )
        try:
            await _check_status(reply, endpoint)
            body = await reply.body(until - loop.time())
        except RelayFailure as failure:
            raise _error(endpoint, failure, "total", timeouts.total) from failure
        finally:
            reply.close()
        answer = self.dialect.answer(body, _source(endpoint, reply))
        if prepared.notes:
            answer.trace = prepared.notes + answer.trace
        return answer

    async def stream(
        self, candidate: Candidate, timeouts: Timeouts
    ) -> AsyncIterator[Piece]:
        endpoint = candidate.connection.endpoint
        prepared = self.dialect.prepare(self.body, candidate, is_stream=True)
        patience = StreamPatience(timeouts)
        reply = await self._post(
            endpoint, prepared, timeouts.connect, patience.headers_s, is_stream=True
        )
        try:
            await _check_stream(reply, endpoint)
            reading = self.dialect.reading(
                _source(endpoint, reply), hides_usage=prepared.hides_usage
            )
            self.began(reading.sent)
            if prepared.notes:
                yield Piece(b"", trace=prepared.notes)
            events = EventReader()
            while True:
                data = await _next(reply, endpoint, reading, patience)
                for event in events.feed(data) if data else events.close():
                    piece = reading.read(event)
                    if piece is None:
                        continue
                    if piece.has_content:
                        patience.had_content = True
                    if piece.finish_reason:
                        patience.finished(has_usage=reading.usage is not None)
                    yield piece
                    if piece.is_last:
                        return
                if not data:
                    break
            if reading.finish_reason is None:
                raise _cut(
                    endpoint,
                    reply,
                    reading,
                    "ended its stream before the answer was over",
                )
            yield reading.closing()
        finally:
            reply.close()

    async def _post(
        self,
        endpoint: Endpoint,
        prepared: Prepared,
        connect_s: float,
        headers_s: float,
        *,
        is_stream: bool,
    ) -> RelayReply:
        headers = [
            ("content-type", JSON),
            ("accept", EVENTS if is_stream else JSON),
            ("accept-encoding", "identity" if is_stream else ACCEPTED),
            ("user-agent", AGENT),
            *self.dialect.headers(self.client_headers),
            *endpoint.headers.items(),
        ]
        if endpoint.api_key:
            headers.append(
                (endpoint.key_header, f"{endpoint.key_prefix}{endpoint.api_key}")
            )
        request = RelayRequest(self.dialect.url(endpoint), headers, prepared.body)
        try:
            return await self.client.post(request, connect_s, headers_s)
        except RelayFailure as failure:
            raise _error(endpoint, failure, "silence", headers_s) from failure


async def _next(
    reply: RelayReply,
    endpoint: Endpoint,
    reading: StreamReading,
    patience: StreamPatience,
) -> bytes:
    """The next bytes; empty at the end. Whatever happens after the finish reason is
    the end: the answer is complete."""
    limit_s, code = patience.next()
    try:
        return await reply.read(limit_s)
    except RelayFailure as failure:
        if reading.finish_reason is not None:
            return b""
        if failure.code == "reset" and patience.had_content:
            what = "closed the connection in mid-answer"
            raise _cut(endpoint, reply, reading, what) from failure
        raise _error(endpoint, failure, code, limit_s) from failure


def _cut(
    endpoint: Endpoint, reply: RelayReply, reading: StreamReading, what: str
) -> TruncatedStreamError:
    return TruncatedStreamError(
        f"{endpoint.provider} {what}.",
        provider=endpoint.provider,
        code="truncated",
        provider_request_id=request_id(reply.headers),
        usage=reading.usage,
    )


async def _check_status(reply: RelayReply, endpoint: Endpoint) -> None:
    if 200 <= reply.status < 300:
        return
    try:
        body = await reply.body(ERROR_BODY_S)
    except RelayFailure:
        body = b""
    raise error_from_status(
        endpoint.provider, reply.status, reply.headers, body, _secrets(endpoint)
    )


async def _check_stream(reply: RelayReply, endpoint: Endpoint) -> None:
    """Raises what is wrong before the first event: a status, or no stream at all."""
    await _check_status(reply, endpoint)
    kind = reply.headers.get("content-type", EVENTS)
    if kind.startswith((JSON, "text/html")):
        try:
            body = await reply.body(ERROR_BODY_S)
        except RelayFailure:
            body = b""
        raise _instead_of_stream(body, reply, endpoint)


def _instead_of_stream(
    body: bytes, reply: RelayReply, endpoint: Endpoint
) -> ModelCallError:
    if b'"error"' in body:
        return error_from_status(
            endpoint.provider, 500, reply.headers, body, _secrets(endpoint)
        )
    what = "it sent no stream"
    return _source(endpoint, reply).unreadable(what, body)


def _source(endpoint: Endpoint, reply: RelayReply) -> Source:
    return Source(
        endpoint.provider,
        reply.headers,
        endpoint.quirks,
        _secrets(endpoint),
        request_id(reply.headers),
    )


def _secrets(endpoint: Endpoint) -> tuple[str, ...]:
    return (endpoint.api_key, *endpoint.headers.values())


def _error(
    endpoint: Endpoint, failure: RelayFailure, waited_code: str, waited_s: float
) -> ModelCallError:
    provider = endpoint.provider
    if failure.code == "waited":
        return network_error(provider, waited_code, waited_s)
    if failure.code == "malformed":
        return unreadable(provider, failure.detail or "its answer cannot be read")
    if failure.code == "malformed_header":
        return AuthenticationError(
            "The key or an extra header holds characters that HTTP does not allow.",
            provider=provider,
            code="malformed_key",
        )
    if failure.code == "address" and failure.detail:
        message = f"{provider} is not called: {failure.detail}"
        return NetworkError(message, provider=provider, code="address")
    return network_error(provider, failure.code)
