"""Recorded calls in the database of a test, without the recorder's detour."""

from typing import Any

from analytics.models import UsagePayload, UsageRecord
from analytics.recording.calls import Call, Payload
from analytics.recording.columns import (
    PAYLOAD_COLUMNS,
    ROW_COLUMNS,
    payload_values,
    row_values,
)
from analytics.usage_row import UsageRow
from registry.models import Organization
from tests.analytics.calls import call


def stored(row: UsageRow) -> UsageRecord:
    """`row` as it stands in the table."""
    found = unsaved(row)
    found.save(force_insert=True)
    return found


def unsaved(row: UsageRow) -> UsageRecord:
    values = dict(zip(ROW_COLUMNS, row_values(Call(row)), strict=True))
    values["tags"] = dict(row.tags) or None
    values["other_counts"] = None
    return UsageRecord(**values)


def record(organization: Organization, **facts: Any) -> UsageRecord:
    """A good call of `organization`; see tests.analytics.calls."""
    return stored(call(organization_id=organization.pk, **facts))


def keep_payload(row: UsageRow, payload: Payload) -> UsagePayload:
    values = payload_values(Call(row, payload))
    assert values is not None
    return UsagePayload.objects.create(
        **dict(zip(PAYLOAD_COLUMNS, values, strict=True))
    )
