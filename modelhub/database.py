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
    url: str, *, conn_max_age: int, pool_size: int = 0
) -> dict[str, Any]:
    """Django's settings for the PostgreSQL at `url`.

    `pool_size` connections are kept by the process where it is above 0: under ASGI a
    request has a thread of its own, and a connection kept by a thread ends with it.
    """
    if not url.startswith(SCHEMES):
        message = f"DATABASE_URL must name a PostgreSQL database: {EXAMPLE}"
        raise ImproperlyConfigured(message)
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError as error:
        message = (
            f"DATABASE_URL cannot be read; write it as {EXAMPLE}, with special "
            "characters of the password percent-encoded."
        )
        raise ImproperlyConfigured(message) from error
    if not config["NAME"]:
        message = f"DATABASE_URL names no database; write it as {EXAMPLE}"
        raise ImproperlyConfigured(message)
    options = config.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", CONNECT_SECONDS)
    config["CONN_HEALTH_CHECKS"] = True
    config["CONN_MAX_AGE"] = 0 if pool_size else conn_max_age
    if pool_size:
        options["pool"] = {
            "min_size": 1,
            "max_size": pool_size,
            "timeout": POOL_WAIT_SECONDS,
            "reconnect_timeout": POOL_RETRY_SECONDS,
        }
    return config


def database_label(config: dict[str, Any]) -> str:
    """Where the database is, for a message: `name at host:port`, no password."""
    host = config.get("HOST") or "this machine"
    port = f":{config['PORT']}" if config.get("PORT") else ""
    return f"{config.get('NAME')} at {host}{port}"
