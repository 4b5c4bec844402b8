"""The OpenAPI document: what Ninja knows of the operations, and what holds for all of
them (failures, headers, who may call)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from modelhub.api_calls_document import gateway_paths
from modelhub.api_problems import CONTENT_TYPE
from registry.schemas import Problem

PROBLEM: Final = {
    "content": {
        CONTENT_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}
    }
}
FIRST_ERROR: Final = 400
ALWAYS: Final = (401, 403, 404, 405, 422, 500, 503)
WITH_BODY: Final = (400, 413, 415)
WRITES: Final = ("post", "put", "patch", "delete")
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
    "description": "The same call with the same key is done once, for a day.",
}


class DocumentedAPI(NinjaAPI):
    """Operations are called after their function: `list_models`."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        # A trailing _ keeps a name apart from that of its service.
        return operation.view_func.__name__.rstrip("_")

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        schemas = document["components"]["schemas"]
        schemas[Problem.__name__] = Problem.json_schema()
        for methods in document["paths"].values():
            for method, stated in methods.items():
                _complete(method, stated)
        document["paths"].update(gateway_paths())
        return document


def _complete(method: str, stated: dict[str, Any]) -> None:
    if method in WRITES:
        stated["parameters"] = [*stated["parameters"], KEY]
    responses = stated["responses"]
    codes = [*ALWAYS, *(WITH_BODY if "requestBody" in stated else ())]
    for code in sorted({*codes, *(one for one in responses if one >= FIRST_ERROR)}):
        known = responses.pop(code, {})
        phrase = HTTPStatus(code).phrase
        responses[code] = {"description": known.get("description", phrase), **PROBLEM}
