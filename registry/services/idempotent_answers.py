"""Calls that are done once, however often they arrive. All of it happens in the
transaction of the call itself: the answer is kept exactly when the change is."""

from __future__ import annotations

import datetime
from typing import Final

from django.db import connection
from django.utils import timezone

from registry.models import IdempotentAnswer

KEPT: Final = datetime.timedelta(hours=24)
TRY_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


class KeyInUse(Exception):
    """A call with this key is being done right now."""

    def __init__(self) -> None:
        super().__init__("A call with this Idempotency-Key is being done. Ask again.")


class KeyMisused(Exception):
    """The key was sent with another call before."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used for another call before.")


def claimed(owner: str, key: str, fingerprint: str) -> IdempotentAnswer | None:
    """Take the key until the transaction ends. The kept answer where the call was done
    already; None where it is to be done now. Raises KeyInUse and KeyMisused."""
    with connection.cursor() as cursor:
        cursor.execute(TRY_LOCK, [f"idempotency {owner} {key}"])
        (is_mine,) = cursor.fetchone()
    if not is_mine:
        raise KeyInUse
    known = IdempotentAnswer.objects.filter(
        owner=owner, key=key, created_at__gt=timezone.now() - KEPT
    ).first()
    if known is not None and known.fingerprint != fingerprint:
        raise KeyMisused
    return known


def keep_answer(
    *,
    owner: str,
    key: str,
    fingerprint: str,
    status: int,
    headers: dict[str, str],
    body: bytes,
) -> None:
    """Keep what was answered, in place of an answer that is too old."""
    IdempotentAnswer.objects.update_or_create(
        owner=owner,
        key=key,
        defaults={
            "fingerprint": fingerprint,
            "status": status,
            "headers": headers,
            "body": body,
            "created_at": timezone.now(),
        },
    )


def purge_answers(now: datetime.datetime) -> int:
    """Delete what is older than a day; how many."""
    deleted, _ = IdempotentAnswer.objects.filter(created_at__lte=now - KEPT).delete()
    return deleted
