"""Answers in JSON: by a schema that the provider is given, or as JSON at all."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jsonschema import Draft202012Validator

from analytics.probes.probe import (
    CUT,
    SHORTEST_ANSWER_TOKENS,
    Exchange,
    Finding,
    ModelFacts,
    ProbeCall,
    failed,
    inconclusive,
    unanswered,
    verified,
)
from registry.providers.request import ModelRequest

SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "colour": {"type": "string", "enum": ["red", "green", "blue"]},
        "count": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["colour", "count", "tags"],
    "additionalProperties": False,
}
COLOURS: Final = ("red", "green", "blue")
THINGS: Final = ("boats", "kites", "lamps", "cups")


class StructuredOutput:
    """Two sentences are put into one schema, by the provider's own means and without
    any word about JSON."""

    def calls(self, facts: ModelFacts, chance: random.Random) -> Sequence[ProbeCall]:
        return [_by_schema(chance) for _ in range(2)]

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        return _read(exchanges, planned, "Each answer followed the schema.")


class JsonMode:
    """Asked for JSON, it answers with JSON and nothing beside it."""

    def calls(self, facts: ModelFacts, chance: random.Random) -> Sequence[ProbeCall]:
        count, thing = chance.randint(2, 90), chance.choice(THINGS)
        text = (
            f"There are {count} {thing}. Answer with a JSON object that has the keys "
            "“thing” (text) and “count” (a number)."
        )
        request = ModelRequest(
            prompt=text, is_json=True, temperature=0, max_tokens=SHORTEST_ANSWER_TOKENS
        )
        return [ProbeCall(request=request, asked=f"{text} [JSON mode]")]

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        return _read(exchanges, planned, "The answer was JSON and nothing else.")


def _by_schema(chance: random.Random) -> ProbeCall:
    colour, thing = chance.choice(COLOURS), chance.choice(THINGS)
    text = f"On the wall hang {chance.randint(2, 90)} {colour} {thing}. Describe them."
    return ProbeCall(
        request=ModelRequest(
            prompt=text,
            response_schema=SCHEMA,
            temperature=0,
            max_tokens=SHORTEST_ANSWER_TOKENS,
        ),
        asked=f"{text} [schema: colour, count, tags]",
        expected=SCHEMA,
        input_tokens=200,
    )


def _read(exchanges: Sequence[Exchange], planned: int, good: str) -> Finding | None:
    found = unanswered(exchanges)
    if found is not None:
        return found
    for one in exchanges:
        problem = _problem(one)
        if problem and one.said.finish_reason == "length":
            return inconclusive(CUT)
        if problem:
            return failed(problem)
    return verified(good) if len(exchanges) == planned else None


def _problem(one: Exchange) -> str:
    try:
        value = json.loads(one.said.text)
    except ValueError:
        return "The answer is not JSON."
    if not isinstance(value, dict):
        return "The answer is JSON, but not an object."
    if one.call.expected is None:
        return ""
    wrong = next(Draft202012Validator(one.call.expected).iter_errors(value), None)
    return f"The answer breaks the schema: {wrong.message[:200]}." if wrong else ""
