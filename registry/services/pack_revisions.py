"""Putting many revisions in force at once: a handful of statements, however many
features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from registry.models import (
    Assignment,
    AssignmentFallback,
    AssignmentRevision,
    PackSwitch,
)
from registry.packs.difference import Setting
from registry.queries.pack_situation import InForce

COMPARE_AND_SET: Final = """
UPDATE registry_assignment AS held
SET revision_id = new.revision_id, revision_number = new.number, updated_at = %s
FROM unnest(%s::bigint[], %s::bigint[], %s::int[])
    AS new (feature_id, revision_id, number)
WHERE held.feature_id = new.feature_id AND held.revision_number = new.number - 1
"""


class Overtaken(Exception):
    """Somebody assigned one of the features between reading and writing."""


@dataclass(frozen=True)
class NewRevision:
    """What a feature gets. `restored_from_id` is the revision that said so before."""

    feature: InForce
    setting: Setting
    pack_version_id: int | None
    restored_from_id: int | None = None


def put_in_force(new: Sequence[NewRevision], switch: PackSwitch, *, note: str) -> None:
    """Add a revision to each feature and set it. Call it inside the transaction of the
    switch. Raises Overtaken, and IntegrityError where somebody else wrote the same
    revision number first."""
    if not new:
        return
    revisions = AssignmentRevision.objects.bulk_create(
        _revision(one, switch, note) for one in new
    )
    AssignmentFallback.objects.bulk_create(
        AssignmentFallback(revision=revision, ai_model_id=model.id, position=position)
        for one, revision in zip(new, revisions, strict=True)
        for position, model in enumerate(one.setting.fallbacks, start=1)
    )
    Assignment.objects.bulk_create(
        Assignment(feature_id=one.feature_id, revision=one, revision_number=one.number)
        for one in revisions
        if one.number == 1
    )
    _compare_and_set([one for one in revisions if one.number > 1])


def _revision(new: NewRevision, switch: PackSwitch, note: str) -> AssignmentRevision:
    setting = new.setting
    return AssignmentRevision(
        feature_id=new.feature.id,
        number=new.feature.number + 1,
        ai_model_id=setting.model.id if setting.model else None,
        parameters=dict(setting.parameters),
        prompt_version_id=setting.prompt.id if setting.prompt else None,
        actor_id=switch.actor_id,
        actor_label=switch.actor_label,
        note=note,
        pack_version_id=new.pack_version_id,
        pack_switch=switch,
        restored_from_id=new.restored_from_id,
    )


def _compare_and_set(revisions: list[AssignmentRevision]) -> None:
    if not revisions:
        return
    values: list[Any] = [  # a moment and three lists, for one statement
        timezone.now(),
        [one.feature_id for one in revisions],
        [one.pk for one in revisions],
        [one.number for one in revisions],
    ]
    with connection.cursor() as cursor:
        cursor.execute(COMPARE_AND_SET, values)
        if cursor.rowcount != len(revisions):
            raise Overtaken
