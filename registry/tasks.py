"""Celery's doors into the registry."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from registry.models import User
from registry.services.call_counts import purge_counts
from registry.services.catalog_sync import sync_from_sources
from registry.services.connection_checks import check_all
from registry.services.discovery import perform_waiting, request_scheduled
from registry.services.idempotent_answers import purge_answers
from registry.services.pack_sources import load_sources
from registry.services.planned_switches import run_due


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


@shared_task(name="registry.tasks.discover_models")  # type: ignore[untyped-decorator]  # Celery has no types
def discover_models() -> None:
    """Every hour: what does each enabled connection offer? Safe to run twice: a
    connection is asked by one worker at a time."""
    request_scheduled()
    perform_waiting()


@shared_task(name="registry.tasks.run_discoveries")  # type: ignore[untyped-decorator]  # Celery has no types
def run_discoveries() -> None:
    """Performs the discoveries that wait, and ends what killed workers left. Sent by
    the button and, should that message be lost, every minute."""
    perform_waiting()


@shared_task(name="registry.tasks.run_planned_switches")  # type: ignore[untyped-decorator]  # Celery has no types
def run_planned_switches() -> None:
    """Every minute: switches of packs whose time has come. Safe to run twice: a plan is
    carried out by one worker, in one transaction."""
    run_due(timezone.now())


@shared_task(name="registry.tasks.load_pack_sources")  # type: ignore[untyped-decorator]  # Celery has no types
def load_pack_sources() -> None:
    """Every hour: packs that are loaded from an address. Safe to run twice: what says
    the same makes no version."""
    load_sources()


@shared_task(name="registry.tasks.purge_answers")  # type: ignore[untyped-decorator]  # Celery has no types
def purge_idempotent_answers() -> None:
    """Every hour: answers to calls with an Idempotency-Key, a day later, and how often
    somebody called who has not called for a day."""
    purge_answers(timezone.now())
    purge_counts(timezone.now())
