"""Error pages in the app's own look."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

CSRF_TEXT = (
    "This form is older than your sign-in, or cookies are blocked. "
    "Reload the page and send it again; nothing was changed."
)
TOO_BIG_TEXT = (
    "This is more than 5 MB, the most that a form may send. Nothing was changed. "
    "Go back and shorten it."
)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"exception": CSRF_TEXT}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Of what Django refuses, only the size is told: the rest may hold secrets."""
    is_too_big = isinstance(exception, RequestDataTooBig)
    context = {"exception": TOO_BIG_TEXT if is_too_big else ""}
    return render(request, "400.html", context, status=400)
