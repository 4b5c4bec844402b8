"""The database's address: read strictly, and spoken of without its password."""

from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("postgres://", "postgresql://")
CONNECT_SECONDS = 10
POOL_WAIT_SECONDS = 3
POOL_RETRY_SECONDS = 2
"""The pool's pauses between attempts double for as long as it may retry; short, so that
the first request after an outage finds the database again."""
EXAMPLE = "postgresql://user:password@host:5432/modelhub"


def database_settings(
    url: str,
    *,
    conn_max_age: int,
    pool_size: int = 0,
    is_pooled: bool = False,
    variable: str = "DATABASE_URL",
) -> dict[str, Any]:
    """Django's settings for the PostgreSQL at `url`, which `variable` named.

    `pool_size` connections are kept by the process where it is above 0: under ASGI a
    request has a thread of its own, and a connection kept by a thread ends with it.
    Where it `is_pooled` by a pooler that lends sessions for a transaction, nothing may
    be left in a session that the next statement would need.
    """
    config = _read(url, variable)
    options = config.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", CONNECT_SECONDS)
    config["CONN_HEALTH_CHECKS"] = True
    config["CONN_MAX_AGE"] = 0 if pool_size else conn_max_age
    if is_pooled:
        config["DISABLE_SERVER_SIDE_CURSORS"] = True
        options["prepare_threshold"] = None
    if pool_size:
        options["pool"] = {
            "min_size": 1,
            "max_size": pool_size,
            "timeout": POOL_WAIT_SECONDS,
            "reconnect_timeout": POOL_RETRY_SECONDS,
        }
    return config


def direct_settings(direct_url: str, url: str) -> dict[str, Any] | None:
    """Those of the same database past the pooler that `url` leads through; None where
    there is no pooler to pass."""
    if not direct_url:
        return None
    if not url:
        message = "DATABASE_DIRECT_URL goes with DATABASE_URL, which is not set."
        raise ImproperlyConfigured(message)
    return database_settings(direct_url, conn_max_age=0, variable="DATABASE_DIRECT_URL")


def _read(url: str, variable: str) -> dict[str, Any]:
    if not url.startswith(SCHEMES):
        message = f"{variable} must name a PostgreSQL database: {EXAMPLE}"
        raise ImproperlyConfigured(message)
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError as error:
        message = (
            f"{variable} cannot be read; write it as {EXAMPLE}, with special "
            "characters of the password percent-encoded."
        )
        raise ImproperlyConfigured(message) from error
    if not config["NAME"]:
        message = f"{variable} names no database; write it as {EXAMPLE}"
        raise ImproperlyConfigured(message)
    return config


def database_label(config: dict[str, Any]) -> str:
    """Where the database is, for a message: `name at host:port`, no password."""
    host = config.get("HOST") or "this machine"
    port = f":{config['PORT']}" if config.get("PORT") else ""
    return f"{config.get('NAME')} at {host}{port}"
