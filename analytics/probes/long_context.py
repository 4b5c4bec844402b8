"""Finds a needle in texts that grow, up to the documented window or to the limit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from analytics.probes.probe import (
    SHORTEST_ANSWER_TOKENS,
    UNSUPPORTED,
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

FIRST_TOKENS: Final = 2_000
GROWTH: Final = 4
SHARE: Final = 0.9
"""Tokens are counted roughly, so that the window is not filled to the brim."""
CHARACTERS_PER_TOKEN: Final = 4
FARTHEST: Final = 3
"""A count this many times off is nonsense: tokenisers do not differ so much."""
REFUSALS: Final = UNSUPPORTED | {"context_length"}
PLACES: Final = ("garden", "harbour", "library", "market", "station", "valley")
THINGS: Final = ("letters", "stones", "baskets", "bottles", "candles", "ribbons")


class LongContext:
    def calls(self, facts: ModelFacts, chance: random.Random) -> Sequence[ProbeCall]:
        sizes = sizes_of(facts)
        target = target_of(facts)
        return [_call(size, target, chance) for size in sizes]

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        found = [one for one in exchanges if not one.said.error and _finds(one)]
        largest = max((_tokens(one) for one in found), default=0)
        facts = {"largest_tokens": largest}
        error = unanswered(exchanges, REFUSALS)
        if error is not None:
            return Finding(verdict=error.verdict, note=error.note, facts=facts)
        if len(found) < len(exchanges):
            lost = _tokens(exchanges[-1])
            return failed(f"It lost the needle in about {lost:,} tokens.", **facts)
        if len(exchanges) < planned:
            return None
        return _whole(exchanges, largest)


def sizes_of(facts: ModelFacts) -> list[int]:
    """Tokens of each text, growing; together never more than the limit."""
    target = target_of(facts)
    sizes: list[int] = []
    size = FIRST_TOKENS
    while target is None or size < target:
        if sum(sizes) + size > facts.limit_tokens:
            return sizes
        sizes.append(size)
        size *= GROWTH
    if target is not None and sum(sizes) + target <= facts.limit_tokens:
        sizes.append(target)
    return sizes


def target_of(facts: ModelFacts) -> int | None:
    """What has to be read for the documented window to count as verified."""
    if facts.context_window is None:
        return None
    room = int(facts.context_window * SHARE) - SHORTEST_ANSWER_TOKENS
    return max(room, FIRST_TOKENS // GROWTH)


def _call(size: int, target: int | None, chance: random.Random) -> ProbeCall:
    needle = str(chance.randint(10_000, 99_999))
    question = "What is the number of the blue door? Answer with the number alone."
    text = f"{haystack(size, needle, chance)}\n\n{question}"
    return ProbeCall(
        request=ModelRequest(
            prompt=text, temperature=0, max_tokens=SHORTEST_ANSWER_TOKENS
        ),
        asked=f"[about {size:,} tokens with one needle] {question}",
        expected={"needle": needle, "tokens": size, "target": target},
        input_tokens=size,
        output_tokens=20,
    )


def haystack(size: int, needle: str, chance: random.Random) -> str:
    """Dull sentences of about `size` tokens, with the needle somewhere inside."""
    left = size * CHARACTERS_PER_TOKEN
    sentences = []
    while left > 0:
        place, thing = chance.choice(PLACES), chance.choice(THINGS)
        sentences.append(f"In the {place} somebody was counting {thing} again. ")
        left -= len(sentences[-1])
    at = int(len(sentences) * chance.uniform(0.2, 0.8))
    sentences.insert(at, f"The number of the blue door is {needle}. ")
    return "".join(sentences)


def _finds(one: Exchange) -> bool:
    return one.call.expected["needle"] in one.said.text.replace(",", "")


def _tokens(one: Exchange) -> int:
    """As the provider counted them, unless that cannot be."""
    rough = int(one.call.expected["tokens"])
    counted = one.said.input_tokens or 0
    return counted if rough / FARTHEST < counted < rough * FARTHEST else rough


def _whole(exchanges: Sequence[Exchange], largest: int) -> Finding:
    if not exchanges:
        return inconclusive("The limit leaves no room for a text.", largest_tokens=0)
    last = exchanges[-1].call.expected
    note = f"It found the needle in texts of up to {largest:,} tokens."
    target = last["target"]
    if target is None or last["tokens"] >= target:
        return verified(note, largest_tokens=largest)
    return inconclusive(
        f"{note} The whole window was not asked for: the limit was in the way.",
        largest_tokens=largest,
    )
