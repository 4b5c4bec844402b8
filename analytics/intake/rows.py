"""A told call as a usage record, once it is known what its words mean. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.costing import REPORTED, cost_of_call
from analytics.incoming import IncomingCall
from analytics.intake.spellings import said_name
from analytics.usage_row import LONGEST_TAG, MOST_TAGS, Outcome, UsageRow
from registry.cost import Cost, CostLine, CostState
from registry.resolution.price_book import PriceBook

FEATURE_TAG: Final = "feature"
PROMPT_TAG: Final = "prompt"
AS_TOLD: Final = "No price is known here: the cost is the one that was told."


@dataclass(frozen=True, slots=True)
class Known:
    """A model of the registry that is meant."""

    ai_model_id: int
    model_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanings:
    """What the words of a batch of calls mean to the organisation that tells them."""

    organization_id: int
    models: Mapping[tuple[str, str], Known]
    features: Mapping[str, int]
    prices: PriceBook
    token_id: int | None = None


def told_row(
    call: IncomingCall, meanings: Meanings, own_id: uuid.UUID, request_id: uuid.UUID
) -> UsageRow:
    """The record of a call, its cost frozen at the price in force when it began."""
    known = meanings.models.get((call.provider, call.model))
    feature_id = meanings.features.get(call.feature)
    cost, price_id = told_cost(call, known, meanings)
    return UsageRow(
        id=own_id,
        request_id=request_id,
        attempt=call.attempt,
        started_at=call.started_at,
        organization_id=meanings.organization_id,
        ai_model_id=known.ai_model_id if known else None,
        connection_id=None,
        feature_id=feature_id,
        token_id=meanings.token_id,
        cost=cost,
        price_id=price_id,
        outcome=call.outcome,
        source=call.source,
        usage=call.usage,
        latency_ms=call.latency_ms,
        ttft_ms=call.ttft_ms,
        error_kind=call.error_kind,
        error_message=call.error_message,
        status_code=call.status_code,
        finish_reason=call.finish_reason,
        is_stream=call.is_stream,
        answered=call.outcome is Outcome.OK,
        model_name=_model_name(call, known),
        provider_request_id=call.provider_request_id,
        tags=_tags(call, has_feature=feature_id is not None),
    )


def told_cost(
    call: IncomingCall, known: Known | None, meanings: Meanings
) -> tuple[Cost, int | None]:
    """What a call cost, and the price row it comes from (None: from none)."""
    if call.is_provider_cost and call.reported_usd is not None:
        return cost_of_call(
            call.usage, None, call.started_at, reported_usd=call.reported_usd
        )
    price = None
    if known is not None:
        price = meanings.prices.price(
            meanings.organization_id, known.ai_model_id, call.started_at
        )
    cost, price_id = cost_of_call(call.usage, price, call.started_at)
    if cost.state is CostState.UNPRICED and call.reported_usd is not None:
        usd = call.reported_usd
        line = CostLine(REPORTED, Decimal(1), usd, usd)
        return Cost(CostState.ESTIMATED, usd, (line,), (AS_TOLD,)), None
    return cost, price_id


def _model_name(call: IncomingCall, known: Known | None) -> str:
    if known is None:
        return said_name(call.provider, call.model)
    said = call.model.strip()
    return "" if said == known.model_name else said


def _tags(call: IncomingCall, *, has_feature: bool) -> Mapping[str, str]:
    """Words that name nothing here are kept as tags, where there is room."""
    if not call.prompt_name and (has_feature or not call.feature):
        return call.tags
    if not call.prompt_name and not call.tags:
        return {FEATURE_TAG: call.feature[:LONGEST_TAG]}
    extra = {
        FEATURE_TAG: "" if has_feature else call.feature,
        PROMPT_TAG: call.prompt_name,
    }
    added = {
        name: word[:LONGEST_TAG]
        for name, word in extra.items()
        if word and name not in call.tags
    }
    if not added:
        return call.tags
    return dict(list({**added, **call.tags}.items())[:MOST_TAGS])
