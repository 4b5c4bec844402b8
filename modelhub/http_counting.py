"""Counts requests for Prometheus: those of pages, of the APIs and of the gateway."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from registry.instruments import counted, counter, histogram

AREAS: Final = frozenset({"v1", "otlp", "api", "admin", "static"})
"""First parts of paths that are told apart; the rest is `pages`."""
PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ANSWER: Final = "none"

Application = Callable[[Any, Any, Any], Awaitable[None]]


class HttpCounting:
    """An ASGI application around another one. A stream lasts until its end."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._application(scope, receive, send)
            return
        begun = time.perf_counter()
        status = NO_ANSWER

        async def noting(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._application(scope, receive, noting)
        finally:
            passed = time.perf_counter() - begun
            counted(lambda: _note(scope, status, passed))


def _note(scope: Any, status: str, passed_s: float) -> None:
    first = scope["path"].split("/", 2)[1:2]
    area = first[0] if first and first[0] in AREAS else "pages"
    method = scope["method"] if scope["method"] in METHODS else "other"
    counter(
        "modelhub_http_requests", "Requests answered.", ("area", "method", "status")
    ).labels(area, method, status).inc()
    histogram(
        "modelhub_http_request_duration_seconds", "Time of a request.", ("area",)
    ).labels(area).observe(passed_s)
