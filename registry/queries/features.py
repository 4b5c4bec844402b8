"""Features with their assignment, candidates and problems, for lists and pages."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from registry.assignment_state import AssignmentState
from registry.models import (
    AIModel,
    AssignmentFallback,
    AssignmentRevision,
    Feature,
    Organization,
    PromptVersion,
)
from registry.queries.assignments import prompt_words, state_of
from registry.queries.candidates import (
    Candidate,
    Option,
    enabled_models,
    load_candidates,
    options_for,
    requirements_of,
)
from registry.queries.feature_problems import Problem, problems_of
from registry.queries.followed_packs import Followed, followed_of
from registry.requirements import check
from registry.resolution.naming import similar

SORTS: Final = {
    "name": "Name",
    "problems": "Problems first",
    "changed": "Last change",
    "price": "Output price",
}


@dataclass(frozen=True)
class FeatureRow:
    """One feature with what answers for it."""

    feature: Feature
    revision: AssignmentRevision | None
    current: Option | None
    fallbacks: list[Option]
    options: list[Option] = field(repr=False)
    problems: list[Problem]
    followed: Followed | None = None
    """The active pack, where the feature has no assignment of its own and takes what
    the pack says."""

    @property
    def number(self) -> int:
        """The revision in force, 0 for a feature that was never assigned."""
        return self.revision.number if self.revision else 0

    @property
    def parameters(self) -> Mapping[str, Any]:
        if self.followed:
            return self.followed.parameters
        return self.revision.parameters if self.revision else {}

    @property
    def state(self) -> AssignmentState:
        """What is in force, by an assignment or by the pack that is followed."""
        if self.followed is None:
            return state_of(self.revision)
        names = [one.reference for one in self.followed.models]
        return AssignmentState(
            model=names[0] if names else None,
            fallbacks=tuple(names[1:]),
            parameters=dict(self.parameters),
            prompt=prompt_words(self.prompt_version),
        )

    @property
    def prompt_version(self) -> PromptVersion | None:
        if self.followed:
            return self.followed.prompt_version
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


def similar_features(organization: Organization, key: str) -> tuple[str, ...]:
    """Keys that look like `key`, best first, as `features explain` names them."""
    rows = Feature.objects.filter(organization=organization, archived_at=None)
    return similar(key, rows.values_list("key", flat=True))


def feature_rows(
    features: Iterable[Feature], organization: Organization, at: datetime.datetime
) -> list[FeatureRow]:
    """A row per feature of `features_of`. A constant number of queries, however many
    features."""
    rows = list(features)
    enabled = list(enabled_models(organization))
    used = {one.pk: one for feature in rows for one in _used_by(feature)}
    followed = followed_of(rows, organization)
    used |= {one.pk: one for step in followed.values() for one in step.models}
    everyone = {one.pk: one for one in enabled} | used
    candidates = load_candidates(everyone.values(), organization, at)
    return [
        _row(feature, enabled, candidates, at.date(), followed.get(feature.pk))
        for feature in rows
    ]


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
    followed: Followed | None,
) -> FeatureRow:
    revision = revision_of(feature)
    requirements = requirements_of(feature)
    chain = [
        Option(candidates[one.pk], candidates[one.pk].verdict(requirements, today))
        for one in (followed.models if followed else _used_by(feature))
    ]
    has_model = revision is not None and revision.ai_model_id is not None
    if followed:
        has_model = bool(chain)
    current, fallbacks = (chain[0], chain[1:]) if has_model else (None, chain)
    return FeatureRow(
        feature=feature,
        revision=revision,
        current=current,
        fallbacks=fallbacks,
        options=options_for(feature, (candidates[one.pk] for one in enabled), today),
        problems=problems_of(current, fallbacks),
        followed=followed,
    )


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
