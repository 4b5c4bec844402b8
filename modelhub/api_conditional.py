"""Entity tags of what the management API answers. A tag has two halves: what somebody
decided (`registry.api_tags`), which If-Match compares, and the whole answer, which
If-None-Match compares: what a budget has spent changes its answer, but nobody's edit is
lost by it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from registry.api_access import SAFE

Run = Callable[..., Any]
FRESH: Final = "private, no-cache"
"""Ask again each time, with the tag."""
KEPT_HEADERS: Final = ("ETag", "Cache-Control", "Link")


def tagged(run: Run) -> Run:
    """Tags what is read, and what a write says the object has become; 304 for a caller
    who has it already."""

    @wraps(run)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = run(request, *args, **kwargs)
        is_read = request.method in SAFE
        if response.status_code >= 300 or not (is_read or response.has_header("ETag")):
            return response
        response["ETag"] = _whole_tag(response)
        if not is_read:
            return response
        response["Cache-Control"] = FRESH
        return _not_modified(response) if _has(request, response) else response

    return answered


def _whole_tag(response: HttpResponse) -> str:
    content = hashlib.sha256(response.content).hexdigest()[:16]
    decided = response.get("ETag", "").strip('"')
    return f'"{decided}-{content}"' if decided else f'"{content}"'


def _has(request: HttpRequest, response: HttpResponse) -> bool:
    said = parse_etags(request.headers.get("If-None-Match", ""))
    # Weak comparison: a proxy that compresses makes a tag weak.
    known = {one.removeprefix("W/") for one in said}
    return response["ETag"] in known or "*" in known


def _not_modified(response: HttpResponse) -> HttpResponse:
    empty = HttpResponseNotModified()
    for name in KEPT_HEADERS:
        if response.has_header(name):
            empty[name] = response[name]
    return empty
