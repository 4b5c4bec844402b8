"""Groups of calls without a price that somebody leaves as they are."""

from __future__ import annotations

from django.db import transaction

from analytics.models import UnpricedSetAside
from analytics.queries.unpriced import GroupKind
from registry.audit import record_change
from registry.models import Organization, User


@transaction.atomic
def set_aside(
    *,
    organization: Organization,
    actor: User,
    kind: GroupKind,
    name: str,
    reason: str,
) -> UnpricedSetAside:
    """Once a group: a second time only the reason is another."""
    before = UnpricedSetAside.objects.filter(
        organization=organization, kind=kind.value, name=name
    ).first()
    one, _ = UnpricedSetAside.objects.update_or_create(
        organization=organization,
        kind=kind.value,
        name=name,
        defaults={"reason": reason, "created_by": actor},
    )
    record_change(
        organization=organization,
        actor=actor,
        action="unpriced.set_aside",
        target=one,
        before={"reason": before.reason} if before else None,
        after={"reason": reason},
        note=reason,
    )
    return one


@transaction.atomic
def take_back(one: UnpricedSetAside, *, actor: User) -> None:
    """The group asks to be dealt with again."""
    record_change(
        organization=one.organization,
        actor=actor,
        action="unpriced.taken_back",
        target=one,
        before={"reason": one.reason},
        after=None,
    )
    one.delete()
