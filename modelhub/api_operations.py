"""What holds for an operation of the management API besides its schemas: who may call
it, which parameters it knows, whether it changes something that has an ETag."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ninja.operation import Operation

from registry.api_access import SAFE, TokenAuth
from registry.models import Role, TokenScope

Run = Callable[..., Any]


@dataclass(frozen=True)
class OperationFacts:
    """`least` is the role that is enough, `special` are scopes of tokens that are made
    for it. `parameters` are those of the address behind the `?`."""

    method: str
    path: str
    least: Role
    special: tuple[TokenScope, ...]
    parameters: frozenset[str]
    is_counted: bool
    is_done_once: bool
    only_adds: bool

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE

    @property
    def is_change(self) -> bool:
        """Whether it changes something; a POST that a viewer may send only asks."""
        return not self.is_safe and self.least is not Role.VIEWER

    @property
    def heeds_tag(self) -> bool:
        """Whether it changes an object that is there, so that If-Match is heeded."""
        makes_new = self.method == "POST" and "{" not in self.path
        return self.is_change and not makes_new and not self.only_adds


def facts_of(operation: Operation) -> OperationFacts:
    (method,) = operation.methods
    needs = next(one for one in operation.auth_callbacks if isinstance(one, TokenAuth))

    def is_marked(mark: str) -> bool:
        return bool(getattr(operation.view_func, mark, False))

    return OperationFacts(
        method=method,
        path=operation.path,
        least=needs.least_for(method),
        special=needs.special,
        parameters=frozenset(_parameters(operation)),
        is_counted=not is_marked("not_counted"),
        is_done_once=not is_marked("reads_its_body"),
        only_adds=is_marked("only_adds"),
    )


def operation_of(run: Run) -> Operation:
    """The operation whose `run` this is, through the decorators around it."""
    while not hasattr(run, "__self__"):
        run = run.__wrapped__  # type: ignore[attr-defined]  # set by functools.wraps
    found: Operation = run.__self__
    return found


def _parameters(operation: Operation) -> Iterator[str]:
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            yield from model.__ninja_flatten_map__
    for one in (operation.openapi_extra or {}).get("parameters", ()):
        if one["in"] == "query":
            yield one["name"]
