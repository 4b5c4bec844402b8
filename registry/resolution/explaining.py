"""What would happen to a request, and why, without a call. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from registry.rates import base_rate
from registry.resolution.entries import ConnectionEntry, FeatureEntry, ModelEntry
from registry.resolution.plan import (
    Candidate,
    NotResolved,
    Plan,
    Selection,
    Skipped,
)
from registry.resolution.resolving import resolve
from registry.resolution.snapshot import Snapshot

MOST_TOLD: Final = 50
"""So many models of the order before a choice are told."""


@dataclass(frozen=True, slots=True)
class ExplainedPrice:
    """Base rates in dollars per million tokens; None is not known."""

    id: int
    input_usd_per_million: Decimal | None
    output_usd_per_million: Decimal | None


@dataclass(frozen=True, slots=True)
class ExplainedCandidate:
    position: int
    model: ModelEntry
    connection: ConnectionEntry
    parameters: Mapping[str, object]
    price: ExplainedPrice | None
    source: str = ""

    def as_document(self) -> dict[str, Any]:
        return {
            "position": self.position,
            "source": self.source,
            "model": self.model.reference,
            "context_window": self.model.traits.context_window,
            "connection": {
                "id": self.connection.id,
                "label": self.connection.label,
                "provider": self.connection.provider,
                "is_local": self.connection.is_local,
            },
            "parameters": dict(self.parameters),
            "price": self.price
            and {
                "id": self.price.id,
                "input_usd_per_million": _text(self.price.input_usd_per_million),
                "output_usd_per_million": _text(self.price.output_usd_per_million),
            },
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """`error` says why nothing would be asked, where that is so; `choices` are what
    an ambiguous or wrong name could mean."""

    selection: Selection
    snapshot_version: int
    feature: FeatureEntry | None = None
    candidates: tuple[ExplainedCandidate, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    trace: tuple[str, ...] = ()
    error: str = ""
    choices: tuple[str, ...] = ()
    profile: str = ""
    before_choice: tuple[str, ...] = ()
    is_chosen: bool = False

    def as_document(self) -> dict[str, Any]:
        feature = self.feature
        return {
            "selection": str(self.selection),
            "local_only": self.selection.local_only,
            "has_fallback": self.selection.has_fallback,
            "profile": self.profile or None,
            "snapshot_version": self.snapshot_version,
            "is_answered": bool(self.candidates),
            "error": self.error or None,
            "choices": list(self.choices),
            "feature": feature
            and {
                "key": feature.key,
                "revision": feature.revision_number,
                "stream_guarantee": feature.stream_guarantee,
                "timeout_s": feature.timeout_s,
                "hedge_after_ms": feature.hedge_after_ms,
            },
            "candidates": [one.as_document() for one in self.candidates],
            "skipped": [
                {"model": one.reference, "code": one.code, "reason": one.reason}
                for one in self.skipped
            ],
            "trace": list(self.trace),
            "is_chosen": self.is_chosen,
            "before_choice": list(self.before_choice),
        }


def explain(
    snapshot: Snapshot,
    organization_id: int,
    selection: Selection,
    *,
    at: datetime.datetime,
    input_tokens: int = 0,
    max_output_tokens: int | None = None,
    needed_capabilities: frozenset[str] = frozenset(),
    arrange: Callable[[Plan], Plan] | None = None,
) -> Explanation:
    """What `resolve` would answer at the moment `at` (aware), with prices; with
    `arrange` also what it chooses. Never raises: what means nothing is explained
    too."""
    before: list[str] = []

    def arranged(plan: Plan) -> Plan:
        before.extend(dict.fromkeys(one.model.reference for one in plan.candidates))
        return arrange(plan) if arrange else plan

    try:
        plan = resolve(
            snapshot,
            organization_id,
            selection,
            input_tokens=input_tokens,
            max_output_tokens=max_output_tokens,
            needed_capabilities=needed_capabilities,
            today=at.date(),
            arrange=arranged,
        )
    except NotResolved as error:
        return Explanation(
            selection,
            snapshot.version,
            error=error.message,
            choices=error.choices,
        )
    return Explanation(
        selection=selection,
        snapshot_version=plan.snapshot_version,
        feature=plan.feature,
        candidates=tuple(
            _explained(snapshot, plan, one, at) for one in plan.candidates
        ),
        skipped=plan.skipped,
        trace=plan.trace,
        profile=plan.profile,
        error="" if plan.candidates else "No model can answer now.",
        before_choice=tuple(before[:MOST_TOLD]),
        is_chosen=arrange is not None and bool(before),
    )


def _explained(
    snapshot: Snapshot, plan: Plan, candidate: Candidate, at: datetime.datetime
) -> ExplainedCandidate:
    period = snapshot.price(plan.organization.id, candidate.model.id, at)
    price = None
    if period is not None:
        document = period.rates.document
        price = ExplainedPrice(
            period.price_id,
            base_rate(document, "input_mtok"),
            base_rate(document, "output_mtok"),
        )
    return ExplainedCandidate(
        candidate.position,
        candidate.model,
        candidate.connection,
        candidate.parameters,
        price,
        candidate.source,
    )


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
