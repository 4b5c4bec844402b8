"""What an organisation has decided, in the form of configuration files."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from registry.configuration.fields import plain_number
from registry.configuration.section import (
    ORGANIZATION_KEY,
    Document,
    Entries,
    Entry,
)
from registry.configuration.sections import FEATURES, UNASSIGNED
from registry.facts import FACT_FIELDS
from registry.models import (
    AIModel,
    Connection,
    DefaultFallback,
    Feature,
    ModelSetting,
    Organization,
    Pack,
    PackEntry,
    PackVersion,
    Price,
    Profile,
    Prompt,
)
from registry.queries.pack_models import references_of
from registry.queries.pack_situation import (
    InForce,
    active_pack,
    in_force,
    wishes_of,
)

DECIMALS = ("parameter_count_billions", "min_memory_gb", "recommended_memory_gb")
FEATURE_FACTS = tuple(name for name in FEATURES.fields if name != "assignment")
DATES = ("released_on", "deprecated_on", "retired_on")
CONNECTION_FACTS = (
    "base_url",
    "key_variable",
    "position",
    "requests_per_minute",
    "tokens_per_minute",
    "max_retries",
    "backoff",
    "timeout_seconds",
)


def registry_document(organization: Organization, only: Collection[str]) -> Document:
    """The sections `only` with every entry and every field. What is archived or
    deleted is left out; no secret is in it."""
    now = timezone.now()
    readers: dict[str, Callable[[], Entries]] = {
        "custom_models": lambda: _custom_models(organization, now),
        "models": lambda: _models(organization, now),
        "connections": lambda: _connections(organization),
        "prompts": lambda: _prompts(organization),
        "features": lambda: _features(organization),
        "packs": lambda: _packs(organization),
        "profiles": lambda: _profiles(organization),
        "organization": lambda: {ORGANIZATION_KEY: _settings(organization)},
    }
    return {name: read() for name, read in readers.items() if name in only}


def followed_features(organization: Organization) -> set[str]:
    """Keys of features whose assignment is what the active pack says: it is not theirs,
    and files leave it out."""
    active = active_pack(organization)
    version_id = active.version_id if active else None
    named = _named_by(version_id)
    return {
        key
        for key, one in in_force(organization).items()
        if _follows(one, version_id, is_named=key in named)
    }


def _follows(one: InForce, version_id: int | None, *, is_named: bool) -> bool:
    if one.held is None:
        return True
    if one.held.model_id is None:
        # Taken away from a pack that names it: that was somebody's decision.
        return not is_named
    return version_id is not None and one.held.pack_version_id == version_id


def _named_by(version_id: int | None) -> set[str]:
    if version_id is None:
        return set()
    version = PackVersion.objects.get(pk=version_id)
    return set(version.entries.values_list("feature_key", flat=True))


def _custom_models(organization: Organization, now: datetime.datetime) -> Entries:
    rows = AIModel.objects.filter(organization=organization).select_related("provider")
    prices = {
        price.ai_model_id: price.rates
        for price in Price.objects.in_force(now).filter(
            organization=None, ai_model__organization=organization
        )
    }
    return {
        one.reference: {**facts_of(one), "rates": prices.get(one.pk)} for one in rows
    }


def facts_of(ai_model: AIModel) -> Entry:
    found: Entry = {name: getattr(ai_model, name) for name in FACT_FIELDS}
    for name in DECIMALS:
        found[name] = None if found[name] is None else plain_number(found[name])
    for name in DATES:
        found[name] = found[name] and found[name].isoformat()
    return found


def _models(organization: Organization, now: datetime.datetime) -> Entries:
    steps = DefaultFallback.objects.select_related("ai_model__provider")
    rows = (
        ModelSetting.objects.filter(organization=organization)
        .select_related("ai_model__provider")
        .prefetch_related(Prefetch("fallback_steps", steps))
    )
    prices = _negotiated(organization, now)
    found = {one.ai_model.reference: _setting(one) for one in rows}
    for reference in prices:
        found.setdefault(reference, _setting(ModelSetting()))
    for reference, entry in found.items():
        entry["negotiated_prices"] = prices.get(reference, [])
    return found


def _setting(row: ModelSetting) -> Entry:
    limit = row.monthly_limit_usd
    steps = row.fallback_steps.all() if row.pk else []
    return {
        "enabled": row.is_enabled,
        "parameters": row.default_parameters,
        "fallbacks": [step.ai_model.reference for step in steps],
        "use_batch_price": row.use_batch_price,
        "monthly_limit_usd": None if limit is None else plain_number(limit),
        "notes": row.notes.strip(),
    }


def _negotiated(
    organization: Organization, now: datetime.datetime
) -> dict[str, list[dict[str, Any]]]:
    """Those that hold or will hold; when one began that holds is history."""
    rows = (
        Price.objects.filter(
            Q(effective_to=None) | Q(effective_to__gt=now), organization=organization
        )
        .select_related("ai_model__provider")
        .order_by("effective_from")
    )
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row.ai_model.reference].append(price_entry(row, now))
    return dict(found)


def price_entry(row: Price, now: datetime.datetime) -> Entry:
    entry: Entry = {}
    if row.effective_from and row.effective_from > now:
        entry["from"] = row.effective_from.astimezone(datetime.UTC).isoformat()
    if row.effective_to:
        entry["to"] = row.effective_to.astimezone(datetime.UTC).isoformat()
    if row.discount_percent is None:
        entry["rates"] = row.rates
    else:
        entry["discount_percent"] = plain_number(row.discount_percent)
    return {**entry, **({"note": row.note.strip()} if row.note.strip() else {})}


def _connections(organization: Organization) -> Entries:
    rows = Connection.objects.filter(organization=organization)
    return {
        f"{row.provider.slug}/{row.label}": {
            **{name: getattr(row, name) for name in CONNECTION_FACTS},
            "enabled": row.is_enabled,
        }
        for row in rows.select_related("provider")
    }


def _prompts(organization: Organization) -> Entries:
    rows = Prompt.objects.filter(
        organization=organization, archived_at=None
    ).prefetch_related("versions", "labels__prompt_version")
    return {row.name: _prompt(row) for row in rows}


def _prompt(row: Prompt) -> Entry:
    versions = sorted(row.versions.all(), key=lambda one: one.number)
    labels = sorted((one.name, one.prompt_version.number) for one in row.labels.all())
    return {
        "description": row.description.strip(),
        "labels": dict(labels),
        "versions": [
            {
                "number": one.number,
                "text": one.text,
                **({"variables": one.variables} if one.variables else {}),
                **({"note": one.note} if one.note else {}),
            }
            for one in versions
        ],
    }


def _features(organization: Organization) -> Entries:
    held = in_force(organization)
    names = references_of(
        pk for one in held.values() if one.held for pk, _ in one.held.model_keys if pk
    )
    rows = Feature.objects.filter(organization=organization, archived_at=None)
    return {
        row.key: {
            **{name: getattr(row, name) for name in FEATURE_FACTS},
            "assignment": _assignment(held[row.key], names),
        }
        for row in rows.order_by("key")
    }


def _assignment(one: InForce, names: dict[int, str]) -> Entry:
    if one.held is None or one.held.model_id is None:
        return dict(UNASSIGNED)
    said = {
        "model": names[one.held.model_id],
        "fallbacks": [names[pk] for pk in one.held.fallback_ids],
        "parameters": one.held.parameters,
        "prompt": one.held.prompt.text if one.held.prompt else "",
    }
    return {name: value for name, value in said.items() if value}


def _packs(organization: Organization) -> Entries:
    packs = list(
        Pack.objects.filter(organization=organization, archived_at=None).order_by(
            "slug"
        )
    )
    versions = list(PackVersion.objects.filter(pack__in=packs).order_by("number"))
    contents = dict(_contents(versions))
    by_pack: defaultdict[int, list[Entry]] = defaultdict(list)
    for one in versions:
        note = {"note": one.note} if one.note else {}
        by_pack[one.pack_id].append(
            {"number": one.number, **note, "features": contents[one.pk]}
        )
    return {
        one.slug: {
            "name": one.name,
            "description": one.description.strip(),
            "source_url": one.source_url,
            "ready_made": one.is_ready_made,
            "versions": by_pack[one.pk],
        }
        for one in packs
    }


def _contents(versions: Iterable[PackVersion]) -> Iterator[tuple[int, Entry]]:
    """What each version says, with its notes. Two queries."""
    rows = list(versions)
    wishes, _ = wishes_of(rows)
    notes = _entry_notes(rows)
    for pk, said in wishes.items():
        features = {}
        for wish in said:
            entry = {
                "model": wish.model[1],
                "fallbacks": [name for _, name in wish.fallbacks],
                "parameters": dict(wish.parameters),
                "prompt": wish.prompt,
                "note": notes.get((pk, wish.key), ""),
            }
            features[wish.key] = {name: one for name, one in entry.items() if one}
        yield pk, dict(sorted(features.items()))


def _entry_notes(versions: list[PackVersion]) -> dict[tuple[int, str], str]:
    rows = PackEntry.objects.filter(version__in=versions).exclude(note="")
    values = rows.values_list("version_id", "feature_key", "note")
    return {(pk, key): note for pk, key, note in values}


def _profiles(organization: Organization) -> Entries:
    rows = Profile.objects.filter(organization=organization, archived_at=None)
    return {
        row.slug: {
            "name": row.name,
            "description": row.description.strip(),
            "extends": row.document.get("extends", ""),
            "roles": row.document.get("roles", {}),
            "tasks": row.document.get("tasks", {}),
        }
        for row in rows.order_by("slug")
    }


def _settings(organization: Organization) -> Entry:
    # Asked anew: whoever holds the organisation may have read it before a change.
    rows = Organization.objects.select_related("default_model__provider")
    model = rows.get(pk=organization.pk).default_model
    active = active_pack(organization)
    version = active.version if active else None
    return {
        "default_model": model.reference if model else None,
        "active_pack": f"{version.pack.slug}@{version.number}" if version else None,
    }
