"""One request with everything that is known of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from analytics.models import Feedback, UsagePayload, UsageRecord
from analytics.queries.call_names import names_of
from analytics.queries.calls import attempts_of
from analytics.request_story import (
    OUTCOMES,
    Span,
    Total,
    Verdict,
    decisive,
    duration_ms,
    error_words,
    first_token_ms,
    said_model,
    source_words,
    spans,
    total_of,
    verdict,
)
from analytics.usage_row import Outcome
from registry.cost import Cost
from registry.models import (
    AIModel,
    ApiToken,
    Connection,
    Feature,
    Organization,
    PackVersion,
    PromptVersion,
)
from registry.price_table import LABELS, UNITS


@dataclass(frozen=True)
class CostRow:
    """A line of a cost in words."""

    label: str
    quantity: Decimal
    rate_usd: Decimal
    unit: str
    usd: Decimal


@dataclass(frozen=True)
class AttemptLine:
    record: UsageRecord
    ai_model: AIModel | None
    said_model: str
    connection: Connection | None
    outcome: str
    tone: str
    error: str
    cost: Cost
    cost_rows: list[CostRow]
    trace: list[str]
    payload: UsagePayload | None


@dataclass(frozen=True)
class RequestDetail:
    request_id: uuid.UUID
    attempts: list[AttemptLine]
    final: AttemptLine
    verdict: Verdict
    total: Total
    source: str
    spans: list[Span]
    duration_ms: int | None
    first_token_ms: int | None
    feature: Feature | None
    token: ApiToken | None
    pack_version: PackVersion | None
    prompt_version: PromptVersion | None
    tags: dict[str, str]
    feedback: list[Feedback]


def request_detail(
    organization: Organization, request_id: uuid.UUID
) -> RequestDetail | None:
    """None where the organisation has no such request."""
    rows = attempts_of(organization, request_id)
    if not rows:
        return None
    names = names_of(rows, with_all=True)
    kept = UsagePayload.objects.filter(organization=organization, request_id=request_id)
    payloads = {payload.attempt: payload for payload in kept}
    lines = {
        row.id: _line(
            row,
            names.ai_models.get(row.ai_model_id or 0),
            names.connections.get(row.connection_id or 0),
            payloads.get(row.attempt),
        )
        for row in rows
    }
    final = decisive(rows)
    return RequestDetail(
        request_id=request_id,
        attempts=list(lines.values()),
        final=lines[final.id],
        verdict=verdict(rows),
        total=total_of(rows),
        source=source_words(final),
        spans=spans(rows),
        duration_ms=duration_ms(rows),
        first_token_ms=first_token_ms(rows),
        feature=names.features.get(final.feature_id or 0),
        token=names.tokens.get(final.token_id or 0),
        pack_version=PackVersion.objects.select_related("pack")
        .filter(pk=final.pack_version_id or 0)
        .first(),
        prompt_version=PromptVersion.objects.select_related("prompt")
        .filter(pk=final.prompt_version_id or 0)
        .first(),
        tags=final.tags or {},
        feedback=_feedback(organization, request_id),
    )


def _feedback(organization: Organization, request_id: uuid.UUID) -> list[Feedback]:
    found = Feedback.objects.filter(organization=organization, request_id=request_id)
    return list(found.order_by("name"))


def _line(
    row: UsageRecord,
    ai_model: AIModel | None,
    connection: Connection | None,
    payload: UsagePayload | None,
) -> AttemptLine:
    outcome, tone = OUTCOMES[Outcome(row.outcome)]
    cost = row.cost
    return AttemptLine(
        record=row,
        ai_model=ai_model,
        said_model=said_model(row),
        connection=connection,
        outcome=outcome,
        tone=tone,
        error=error_words(row),
        cost=cost,
        cost_rows=[
            CostRow(
                label=_label(line.price_key),
                quantity=line.quantity,
                rate_usd=line.rate_usd,
                unit=_unit(line.price_key),
                usd=line.usd,
            )
            for line in cost.lines
        ],
        trace=row.trace.split("\n") if row.trace else [],
        payload=payload,
    )


def _label(key: str) -> str:
    """`cache_audio_read_mtok` → Cache audio read."""
    if key in LABELS:
        return LABELS[key]
    ending = next((end for end in UNITS if key.endswith(end)), "")
    return key.removesuffix(ending).replace("_", " ").capitalize()


def _unit(key: str) -> str:
    return next((unit for end, unit in UNITS.items() if key.endswith(end)), "each")
