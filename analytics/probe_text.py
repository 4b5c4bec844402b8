"""What is known from probes, as text for a console and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analytics.models import CapabilityProbe
from analytics.queries.capability_probes import Line, ProbedPlace
from analytics.queries.probe_estimates import Estimate
from registry.console_table import table_text
from registry.models import AIModel, Connection

STATED = {True: "yes", False: "no", None: ""}


def estimate_line(estimate: Estimate) -> str:
    cost = (
        "the price is not known"
        if estimate.usd is None
        else f"about {estimate.usd:.4f} USD"
    )
    return (
        f"At most {estimate.calls} calls with {estimate.input_tokens:,} tokens in and "
        f"{estimate.output_tokens:,} out: {cost}."
    )


def estimate_document(estimate: Estimate) -> dict[str, Any]:
    return {
        "calls": estimate.calls,
        "input_tokens": estimate.input_tokens,
        "output_tokens": estimate.output_tokens,
        "cost_usd": estimate.usd,
        "short_budgets": list(estimate.short_budgets),
    }


def probe_document(one: CapabilityProbe) -> dict[str, Any]:
    return {
        "capability": one.capability,
        "state": one.state,
        "verdict": one.verdict or None,
        "note": one.note,
        "cost_usd": one.cost_usd,
        "input_tokens": one.input_tokens,
        "output_tokens": one.output_tokens,
        "checked_at": one.checked_at,
        "evidence": one.evidence,
    }


def probes_table(rows: Iterable[CapabilityProbe], *, is_terminal: bool) -> str:
    return table_text(
        ("Capability", "Finding", "Cost USD", "What it said"),
        [
            (one.label, finding_of(one), _cost(one), one.note)
            for one in sorted(rows, key=lambda one: one.pk)
        ],
        is_terminal=is_terminal,
        right=("Cost USD",),
    )


def finding_of(one: CapabilityProbe) -> str:
    """In words: a verdict, or how far it is."""
    said = one.get_verdict_display() if one.verdict else one.get_state_display()
    return str(said).lower()


def lines_table(lines: Iterable[Line], *, is_terminal: bool) -> str:
    return table_text(
        ("Capability", "Documented", "Probed", "On", "What it said"),
        [
            (
                line.label,
                STATED[line.is_documented],
                _probed(line),
                f"{line.probe.checked_at:%Y-%m-%d}"
                if line.probe and line.probe.checked_at
                else "",
                line.probe.note if line.probe else "",
            )
            for line in lines
        ],
        is_terminal=is_terminal,
    )


def lines_document(
    ai_model: AIModel, connection: Connection, lines: Iterable[Line]
) -> dict[str, Any]:
    return {
        "model": ai_model.reference,
        "connection": {"id": connection.pk, "label": connection.label},
        "capabilities": [
            {
                "capability": line.key,
                "is_documented": line.is_documented,
                "probe": probe_document(line.probe) if line.probe else None,
                "under_way": line.open.state if line.open else None,
            }
            for line in lines
        ],
    }


def places_table(places: Iterable[ProbedPlace], *, is_terminal: bool) -> str:
    return table_text(
        ("Model", "Connection", "Verified", "Failed", "Not clear", "Last"),
        [
            (
                one.ai_model.reference,
                one.connection.label,
                ", ".join(one.verified),
                ", ".join(one.failed),
                ", ".join(one.inconclusive),
                f"{one.checked_at:%Y-%m-%d %H:%M}",
            )
            for one in places
        ],
        is_terminal=is_terminal,
    )


def place_document(one: ProbedPlace) -> dict[str, Any]:
    return {
        "model": one.ai_model.reference,
        "connection": one.connection.label,
        "verified": one.verified,
        "failed": one.failed,
        "inconclusive": one.inconclusive,
        "checked_at": one.checked_at,
    }


def _probed(line: Line) -> str:
    if line.open:
        return finding_of(line.open)
    if line.probe is None:
        return "never"
    return "contradicted" if line.is_contradicted else finding_of(line.probe)


def _cost(one: CapabilityProbe) -> str | None:
    return None if one.cost_usd is None else f"{one.cost_usd:.4f}"
