"""Sends the answer in pieces, as it is written."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from analytics.probes.probe import (
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

FEWEST_PIECES: Final = 3
ENOUGH_CHARACTERS: Final = 40
"""A shorter answer may well come in one piece."""


class Streaming:
    def calls(self, facts: ModelFacts, chance: random.Random) -> Sequence[ProbeCall]:
        text = (
            f"Count from {chance.randint(1, 9)} to 40 in words, separated by commas, "
            "and write nothing else."
        )
        request = ModelRequest(prompt=text, temperature=0, max_tokens=300)
        return [
            ProbeCall(request=request, asked=text, is_stream=True, output_tokens=300)
        ]

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        found = unanswered(exchanges)
        if found is not None:
            return found
        if not exchanges:
            return None
        said = exchanges[-1].said
        times = said.chunk_ms
        if len(said.text) < ENOUGH_CHARACTERS:
            return inconclusive("The answer is too short to tell.", pieces=len(times))
        if len(times) < FEWEST_PIECES or list(times) != sorted(times):
            return failed(
                f"A long answer came in {len(times)} piece{'s' * (len(times) != 1)}.",
                pieces=len(times),
            )
        over_ms = round(times[-1] - times[0], 1)
        return verified(
            f"{len(times)} pieces came over {over_ms / 1000:.2f} s.",
            pieces=len(times),
            over_ms=over_ms,
        )
