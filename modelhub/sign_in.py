"""Sends people who are not signed in to the sign-in page, and programs to a 401."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase

from modelhub.api_problems import is_call, problem

ERROR = "Sign in first, or send an API token: “Authorization: Bearer mh_…”."


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Django's own, but a call of the management API gets a problem, not a redirect
    that a program would take for an answer; and one that brings a token goes through:
    every operation looks at it."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if is_call(request.path) and not request.user.is_authenticated:
            if "Authorization" in request.headers:
                # The operation itself looks at the token.
                return None
            return problem(401, ERROR)
        return super().process_view(request, view_func, view_args, view_kwargs)
