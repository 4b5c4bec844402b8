"""The management API under `/api/`: routers of the apps, one way to sign in, one shape
of errors. OpenAPI at `/api/openapi.json`, readable at `/api/docs`."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from analytics.api import router as analytics_router
from recommender.api import router as recommender_router
from registry.api import router as registry_router
from registry.api_access import MemberAuth

VERSION = "1"


api = NinjaAPI(
    title="ModelHub management API",
    version=VERSION,
    description=(
        "What your organisation sees in ModelHub. Decimal numbers are text; null is "
        'not known. Every error is `{"error": "…"}`.'
    ),
    urls_namespace="api",
    docs_url=None,
    auth=MemberAuth(),
)
api.add_router("", registry_router)
api.add_router("", analytics_router)
api.add_router("", recommender_router)


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, str(error) or "There is nothing here.")


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Every field that does not fit, by name, with what is wrong with it."""
    fields = {_field(one["loc"]): _reason(one) for one in error.errors}
    summary = "; ".join(f"{name}: {reason}" for name, reason in fields.items())
    return problem(422, summary, fields)


@csrf_exempt
def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address under `/api/` that leads nowhere."""
    return problem(404, f"There is no /api/{rest[:200]}; see /api/docs.")


def problem(
    status: int, error: str, fields: dict[str, str] | None = None
) -> JsonResponse:
    document: dict[str, Any] = {"error": error}
    if fields:
        document["fields"] = fields
    return JsonResponse(document, status=status)


def _field(location: tuple[str | int, ...]) -> str:
    """("query", "filters", "limit") → limit."""
    names = [str(part) for part in location]
    return names[-1] if names else "body"


def _reason(error: dict[str, Any]) -> str:
    return str(error["msg"]).removeprefix("Value error, ")
