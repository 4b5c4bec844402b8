"""What happens to an account stands in the audit log of each organisation that the
person belongs to."""

from typing import Any

from django.core.cache import cache
from django.db import transaction

from registry.audit import change_entry
from registry.models import AuditEntry, Organization, User

FAILURES_SECONDS = 24 * 60 * 60


@transaction.atomic
def record_for_person(
    user: User,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    actor: User | None = None,
) -> None:
    """One entry an organisation; `actor` is the person unless said otherwise."""
    for place in _places(user) or [None]:
        change_entry(
            organization=place,
            actor=actor or user,
            action=action,
            target=user,
            before=before,
            after=after,
        ).save(force_insert=True)


def record_sign_in(user: User, method: str) -> None:
    """`method` is password, passkey, link or the name of another system."""
    facts: dict[str, Any] = {"method": method}
    failures = cache.get(_key(user))
    if failures:
        facts["failed_before"] = failures
        cache.delete(_key(user))
    record_for_person(user, "user.signed_in", after=facts)


def record_failure(user: User) -> None:
    """Count it; the first one since the last sign-in, and then each tenth, is an entry:
    an attacker must not be able to fill the log."""
    cache.add(_key(user), 0, FAILURES_SECONDS)
    failures = cache.incr(_key(user))
    if failures == 1 or failures % 10 == 0:
        AuditEntry.objects.bulk_create(
            change_entry(
                organization=place,
                actor=None,
                actor_label="somebody",
                action="user.sign_in_failed",
                target=user,
                before=None,
                after={"failed": failures},
            )
            for place in _places(user)
        )


def _places(user: User) -> list[Organization | None]:
    return list(Organization.objects.filter(memberships__user=user).order_by("pk"))


def _key(user: User) -> str:
    return f"sign-in-failed:{user.pk}"
