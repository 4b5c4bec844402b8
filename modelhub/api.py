"""The management API under `/api/`: routers of the apps, one way to sign in, one shape
of errors. OpenAPI at `/api/openapi.json`, readable at `/api/docs`."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError, Throttled, ValidationError

from analytics.api import router as analytics_router
from modelhub.api_conditional import tagged
from modelhub.api_document import DocumentedAPI
from modelhub.api_idempotency import done_once, in_one_transaction
from modelhub.api_parameters import (
    UnknownParameters,
    looks_at_parameters,
    refuses_unknown,
    unknown,
    unknown_parameters,
)
from modelhub.api_problems import problem
from modelhub.api_rates import CallRates, counted, too_many
from modelhub.api_reading import StrictParser, UnreadableBody
from modelhub.api_refusals import REFUSED, STALE, overtaken, refused
from modelhub.error_pages import RETRY_AFTER_SECONDS, is_outage
from modelhub.failures import database_sentence
from recommender.api import router as recommender_router
from registry.api import router as registry_router
from registry.api_access import access
from registry.models import Role, TokenScope

log = logging.getLogger(__name__)
VERSION = "1"


class ManagementAPI(DocumentedAPI):
    """Every operation can be repeated with a key, and need not know how services
    refuse."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Each goes around those before it.
        self.add_decorator(tagged, mode="view")
        self.add_decorator(in_one_transaction, mode="view")
        self.add_decorator(looks_at_parameters, mode="view")
        self.add_decorator(counted, mode="view")
        self.add_decorator(done_once, mode="operation")
        self.add_decorator(refuses_unknown, mode="operation")
        self.add_exception_handler(UnknownParameters, unknown)
        self.add_exception_handler(Throttled, too_many)
        for refusal in REFUSED:
            self.add_exception_handler(refusal, refused)
        for stale in STALE:
            self.add_exception_handler(stale, overtaken)


api = ManagementAPI(
    title="ModelHub management API",
    version=VERSION,
    description=(
        "What your organisation sees and changes in ModelHub. Decimal numbers are "
        "text; null is not known. Every failure is a problem of RFC 9457."
    ),
    urls_namespace="api",
    docs_url=None,
    auth=access(),
    parser=StrictParser(),
    throttle=CallRates(),
    docs_decorator=lambda view: signed_in(view),
)
api.add_router("", registry_router)
api.add_router("", analytics_router)
api.add_router("", recommender_router)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, UnreadableBody):
        return problem(cause.status, str(cause))
    is_plain = error.status_code == 401 and str(error) == "Unauthorized"
    return problem(error.status_code, "" if is_plain else str(error))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    said = str(error)
    # Django's own words for a row that is not there name its model.
    return problem(404, "" if "matches the given query" in said else said)


@api.exception_handler(PermissionDenied)
def denied(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(403, str(error))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Every field that does not fit, by name, with what is wrong with it."""
    fields: dict[str, str] = dict(getattr(request, "unknown_parameters", {}))
    fields |= {_field(one["loc"]): _reason(one) for one in error.errors}
    summary = "; ".join(f"{name}: {reason}" for name, reason in fields.items())
    return problem(422, summary, fields)


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(413)


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """503 while the database does not answer; otherwise a fault of ours."""
    if is_outage(error):
        log.error("%s", database_sentence(error))
        response = problem(503)
        response["Retry-After"] = RETRY_AFTER_SECONDS
        return response
    log.error("%s failed", request.path, exc_info=error)
    return problem(500)


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The document of the API is for whoever may call one operation of it."""
    entries = access(Role.VIEWER, *TokenScope)

    @wraps(view)
    def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
        try:
            is_in = any(entry(request) for entry in entries)
        except HttpError as error:
            return problem(error.status_code, str(error))
        if not is_in:
            return problem(401)
        if strange := unknown_parameters(request, ()):
            return unknown(request, UnknownParameters(strange))
        return view(request, **arguments)

    return guarded


@csrf_exempt
def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address under `/api/` that leads nowhere."""
    return problem(404, f"There is no /api/{rest[:200]}; see /api/docs.")


def _field(location: tuple[str | int, ...]) -> str:
    """("query", "filters", "limit") → limit."""
    names = [str(part) for part in location]
    return names[-1] if names else "body"


def _reason(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "There is no such field"
    return str(error["msg"]).removeprefix("Value error, ")
