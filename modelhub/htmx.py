"""One page, one results file: answers a fragment request with the fragment alone.

A leaf module: it imports Django only, and every app may use it.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails


class HtmxHttpRequest(HttpRequest):
    """A request with django-htmx's details, for type checkers."""

    htmx: HtmxDetails


def is_fragment(request: HttpRequest, target: str) -> bool:
    """Whether the browser asked for the element `target` alone. The client never
    names a template: it names an element, and the view knows that element."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by middleware
    return bool(htmx) and not htmx.history_restore_request and htmx.target == target


def render_page(
    request: HttpRequest,
    page: str,
    results: str,
    target: str,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """`results` alone for a swap of `#target`, else the whole `page` around it."""
    template = results if is_fragment(request, target) else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


class LoginRedirectMiddleware:
    """Sends a fragment request whose session ended to the sign-in page as a whole,
    instead of swapping a sign-in form into a table cell."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_htmx = request.headers.get("HX-Request") == "true"
        if (
            is_htmx
            and isinstance(response, HttpResponseRedirect)
            and not request.user.is_authenticated
        ):
            return HttpResponseClientRedirect(response.url)
        return response
