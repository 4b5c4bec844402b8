"""Puts what was written just now into the past of the sample organisation."""

from __future__ import annotations

import datetime
from typing import Final

from django.db.models import Model

from analytics.models import BudgetDefinition
from registry.models import (
    ApiToken,
    AssignmentRevision,
    AuditEntry,
    Connection,
    Feature,
    ModelSetting,
    Organization,
    Pack,
    PackSwitch,
    PackVersion,
    Prompt,
    PromptLabel,
    PromptLabelMove,
    PromptVersion,
)

DATED: Final[tuple[tuple[type[Model], str, tuple[str, ...]], ...]] = (
    (AuditEntry, "organization", ("at",)),
    (Connection, "organization", ("created_at", "updated_at")),
    (ApiToken, "organization", ("created_at",)),
    (ModelSetting, "organization", ("updated_at",)),
    (Feature, "organization", ("created_at", "updated_at")),
    (Prompt, "organization", ("created_at", "updated_at")),
    (PromptVersion, "prompt__organization", ("created_at",)),
    (PromptLabel, "prompt__organization", ("updated_at",)),
    (PromptLabelMove, "prompt__organization", ("at",)),
    (Pack, "organization", ("created_at", "updated_at")),
    (PackVersion, "pack__organization", ("created_at",)),
    (PackSwitch, "organization", ("at",)),
    (BudgetDefinition, "organization", ("created_at", "updated_at")),
    (AssignmentRevision, "feature__organization", ("created_at",)),
)
"""Every row with a date of its own, how it belongs to an organisation, and the date."""


def date_back(
    organization: Organization, since: datetime.datetime, to: datetime.datetime
) -> None:
    """What was written to `organization` since the moment `since` was written at `to`,
    which is earlier."""
    for model, path, fields in DATED:
        for field in fields:
            written = {path: organization, f"{field}__gte": since}
            model._default_manager.filter(**written).update(**{field: to})
