"""Asking for a catalogue sync from a page: a worker does it and leaves a row."""

from django.db import transaction
from kombu.exceptions import OperationalError

from registry.models import CatalogSync, User
from registry.tasks import sync_catalog


class QueueUnavailable(Exception):
    """The broker does not answer; nothing was asked for."""


def request_sync(*, actor: User) -> int:
    """Queue a sync by `actor`. Returns the number of the newest sync until now: the
    one asked for is any later one. Raises QueueUnavailable."""
    newest = CatalogSync.objects.order_by("-pk").values_list("pk", flat=True).first()
    try:
        # No retries: a person waits, and pressing the button again is one.
        transaction.on_commit(lambda: sync_catalog.apply_async([actor.pk], retry=False))
    except (OperationalError, OSError) as error:
        raise QueueUnavailable from error
    return newest or 0
