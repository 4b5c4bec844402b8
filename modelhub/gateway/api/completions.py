"""`POST /v1/chat/completions` and `POST /v1/messages`."""

from __future__ import annotations

import asyncio

from modelhub.gateway.api.events import EventStream
from modelhub.gateway.api.exchange import Exchange, Headers
from modelhub.gateway.api.identity import call_of, token_of
from modelhub.gateway.api.leaving import Departure
from modelhub.gateway.api.parts import Desk
from modelhub.gateway.api.refusals import refusal_of, refused
from modelhub.gateway.api.told import told_headers
from modelhub.gateway.api.variables import without_variables
from modelhub.gateway.call import Call, GatewayError
from modelhub.gateway.failures import error_for
from modelhub.gateway.pieces import Ways
from modelhub.gateway.relay.body import BadBody, parse_body
from modelhub.gateway.wire.formats import Format
from modelhub.gateway.wire.ways import ways_of
from registry.providers.errors import ModelCallError


async def complete(desk: Desk, exchange: Exchange, wire: Format) -> None:
    """Answer one request. Raises Refusal where nothing was sent yet."""
    token = await token_of(desk, exchange)
    text = await exchange.body()
    try:
        body = parse_body(text)
    except BadBody as error:
        raise refused(
            400, "invalid_body", error.message, error.parameter or None
        ) from error
    call = call_of(exchange, token, body, text)
    body = without_variables(body)
    try:
        ways = await ways_of(
            wire,
            body,
            exchange.headers,
            exchange.request_id,
            desk.relay,
            desk.running.adapters,
        )
    except ModelCallError as error:
        raise refusal_of(error_for(error)) from error
    departure = Departure(exchange.receive)
    try:
        if body.is_stream:
            await _stream(desk, exchange, call, ways, wire)
        else:
            await _whole(desk, exchange, call, ways)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.uncancel():
            raise
        if not departure.has_happened:
            await _stop(exchange, wire, is_stream=body.is_stream)
    finally:
        departure.close()


async def _stop(exchange: Exchange, wire: Format, *, is_stream: bool) -> None:
    """The server ends and waits no longer: tell it, also in the middle of a stream."""
    message = "ModelHub is stopping; ask again."
    refusal = refused(503, "stopping", message, retry_after="1")
    if not exchange.has_begun:
        raise refusal
    if is_stream:
        is_anthropic = wire.dialect.name == "anthropic"
        event = refusal.event(exchange.shown_id, is_anthropic=is_anthropic)
        await exchange.write(event, is_last=True)


async def _whole(desk: Desk, exchange: Exchange, call: Call, ways: Ways) -> None:
    try:
        result = await desk.running.gateway.answer(call, ways)
    except GatewayError as error:
        raise refusal_of(error) from error
    except ModelCallError as error:
        raise refusal_of(error_for(error)) from error
    payload = result.answer.payload
    if not isinstance(payload, bytes):
        message = "An answer over HTTP is bytes."
        raise TypeError(message)
    await exchange.answer(payload, told_headers(result))


async def _stream(
    desk: Desk, exchange: Exchange, call: Call, ways: Ways, wire: Format
) -> None:
    """Send pieces as they come. Headers go out with the first of them, or when a client
    has waited so long that it must be told that somebody is there."""
    is_anthropic = wire.dialect.name == "anthropic"
    events = EventStream(exchange)
    try:
        streaming = desk.running.gateway.stream(call, ways)
        try:
            async for piece in streaming:
                if piece.payload:
                    if not exchange.has_begun:
                        events.headers = _early(streaming.reference)
                    await events.write(piece.payload)
            await events.end(streaming.result)
        finally:
            await streaming.aclose()
    except (GatewayError, ModelCallError) as error:
        told = error if isinstance(error, GatewayError) else error_for(error)
        refusal = refusal_of(told)
        if not exchange.has_begun:
            raise refusal from error
        event = refusal.event(exchange.shown_id, is_anthropic=is_anthropic)
        await events.fail(event)
    finally:
        events.close()


def _early(reference: str) -> Headers:
    return [(b"x-modelhub-model", reference.encode("latin-1", "replace"))]
