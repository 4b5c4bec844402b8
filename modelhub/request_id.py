"""One id per request: in the answer (`X-Request-ID`), in every log line it causes,
and on the page that says something went wrong."""

import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from inspect import iscoroutinefunction

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9_-]{8,64}")
NO_REQUEST = "-"

current: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)
organization: ContextVar[str] = ContextVar("organization", default="")
"""Whose request it is, in log lines; empty before that is known."""

Answer = Callable[[HttpRequest], HttpResponse]
AsyncAnswer = Callable[[HttpRequest], Awaitable[HttpResponse]]


def request_id_for(request: HttpRequest) -> str:
    """The id that a proxy in front has given, if it is harmless, else a new one."""
    given = request.headers.get(HEADER, "")
    return given if ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex


def _noted(request: HttpRequest) -> str:
    request.shown_id = request_id_for(request)  # type: ignore[attr-defined]
    shown: str = request.shown_id  # type: ignore[attr-defined]
    return shown


@sync_and_async_middleware
def request_id_middleware(get_response: Answer | AsyncAnswer) -> Answer | AsyncAnswer:
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponse:
            token = current.set(_noted(request))
            try:
                response: HttpResponse = await get_response(request)
                response[HEADER] = current.get()
                return response
            finally:
                current.reset(token)

        return answer_async

    def answer(request: HttpRequest) -> HttpResponse:
        token = current.set(_noted(request))
        try:
            response = get_response(request)
            assert isinstance(response, HttpResponse)  # noqa: S101  # not awaitable
            response[HEADER] = current.get()
            return response
        finally:
            current.reset(token)

    return answer


class RequestIdFilter(logging.Filter):
    """Adds `request_id` and `organization` to a log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs what it answered 404 after all middleware has gone; its record
        # brings the request along.
        asked = getattr(record, "request", None)
        mine = getattr(asked, "organization", None)
        record.request_id = getattr(asked, "shown_id", current.get())
        record.organization = getattr(mine, "slug", organization.get())
        return True
