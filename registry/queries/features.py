"""Features with their assignment, candidates and problems, for lists and pages."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from registry.models import (
    AIModel,
    AssignmentFallback,
    AssignmentRevision,
    Feature,
    Organization,
    PromptVersion,
)
from registry.queries.candidates import (
    Candidate,
    Option,
    enabled_models,
    load_candidates,
    options_for,
    requirements_of,
)
from registry.requirements import check

PROBLEM_WARNINGS: Final = frozenset(
    {"unavailable", "retiring", "deprecated", "unpriced"}
)
"""Warnings that call for action; the others are hints for the moment of choosing."""
SORTS: Final = {
    "name": "Name",
    "problems": "Problems first",
    "changed": "Last change",
    "price": "Output price",
}


@dataclass(frozen=True)
class Problem:
    """Something that should be looked at. `tone` is danger (no answer is certain) or
    warning."""

    tone: str
    text: str


@dataclass(frozen=True)
class FeatureRow:
    """One feature with what answers for it."""

    feature: Feature
    revision: AssignmentRevision | None
    current: Option | None
    fallbacks: list[Option]
    options: list[Option] = field(repr=False)
    problems: list[Problem]

    @property
    def number(self) -> int:
        """The revision in force, 0 for a feature that was never assigned."""
        return self.revision.number if self.revision else 0

    @property
    def prompt_version(self) -> PromptVersion | None:
        return self.revision.prompt_version if self.revision else None

    @property
    def tone(self) -> str:
        """The worst tone of its problems, or success."""
        tones = {problem.tone for problem in self.problems}
        return next(
            (tone for tone in ("danger", "warning") if tone in tones), "success"
        )

    @property
    def input_usd_per_million(self) -> Decimal | None:
        return self.current.candidate.input_usd_per_million if self.current else None

    @property
    def output_usd_per_million(self) -> Decimal | None:
        return self.current.candidate.output_usd_per_million if self.current else None

    @property
    def context_window(self) -> int | None:
        return self.current.ai_model.context_window if self.current else None

    @property
    def changed_at(self) -> datetime.datetime:
        return self.revision.created_at if self.revision else self.feature.created_at

    @property
    def refused(self) -> list[Option]:
        """Enabled models that do not meet the requirements."""
        return [option for option in self.options if not option.verdict.is_met]

    @property
    def choices(self) -> list[Option]:
        """Models to switch to."""
        return [
            option
            for option in self.options
            if option.verdict.is_met and not self.is_current(option)
        ]

    def is_current(self, option: Option) -> bool:
        return self.current is not None and self.current.ai_model == option.ai_model


@dataclass(frozen=True)
class Summary:
    """Counts over rows of features."""

    ready: int
    watched: int
    models: int
    enabled: int
    unassigned: int
    alone: int


def summarise(rows: list[FeatureRow]) -> Summary:
    ready = sum(not row.problems for row in rows)
    return Summary(
        ready=ready,
        watched=len(rows) - ready,
        models=len({row.current.ai_model.pk for row in rows if row.current}),
        enabled=len(rows[0].options) if rows else 0,
        unassigned=sum(row.current is None for row in rows),
        alone=sum(row.current is not None and not row.fallbacks for row in rows),
    )


def features_of(
    organization: Organization, *, archived: bool = False
) -> QuerySet[Feature]:
    """The organisation's features with their assignment, in a constant number of
    queries."""
    steps = AssignmentFallback.objects.select_related("ai_model__provider")
    return (
        Feature.objects.filter(
            organization=organization, archived_at__isnull=not archived
        )
        .select_related(
            "organization",
            "assignment__revision__ai_model__provider",
            "assignment__revision__actor",
            "assignment__revision__prompt_version__prompt",
            "assignment__revision__pack_version__pack",
        )
        .defer("assignment__revision__prompt_version__text")
        .prefetch_related(Prefetch("assignment__revision__fallback_steps", steps))
    )


def feature_rows(
    features: Iterable[Feature], organization: Organization, at: datetime.datetime
) -> list[FeatureRow]:
    """A row per feature of `features_of`. Six queries, however many features."""
    rows = list(features)
    enabled = list(enabled_models(organization))
    used = {one.pk: one for feature in rows for one in _used_by(feature)}
    everyone = {one.pk: one for one in enabled} | used
    candidates = load_candidates(everyone.values(), organization, at)
    return [_row(feature, enabled, candidates, at.date()) for feature in rows]


def filter_features(features: QuerySet[Feature], words: str) -> QuerySet[Feature]:
    """Features whose name or key holds all `words`."""
    for word in words.split():
        features = features.filter(Q(name__icontains=word) | Q(key__icontains=word))
    return features.order_by(F("name"), F("key"))


def sort_rows(rows: list[FeatureRow], sort: str) -> list[FeatureRow]:
    """`rows`, which come by name, in the order `sort` of `SORTS`."""
    if sort == "problems":
        worst = {"danger": 0, "warning": 1, "success": 2}
        return sorted(rows, key=lambda row: worst[row.tone])
    if sort == "changed":
        return sorted(rows, key=lambda row: row.changed_at, reverse=True)
    if sort == "price":
        return sorted(rows, key=_output_price, reverse=True)
    return rows


def _output_price(row: FeatureRow) -> Decimal:
    price = row.output_usd_per_million
    # Unknown prices come last, below a price of zero.
    return Decimal(-1) if price is None else price


def _used_by(feature: Feature) -> list[AIModel]:
    revision = revision_of(feature)
    if revision is None:
        return []
    steps = [step.ai_model for step in revision.fallback_steps.all()]
    return [revision.ai_model, *steps] if revision.ai_model else steps


def revision_of(feature: Feature) -> AssignmentRevision | None:
    """The revision in force of a feature read by `features_of`."""
    assignment = getattr(feature, "assignment", None)
    return assignment.revision if assignment else None


def _row(
    feature: Feature,
    enabled: list[AIModel],
    candidates: dict[int, Candidate],
    today: datetime.date,
) -> FeatureRow:
    revision = revision_of(feature)
    requirements = requirements_of(feature)
    chain = [
        Option(candidates[one.pk], candidates[one.pk].verdict(requirements, today))
        for one in _used_by(feature)
    ]
    has_model = revision is not None and revision.ai_model_id is not None
    current, fallbacks = (chain[0], chain[1:]) if has_model else (None, chain)
    return FeatureRow(
        feature=feature,
        revision=revision,
        current=current,
        fallbacks=fallbacks,
        options=options_for(feature, (candidates[one.pk] for one in enabled), today),
        problems=problems_of(current, fallbacks),
    )


def problems_of(current: Option | None, fallbacks: list[Option]) -> list[Problem]:
    """What is wrong with an assignment, worst first."""
    if current is None:
        return [Problem("danger", "No model is assigned")]
    name = current.ai_model.reference
    found = [
        Problem("danger", f"{name} {reason.text}")
        for reason in current.verdict.refusals
    ]
    found += [
        Problem("warning", f"{name} {reason.text}")
        for reason in current.verdict.warnings
        if reason.code in PROBLEM_WARNINGS
    ]
    found += [
        Problem("warning", f"Fallback {option.ai_model.reference} {reason.text}")
        for option in fallbacks
        for reason in option.verdict.refusals
    ]
    found += [
        Problem("warning", f"Fallback {option.ai_model.reference} {reason.text}")
        for option in fallbacks
        for reason in option.verdict.warnings
        if reason.code == "unavailable"
    ]
    if not fallbacks:
        found.append(Problem("warning", "No fallback"))
    return found


def would_break(row: FeatureRow, facts: dict[str, Any]) -> list[Problem]:
    """What would no longer be met by model and fallbacks if the feature had `facts`,
    and is met now."""
    wanted = requirements_of(Feature(**facts))
    chain = [row.current, *row.fallbacks] if row.current else row.fallbacks
    return [
        Problem("warning", f"{option.ai_model.reference} {reason.text}")
        for option in chain
        for reason in check(
            wanted, option.candidate.facts, timezone.now().date()
        ).refusals
        if reason not in option.verdict.refusals
    ]
