"""Whatever the OpenAPI document allows, and some of what it forbids, is answered as the
document says, and never with a fault of ours."""

from __future__ import annotations

import json

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from modelhub.api import api
from registry.models import TokenScope
from registry.services.prompts import create_prompt
from tests.factories import FeatureFactory, enabled_model
from tests.modelhub.tokens import bearer
from tests.registry.assigning import assigned

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
]
OF_MODE = {
    GenerationMode.POSITIVE: [*CHECKS, ignored_auth],
    GenerationMode.NEGATIVE: CHECKS,
}
EXAMPLES = 4
KNOWN = {
    "key": "planner",
    "reference": "openai/gpt-known",
    "name": "code/draft",
}
"""Things that are there, so that half of the calls get further than 404."""
LINES = {"/api/usage"}
"""Bodies of JSON lines, which have tests of their own."""
OPERATIONS = sorted(
    (method.upper(), path)
    for path, methods in api.get_openapi_schema(path_prefix="/api/")["paths"].items()
    for method in methods
    if path.startswith("/api/") and path not in LINES
)


@pytest.fixture
def headers(organization):
    model = enabled_model(organization, model_name="gpt-known")
    feature = FeatureFactory(organization=organization, key="planner")
    assigned(feature, model)
    create_prompt(
        organization=organization, name="code/draft", text="Be brief.", actor=None
    )
    return bearer(organization, TokenScope.ADMIN)[0]


@pytest.fixture(autouse=True)
def one_connection():
    """A server closes old connections around each request; a test lives in one."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def schema():
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/")))
    loaded = schemathesis.openapi.from_dict(document)
    loaded.app = get_wsgi_application()
    return loaded


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_an_operation_answers_as_it_is_documented(headers, schema, operation):
    method, path = operation
    for mode in GenerationMode:
        strategy = schema[path][method].as_strategy(generation_mode=mode)
        conforming(strategy, headers, OF_MODE[mode])


def conforming(strategy, headers, checks) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def conforms(case):
        if len(str(case.body)) % 2:
            case.path_parameters.update(
                {name: KNOWN[name] for name in case.path_parameters if name in KNOWN}
            )
        response = case.call(headers=headers)
        case.validate_response(response, checks=checks, headers=headers)

    conforms()
