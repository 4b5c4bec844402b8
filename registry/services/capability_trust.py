"""How far an organisation goes by what probes found, and what they found."""

from __future__ import annotations

import datetime

from django.db import transaction

from registry.audit import record_change
from registry.models import (
    AIModel,
    Connection,
    Organization,
    User,
    VerifiedCapability,
)


@transaction.atomic
def set_capability_trust(
    *, organization: Organization, actor: User | None, trust: str
) -> bool:
    """False where nothing had to change. Raises ValidationError for an unknown word.
    Every process goes by it within a second."""
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    before = locked.capability_trust
    if before == trust:
        return False
    locked.capability_trust = trust
    locked.full_clean()
    locked.save(update_fields=["capability_trust"])
    record_change(
        organization=locked,
        actor=actor,
        action="organization.capability_trust",
        target=locked,
        before={"capability_trust": before},
        after={"capability_trust": trust},
    )
    return True


def note_verified(
    *,
    connection: Connection,
    ai_model: AIModel,
    capability: str,
    is_verified: bool,
    checked_at: datetime.datetime,
) -> VerifiedCapability:
    """Keep what the latest probe says of a capability. Call it in the transaction that
    keeps the probe."""
    row, _ = VerifiedCapability.objects.update_or_create(
        connection=connection,
        ai_model=ai_model,
        capability=capability,
        defaults={
            "organization_id": connection.organization_id,
            "is_verified": is_verified,
            "checked_at": checked_at,
        },
    )
    return row
