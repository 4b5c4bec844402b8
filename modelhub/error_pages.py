"""The pages for what does not exist or may not be seen, and for faults on our side. The
latter ask nothing of database, session or user: any of these may be what is broken."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied
from django.core.handlers.exception import response_for_exception
from django.db import InterfaceError, OperationalError, connections
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin
from django.utils.log import log_response
from django.views import defaults

from modelhub import request_id
from modelhub.failures import database_sentence
from registry.views import errors

RETRY_AFTER_SECONDS = "10"


class ErrorPagesMiddleware(MiddlewareMixin):
    """Makes the page for what a view does not find or does not allow in the request's
    own thread. Elsewhere it would need a second connection to the database, and a crowd
    of such requests would wait for one another's."""

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if not isinstance(exception, Http404 | PermissionDenied):
            return None
        response: HttpResponse = response_for_exception(request, exception)
        return response


@contextmanager
def checked_connections() -> Iterator[None]:
    """Under ASGI, Django makes pages of other exceptions in threads that serve no
    request, at whose connections nobody looks: a dead one would stay so for ever, and
    one of a pool would never be given back."""
    _close_old()
    try:
        yield
    finally:
        _close_old()


def _close_old() -> None:
    for one in connections.all(initialized_only=True):
        if not one.in_atomic_block:
            one.close_if_unusable_or_obsolete()


@checked_connections()
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return errors.bad_request(request, exception)


@checked_connections()
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return defaults.permission_denied(request, exception)


@checked_connections()
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database does not answer, 500 for everything else."""
    error = sys.exc_info()[1]
    if error is not None and is_outage(error):
        response = error_page("503.html", 503)
        response["Retry-After"] = RETRY_AFTER_SECONDS
        sentence = database_sentence(error)
        log_response("%s", sentence, request=request, response=response, level="error")
        return response
    response = error_page("500.html", 500)
    # Here and not by Django, which is silent about a fault in another error page.
    log_response(
        "%s", request.path, request=request, response=response, exception=error
    )
    return response


def error_page(template: str, status: int) -> HttpResponse:
    identity = request_id.current.get()
    try:
        body: str = render_to_string(template, {"request_id": identity})
        content_type = "text/html; charset=utf-8"
    except Exception:
        # Even its style sheets are missing; the id is what a person needs.
        logging.getLogger(__name__).exception("The page %s cannot be made", template)
        body = f"ModelHub cannot answer now ({status}). Request {identity}\n"
        content_type = "text/plain; charset=utf-8"
    return HttpResponse(body, status=status, content_type=content_type)


def is_outage(error: BaseException) -> bool:
    """Whether the database does not answer (rather than refusing a statement)."""
    return isinstance(error, OperationalError | InterfaceError)
