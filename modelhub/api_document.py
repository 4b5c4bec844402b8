"""The OpenAPI document: what Ninja knows of the operations, and what holds for all of
them (failures, headers, who may call)."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from modelhub.api_calls_document import gateway_paths
from modelhub.api_header_document import (
    answer_headers,
    asked_headers,
    refusal_headers,
)
from modelhub.api_operations import OperationFacts, facts_of
from modelhub.api_problems import CONTENT_TYPE
from registry.api_access import SCOPES
from registry.schemas import Problem

PROBLEM: Final = {
    "content": {
        CONTENT_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}
    }
}
FIRST_ERROR: Final = 400
ALWAYS: Final = (401, 403, 404, 405, 422, 500, 503)
WITH_BODY: Final = (400, 413, 415)


class DocumentedAPI(NinjaAPI):
    """Operations are called after their function: `list_models`."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        # A trailing _ keeps a name apart from that of its service.
        return operation.view_func.__name__.rstrip("_")

    def get_openapi_schema(
        self,
        *,
        path_prefix: str | None = None,
        path_params: dict[str, Any] | None = None,
    ) -> OpenAPISchema:
        prefix = self.get_root_path(path_params or {})
        document = CompleteSchema(self, prefix if path_prefix is None else path_prefix)
        document["components"]["schemas"][Problem.__name__] = Problem.json_schema()
        document["paths"].update(gateway_paths())
        return document


class CompleteSchema(OpenAPISchema):
    """With what is true of every operation of its kind."""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        stated: dict[str, Any] = super().operation_details(operation)
        facts = facts_of(operation)
        # The last is its own; those before are of the routers around it.
        stated["tags"] = stated["tags"][-1:]
        stated["security"] = list(_security(facts))
        stated["parameters"] = [*stated["parameters"], *asked_headers(facts)]
        stated["responses"] = _responses(facts, stated)
        return stated


def _security(facts: OperationFacts) -> Iterator[dict[str, list[str]]]:
    """Any one of them will do. A scope includes those below it."""
    for scope in (SCOPES[facts.least], *facts.special):
        yield {"TokenAuth": [str(scope)]}
    yield {"MemberAuth": [str(facts.least)]}


def _responses(facts: OperationFacts, stated: dict[str, Any]) -> dict[int, Any]:
    known: dict[int, Any] = stated["responses"]
    found: dict[int, Any] = {}
    for code in sorted({*known, *_codes(facts, has_body="requestBody" in stated)}):
        said = known.get(code, {"description": HTTPStatus(code).phrase})
        if code >= FIRST_ERROR:
            said = {"description": said["description"], **PROBLEM}
            headers = refusal_headers(facts, code)
        else:
            headers = answer_headers(facts, is_list=_is_page(said))
        found[code] = {**said, "headers": headers} if headers else said
    return found


def _codes(facts: OperationFacts, *, has_body: bool) -> Iterator[int]:
    yield from ALWAYS
    if has_body:
        yield from WITH_BODY
    if facts.is_safe:
        yield 304
    elif facts.is_done_once:
        yield 409
    if facts.heeds_tag:
        yield 412
    if facts.is_counted:
        yield 429


def _is_page(answer: dict[str, Any]) -> bool:
    for content in answer.get("content", {}).values():
        return (
            str(content["schema"].get("$ref", ""))
            .rpartition("/")[2]
            .startswith("PageOf")
        )
    return False
