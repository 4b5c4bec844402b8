"""Parameters that an operation of the management API does not know are refused: one
that was misspelt must not answer as if it had not been sent."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from modelhub.api_operations import facts_of, operation_of
from modelhub.api_problems import problem

Run = Callable[..., Any]
MOST_TOLD: Final = 10
LONGEST: Final = 80


class UnknownParameters(Exception):
    """`fields` says of each what is wrong with it."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = fields


def looks_at_parameters(run: Run) -> Run:
    """Notes in the request what its operation does not know."""
    known = facts_of(operation_of(run)).parameters

    @wraps(run)
    def noted(request: Any, *args: Any, **kwargs: Any) -> Any:
        request.unknown_parameters = unknown_parameters(request, known)
        return run(request, *args, **kwargs)

    return noted


def refuses_unknown(operation: Run) -> Run:
    """Raises UnknownParameters, after the caller was let in."""

    @wraps(operation)
    def checked(request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.unknown_parameters:
            raise UnknownParameters(request.unknown_parameters)
        return operation(request, *args, **kwargs)

    return checked


def unknown_parameters(request: HttpRequest, known: Collection[str]) -> dict[str, str]:
    """What is wrong with each parameter that is none of `known`, by its name."""
    strange = [name for name in request.GET if name not in known]
    return {name[:LONGEST]: _words(name, known) for name in strange[:MOST_TOLD]}


def unknown(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(422, str(error), error.fields)


def _words(name: str, known: Collection[str]) -> str:
    if not known:
        return "This call takes no parameters"
    near = difflib.get_close_matches(name[:LONGEST], sorted(known), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"There is no such parameter{hint}"
