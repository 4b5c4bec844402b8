"""What plain text tells: system prompts, stop sequences, the same answer again."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

from analytics.probes.probe import (
    NO_ROOM,
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
from registry.providers.request import ModelRequest

SECRETS: Final = ("marmalade", "lighthouse", "tangerine", "umbrella", "velvet")
REPEATS: Final = 3


class SystemPrompt:
    """A system prompt asks for one word, whatever the question."""

    def calls(self, facts: ModelFacts, chance: random.Random) -> Sequence[ProbeCall]:
        word = chance.choice(SECRETS)
        system = (
            "You are under test. Whatever you are asked, answer with this one word and "
            f"nothing else: {word}"
        )
        question = "What is the capital of France?"
        request = ModelRequest(
            prompt=question,
            system=system,
            temperature=0,
            max_tokens=SHORTEST_ANSWER_TOKENS,
        )
        asked = f"[system: {system}] {question}"
        return [ProbeCall(request=request, asked=asked, expected=word)]

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        found = unanswered(exchanges)
        if found is not None or not exchanges:
            return found
        call, said = exchanges[-1].call, exchanges[-1].said
        if ended_early(said):
            return inconclusive(NO_ROOM)
        words = re.findall(r"[a-z]+", said.text.lower())
        if words == [call.expected]:
            return verified("It did what the system prompt asked for.")
        return failed(f"The system prompt asked for “{call.expected}” alone.")


class StopSequences:
    """Counting ends where the stop sequence would come."""

    def calls(self, facts: ModelFacts, chance: random.Random) -> Sequence[ProbeCall]:
        stop = str(chance.randint(5, 8))
        text = "Write the numbers from 1 to 9, separated by spaces, and nothing else."
        request = ModelRequest(
            prompt=text,
            stop=(stop,),
            temperature=0,
            max_tokens=SHORTEST_ANSWER_TOKENS,
        )
        return [
            ProbeCall(request=request, asked=f"{text} [stop: {stop}]", expected=stop)
        ]

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        found = unanswered(exchanges)
        if found is not None or not exchanges:
            return found
        stop, said = int(exchanges[-1].call.expected), exchanges[-1].said
        if str(stop) in said.text:
            return failed(f"It went on past the stop sequence “{stop}”.")
        counted = re.findall(r"\d", said.text)
        if counted != [str(number) for number in range(1, stop)]:
            return inconclusive("It did not count up to the stop sequence.")
        return verified(f"It stopped before “{stop}”.")


class Determinism:
    """The same question again, at temperature 0."""

    def calls(self, facts: ModelFacts, chance: random.Random) -> Sequence[ProbeCall]:
        text = f"Write two sentences about {chance.choice(SECRETS)} and the sea."
        request = ModelRequest(prompt=text, temperature=0, max_tokens=120)
        call = ProbeCall(
            request=request, asked=f"{text} [temperature: 0]", output_tokens=120
        )
        return [call] * REPEATS

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        found = unanswered(exchanges)
        if found is not None:
            return found
        if any(not one.said.text.strip() for one in exchanges):
            return inconclusive("An answer was empty.")
        different = len({one.said.text for one in exchanges})
        if different > 1:
            return failed(
                f"{different} different answers to {len(exchanges)} equal questions.",
                repeats=len(exchanges),
                different=different,
            )
        if len(exchanges) < planned:
            return None
        # Three equal answers do not prove that a fourth would be equal too.
        return verified(f"{planned} of {planned} answers were equal.", repeats=planned)
