"""What the organisations decided, read from the database: one query a table."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, cast

from registry.automatic_choice import ChoiceRules, clean_choice
from registry.configuration.fields import FieldError
from registry.models import (
    ApiToken,
    AssignmentFallback,
    AssignmentRevision,
    Backoff,
    Connection,
    ConnectionModel,
    DefaultFallback,
    Feature,
    Membership,
    ModelSetting,
    Organization,
    Profile,
)
from registry.profiles.document import ProfileDocument
from registry.profiles.overlay import ProfileCycle, ProfileMissing, effective
from registry.resolution.connecting import OfferedRow, connection_entry
from registry.resolution.entries import (
    ConnectionEntry,
    FeatureEntry,
    OrganizationEntry,
    PackMark,
    ProfileEntry,
    RetryPolicy,
    TokenEntry,
)
from registry.resolution.loading_packs import Packs, PackStep, load_packs
from registry.resolution.loading_probed import load_probed
from registry.resolution.loading_prompts import Prompts, load_prompts
from registry.resolution.snapshot import Configuration

logger = logging.getLogger(__name__)

Scope = dict[str, int]
OWN_COLUMNS: Final = (
    "slug",
    "name",
    "keep_payloads",
    "payload_days",
    "default_model_id",
    "capability_trust",
    "is_sample",
)
"""Of an organisation, as its entry calls them."""


@dataclass(slots=True)
class _Decided:
    """The settings of one organisation about models, by model id."""

    enabled: set[int] = field(default_factory=set)
    limits: dict[int, Decimal] = field(default_factory=dict)
    parameters: dict[int, dict[str, Any]] = field(default_factory=dict)
    fallbacks: dict[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an assignment says."""

    model_ids: tuple[int, ...]
    parameters: Mapping[str, Any]
    prompt_version_id: int | None
    mark: PackMark | None


def load_configuration(organization_id: int | None = None) -> Configuration:
    """Of all organisations, or of this one alone."""
    packs = load_packs(organization_id)
    prompts = load_prompts(organization_id, packs.prompt_version_ids)
    features = list(_features(_scope("organization", organization_id), prompts, packs))
    return Configuration.of(
        organizations=_organizations(features, organization_id, packs),
        features=features,
        connections=_connections(organization_id),
        tokens=dict(_tokens(_scope("organization", organization_id))),
        prompts=prompts.labelled,
        profiles=load_profiles(_scope("organization", organization_id)),
    )


def load_token(digest: str) -> TokenEntry | None:
    """One token as it stands now, for a process whose snapshot does not know it yet."""
    rows = ApiToken.objects.filter(digest=digest, revoked_at=None)
    owner = rows.values_list("organization_id", flat=True).first()
    return dict(_tokens({"organization": owner})).get(digest) if owner else None


def _scope(path: str, organization_id: int | None) -> Scope:
    """The arguments of a filter: none for all organisations."""
    return {} if organization_id is None else {path: organization_id}


def _organizations(
    features: list[FeatureEntry], organization_id: int | None, packs: Packs
) -> Iterator[OrganizationEntry]:
    decided = _decided(_scope("organization", organization_id))
    counts = _use_counts(features)
    rows = (
        Organization.objects.filter(**_scope("pk", organization_id))
        .order_by()
        .values_list("pk", *OWN_COLUMNS)
    )
    for pk, *facts in rows:
        one = decided.get(pk) or _Decided()
        yield OrganizationEntry(
            id=pk,
            **dict(zip(OWN_COLUMNS, facts, strict=True)),
            enabled_model_ids=frozenset(one.enabled),
            monthly_limits_usd=one.limits,
            default_parameters=one.parameters,
            default_fallbacks=one.fallbacks,
            use_counts=counts.get(pk, {}),
            active_pack=packs.active.get(pk),
        )


def _decided(scope: Scope) -> dict[int, _Decided]:
    settings = ModelSetting.objects.filter(**scope).order_by()
    steps = _grouped(
        DefaultFallback.objects.filter(setting__in=settings)
        .order_by("setting", "position")
        .values_list("setting_id", "ai_model_id")
    )
    rows = settings.values_list(
        "pk",
        "organization_id",
        "ai_model_id",
        "is_enabled",
        "default_parameters",
        "monthly_limit_usd",
    )
    decided: dict[int, _Decided] = {}
    for pk, organization_id, model_id, is_enabled, parameters, limit in rows:
        one = decided.setdefault(organization_id, _Decided())
        if is_enabled:
            one.enabled.add(model_id)
        if limit is not None:
            one.limits[model_id] = limit
        if parameters:
            one.parameters[model_id] = parameters
        if pk in steps:
            one.fallbacks[model_id] = steps[pk]
    return decided


def _use_counts(features: list[FeatureEntry]) -> dict[int, dict[int, tuple[int, int]]]:
    first: Counter[tuple[int, int]] = Counter()
    later: Counter[tuple[int, int]] = Counter()
    for feature in features:
        if feature.is_archived or not feature.model_ids:
            continue
        owner = feature.organization_id
        first[owner, feature.model_ids[0]] += 1
        later.update((owner, model_id) for model_id in feature.model_ids[1:])
    counts: dict[int, dict[int, tuple[int, int]]] = {}
    for owner, model_id in {**first, **later}:
        key = (owner, model_id)
        counts.setdefault(owner, {})[model_id] = (first[key], later[key])
    return counts


