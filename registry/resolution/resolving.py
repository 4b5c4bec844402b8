"""From a selection to a plan: who is asked, in which order, and why. Pure: it looks at
nothing but the snapshot (and the clock, for models that retire)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from registry.capabilities import CAPABILITIES, PROBED
from registry.requirements import lower
from registry.resolution.chain import MOST_CHOSEN, chain_of
from registry.resolution.entries import PromptEntry
from registry.resolution.finding import Finding, skipped_lines
from registry.resolution.plan import Candidate, NotResolved, Plan, Selection, Skipped
from registry.resolution.snapshot import Snapshot
from registry.resolution.trusting import distrusted

MOST_NARROWED: Final = 500


def resolve(
    snapshot: Snapshot,
    organization_id: int,
    selection: Selection,
    *,
    input_tokens: int = 0,
    max_output_tokens: int | None = None,
    needed_capabilities: frozenset[str] = frozenset(),
    today: datetime.date | None = None,
    arrange: Callable[[Plan], Plan] | None = None,
) -> Plan:
    """The plan for one request. `input_tokens` is an estimate; `max_output_tokens`
    what the request lets a model write at most, if it says so. `arrange` puts the
    models of an automatic choice into their order. `today` is for tests.

    Raises NotResolved where the selection means nothing, or a model that the
    organisation may not use.
    """
    on = today or datetime.datetime.now(datetime.UTC).date()
    key = (organization_id, selection, on)
    plan = snapshot.plans.get(key)
    if plan is None:
        # Only what resolved is remembered, so that wrong names do not pile up.
        plan = snapshot.plans[key] = _plan(snapshot, organization_id, selection, on)
    if selection.asks_anyway:
        plan = replace(plan, candidates=tuple(map(_able, plan.candidates)))
    else:
        trust = plan.organization.capability_trust
        needs = _Needs(input_tokens, max_output_tokens, needed_capabilities, trust)
        plan = _narrowed(plan, needs, snapshot)
    if not plan.is_choice:
        return plan
    return _with_few(arrange(plan) if arrange else plan)


def _plan(
    snapshot: Snapshot,
    organization_id: int,
    selection: Selection,
    today: datetime.date,
) -> Plan:
    """All candidates, whatever a request needs."""
    organization = snapshot.organization(organization_id)
    if organization is None:
        raise NotResolved("The organisation is not known.")
    chain = chain_of(snapshot, organization, selection)
    feature = chain.feature
    required = feature.required_capabilities if feature else frozenset()
    found = Finding(snapshot, organization, selection, today, chain.overlay, required)
    found.looks_at_all = feature is not None and feature.choice is not None
    for stage in chain.stages:
        found.take(stage)
    return Plan(
        organization=organization,
        selection=selection,
        candidates=tuple(_with_prompt(found.candidates, chain.prompt)),
        skipped=tuple(found.skipped),
        feature=feature,
        trace=tuple(found.lines()),
        snapshot_version=snapshot.version,
        profile=chain.overlay.profile.slug if chain.overlay else "",
    )


def _with_prompt(
    candidates: list[Candidate], prompt: PromptEntry | None
) -> list[Candidate]:
    if prompt is None:
        return candidates
    return [replace(one, prompt=prompt) for one in candidates]


def _able(candidate: Candidate) -> Candidate:
    """The candidate as if all were documented that can be probed: adapters refuse what
    a model is not known to offer."""
    traits = candidate.model.traits
    if not traits.capabilities:
        return candidate
    able = replace(traits, capabilities=traits.capabilities | PROBED)
    return replace(candidate, model=replace(candidate.model, traits=able))


def _with_few(plan: Plan) -> Plan:
    """The best of an automatic choice, numbered anew; one where fallback is off."""
    most = MOST_CHOSEN if plan.selection.has_fallback else 1
    models = list(dict.fromkeys(one.model.id for one in plan.candidates))
    numbers = {model_id: number for number, model_id in enumerate(models, start=1)}
    left_out = len(models) - most
    said = f"{left_out} more could answer and are left out."
    return replace(
        plan,
        candidates=tuple(
            replace(one, position=numbers[one.model.id])
            for one in plan.candidates
            if numbers[one.model.id] <= most
        ),
        trace=(*plan.trace, said) if left_out > 0 else plan.trace,
    )


@dataclass(frozen=True, slots=True)
class _Needs:
    """What one request needs of a model."""

    input_tokens: int
    max_output_tokens: int | None
    capabilities: frozenset[str]
    trust: str

    def refusal(self, candidate: Candidate) -> Skipped | None:
        """Why the candidate cannot answer this request. What is not known of a model
        speaks for it: the provider knows better."""
        model = candidate.model
        traits = model.traits
        window = traits.context_window
        if window is not None and self.input_tokens:
            said = self.input_tokens + candidate.prompt_tokens
            tokens = said + self._output(candidate)
            if tokens > window:
                reason = (
                    f"has a context window of {window:,} tokens, and this request "
                    f"may take about {tokens:,}"
                )
                return Skipped(model.reference, "small_window", reason)
        if self.capabilities and traits.capabilities:
            lacking = sorted(self.capabilities - traits.capabilities)
            if lacking:
                words = " and ".join(_label(word) for word in lacking)
                reason = f"is not known to offer {words}"
                return Skipped(model.reference, "missing_capability", reason)
        connection = candidate.connection
        found = distrusted(self.trust, model, connection, self.capabilities)
        for code, reason in found:
            return Skipped(model.reference, code, reason)
        return None

    def _output(self, candidate: Candidate) -> int:
        if self.max_output_tokens is not None:
            return self.max_output_tokens
        configured = candidate.parameters.get("max_tokens")
        return configured if isinstance(configured, int) else 0


def _narrowed(plan: Plan, needs: _Needs, snapshot: Snapshot) -> Plan:
    """The plan without candidates that cannot answer this request."""
    kept = []
    skipped: dict[tuple[str, str], Skipped] = {}
    for candidate in plan.candidates:
        refusal = needs.refusal(candidate)
        if refusal is None:
            kept.append(candidate)
        else:
            skipped[refusal.reference, refusal.reason] = refusal
    if not skipped:
        return plan
    found = list(skipped.values())
    return replace(
        plan,
        candidates=_remembered(plan, kept, snapshot),
        skipped=(*plan.skipped, *found),
        trace=(*plan.trace, *skipped_lines(found)),
    )


def _remembered(
    plan: Plan, kept: list[Candidate], snapshot: Snapshot
) -> tuple[Candidate, ...]:
    """The same tuple for the same candidates of a plan: by it an automatic choice knows
    again what it has sorted already."""
    if not plan.is_choice:
        return tuple(kept)
    key = (id(plan.candidates), *map(id, kept))
    found = snapshot.narrowed.get(key)
    if found is None:
        if len(snapshot.narrowed) >= MOST_NARROWED:
            snapshot.narrowed.clear()
        found = snapshot.narrowed[key] = tuple(kept)
    return found


def _label(word: str) -> str:
    return lower(CAPABILITIES[word][0]) if word in CAPABILITIES else word
