"""Celery's doors into analytics. Each is safe to run twice."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from analytics.recording.writer import DatabaseAway
from analytics.services import (
    budget_switches,
    budgets,
    partitions,
    payloads,
    spooling,
)

logger = logging.getLogger("modelhub.usage")


@shared_task(name="analytics.tasks.flush_spool")  # type: ignore[untyped-decorator]  # Celery has no types
def flush_spool() -> None:
    """What processes of this machine left behind when they died."""
    try:
        spooling.flush_spool(settings.MODELHUB_SPOOL)
    except DatabaseAway as error:
        logger.error("The usage spool waits for the database: %s", error)


@shared_task(name="analytics.tasks.tend_partitions")  # type: ignore[untyped-decorator]  # Celery has no types
def tend_partitions() -> None:
    """Months ahead are made, those past their retention dropped, strays told of."""
    partitions.ensure_partitions()
    months = settings.MODELHUB_USAGE_RETENTION_MONTHS
    if months > 0:
        dropped = partitions.keep_months(months)
        logger.info("Dropped usage partitions: %s", ", ".join(dropped) or "none")
    strays = partitions.stray_count()
    if strays:
        logger.warning("%d usage rows are in the default partition.", strays)


@shared_task(name="analytics.tasks.sweep_budget_holds")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_budget_holds() -> None:
    count = budgets.sweep_expired(at=timezone.now())
    if count:
        logger.info("Took back %d holds that had run out.", count)


@shared_task(name="analytics.tasks.purge_payloads")  # type: ignore[untyped-decorator]  # Celery has no types
def purge_payloads() -> None:
    payloads.purge_payloads()


@shared_task(name="analytics.tasks.run_budget_switches")  # type: ignore[untyped-decorator]  # Celery has no types
def run_budget_switches() -> None:
    """Every minute: switches of packs that wait for a share of the budget."""
    budget_switches.run_reached()
