"""Told calls as lines of COPY. Pure.

Most calls of a batch differ in a dozen values only. The first of a kind is worked out
as a record; of the next ones of this kind only what differs is. The two ways make the
same line (tested).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast

from analytics.cost_text import breakdown_text, line_text
from analytics.incoming import IncomingCall
from analytics.intake.rows import Known, Meanings, told_cost, told_row
from analytics.recording.calls import Call
from analytics.recording.columns import (
    ROW_COLUMNS,
    provider_request_text,
    row_values,
    stored_text,
)
from analytics.recording.copy_text import NULL, copy_line, copy_value
from analytics.token_counts import COLUMNS, UNKNOWN, Counts, stored_counts
from registry.cost import Cost, CostState
from registry.pricing import usual_cost

OWN: Final = frozenset(
    {
        "id",
        "request_id",
        "started_at",
        "price_id",
        *COLUMNS,
        "ttft_ms",
        "latency_ms",
        "cost_usd",
        "cost_state",
        "provider_request_id",
        "breakdown",
    }
)
"""What differs between calls of one kind; `_own_values` gives it in this order."""
UNKNOWN_TEXT: Final = (NULL,) * len(COLUMNS)
KINDS_KEPT: Final = 1_000


class ToldLine(NamedTuple):
    """A line of COPY, and what is counted of it."""

    text: str
    is_unpriced: bool
    is_unknown_model: bool


@dataclass(slots=True)
class ToldLines:
    """Makes the lines of one batch."""

    meanings: Meanings
    _patterns: dict[tuple[object, ...], str] = field(default_factory=dict)

    def line(
        self, call: IncomingCall, own_id: uuid.UUID, request_id: uuid.UUID
    ) -> ToldLine:
        """Raises ValueError or OverflowError for a call that makes no sense."""
        meanings = self.meanings
        known = meanings.models.get((call.provider, call.model))
        counts, others = stored_counts(call.usage)
        cost, price_id = self._cost(call, known, None if others else counts)
        has_words = call.error_message or call.tags or call.prompt_name or others
        kind = None if has_words else _kind(call)
        pattern = self._patterns.get(kind) if kind else None
        if pattern is None:
            row = told_row(call, meanings, own_id, request_id)
            values = row_values(Call(row))
            if kind and len(self._patterns) < KINDS_KEPT:
                self._patterns[kind] = _pattern(values)
            text = copy_line(values)
        else:
            text = pattern % _own_values(
                call, own_id, request_id, cost, price_id, counts
            )
        return ToldLine(text, cost.state is CostState.UNPRICED, known is None)

    def _cost(
        self, call: IncomingCall, known: Known | None, counts: Counts | None
    ) -> tuple[Cost, int | None]:
        """As `told_cost`, without detours for a usual call: `counts` are all that it
        used, or None."""
        meanings = self.meanings
        if known and counts and counts is not UNKNOWN and not call.is_provider_cost:
            price = meanings.prices.price(
                meanings.organization_id, known.ai_model_id, call.started_at
            )
            if price is not None:
                usual = cast("tuple[int, ...]", counts)
                cost = usual_cost(usual, price.rates, call.started_at)
                if cost is not None:
                    return cost, price.price_id
        return told_cost(call, known, meanings)


def _kind(call: IncomingCall) -> tuple[object, ...]:
    return (
        call.provider,
        call.model,
        call.feature,
        call.source,
        call.outcome,
        call.status_code,
        call.finish_reason,
        call.error_kind,
        call.is_stream,
        call.attempt,
    )


def _pattern(values: tuple[object, ...]) -> str:
    named = zip(ROW_COLUMNS, values, strict=True)
    return (
        "\t".join(
            "%s" if name in OWN else copy_value(value).replace("%", "%%")
            for name, value in named
        )
        + "\n"
    )


def _own_values(
    call: IncomingCall,
    own_id: uuid.UUID,
    request_id: uuid.UUID,
    cost: Cost,
    price_id: int | None,
    counts: Counts,
) -> tuple[object, ...]:
    ttft_ms, latency_ms = call.ttft_ms, call.latency_ms
    name, usd = call.provider_request_id, cost.total_usd
    return (
        own_id.hex,
        own_id.hex if request_id is own_id else request_id.hex,
        call.started_at,
        NULL if price_id is None else price_id,
        *(counts if counts is not UNKNOWN else UNKNOWN_TEXT),
        NULL if ttft_ms is None else round(ttft_ms),
        NULL if latency_ms is None else round(latency_ms),
        NULL if usd is None else usd,
        cost.state._value_,
        name and copy_value(provider_request_text(name)),
        _breakdown(cost),
    )


def _breakdown(cost: Cost) -> str:
    if cost.notes or cost.missing:
        return copy_value(stored_text(breakdown_text(cost)))
    # Lines alone hold nothing that is to be escaped but their ends.
    return "\\n".join([line_text(line) for line in cost.lines])
