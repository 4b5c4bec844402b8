"""In which time zone an organisation's days begin."""

from __future__ import annotations

from django.db import transaction

from registry.audit import record_change
from registry.models import Organization, User


@transaction.atomic
def set_time_zone(
    *, organization: Organization, actor: User | None, time_zone: str
) -> bool:
    """False where nothing had to change. Raises ValidationError for a zone that does
    not exist. Usage stays as it is: it is only added up by other days."""
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    before = locked.time_zone
    if before == time_zone:
        return False
    locked.time_zone = time_zone
    locked.full_clean()
    locked.save(update_fields=["time_zone"])
    record_change(
        organization=locked,
        actor=actor,
        action="organization.time_zone",
        target=locked,
        before={"time_zone": before},
        after={"time_zone": time_zone},
    )
    return True
