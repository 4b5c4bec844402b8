"""A schema that takes long is nobody's trouble but its sender's."""

import asyncio
import json
import uuid

import pytest

from modelhub.gateway.relay.body import parse_body
from modelhub.gateway.structured.modes import Mode, Structure
from modelhub.gateway.structured_ways import judged_aside
from modelhub.gateway.wire.formats import OPENAI
from modelhub.gateway.wire.ways import ways_of
from registry.providers.errors import InvalidRequestError
from registry.providers.response import ModelResponse
from registry.structured.xml_schema import XmlSchemaValidator

LEVELS = 16
TWICE = [{"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(LEVELS)]
DOUBLING = {
    "$defs": {f"d{n}": one for n, one in enumerate([*TWICE, {}])},
    "$ref": "#/$defs/d0",
}
LIST = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="l"><xs:complexType><xs:sequence>
<xs:element name="i" type="xs:int" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element></xs:schema>"""


async def moments_during(work):
    """How often the event loop came round until `work` was done."""
    task, count = asyncio.ensure_future(work), 0
    while not task.done():
        count += 1
        await asyncio.sleep(0.001)
    return count, task


def test_others_are_served_while_a_schema_is_read():
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": DOUBLING}}
    document = {"model": "m", "messages": [], "response_format": form}
    body = parse_body(json.dumps(document).encode())
    reading = ways_of(OPENAI, body, {}, uuid.uuid4(), None, None)

    count, task = asyncio.run(moments_during(reading))

    assert count > 3
    with pytest.raises(InvalidRequestError):
        task.result()


def test_others_are_served_while_an_answer_is_checked():
    structure = Structure(XmlSchemaValidator(LIST))
    answer = ModelResponse(content=f"<l>{'<i>1</i>' * 4_000}</l>")

    count, task = asyncio.run(
        moments_during(judged_aside(answer, Mode.INSTRUCTION, structure))
    )

    assert count > 3
    assert task.result().is_valid
