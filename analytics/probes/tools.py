"""Calls the right one of two functions, with the right arguments."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any, Final

from analytics.probes.probe import (
    SHORTEST_ANSWER_TOKENS,
    Exchange,
    Finding,
    ModelFacts,
    ProbeCall,
    ended_early,
    failed,
    inconclusive,
    unanswered,
    verified,
)
from registry.providers.messages import Tool
from registry.providers.request import ModelRequest

CITIES: Final = ("Lisbon", "Oslo", "Nairobi", "Lima", "Hanoi", "Prague")
TABLE: Final = Tool(
    "book_table",
    "Book a table in a restaurant.",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "guests": {"type": "integer"},
        },
        "required": ["city", "guests"],
        "additionalProperties": False,
    },
)
WEATHER: Final = Tool(
    "get_weather",
    "Say what the weather will be in a city.",
    {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer", "description": "How many days ahead."},
        },
        "required": ["city", "days"],
        "additionalProperties": False,
    },
)
NO_CALL: Final = "It called no function."


class Tools:
    def calls(self, facts: ModelFacts, chance: random.Random) -> Sequence[ProbeCall]:
        guests, days = chance.randint(2, 9), chance.randint(2, 6)
        first, second = chance.sample(CITIES, 2)
        return [
            _call(
                f"Book a table for {guests} guests in {first}.",
                ("book_table", {"city": first, "guests": guests}),
            ),
            _call(
                f"What will the weather be in {second} in {days} days?",
                ("get_weather", {"city": second, "days": days}),
            ),
        ]

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        found = unanswered(exchanges)
        if found is not None:
            return found
        for one in exchanges:
            problem = _problem(one)
            if problem == NO_CALL and ended_early(one.said):
                return inconclusive("The room ran out before it called a function.")
            if problem:
                return failed(problem)
        if len(exchanges) < planned:
            return None
        return verified("It called the right functions with the right arguments.")


def _call(text: str, expected: tuple[str, dict[str, Any]]) -> ProbeCall:
    return ProbeCall(
        request=ModelRequest(
            prompt=f"{text} Use the function that fits.",
            tools=(TABLE, WEATHER),
            temperature=0,
            max_tokens=SHORTEST_ANSWER_TOKENS,
        ),
        asked=f"{text} [functions: book_table, get_weather]",
        expected=expected,
        input_tokens=250,
    )


def _problem(one: Exchange) -> str:
    if not one.said.tool_calls:
        return NO_CALL
    name, arguments = one.call.expected
    called, text = one.said.tool_calls[0]
    if called != name:
        return f"It called {called} instead of {name}."
    try:
        given = json.loads(text)
    except ValueError:
        return f"The arguments of {name} are not JSON."
    if not isinstance(given, dict):
        return f"The arguments of {name} are not an object."
    wrong = [key for key, value in arguments.items() if given.get(key) != value]
    more = sorted(set(given) - set(arguments))
    if wrong or more:
        return f"{name} was called with {json.dumps(given)[:200]}."
    return ""
