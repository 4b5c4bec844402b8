"""Celery's doors into the registry."""

from celery import shared_task
from django.conf import settings

from registry.models import User
from registry.services.catalog_sync import sync_from_sources


@shared_task(name="registry.tasks.sync_catalog")  # type: ignore[untyped-decorator]  # Celery has no types
def sync_catalog(actor_id: int | None = None) -> None:
    """The daily sync, or one that `actor_id` asked for. Safe to run twice: the second
    run waits, then changes nothing."""
    sync_from_sources(
        prices=settings.MODELHUB_CATALOG_PRICES,
        facts=settings.MODELHUB_CATALOG_FACTS,
        actor=User.objects.filter(pk=actor_id).first() if actor_id else None,
    )
