"""What of the changes of members can be taken back: a role, and a removal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Q

from registry.audit_links.offer import Undo, undo_at
from registry.models import AuditEntry, Membership

ROLE: Final = "membership.changed"
REMOVAL: Final = "membership.removed"


def member_offers(entries: Iterable[AuditEntry]) -> dict[int, Undo]:
    """One query for all. The page refuses what would leave nobody to administer."""
    entries = [one for one in entries if one.action in {ROLE, REMOVAL}]
    if not entries:
        return {}
    members = _members(entries)
    roles = {str(row.pk): row.role for row in members}
    accounts = {row.user_id for row in members}
    addresses = {row.user.email for row in members}
    found = {}
    for entry in entries:
        before, after = entry.before or {}, entry.after or {}
        if entry.action == ROLE:
            now = roles.get(entry.object_id)
            is_so = "role" in before and now is not None and now == after.get("role")
            undo = undo_at("registry:people_role_undo", [entry.pk], needs_admin=True)
        else:
            is_so = (
                before.get("account") not in accounts
                and before.get("person") not in addresses
            )
            undo = undo_at("registry:people_restore", [entry.pk], needs_admin=True)
        if is_so and undo is not None:
            found[entry.pk] = undo
    return found


def _members(entries: list[AuditEntry]) -> list[Membership]:
    """Those of today whom the entries are about."""
    people = [one.before or {} for one in entries if one.action == REMOVAL]
    whom = Q(pk__in=[one.object_id for one in entries if one.action == ROLE])
    whom |= Q(user__in=[one["account"] for one in people if "account" in one])
    whom |= Q(user__email__in=[one["person"] for one in people if "person" in one])
    rows = Membership.objects.filter(whom, organization=entries[0].organization_id)
    return list(rows.select_related("user"))
