"""The API's description as a page of our own look: the same document that
`/api/openapi.json` answers, read by people."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from modelhub.api import api
from registry.access import OrganizationRequest, member_required


@dataclass(frozen=True)
class Field:
    """One value that goes in or comes out."""

    name: str
    place: str
    kind: str
    is_required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    """One method at one path."""

    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    answer: list[Field]
    errors: list[tuple[str, str]]

    @property
    def anchor(self) -> str:
        """A name for links to it."""
        words = self.path.strip("/").replace("/", "-").replace("{", "").replace("}", "")
        return f"{self.method.lower()}-{words}"


@require_GET
@member_required
def api_docs(request: OrganizationRequest) -> HttpResponse:
    schema = api.get_openapi_schema()
    context = {
        "info": schema["info"],
        "operations": list(operations(schema)),
        "address": request.build_absolute_uri("/api/models?limit=3"),
    }
    return render(request, "modelhub/api_docs.html", context)


def operations(schema: dict[str, Any]) -> Iterator[Operation]:
    """Every operation of an OpenAPI 3.1 document, in its order."""
    for path, methods in schema["paths"].items():
        for method, stated in methods.items():
            yield _operation(schema, path, method, stated)


def _operation(
    schema: dict[str, Any], path: str, method: str, stated: dict[str, Any]
) -> Operation:
    responses = {str(code): answer for code, answer in stated["responses"].items()}
    parameters = [
        Field(
            one["name"],
            one["in"],
            kind_of(schema, one["schema"]),
            bool(one.get("required")),
            one.get("description", ""),
        )
        for one in stated.get("parameters", [])
    ]
    body = _content(stated.get("requestBody", {}))
    return Operation(
        method=method.upper(),
        path=path,
        summary=stated.get("summary", ""),
        description=stated.get("description", ""),
        parameters=parameters + list(_fields(schema, body, "body")),
        answer=list(_fields(schema, _content(responses.get("200", {})), "answer")),
        errors=[
            (code, answer["description"])
            for code, answer in responses.items()
            if code >= "400"
        ],
    )


def kind_of(schema: dict[str, Any], stated: dict[str, Any]) -> str:
    """`integer`, `list of ModelOut`, `text or null` …"""
    if "anyOf" in stated:
        return " or ".join(kind_of(schema, one) for one in stated["anyOf"])
    if "$ref" in stated:
        return str(stated["$ref"].rsplit("/", 1)[-1])
    if stated.get("type") == "array":
        return f"list of {kind_of(schema, stated.get('items', {}))}"
    return str(
        {"string": "text"}.get(stated.get("type", ""), stated.get("type", "any"))
    )


def _content(part: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (
        part.get("content", {}).get("application/json", {}).get("schema", {})
    )
    return answer


def _fields(
    schema: dict[str, Any], stated: dict[str, Any], place: str
) -> Iterator[Field]:
    if "$ref" in stated:
        stated = schema["components"]["schemas"][stated["$ref"].rsplit("/", 1)[-1]]
    required = stated.get("required", [])
    for name, one in stated.get("properties", {}).items():
        kind = kind_of(schema, one)
        yield Field(name, place, kind, name in required, one.get("description", ""))