def _features(scope: Scope, prompts: Prompts, packs: Packs) -> Iterator[FeatureEntry]:
    features = Feature.objects.filter(**scope).order_by()
    steps = _grouped(
        AssignmentFallback.objects.filter(revision__in_force_for__feature__in=features)
        .order_by("revision", "position")
        .values_list("revision_id", "ai_model_id")
    )
    for row in features.select_related("assignment__revision__pack_version__pack"):
        assignment = getattr(row, "assignment", None)
        revision = assignment.revision if assignment else None
        answer = _assigned(revision, steps)
        followed = packs.steps.get((row.organization_id, row.key))
        if answer is None and followed is not None:
            yield _feature(row, revision, followed, prompts, is_unassigned=True)
        else:
            yield _feature(row, revision, answer, prompts)


def _assigned(
    revision: AssignmentRevision | None, steps: Mapping[int, tuple[int, ...]]
) -> _Answer | None:
    """None also for a revision without a model: it takes the assignment away."""
    if revision is None or revision.ai_model_id is None:
        return None
    version = revision.pack_version
    return _Answer(
        (revision.ai_model_id, *steps.get(revision.pk, ())),
        revision.parameters,
        revision.prompt_version_id,
        PackMark(version.pk, str(version)) if version else None,
    )


def _feature(
    row: Feature,
    revision: AssignmentRevision | None,
    answer: _Answer | PackStep | None,
    prompts: Prompts,
    *,
    is_unassigned: bool = False,
) -> FeatureEntry:
    return FeatureEntry(
        id=row.pk,
        key=row.key,
        organization_id=row.organization_id,
        model_ids=answer.model_ids if answer else (),
        parameters=answer.parameters if answer else {},
        revision_number=revision.number if revision else 0,
        required_capabilities=frozenset(row.required_capabilities),
        min_context_tokens=row.min_context_tokens,
        stream_guarantee=row.stream_guarantee,
        timeout_s=float(row.timeout_seconds),
        hedge_after_ms=row.hedge_after_ms,
        is_archived=row.archived_at is not None,
        prompt=prompts.version(answer.prompt_version_id) if answer else None,
        pack=answer.mark if answer else None,
        is_unassigned=is_unassigned,
        accuracy_level=row.accuracy_level,
        urgency=row.urgency,
        choice=_choice(row),
    )


def _choice(row: Feature) -> ChoiceRules | None:
    """None also for rules that cannot be read, as somebody wrote them past the service:
    the assignment goes on answering."""
    try:
        document = clean_choice(row.automatic_choice)
    except FieldError:
        logger.warning("The automatic choice of %s cannot be read.", row.key)
        return None
    return None if document is None else ChoiceRules.of(document)


def _connections(organization_id: int | None) -> Iterator[ConnectionEntry]:
    offered: dict[int, list[OfferedRow]] = {}
    rows = (
        ConnectionModel.objects.filter(
            **_scope("connection__organization", organization_id)
        )
        .order_by()
        .values_list(
            "connection_id",
            "ai_model_id",
            "is_available",
            "is_loaded",
            "size_bytes",
            "ai_model__context_window",
        )
    )
    for connection_id, *facts in rows:
        one = OfferedRow(*facts)  # type: ignore[arg-type]  # in the order of its fields
        offered.setdefault(connection_id, []).append(one)
    scope = _scope("organization", organization_id)
    probed = load_probed(scope)
    for row in Connection.objects.filter(**scope).select_related("provider"):
        retry = RetryPolicy(
            max_retries=row.max_retries,
            is_linear=row.backoff == Backoff.LINEAR,
            timeout_s=float(row.timeout_seconds),
        )
        found = offered.get(row.pk, [])
        yield connection_entry(row, retry, found, probed.get(row.pk, {}))


def _tokens(scope: Scope) -> Iterator[tuple[str, TokenEntry]]:
    of_people = _profiles_of_people(scope)
    rows = (
        ApiToken.objects.filter(revoked_at=None, **scope)
        .order_by()
        .values_list(
            "digest",
            "pk",
            "organization_id",
            "label",
            "scopes",
            "expires_at",
            "profile__slug",
            "follows_owner",
            "created_by_id",
            "feature_keys",
        )
    )
    for digest, pk, owner, label, scopes, expires_at, *more in rows:
        slug, follows, person, keys = cast(
            tuple[str | None, bool, int, list[str]], more
        )
        followed = of_people.get((owner, person), "") if follows else ""
        yield (
            digest,
            TokenEntry(
                id=pk,
                organization_id=owner,
                label=label,
                scopes=frozenset(scopes),
                expires_at=expires_at,
                profile=slug or followed,
                features=frozenset(keys),
            ),
        )


def _profiles_of_people(scope: Scope) -> dict[tuple[int, int], str]:
    rows = (
        Membership.objects.filter(profile__archived_at=None, **scope)
        .exclude(profile=None)
        .values_list("organization_id", "user_id", "profile__slug")
    )
    return {(owner, person): slug or "" for owner, person, slug in rows}


def load_profiles(scope: Scope) -> Iterator[ProfileEntry]:
    """Each profile laid over all that it extends."""
    rows = (
        Profile.objects.filter(archived_at=None, **scope)
        .order_by()
        .values_list("pk", "organization_id", "slug", "name", "document")
    )
    documents: dict[int, dict[str, ProfileDocument]] = {}
    found = list(rows)
    for _, owner, slug, _, document in found:
        own = documents.setdefault(owner, {})
        own[slug] = ProfileDocument.of(document)
    for pk, owner, slug, name, _ in found:
        try:
            document = effective(slug, documents[owner])
        except (ProfileCycle, ProfileMissing) as error:
            yield ProfileEntry(pk, owner, slug, name, problem=str(error))
        else:
            yield ProfileEntry(pk, owner, slug, name, document)


def _grouped(rows: Iterable[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    """The second numbers of each first one, in their order."""
    found: dict[int, list[int]] = {}
    for owner, model_id in rows:
        found.setdefault(owner, []).append(model_id)
    return {owner: tuple(ids) for owner, ids in found.items()}
