"""What the overview shows of the registry: its state, what needs a look, what
changed."""

import datetime
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from registry.audit_words import Told, tell
from registry.models import (
    AIModel,
    ApiToken,
    AuditEntry,
    CatalogSync,
    Connection,
    Organization,
)
from registry.queries.candidates import Option, enabled_models
from registry.queries.features import (
    FeatureRow,
    Summary,
    feature_rows,
    features_of,
    sort_rows,
    summarise,
)

SHOWN = 6


@dataclass(frozen=True)
class Step:
    """One step of getting started."""

    title: str
    text: str
    url_name: str
    action: str
    is_done: bool


@dataclass(frozen=True)
class Leaving:
    """A model in use that is deprecated, or retired now or soon."""

    option: Option
    features: list[FeatureRow]

    @property
    def retired_on(self) -> datetime.date | None:
        return self.option.ai_model.retired_on

    @property
    def deprecated_on(self) -> datetime.date | None:
        return self.option.ai_model.deprecated_on


@dataclass(frozen=True)
class RecentChange:
    entry: AuditEntry
    told: Told


@dataclass(frozen=True)
class Overview:
    model_count: int
    provider_count: int
    enabled_count: int
    connection_count: int
    token_count: int
    rows: list[FeatureRow]
    leaving: list[Leaving]
    newest: list[AIModel]
    recent: list[RecentChange]
    last_sync: CatalogSync | None

    @property
    def summary(self) -> Summary:
        return summarise(self.rows)

    @property
    def unmet_count(self) -> int:
        """Features whose model breaks a requirement or is not available any more."""
        return sum(
            row.current is not None and not row.current.verdict.is_met
            for row in self.rows
        )

    @property
    def shown_rows(self) -> list[FeatureRow]:
        """The features that need a look, then the others; not more than a screen."""
        return sort_rows(self.rows, "problems")[: SHOWN + 2]

    @property
    def steps(self) -> list[Step]:
        """Getting started; empty once all of it is done."""
        steps = self._steps()
        return [] if all(step.is_done for step in steps) else steps

    def _steps(self) -> list[Step]:
        return [
            Step(
                "Connect a provider",
                "An account, or a server of your own. Discovery lists its models.",
                "registry:connection_list",
                "Open connections",
                self.connection_count > 0,
            ),
            Step(
                "Enable models",
                "Features may use only what you enable.",
                "registry:model_list",
                "Browse models",
                self.enabled_count > 0,
            ),
            Step(
                "Create a feature",
                "A named job in your product, with what it requires.",
                "registry:feature_create",
                "New feature",
                bool(self.rows),
            ),
            Step(
                "Assign a model",
                "Choose who answers, and who steps in.",
                "registry:feature_list",
                "Open features",
                any(row.current for row in self.rows),
            ),
            Step(
                "Create a token",
                "With it your product calls the feature.",
                "registry:api_tokens",
                "Open tokens",
                self.token_count > 0,
            ),
        ]


def load_overview(organization: Organization, at: datetime.datetime) -> Overview:
    """Everything of the page in a constant number of queries."""
    rows = feature_rows(features_of(organization), organization, at)
    listed = AIModel.objects.visible_to(organization).filter(is_listed=True)
    return Overview(
        model_count=listed.count(),
        provider_count=listed.values("provider").distinct().count(),
        enabled_count=enabled_models(organization).count(),
        connection_count=Connection.objects.filter(organization=organization).count(),
        token_count=ApiToken.objects.filter(organization=organization).count(),
        rows=rows,
        leaving=leaving_models(rows),
        newest=list(_newest(listed, at.date())),
        recent=recent_changes(organization),
        last_sync=CatalogSync.objects.exclude(finished_at=None).first(),
    )


def leaving_models(rows: list[FeatureRow]) -> list[Leaving]:
    """Models in use with a date of deprecation or retirement, the nearest first. No
    query."""
    uses: dict[int, Leaving] = {}
    for row in rows:
        for option in [*([row.current] if row.current else []), *row.fallbacks]:
            model = option.ai_model
            if model.retired_on or model.deprecated_on:
                uses.setdefault(model.pk, Leaving(option, [])).features.append(row)
    return sorted(uses.values(), key=_end)


def _end(leaving: Leaving) -> datetime.date:
    return leaving.retired_on or leaving.deprecated_on or datetime.date.max


def _newest(listed: QuerySet[AIModel], today: datetime.date) -> QuerySet[AIModel]:
    return (
        listed.filter(released_on__lte=today)
        .select_related("provider")
        .order_by("-released_on", "provider__slug", "model_name")[:SHOWN]
    )


def recent_changes(organization: Organization) -> list[RecentChange]:
    """The newest first. One query."""
    entries = AuditEntry.objects.filter(
        Q(organization=organization) | Q(organization=None)
    )[:SHOWN]
    return [
        RecentChange(
            entry,
            tell(
                entry.action,
                entry.object_type,
                entry.object_label,
                entry.before,
                entry.after,
            ),
        )
        for entry in entries
    ]
