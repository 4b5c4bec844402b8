"""Automatic selection: which of the models that may answer is asked first, where nobody
named one. The work of a request is analysed, the models are ordered under the policy,
and the plan says why. Everything comes from memory."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, Protocol

from recommender.routing.analysis import Complexity, WorkloadAnalysis, analyse
from recommender.routing.believing import NOTHING, Found, believed_chances
from recommender.routing.choosing import RoutedModel, choose
from recommender.routing.classifier import LABELS, OTHER, Classification, classify
from recommender.routing.documented import documented_success, strength_for
from recommender.routing.goals import Goals, goals_for
from recommender.routing.request import RoutedRequest
from registry.pricing import cost_of
from registry.resolution.entries import ModelEntry, PricePeriod
from registry.resolution.plan import Candidate, Plan
from registry.usage import Usage

IMAGES: Final = "image_analysis"
TOOLS: Final = "tools"
CHOSEN: Final = "request"
"""The source of candidates that nobody named; a profile's own models stay in front."""
ARRANGED: Final = "Put into another order by what this request asks."
USUAL_OUTPUT_TOKENS: Final = 500
LEAST_CHANCE: Final = 0.5
"""Below, the classifier guesses, and the task counts as something else."""
MOST_KNOWN: Final = 2_000
SHORTLIST: Final = 24
"""So many are weighed anew for each request; the others follow in the order in which
they came. No more than eight are ever asked."""


class PriceLookup(Protocol):
    """The price of a model for an organisation at a moment."""

    def __call__(
        self, organization_id: int, model_id: int, at: datetime.datetime
    ) -> PricePeriod | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is looked at of one request. `prompt` is what the user said last,
    `request_id` what the choice is repeated by."""

    request_id: str
    prompt: str
    input_tokens: int
    max_output_tokens: int | None = None
    capabilities: frozenset[str] = frozenset()


class Known(NamedTuple):
    """What an organisation found out of its models, by id; another `version` after
    each change."""

    version: int
    by_model: Mapping[int, Found]


UNREAD: Final = Known(0, {})


def nothing_found(organization_id: int) -> Known:
    return UNREAD


class Kind(NamedTuple):
    """What all requests share that are chosen for alike. `size_tokens` is rounded up to
    a power of two."""

    organization_id: int
    found_version: int
    model_ids: tuple[int, ...]
    strength: str
    complexity: Complexity
    chance_floor: float
    size_tokens: int
    output_tokens: int
    hour: datetime.datetime


@dataclass(slots=True)
class Selector:
    """`is_quiet`: no circuit of the candidate is open. `found`: what an organisation
    measured, from memory."""

    price: PriceLookup
    is_quiet: Callable[[Candidate], bool]
    found: Callable[[int], Known] = nothing_found
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)
    _known: dict[tuple[int, Kind], dict[int, RoutedModel]] = field(default_factory=dict)

    def arranged(self, plan: Plan, asked: Asked) -> Plan:
        """The plan with its candidates in the order of the choice. Unchanged where
        there is nothing to choose, or no rating to choose by."""
        if len(plan.candidates) < 2:
            return plan
        work, said = _work_of(asked)
        goals = goals_for(Goals(), work)
        models = self._shortlist(plan, _kind(asked, work, said), asked, goals)
        if all(one.chance is None for one in models.values()):
            return plan
        fixed, listed, others = _parted(plan.candidates, models)
        loud = {one.model.id for one in listed if not self.is_quiet(one)}
        ready = [
            replace(one, is_healthy=False) if model_id in loud else one
            for model_id, one in models.items()
        ]
        choice = choose(ready, goals, asked.request_id)
        order = {one.reference: at for at, one in enumerate(choice.models)}
        listed.sort(key=lambda one: order[one.model.reference])
        return replace(
            plan,
            candidates=(*fixed, *listed, *others),
            trace=(*plan.trace, ARRANGED, work.line, _task_line(said), *choice.trace),
        )

    def _shortlist(
        self,
        plan: Plan,
        kind: tuple[str, Complexity],
        asked: Asked,
        goals: Goals,
    ) -> dict[int, RoutedModel]:
        """The best models for work of this kind, by id; remembered for an hour, or
        until the configuration changes."""
        now = self.now()
        known = self.found(plan.organization.id)
        key = (
            plan.snapshot_version,
            Kind(
                plan.organization.id,
                known.version,
                tuple([one.model.id for one in plan.candidates]),
                *kind,
                goals.chance_floor,
                1 << max(6, asked.input_tokens.bit_length()),
                asked.max_output_tokens or USUAL_OUTPUT_TOKENS,
                now.replace(minute=0, second=0, microsecond=0),
            ),
        )
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            entries = {
                one.model.reference: one.model
                for one in plan.candidates
                if one.source == CHOSEN
            }
            made = self._made(list(entries.values()), key[1], known.by_model)
            best = choose(made, goals, "").models
            found = self._known[key] = {
                entries[one.reference].id: one for one in best[:SHORTLIST]
            }
        return found

    def _made(
        self,
        entries: Sequence[ModelEntry],
        kind: Kind,
        found: Mapping[int, Found],
    ) -> list[RoutedModel]:
        documented = {
            one.id: documented_success(one.strengths, kind.strength, kind.complexity)
            for one in entries
        }
        believed = believed_chances(documented, found)
        return [
            RoutedModel(
                reference=one.reference,
                chance=believed[one.id].chance,
                cases=believed[one.id].cases,
                cost_usd=self._cost_usd(one.id, kind),
                latency_ms=found.get(one.id, NOTHING).latency_ms,
            )
            for one in entries
        ]

    def _cost_usd(self, model_id: int, kind: Kind) -> float | None:
        price = self.price(kind.organization_id, model_id, kind.hour)
        if price is None:
            return None
        usage = Usage(input_tokens=kind.size_tokens, output_tokens=kind.output_tokens)
        cost = cost_of(usage, price.rates, kind.hour).total_usd
        return None if cost is None else float(cost)


def _parted(
    candidates: Iterable[Candidate], models: Mapping[int, RoutedModel]
) -> tuple[list[Candidate], list[Candidate], list[Candidate]]:
    """Those that nobody may move, those of the shortlist, and the others. One pass: an
    organisation may have enabled thousands."""
    fixed, listed, others = [], [], []
    for one in candidates:
        if one.source != CHOSEN:
            fixed.append(one)
        elif one.model.id in models:
            listed.append(one)
        else:
            others.append(one)
    return fixed, listed, others


def _work_of(asked: Asked) -> tuple[WorkloadAnalysis, Classification]:
    images = int(IMAGES in asked.capabilities)
    work = analyse(
        RoutedRequest(
            prompt=asked.prompt,
            input_tokens=asked.input_tokens,
            image_count=images,
            tool_count=int(TOOLS in asked.capabilities),
        )
    )
    return work, classify(asked.prompt, work.text)


def _kind(
    asked: Asked, work: WorkloadAnalysis, said: Classification
) -> tuple[str, Complexity]:
    """The strength that is asked for, and the higher of the two complexities: one
    counts what is in the request, the other reads its words."""
    task = said.task if said.task_chance >= LEAST_CHANCE else OTHER
    has_images = IMAGES in asked.capabilities
    levels = (work.complexity.value, Complexity(said.complexity))
    complexity = max(levels, key=list(Complexity).index)
    return strength_for(task, has_images=has_images), complexity


def _task_line(said: Classification) -> str:
    if said.task_chance < LEAST_CHANCE:
        return (
            f"Task: not clear (perhaps {LABELS[said.task].lower()}), "
            f"{said.complexity} complexity."
        )
    return said.line
