"""Doors of Celery for capability probes."""

import time
from typing import Final

from celery import shared_task
from django.utils import timezone

from analytics.services import capability_probes
from modelhub.gateway.probing.running import run_probe

SPELL_S: Final = 120.0
"""Then the task makes room for others and wakes the next."""

LIMIT_S: Final = 3_000
"""A long context may take minutes a question."""


@shared_task(  # type: ignore[untyped-decorator]  # Celery has no types
    name=capability_probes.TASK, soft_time_limit=LIMIT_S, time_limit=LIMIT_S + 30
)
def run_probes() -> None:
    """Sent by the button and, should that message be lost, every minute. Safe to run
    twice: a probe is claimed by one worker."""
    capability_probes.sweep(timezone.now())
    until = time.monotonic() + SPELL_S
    while (one := capability_probes.claim()) is not None:
        run_probe(one)
        if time.monotonic() > until:
            capability_probes.wake_worker()
            return
