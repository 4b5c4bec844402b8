"""The examples of docs/api.md do what they say."""

import re
import shlex
from pathlib import Path

import pytest

from modelhub.api import api
from registry.models import TokenScope
from tests.factories import FeatureFactory, enabled_model
from tests.modelhub.tokens import bearer

MANUAL = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"```sh\n(.*?)```", MANUAL.read_text(), re.S)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_answered(client, organization, example):
    headers, _ = bearer(organization, TokenScope.ADMIN)
    FeatureFactory(organization=organization, key="planner")
    enabled_model(organization, model_name="gpt-known")

    response = curl(client, example, headers["Authorization"])

    assert response.status_code in (200, 201), response.content


def test_there_are_examples_and_the_five_operations():
    names = {
        operation["operationId"]
        for methods in api.get_openapi_schema()["paths"].values()
        for operation in methods.values()
    }

    assert len(EXAMPLES) >= 4
    assert {
        "generate",
        "list_models",
        "get_configuration",
        "set_configuration",
    } <= names


def curl(client, example: str, authorization: str):
    """The call that a shell would make."""
    words = shlex.split(example.replace("\\\n", " "))
    method, body, headers, address = "GET", "", {}, ""
    options = iter(words[1:])
    for word in options:
        if word == "-X":
            method = next(options)
        elif word == "-H":
            name, _, value = next(options).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(options)
        elif word.startswith("$MODELHUB"):
            address = word.removeprefix("$MODELHUB")
    headers["Authorization"] = authorization
    kind = headers.pop("Content-Type", "application/json")
    return client.generic(method, address, body, content_type=kind, headers=headers)
