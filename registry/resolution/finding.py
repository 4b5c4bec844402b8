"""Goes through the stages of a chain and finds who can be asked, and who cannot and
why. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from registry.discovery.local import CLOUD_SUFFIXES
from registry.profiles.needs import Traits, unknown, unmet, unmet_memory
from registry.resolution.entries import ConnectionEntry, ModelEntry, OrganizationEntry
from registry.resolution.machine import unfit
from registry.resolution.overlaying import Overlay
from registry.resolution.plan import SOURCES, Candidate, Selection, Skipped
from registry.resolution.snapshot import Snapshot
from registry.resolution.stages import Stage, Step
from registry.resolution.trusting import distrusted

RANKS: Final = {None: 1, True: 0, False: 2}
"""Where discovery found a model before where it did not look, and that before where it
missed it: it may be there again by now."""


@dataclass(slots=True)
class Finding:
    """A plan while it is being worked out."""

    snapshot: Snapshot
    organization: OrganizationEntry
    selection: Selection
    today: datetime.date
    overlay: Overlay | None = None
    required: frozenset[str] = frozenset()
    """Capabilities that the feature asks for, by whichever model."""
    looks_at_all: bool = False
    """Whether a choice follows, for which every model counts, without fallback too."""
    candidates: list[Candidate] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    not_reached: list[str] = field(default_factory=list)

    def take(self, stage: Stage) -> None:
        """Ask whether the models of the stage can answer. A last resort is left alone
        where somebody can already."""
        if stage.is_last_resort and self.candidates:
            self.not_reached.append(SOURCES[stage.source].lower())
            return
        self.trace += stage.trace
        before = len(self.skipped)
        for step in stage.steps:
            if self._is_asked(stage, step):
                self._add(stage, step)
            elif step.model is not None:
                reason = "is a fallback: they are off"
                self._skip(step.model.reference, "fallback_off", reason)
        self.trace += skipped_lines(self.skipped[before:])

    def lines(self) -> Iterator[str]:
        """The whole trace."""
        yield from self.trace
        if self.not_reached:
            yield f"Not reached: {', '.join(self.not_reached)}."

    def _is_asked(self, stage: Stage, step: Step) -> bool:
        is_choice = self.selection.is_choice or self.looks_at_all
        if self.selection.has_fallback or is_choice:
            return True
        if step.position == 1:
            return True
        # A profile prefers one after the other: the first that can answer is meant.
        is_open = not stage.is_last_resort and not self.candidates
        return self.overlay is not None and is_open

    def _skip(self, reference: str, code: str, reason: str) -> None:
        self.skipped.append(Skipped(reference, code, reason))

    def _add(self, stage: Stage, step: Step) -> None:
        model = step.model
        if model is None:
            reference = step.reference or "A model"
            more = "" if step.reference else " any more"
            self._skip(reference, "unknown_model", f"is not in the catalog{more}")
            return
        refusals = list(self._refusals(stage, model))
        for code, reason in refusals[:1]:
            self._skip(model.reference, code, reason)
        if refusals:
            return
        usable = self._usable(model)
        if usable and self.overlay is not None and self.overlay.binds:
            self._say_met(self.overlay, model)
        self.candidates += [
            Candidate(model, one, step.parameters, step.position, stage.source)
            for one in usable
        ]

    def _refusals(self, stage: Stage, model: ModelEntry) -> Iterator[tuple[str, str]]:
        """What speaks against the model wherever it is asked; the worst first."""
        if model.id not in self.organization.enabled_model_ids:
            yield "not_enabled", f"is not enabled for {self.organization.title}"
        retired = model.retired_on
        if retired is not None and retired <= self.today:
            yield "retired", f"was retired on {retired.day} {retired:%b %Y}"
        traits = traits_of(model)
        yield from unmet(stage.needs, traits)
        if self.overlay is not None:
            yield from unmet(self.overlay.needs, traits)

    def _usable(self, model: ModelEntry) -> list[ConnectionEntry]:
        provider = model.provider
        connections = self._connections(provider)
        if not connections:
            none = "none" if self.selection.connection_id is None else "not this one"
            reason = f"has no connection: {none} to {provider} is set up"
            self._skip(model.reference, "no_connection", reason)
            return []
        usable = []
        for one in connections:
            problem = next(self._problems(model, one), None)
            if problem is None:
                usable.append(one)
            else:
                self._skip(model.reference, *problem)
        return self._by_offer(model, usable)

    def _connections(self, provider: str) -> tuple[ConnectionEntry, ...]:
        known = self.snapshot.connections(self.organization.id, provider)
        wanted = self.selection.connection_id
        if wanted is None:
            return known
        return tuple(one for one in known if one.id == wanted)

    def _problems(
        self, model: ModelEntry, one: ConnectionEntry
    ) -> Iterator[tuple[str, str]]:
        """What speaks against asking the model at this connection."""
        where = f"at the connection “{one.label}”"
        if one.problem:
            reason = f"cannot use the connection “{one.label}”: {one.problem}"
            yield "connection_problem", reason
        if self.selection.local_only and not one.is_local:
            yield "not_local", f"is not local {where}"
        overlay = self.overlay
        is_cloud = not one.is_local or model.model_name.endswith(CLOUD_SUFFIXES)
        if overlay is not None and not overlay.allows_cloud and is_cloud:
            yield "cloud", f"is in the cloud {where}, which the profile does not allow"
        trust = self.organization.capability_trust
        yield from distrusted(trust, model, one, self.required)
        if one.runs_here:
            memory_gb = one.memory_gb.get(model.id, model.min_memory_gb)
            is_loaded = model.id in one.loaded_ids
            yield from unfit(self.snapshot.machine, memory_gb, is_loaded=is_loaded)
            if overlay is not None:
                yield from unmet_memory(overlay.needs, memory_gb)

    def _by_offer(
        self, model: ModelEntry, connections: list[ConnectionEntry]
    ) -> list[ConnectionEntry]:
        """Where discovery found the model before where it did not look, and that
        before where it missed it: it may be there again by now. A server that offers
        other models, but never this one, is left out where another one has it."""
        if True in [one.offers.get(model.id) for one in connections]:
            connections = self._without_others(model, connections)
        ranked = sorted(connections, key=lambda one: RANKS[one.offers.get(model.id)])
        if ranked != connections:
            self.trace.append(
                f"{model.reference}: “{ranked[0].label}” goes first, as the last "
                "discovery found the model there."
            )
        return ranked

    def _without_others(
        self, model: ModelEntry, connections: list[ConnectionEntry]
    ) -> list[ConnectionEntry]:
        kept = []
        for one in connections:
            if one.offers and model.id not in one.offers:
                self.trace.append(
                    f"{model.reference}: “{one.label}” is not asked, as it offers "
                    "other models only."
                )
            else:
                kept.append(one)
        return kept

    def _say_met(self, overlay: Overlay, model: ModelEntry) -> None:
        unsaid = unknown(overlay.needs, traits_of(model))
        but = f"; how strong it is at {' and '.join(unsaid)} is not known"
        ending = but if unsaid else ""
        self.trace.append(f"{model.reference} meets what the profile requires{ending}.")


def traits_of(model: ModelEntry) -> Traits:
    traits = model.traits
    return Traits(traits.capabilities, traits.context_window, model.strengths)


def skipped_lines(skipped: Iterable[Skipped]) -> list[str]:
    return [f"{one.reference} {one.reason}." for one in skipped]
