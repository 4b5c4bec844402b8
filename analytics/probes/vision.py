"""Reads a drawn image: digits and a word of chance, so that it cannot be remembered."""

from __future__ import annotations

import base64
import io
import random
import re
from collections.abc import Sequence
from typing import Final

from PIL import Image as Drawing
from PIL import ImageDraw, ImageFont

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
from registry.providers.messages import Image
from registry.providers.request import ModelRequest

SIZE_PX: Final = (512, 256)
FONT_PX: Final = 84
# Without those that are taken for one another, or for letters.
DIGITS: Final = "2345679"
WORDS: Final = (
    "APPLE",
    "BREAD",
    "CHAIR",
    "EAGLE",
    "FENCE",
    "GRAPE",
    "HORSE",
    "LEMON",
    "OCEAN",
    "PLANT",
    "RIVER",
    "TIGER",
)
IMAGES: Final = 2
QUESTION: Final = (
    "The image shows a word above a number. Answer with exactly the word and the "
    "number, separated by a space, and nothing else."
)


class Vision:
    def calls(self, facts: ModelFacts, chance: random.Random) -> Sequence[ProbeCall]:
        return [_call(chance) for _ in range(IMAGES)]

    def read(self, exchanges: Sequence[Exchange], planned: int) -> Finding | None:
        found = unanswered(exchanges)
        if found is not None:
            return found
        for one in exchanges:
            if ended_early(one.said):
                return inconclusive(NO_ROOM)
            if not _reads(one):
                return failed(
                    f"The image said {one.call.expected}; the answer did not."
                )
        if len(exchanges) < planned:
            return None
        return verified(f"It read {planned} drawn images rightly.")


def _call(chance: random.Random) -> ProbeCall:
    word = chance.choice(WORDS)
    number = "".join(chance.choices(DIGITS, k=5))
    image = Image(data=drawn(word, number), media_type="image/png")
    return ProbeCall(
        request=ModelRequest(
            prompt=QUESTION,
            images=(image,),
            temperature=0,
            max_tokens=SHORTEST_ANSWER_TOKENS,
        ),
        asked=f"{QUESTION} [image: {word} {number}]",
        expected=f"{word} {number}",
        # By the dearest rule for an image of this size.
        input_tokens=1_000,
    )


def drawn(word: str, number: str) -> str:
    """A PNG of the word above the number, as base64."""
    image = Drawing.new("RGB", SIZE_PX, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(FONT_PX)
    draw.text((36, 24), word, fill="black", font=font)
    draw.text((36, 136), number, fill="black", font=font)
    file = io.BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _reads(one: Exchange) -> bool:
    """Spaces, case and punctuation aside."""
    said = re.sub(r"[^A-Z0-9]", "", one.said.text.upper())
    return str(one.call.expected).replace(" ", "") in said
