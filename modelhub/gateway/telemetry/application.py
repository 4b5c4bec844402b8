"""The ASGI application under /otlp/."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

from analytics.otlp import json_body, protobuf
from analytics.otlp.mapping import Mapped, mapped
from analytics.otlp.points import Point
from analytics.otlp.undecodable import Undecodable
from modelhub import request_id
from modelhub.gateway.api.exchange import (
    ClientLeft,
    Exchange,
    Headers,
    Message,
    Receive,
    Send,
)
from modelhub.gateway.api.identity import token_of
from modelhub.gateway.api.parts import Desk
from modelhub.gateway.api.refusals import Refusal, refused
from modelhub.gateway.telemetry.packing import unpacked
from modelhub.gateway.telemetry.replies import (
    JSON,
    PROTOBUF,
    metrics_reply,
    status_reply,
    traces_reply,
)
from modelhub.gateway.telemetry.writing import Writing
from registry.models.api_token import TokenScope

log = logging.getLogger(__name__)

TRACES: Final = "/otlp/v1/traces"
METRICS: Final = "/otlp/v1/metrics"
SMALL: Final = 8 * 1024
"""Bytes that are decoded at once; more would keep other requests waiting."""
Decoded = TypeVar("Decoded")


class TelemetryApplication:
    """An ASGI application. `desk` is the gateway's, which knows the tokens; None while
    it starts."""

    def __init__(self, desk: Callable[[], Desk | None]) -> None:
        self._desk = desk
        self._writing = Writing()

    async def stop(self) -> None:
        await asyncio.to_thread(self._writing.stop)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        token = request_id.current.set(exchange.shown_id)
        try:
            await self._serve(exchange)
        except Refusal as refusal:
            await _refuse(exchange, refusal)
        except ClientLeft:
            pass
        except Exception:
            log.exception("Telemetry failed")
            if exchange.has_begun:
                raise
            message = f"ModelHub failed. Its log knows more of {exchange.shown_id}."
            await _refuse(exchange, refused(500, "internal_error", message))
        finally:
            request_id.current.reset(token)

    async def _serve(self, exchange: Exchange) -> None:
        _check_address(exchange)
        desk = self._desk()
        if desk is None:
            message = "ModelHub is not running yet."
            raise refused(503, "starting", message, retry_after="1")
        token = await token_of(desk, exchange, TokenScope.USAGE)
        is_json = _is_json(exchange)
        body = await exchange.body()
        packing = exchange.headers.get("content-encoding", "")
        if exchange.path == TRACES:
            batch = await _decoded(body, packing, _json_spans if is_json else _spans)
            rejected = await self._writing.send(token, batch=batch)
            reply = traces_reply(rejected, is_json=is_json)
        else:
            decode = json_body.points_of if is_json else protobuf.points_of
            points: list[Point] = await _decoded(body, packing, decode)
            rejected = await self._writing.send(token, points=points)
            reply = metrics_reply(rejected, is_json=is_json)
        await _answer(exchange, 200, reply, is_json=is_json)


def _spans(body: bytes) -> list[Mapped]:
    return [mapped(one) for one in protobuf.spans_of(body)]


def _json_spans(body: bytes) -> list[Mapped]:
    return [mapped(one) for one in json_body.spans_of(body)]


@cache
def _threads() -> ThreadPoolExecutor:
    """One is enough: decoding holds the interpreter anyway."""
    return ThreadPoolExecutor(1, "telemetry-decoding")


async def _decoded(
    body: bytes, packing: str, decode: Callable[[bytes], list[Decoded]]
) -> list[Decoded]:
    """Raises a refusal for what is packed wrongly or no OTLP."""

    def work() -> list[Decoded]:
        try:
            return decode(unpacked(body, packing))
        except Undecodable as error:
            raise refused(400, "invalid_body", str(error)) from error

    if len(body) <= SMALL and not packing:
        return work()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads(), work)


def _check_address(exchange: Exchange) -> None:
    path = exchange.path
    if path == "/otlp/v1/logs":
        message = "Logs are not taken: send traces and metrics."
        raise refused(404, "not_found", message)
    if path not in (TRACES, METRICS):
        message = f"There is nothing at {path[:200]}: send to {TRACES} or {METRICS}."
        raise refused(404, "not_found", message)
    if exchange.method != "POST":
        message = f"{path} takes POST, not {exchange.method}."
        raise refused(405, "method_not_allowed", message, allow="POST")


def _is_json(exchange: Exchange) -> bool:
    """Raises a refusal for a content type that is neither."""
    said = exchange.headers.get("content-type", "")
    kind = said.partition(";")[0].strip().lower()
    if kind not in (JSON, PROTOBUF):
        message = f"Send {PROTOBUF} or {JSON}, not {kind[:60] or 'nothing'!r}."
        raise refused(415, "unsupported_media_type", message)
    return kind == JSON


async def _refuse(exchange: Exchange, refusal: Refusal) -> None:
    kind = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_json = kind != PROTOBUF
    headers = [
        (name.encode(), value.encode("latin-1", "replace"))
        for name, value in refusal.headers.items()
    ]
    body = status_reply(refusal.status, refusal.message, is_json=is_json)
    await _answer(exchange, refusal.status, body, headers, is_json=is_json)


async def _answer(
    exchange: Exchange,
    status: int,
    body: bytes,
    headers: Headers | None = None,
    *,
    is_json: bool,
) -> None:
    kind = (JSON if is_json else PROTOBUF).encode()
    length = (b"content-length", str(len(body)).encode())
    await exchange.begin(status, kind, [length, *(headers or [])])
    await exchange.write(body, is_last=True)
