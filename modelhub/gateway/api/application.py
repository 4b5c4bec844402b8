"""The ASGI application: routes, errors, start and end."""

from __future__ import annotations

import asyncio
import datetime
import logging
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Final
from urllib.parse import unquote

from django.db import Error, connection

from modelhub import request_id
from modelhub.gateway.api.completions import complete
from modelhub.gateway.api.exchange import ClientLeft, Exchange, Message, Receive, Send
from modelhub.gateway.api.feedback import give_feedback
from modelhub.gateway.api.model_list import is_anthropic, list_models, show_model
from modelhub.gateway.api.parts import Desk, RunningGateway
from modelhub.gateway.api.refusals import Refusal, refused
from modelhub.gateway.relay.pooled_client import PooledClient
from modelhub.gateway.wire.formats import ANTHROPIC, OPENAI
from registry.providers.adapters import ADAPTERS
from registry.resolution.source import ConfigurationNotLoaded
from registry.services.api_tokens import TokenUse

log = logging.getLogger(__name__)

MODELS: Final = "/v1/models"
MESSAGES: Final = "/v1/messages"
POSTS: Final = ("/v1/chat/completions", MESSAGES, "/v1/feedback")
FLUSH_EVERY_S: Final = 30.0
RETRY_S: Final = 2.0
SWITCH_S: Final = 0.0005
"""After so long a thread of the background must give the interpreter back. Python's
usual 5 ms would be added to every request that meets one."""
NOT_COUNTED: Final = (
    "ModelHub counts no tokens before a call: /v1/messages/count_tokens is not there. "
    "The usage of an answer tells them."
)

Open = Callable[[], Awaitable[RunningGateway]]


class GatewayApplication:
    """An ASGI application for paths under /v1/. `start` and `stop` belong to the event
    loop that serves it."""

    def __init__(self, open_gateway: Open) -> None:
        self._open = open_gateway
        self._desk: Desk | None = None
        self._token_use = TokenUse()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def desk(self) -> Desk | None:
        """What requests are answered with; None while that is not there."""
        return self._desk

    async def start(self) -> None:
        """Open the gateway. Where the configuration cannot be had yet, go on trying
        beside the pages, and refuse requests until it can."""
        sys.setswitchinterval(SWITCH_S)
        if not await self._try_to_open():
            self._tasks.append(asyncio.create_task(self._open_later()))
        self._tasks.append(asyncio.create_task(self._flush_now_and_then()))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        desk, self._desk = self._desk, None
        if desk is None:
            return
        await desk.relay.close()
        await desk.running.close()
        await asyncio.to_thread(self._flush)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send)
        token = request_id.current.set(exchange.shown_id)
        mine = request_id.organization.set("")
        try:
            await self._serve(exchange)
        except Refusal as refusal:
            await self._refuse(exchange, refusal)
        except ClientLeft:
            pass
        except Exception:
            log.exception("The gateway failed")
            if exchange.has_begun:
                raise
            message = f"ModelHub failed. Its log knows more of {exchange.shown_id}."
            await self._refuse(exchange, refused(500, "internal_error", message))
        finally:
            request_id.organization.reset(mine)
            request_id.current.reset(token)

    async def _serve(self, exchange: Exchange) -> None:
        desk = self._desk
        if desk is None:
            message = "The gateway is not running yet."
            raise refused(503, "starting", message, retry_after="1")
        path, method = exchange.path, exchange.method
        if method == "POST" and path in POSTS:
            await self._post(desk, exchange)
        elif path == MODELS and method in ("GET", "HEAD"):
            await list_models(desk, exchange)
        elif path.startswith(f"{MODELS}/") and method in ("GET", "HEAD"):
            word = unquote(path.removeprefix(f"{MODELS}/"))
            await show_model(desk, exchange, word)
        else:
            await _elsewhere(exchange)

    async def _post(self, desk: Desk, exchange: Exchange) -> None:
        if exchange.path == "/v1/feedback":
            await give_feedback(desk, exchange)
        else:
            wire = ANTHROPIC if exchange.path == MESSAGES else OPENAI
            await complete(desk, exchange, wire)

    async def _refuse(self, exchange: Exchange, refusal: Refusal) -> None:
        theirs = is_anthropic(exchange) or exchange.path.startswith(MESSAGES)
        headers = [
            (name.encode(), value.encode("latin-1", "replace"))
            for name, value in refusal.headers.items()
        ]
        document = refusal.document(exchange.shown_id, is_anthropic=theirs)
        await exchange.answer_json(document, headers, refusal.status)

    async def _try_to_open(self) -> bool:
        try:
            running = await self._open()
        except (ConfigurationNotLoaded, Error, OSError) as error:
            log.warning("The gateway cannot start yet: %s", error)
            return False
        self._desk = Desk(running, PooledClient(), self._token_use.note, _now)
        self._tasks.append(asyncio.create_task(asyncio.to_thread(_warm, running)))
        return True

    async def _open_later(self) -> None:
        while not await self._try_to_open():
            await asyncio.sleep(RETRY_S)

    async def _flush_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            await asyncio.to_thread(self._flush)

    def _flush(self) -> None:
        try:
            self._token_use.flush()
        except Error as error:
            log.warning("When tokens were used is not written yet: %s", error)
        finally:
            connection.close()


async def _elsewhere(exchange: Exchange) -> None:
    """OPTIONS, the wrong method, or no such path."""
    path = exchange.path
    is_model = path == MODELS or path.startswith(f"{MODELS}/")
    if path not in POSTS and not is_model:
        is_counting = path == f"{MESSAGES}/count_tokens"
        message = NOT_COUNTED if is_counting else f"There is nothing at {path}."
        raise refused(404, "not_found", message)
    allowed = "GET, HEAD, OPTIONS" if is_model else "POST, OPTIONS"
    if exchange.method != "OPTIONS":
        message = f"{path} takes {allowed}, not {exchange.method}."
        raise refused(405, "method_not_allowed", message, allow=allowed)
    await exchange.answer(b"", [(b"allow", allowed.encode())], 204)


def _warm(running: RunningGateway) -> None:
    """Import the adapters that are connected to, so that nobody waits for it later."""
    connections = running.snapshot.configuration.connections.values()
    for dialect in {one.endpoint.dialect for found in connections for one in found}:
        import_module(ADAPTERS[dialect][0])


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
