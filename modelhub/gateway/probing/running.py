"""Runs one probe: asks its questions until the answers tell."""

from __future__ import annotations

from decimal import Decimal
from random import SystemRandom
from typing import Any, Final

from analytics.models import CapabilityProbe
from analytics.probes.kinds import KINDS
from analytics.probes.probe import Exchange, Finding, inconclusive
from analytics.queries.probe_estimates import facts_of
from analytics.services.capability_probes import Spent, note_progress, settle
from modelhub.gateway.probing.asking import Asked, ask
from registry.resolution.plan import Selection

SHORT: Final = 400
"""Characters of what was asked and answered that are kept as evidence."""
NOTHING: Final = "There was nothing to ask."


def run_probe(one: CapabilityProbe) -> bool:
    """Ask a claimed probe and keep what it finds; False where the claim was lost."""
    probe = KINDS[one.capability].probe
    calls = probe.calls(facts_of(one.ai_model, one.limit_tokens), SystemRandom())
    selection = Selection(
        model=one.ai_model.reference,
        has_fallback=False,
        connection_id=one.connection_id,
        asks_anyway=True,
    )
    exchanges: list[Exchange] = []
    asked: list[Asked] = []
    finding: Finding | None = None if calls else probe.read((), 0)
    for call in calls:
        if not note_progress(one):
            return False
        answer = ask(one.organization.slug, selection, call)
        asked.append(answer)
        exchanges.append(Exchange(call, answer.said))
        finding = probe.read(exchanges, len(calls))
        if finding is not None:
            break
    kept = [_evidence(*pair) for pair in zip(exchanges, asked, strict=True)]
    return settle(one, finding or inconclusive(NOTHING), _spent(asked), kept)


def _spent(asked: list[Asked]) -> Spent:
    costs = [one.cost_usd for one in asked]
    known = [cost for cost in costs if cost is not None]
    read = [one.said.input_tokens for one in asked if one.said.input_tokens]
    written = [one.output_tokens for one in asked if one.output_tokens]
    return Spent(
        cost_usd=sum(known, Decimal(0)) if len(known) == len(costs) else None,
        input_tokens=sum(read) if read else None,
        output_tokens=sum(written) if written else None,
    )


def _evidence(exchange: Exchange, asked: Asked) -> dict[str, Any]:
    said = exchange.said
    called = [f"{name}({arguments})" for name, arguments in said.tool_calls]
    return {
        "asked": exchange.call.asked[:SHORT],
        "answered": " ".join([said.text, *called]).strip()[:SHORT],
        "error": said.error[:SHORT],
        "finish_reason": said.finish_reason,
        "pieces": len(said.chunk_ms) or None,
        "request_id": asked.request_id,
        "trace": [line[:SHORT] for line in asked.trace],
    }
