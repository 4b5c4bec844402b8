"""The operations of the management API, as its OpenAPI document states them, and rows
for what stands in their addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from modelhub.api import api
from tests.proof.arguments import arguments_of
from tests.proof.routes import Route, routes

PREFIX = "/api/"
DOCUMENT = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX)))
SAFE = "GET"


@dataclass(frozen=True)
class Stated:
    """One operation of the document."""

    method: str
    path: str
    details: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self.details["parameters"]}

    @property
    def role(self) -> str:
        """The role that is enough."""
        (role,) = (
            one["MemberAuth"][0]
            for one in self.details["security"]
            if "MemberAuth" in one
        )
        return role

    @property
    def is_change(self) -> bool:
        return self.method != SAFE and self.role != "viewer"

    @property
    def is_list(self) -> bool:
        items = self.answer.get("properties", {}).get("items", {})
        return items.get("type") == "array"

    @property
    def answer(self) -> dict[str, Any]:
        content = self.details["responses"].get("200", {}).get("content", {})
        stated = content.get("application/json", {}).get("schema", {})
        name = stated.get("$ref", "").rpartition("/")[2]
        return DOCUMENT["components"]["schemas"].get(name, stated)


def operations() -> Iterator[Stated]:
    for path, methods in DOCUMENT["paths"].items():
        if path.startswith(PREFIX):
            for method, details in methods.items():
                yield Stated(method.upper(), path, details)


OPERATIONS = list(operations())
ROUTES = {
    "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", one.pattern): one for one in routes()
}


def address_of(path: str, of: Callable[..., Any]) -> str:
    """`/api/features/{key}` with the key of a row that `of` makes."""
    route: Route = ROUTES[path]
    values = arguments_of(route.name, of, route.pattern) or {}
    return re.sub(r"\{(\w+)\}", lambda name: str(values[name[1]]), path)
