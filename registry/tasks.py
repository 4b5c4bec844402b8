"""Celery's doors into the registry."""

from celery import shared_task
from django.conf import settings

from registry.models import User
from registry.services.catalog_sync import sync_from_sources
from registry.services.connection_checks import check_all


@shared_task(name="registry.tasks.sync_catalog")  # type: ignore[untyped-decorator]  # Celery has no types
def sync_catalog(actor_id: int | None = None) -> None:
    """The daily sync, or one that `actor_id` asked for. Safe to run twice: the second
    run waits, then changes nothing."""
    sync_from_sources(
        prices=settings.MODELHUB_CATALOG_PRICES,
        facts=settings.MODELHUB_CATALOG_FACTS,
        actor=User.objects.filter(pk=actor_id).first() if actor_id else None,
    )


@shared_task(name="registry.tasks.check_connections")  # type: ignore[untyped-decorator]  # Celery has no types
def check_connections() -> None:
    """Every five minutes: does each enabled connection answer? Safe to run twice; the
    ones not asked for longest come first, should the time not suffice."""
    check_all()
