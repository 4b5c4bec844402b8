"""About what a run costs, before it is sent."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recommender.playground_request import Attached, Inputs
from registry.image_tokens import image_tokens
from registry.models import AIModel, Organization
from registry.pricing import cost_of
from registry.queries.prices import quotes
from registry.usage import Usage

BYTES_PER_TOKEN: Final = 4
TURN_TOKENS: Final = 4
USUAL_OUTPUT_TOKENS: Final = 500
UNKNOWN_IMAGE_TOKENS: Final = 1_500
"""Where it is not known how a model counts pictures: rather too many."""


@dataclass(frozen=True)
class Estimate:
    """`usd` is None where no model has a price; `unpriced` models are not in it."""

    usd: Decimal | None
    unpriced: tuple[str, ...]
    output_tokens: int


def estimate_run(
    organization: Organization,
    ai_models: Sequence[AIModel],
    inputs: Inputs,
    attached: Sequence[Attached],
    max_tokens: int | None,
    at: datetime.datetime,
) -> Estimate:
    """With an answer of `USUAL_OUTPUT_TOKENS`, or of as many as are allowed. One
    query."""
    text = _text_tokens(inputs)
    output = min(max_tokens or USUAL_OUTPUT_TOKENS, USUAL_OUTPUT_TOKENS)
    found = quotes(ai_models, organization, at) if ai_models else {}
    total, unpriced = Decimal(0), []
    for one in ai_models:
        quote = found.get(one.pk)
        usage = Usage(
            input_tokens=text + sum(_image_tokens(one, each) for each in attached),
            output_tokens=output,
        )
        usd = cost_of(usage, quote.rates, at).total_usd if quote else None
        if usd is None:
            unpriced.append(one.reference)
        else:
            total += usd
    is_priced = len(unpriced) < len(ai_models)
    return Estimate(total if is_priced else None, tuple(unpriced), output)


def _text_tokens(inputs: Inputs) -> int:
    said = [inputs.system, *(one["content"] for one in inputs.messages)]
    filled = [*said, *inputs.variables.values()]
    size = sum(len(one.encode()) for one in filled)
    return -(-size // BYTES_PER_TOKEN) + TURN_TOKENS * len(said)


def _image_tokens(ai_model: AIModel, attached: Attached) -> int:
    found = image_tokens(
        ai_model.provider.slug,
        ai_model.model_name,
        attached.width_px,
        attached.height_px,
    )
    return found.tokens if found.tokens is not None else UNKNOWN_IMAGE_TOKENS
