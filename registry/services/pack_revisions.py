"""Putting many revisions in force at once: three statements, however many features.
Written in SQL, as building and reading a model instance for each row takes longer than
everything else about a switch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from registry.models import PackSwitch
from registry.packs.difference import Setting
from registry.queries.pack_situation import InForce

ADD_REVISIONS: Final = """
INSERT INTO registry_assignmentrevision (
    feature_id, number, ai_model_id, parameters, prompt_version_id, pack_version_id,
    restored_from_id, actor_id, actor_label, note, pack_switch_id, created_at
)
SELECT new.*, %s::bigint, %s, %s, %s::bigint, %s::timestamptz
FROM unnest(
    %s::bigint[], %s::int[], %s::bigint[], %s::jsonb[], %s::bigint[], %s::bigint[],
    %s::bigint[]
) AS new
RETURNING feature_id, id
"""
ADD_FALLBACKS: Final = """
INSERT INTO registry_assignmentfallback (revision_id, ai_model_id, position)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::smallint[])
"""
COMPARE_AND_SET: Final = """
INSERT INTO registry_assignment AS held (
    feature_id, revision_id, revision_number, updated_at
)
SELECT new.*, %s::timestamptz FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS new
ON CONFLICT (feature_id) DO UPDATE SET
    revision_id = excluded.revision_id,
    revision_number = excluded.revision_number,
    updated_at = excluded.updated_at
WHERE held.revision_number = excluded.revision_number - 1
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

    @property
    def number(self) -> int:
        return self.feature.number + 1

    @property
    def columns(self) -> tuple[Any, ...]:
        """The first columns of `ADD_REVISIONS`."""
        setting = self.setting
        return (
            self.feature.id,
            self.number,
            setting.model.id if setting.model else None,
            json.dumps(dict(setting.parameters)),
            setting.prompt.id if setting.prompt else None,
            self.pack_version_id,
            self.restored_from_id,
        )


def put_in_force(new: Sequence[NewRevision], switch: PackSwitch, *, note: str) -> None:
    """Add a revision to each feature and set it. Call it inside the transaction of the
    switch. Raises Overtaken, and IntegrityError where somebody else wrote the same
    revision number first."""
    if not new:
        return
    now = timezone.now()
    by_switch = [switch.actor_id, switch.actor_label, note, switch.pk, now]
    with connection.cursor() as cursor:
        cursor.execute(ADD_REVISIONS, [*by_switch, *_lists(one.columns for one in new)])
        ids = dict(cursor.fetchall())
        steps = [
            (ids[one.feature.id], model.id, position)
            for one in new
            for position, model in enumerate(one.setting.fallbacks, start=1)
        ]
        if steps:
            cursor.execute(ADD_FALLBACKS, _lists(steps))
        held = ((one.feature.id, ids[one.feature.id], one.number) for one in new)
        cursor.execute(COMPARE_AND_SET, [now, *_lists(held)])
        if cursor.rowcount != len(new):
            raise Overtaken


def _lists(rows: Any) -> list[Any]:  # of whatever the columns hold
    return [list(column) for column in zip(*rows, strict=True)]
