"""The doors say where a change comes from: requests, console commands, tasks."""

from __future__ import annotations

import getpass
import ipaddress
from collections.abc import Callable
from typing import Any

from celery import Task
from django.http import HttpRequest, HttpResponse

from modelhub import request_id
from registry.origin import ADMIN, API, CONSOLE, PAGE, WORKER, Origin, coming_from

ADMIN_PATH = "/admin/"
API_PATH = "/api/"


class OriginMiddleware:
    """Changes that a request makes carry its address, program and id. The address is
    the one of the connection; behind a proxy of this machine uvicorn puts in the
    client's (docs/deploy.md)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        mine = getattr(request, "organization", None)
        token = request_id.organization.set(mine.slug if mine else "")
        try:
            with coming_from(origin_of(request)):
                return self.get_response(request)
        finally:
            request_id.organization.reset(token)


def origin_of(request: HttpRequest) -> Origin:
    return Origin(
        source=_door(request.path_info),
        address=_address(request.META.get("REMOTE_ADDR", "")),
        user_agent=_printable(request.headers.get("User-Agent", "")),
        request_id=request_id.current.get(),
    )


def console_origin(command: str) -> Origin:
    """`modelhub <command>`, run by this user of the machine."""
    try:
        person = getpass.getuser()
    except (OSError, KeyError):
        # A container may run under a number without a name.
        person = "somebody"
    return Origin(source=CONSOLE, detail=f"modelhub {command}, by {person}")


class OriginTask(Task):  # type: ignore[misc]  # Celery has no types
    """Changes that a task makes carry its name and id."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # Called without a worker, a task belongs to whoever calls it.
        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        origin = Origin(
            source=WORKER, detail=self.name, request_id=self.request.id or ""
        )
        with coming_from(origin):
            return super().__call__(*args, **kwargs)


def _door(path: str) -> str:
    if path.startswith(ADMIN_PATH):
        return ADMIN
    return API if path.startswith(API_PATH) else PAGE


def _address(text: str) -> str | None:
    """None over a Unix socket, where there is none."""
    try:
        return str(ipaddress.ip_address(text.split("%")[0]))
    except ValueError:
        return None


def _printable(text: str) -> str:
    return "".join(one for one in text if one.isprintable())
