"""Error pages in the app's own look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

CSRF_TEXT = (
    "This form is older than your sign-in, or cookies are blocked. "
    "Reload the page and send it again; nothing was changed."
)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"exception": CSRF_TEXT}, status=403)
