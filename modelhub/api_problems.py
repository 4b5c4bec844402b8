"""What the management API answers when something is wrong: RFC 9457 problems, each with
the id of its request. `error` and `fields` are for clients from before."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.deprecation import MiddlewareMixin

from modelhub import request_id
from registry.acting import act_as

API_PATH: Final = "/api/"
DOCS_PATH: Final = "/api/docs"
CONTENT_TYPE: Final = "application/problem+json"
JSON: Final = "application/json"
KINDS: Final = {
    400: "bad-request",
    401: "not-signed-in",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    412: "changed-meanwhile",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many-requests",
    500: "internal-error",
    503: "unavailable",
}
SENTENCES: Final = {
    400: "The request cannot be read.",
    401: "Sign in, or send an API token: “Authorization: Bearer mh_…”.",
    403: "You may not do this.",
    404: "There is nothing here.",
    413: "The body is larger than 5 MB.",
    429: "Too many requests: wait before you ask again.",
    500: "ModelHub failed. Its log knows more of this request id.",
    503: "The database does not answer now. Ask again in a few seconds.",
}
"""For failures about which nobody said more."""


def problem(
    status: int,
    detail: str = "",
    fields: dict[str, str] | None = None,
    more: dict[str, Any] | None = None,
) -> JsonResponse:
    """A problem with `detail` in one sentence; `fields` say what is wrong with each of
    them, `more` are further members."""
    said = detail or SENTENCES.get(status) or HTTPStatus(status).description
    document: dict[str, Any] = {
        **(more or {}),
        "type": f"urn:modelhub:problem:{KINDS.get(status, 'other')}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": said,
        "error": said,
        "request_id": request_id.current.get(),
    }
    if fields:
        document["errors"] = [
            {"field": name, "detail": reason} for name, reason in fields.items()
        ]
        document["fields"] = fields
    response = JsonResponse(document, status=status, content_type=CONTENT_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def is_call(path: str) -> bool:
    """Whether `path` is answered by the API, not with a page."""
    return path.startswith(API_PATH) and path != DOCS_PATH


class ApiProblemsMiddleware(MiddlewareMixin):
    """Turns every failure of the API into a problem, whoever failed: the server's own
    pages for a wrong method or a fault are for people."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        act_as("")
        query = request.META.get("QUERY_STRING", "")
        if is_call(request.path) and ("\x00" in request.path or "%00" in query):
            # No database can store or look for it.
            names = [name for name in request.GET if "\x00" in request.GET[name]]
            fields = dict.fromkeys(names, "Text cannot hold a NUL character")
            return problem(422, "The address holds a NUL character.", fields)
        return None

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        act_as("")
        status = response.status_code
        if status < HTTPStatus.BAD_REQUEST or not is_call(request.path):
            return response
        if response.get("Content-Type", "").startswith(CONTENT_TYPE):
            return response
        return _translated(request, response)


def _own_members(response: HttpResponseBase) -> dict[str, Any]:
    """What an operation says beside the error, e.g. what it took before it failed."""
    kind = response.get("Content-Type", "")
    if not isinstance(response, HttpResponse) or kind.partition(";")[0] != JSON:
        return {}
    found = json.loads(response.content)
    return found if isinstance(found, dict) else {}


def _translated(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    status = response.status_code
    detail = ""
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = response.get("Allow", "")
        detail = f"{request.path[:200]} takes {allowed}, not {request.method}."
    more = _own_members(response)
    answer = problem(status, detail or more.pop("error", ""), more=more)
    for name in ("Allow", "Retry-After", "X-Request-ID"):
        if response.has_header(name):
            answer[name] = response[name]
    answer.cookies = response.cookies
    return answer
