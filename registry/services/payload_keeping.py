"""Whether an organisation keeps prompts and answers, and how long."""

from __future__ import annotations

from django.db import transaction

from registry.audit import record_change
from registry.models import Organization, User


@transaction.atomic
def set_payload_keeping(
    *,
    organization: Organization,
    actor: User | None,
    keep_payloads: bool,
    payload_days: int,
) -> bool:
    """False where nothing had to change. Raises ValidationError. Days hold for what is
    recorded from now on."""
    locked = Organization.objects.select_for_update().get(pk=organization.pk)
    wanted = {"keep_payloads": keep_payloads, "payload_days": payload_days}
    before = {name: getattr(locked, name) for name in wanted}
    if before == wanted:
        return False
    locked.keep_payloads, locked.payload_days = keep_payloads, payload_days
    locked.full_clean()
    locked.save(update_fields=list(wanted))
    record_change(
        organization=locked,
        actor=actor,
        action="recording.changed",
        target=locked,
        before=before,
        after=wanted,
    )
    return True
