"""Where a change comes from: a page, the API, the console, a worker. Doors say it once;
audit entries pick it up by themselves, so that no service passes it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

USER_AGENT_CHARACTERS: Final = 300
DETAIL_CHARACTERS: Final = 120
REQUEST_ID_CHARACTERS: Final = 64

UNKNOWN: Final = ""
PAGE: Final = "page"
ADMIN: Final = "admin"
API: Final = "api"
CONSOLE: Final = "console"
WORKER: Final = "worker"
SOURCES: Final = (
    (PAGE, "Pages"),
    (ADMIN, "Registry admin"),
    (API, "API"),
    (CONSOLE, "Console"),
    (WORKER, "Worker"),
    (UNKNOWN, "Not noted"),
)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """`detail` is the API token, the console's command and user, or the task."""

    source: str = UNKNOWN
    detail: str = ""
    address: str | None = None
    user_agent: str = ""
    request_id: str = ""


NOWHERE: Final = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """Changes within come from there."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def with_token(label: str) -> None:
    """The request that is being answered came with this API token."""
    found = _current.get()
    detail = f"Token {label}"[:DETAIL_CHARACTERS]
    _current.set(replace(found, source=API, detail=detail))


def origin_source() -> str:
    return _current.get().source


def origin_detail() -> str:
    return _current.get().detail[:DETAIL_CHARACTERS]


def origin_address() -> str | None:
    return _current.get().address


def origin_user_agent() -> str:
    return _current.get().user_agent[:USER_AGENT_CHARACTERS]


def origin_request_id() -> str:
    return _current.get().request_id[:REQUEST_ID_CHARACTERS]
