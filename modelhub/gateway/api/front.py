"""What stands before the applications: /v1/ is the gateway's, /otlp/ that of
telemetry, the rest Django's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from modelhub.gateway.api.application import GatewayApplication
from modelhub.gateway.api.exchange import Message, Receive, Send
from modelhub.gateway.telemetry.application import TelemetryApplication

Application = Callable[[Any, Any, Any], Awaitable[None]]
"""Any: Django types the messages of ASGI in a way of its own."""


class Front:
    """An ASGI application. Start and end of the server are the gateway's alone: Django
    knows neither."""

    def __init__(self, gateway: GatewayApplication, pages: Application) -> None:
        self._gateway = gateway
        self._telemetry = TelemetryApplication(lambda: gateway.desk)
        self._pages = pages

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            await self._gateway(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/otlp/"):
            await self._telemetry(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._gateway.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self._telemetry.stop()
                await self._gateway.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return
