"""The pages for faults on our side. They ask nothing of database, session or user:
any of these may be what is broken."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.log import log_response

from modelhub import request_id
from modelhub.failures import database_sentence

RETRY_AFTER_SECONDS = "10"


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
