"""How HTTP clients for providers are made. A client belongs to the event loop in which
it is used; whoever makes it closes it there."""

from __future__ import annotations

import ssl
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx2

from registry.providers.adapter import Timeouts

MAX_CONNECTIONS: Final = 500
MAX_IDLE_CONNECTIONS: Final = 100
KEEP_ALIVE_S: Final = 60.0


def make_client(
    *,
    max_connections: int = MAX_CONNECTIONS,
    max_idle_connections: int = MAX_IDLE_CONNECTIONS,
    timeouts: Timeouts | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> httpx2.AsyncClient:
    """A client that follows no redirect (a key must not go where it was not sent),
    reads no proxy from the environment, and keeps no cookies: one client serves many
    organisations."""
    return httpx2.AsyncClient(
        limits=httpx2.Limits(
            max_connections=max_connections,
            max_keepalive_connections=max_idle_connections,
            keepalive_expiry=KEEP_ALIVE_S,
        ),
        timeout=http_timeout(timeouts or Timeouts()),
        follow_redirects=False,
        trust_env=False,
        verify=_tls(),
        transport=transport,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


def http_timeout(timeouts: Timeouts) -> httpx2.Timeout:
    """The library's own timers. The finer ones (first token, idle, total) are kept by
    the adapters; these stand behind them."""
    longest = max(timeouts.total, timeouts.first_token, timeouts.idle)
    return httpx2.Timeout(longest, connect=timeouts.connect, pool=timeouts.connect)


@cache
def _tls() -> ssl.SSLContext:
    """Reading the certificates takes 20 ms; clients share them."""
    return httpx2.create_ssl_context()
