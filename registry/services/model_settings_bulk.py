"""Enabling and configuring many models at once: a handful of statements, however many,
with an audit entry for each change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Prefetch
from django.utils import timezone

from registry.audit import change_entry
from registry.models import (
    AIModel,
    AuditEntry,
    DefaultFallback,
    ModelSetting,
    Organization,
    User,
)
from registry.parameters import ParameterError, clean_parameters
from registry.queries.model_uses import models_in_use
from registry.services.model_settings import (
    Configuration,
    ModelRefused,
    check_fallbacks,
)

# Not `bulk_update`, whose expression for each value takes longer than everything else.
UPDATE: Final = """
UPDATE registry_modelsetting AS held SET
    is_enabled = new.is_enabled,
    default_parameters = new.parameters,
    use_batch_price = new.use_batch_price,
    monthly_limit_usd = new.monthly_limit_usd,
    notes = new.notes,
    version = new.version,
    updated_at = %s::timestamptz
FROM unnest(
    %s::bigint[], %s::bool[], %s::jsonb[], %s::bool[], %s::numeric[], %s::text[],
    %s::int[]
) AS new (
    id, is_enabled, parameters, use_batch_price, monthly_limit_usd, notes, version
)
WHERE held.id = new.id
"""


class ModelsRefused(Exception):
    """Some of many models break a rule; nothing was changed. `problems` are sentences
    by the reference of the model."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__(
            "\n".join(f"{name}: {text}" for name, text in self.problems.items())
        )


@dataclass(frozen=True)
class NewSetting:
    """What one model shall have."""

    ai_model: AIModel
    is_enabled: bool
    configuration: Configuration


@dataclass(frozen=True)
class _By:
    organization: Organization
    actor: User | None
    actor_label: str


@transaction.atomic
def set_models(
    *,
    organization: Organization,
    wanted: Sequence[NewSetting],
    actor: User | None,
    actor_label: str = "",
) -> int:
    """Make every model what `wanted` says of it; how many changed. The rules are those
    of one model: `enable_model`, `disable_model`, `configure_model`. Raises
    ModelsRefused with everything that is wrong."""
    problems = dict(_problems(organization, wanted))
    if problems:
        raise ModelsRefused(problems)
    rows = _locked(organization, [one.ai_model for one in wanted])
    by = _By(organization, actor, actor_label)
    changed: list[ModelSetting] = []
    entries: list[AuditEntry] = []
    steps: list[tuple[ModelSetting, Sequence[AIModel]]] = []
    for new in wanted:
        row = rows[new.ai_model.pk]
        found = list(_changes(row, new, by))
        if not found:
            continue
        entries += found
        if _references(row) != [one.reference for one in new.configuration.fallbacks]:
            steps.append((row, new.configuration.fallbacks))
        _set(row, new)
        changed.append(row)
    _write(changed, steps, entries)
    return len(changed)


def _problems(
    organization: Organization, wanted: Iterable[NewSetting]
) -> Iterator[tuple[str, str]]:
    today = timezone.now().date()
    in_use = models_in_use(organization)
    enabled = set(
        ModelSetting.objects.filter(
            organization=organization, is_enabled=True
        ).values_list("ai_model_id", flat=True)
    )
    for one in wanted:
        model = one.ai_model
        said = [_wrong(one)]
        is_gone = model.is_retired(today) or not model.is_listed
        if one.is_enabled and model.pk not in enabled and is_gone:
            said.append("It is retired or has left the catalogue.")
        if not one.is_enabled and model.pk in enabled and model.pk in in_use:
            names = ", ".join(in_use[model.pk])
            said.append(f"It is in use by {names}. Assign another model there first.")
        text = " ".join(filter(None, said))
        if text:
            yield model.reference, text


def _wrong(one: NewSetting) -> str:
    said = one.configuration
    try:
        limit = one.ai_model.max_output_tokens
        clean_parameters(said.parameters, max_output_tokens=limit)
        check_fallbacks(one.ai_model, said.fallbacks)
        _row_of(one).clean_fields(exclude=["organization", "ai_model"])
    except (ParameterError, ModelRefused) as error:
        return str(error)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _row_of(one: NewSetting) -> ModelSetting:
    row = ModelSetting()
    _set(row, one)
    return row


def _locked(
    organization: Organization, models: Sequence[AIModel]
) -> dict[int, ModelSetting]:
    ModelSetting.objects.bulk_create(
        [ModelSetting(organization=organization, ai_model=one) for one in models],
        ignore_conflicts=True,
    )
    rows = (
        ModelSetting.objects.select_for_update(of=("self",))
        .filter(organization=organization, ai_model__in=models)
        .order_by("pk")
        .prefetch_related(
            Prefetch(
                "fallback_steps",
                DefaultFallback.objects.select_related("ai_model__provider"),
            )
        )
    )
    return {row.ai_model_id: row for row in rows}


def _changes(row: ModelSetting, new: NewSetting, by: _By) -> Iterator[AuditEntry]:
    said = new.configuration
    before = {
        **Configuration(
            row.default_parameters,
            (),
            row.use_batch_price,
            row.monthly_limit_usd,
            row.notes,
        ).as_record(),
        "fallbacks": _references(row),
    }
    after = {**said.as_record(), "parameters": clean_parameters(said.parameters)}
    if row.is_enabled != new.is_enabled:
        action = "model.enabled" if new.is_enabled else "model.disabled"
        switched = {"is_enabled": row.is_enabled}, {"is_enabled": new.is_enabled}
        yield _entry(new.ai_model, action, *switched, by)
    differing = [name for name in after if before[name] != after[name]]
    if differing:
        yield _entry(
            new.ai_model,
            "model.configured",
            {name: before[name] for name in differing},
            {name: after[name] for name in differing},
            by,
        )


def _entry(
    ai_model: AIModel,
    action: str,
    before: dict[str, Any],
    after: dict[str, Any],
    by: _By,
) -> AuditEntry:
    return change_entry(
        organization=by.organization,
        actor=by.actor,
        actor_label=by.actor_label,
        action=action,
        target=ai_model,
        before=before,
        after=after,
    )


def _references(row: ModelSetting) -> list[str]:
    return [step.ai_model.reference for step in row.fallback_steps.all()]


def _set(row: ModelSetting, new: NewSetting) -> None:
    said = new.configuration
    row.is_enabled = new.is_enabled
    row.default_parameters = clean_parameters(said.parameters)
    row.use_batch_price = said.use_batch_price
    row.monthly_limit_usd = said.monthly_limit_usd
    row.notes = said.notes
    row.version += 1


def _columns(row: ModelSetting) -> tuple[Any, ...]:
    """In the order of `UPDATE`."""
    return (
        row.pk,
        row.is_enabled,
        json.dumps(row.default_parameters),
        row.use_batch_price,
        row.monthly_limit_usd,
        row.notes,
        row.version,
    )


def _write(
    rows: list[ModelSetting],
    steps: list[tuple[ModelSetting, Sequence[AIModel]]],
    entries: list[AuditEntry],
) -> None:
    if rows:
        columns = [list(column) for column in zip(*map(_columns, rows), strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [timezone.now(), *columns])
    if steps:
        old = DefaultFallback.objects.filter(setting__in=[row.pk for row, _ in steps])
        old.delete()
        DefaultFallback.objects.bulk_create(
            DefaultFallback(setting=row, ai_model=one, position=position)
            for row, fallbacks in steps
            for position, one in enumerate(fallbacks, start=1)
        )
    AuditEntry.objects.bulk_create(entries, batch_size=1_000)
