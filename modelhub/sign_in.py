"""Sends people who are not signed in to the sign-in page, and programs to a 401."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase, JsonResponse

API_PATH = "/api/"
FOR_PROGRAMS = ("/api/prompts", "/api/usage")
DOCS_PATH = "/api/docs"
ERROR = "Sign in first: this API uses the session of the browser."


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own, but a call of the management API gets JSON, not a redirect that a
    program would take for an answer; and a call that brings a token where tokens are
    taken goes through."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        has_token = "Authorization" in request.headers
        if has_token and request.path.startswith(FOR_PROGRAMS):
            # The operation itself looks at the token.
            return None
        is_call = request.path.startswith(API_PATH) and request.path != DOCS_PATH
        if is_call and not request.user.is_authenticated:
            return JsonResponse({"error": ERROR}, status=401)
        return super().process_view(request, view_func, view_args, view_kwargs)
