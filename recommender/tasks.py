"""Celery's doors into the recommender. Each is safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from recommender.services import (
    experiment_evaluation,
    recommendation_follow_ups,
    recommendation_looks,
)

logger = logging.getLogger("modelhub.recommendations")


@shared_task(name="recommender.tasks.write_recommendations")  # type: ignore[untyped-decorator]  # Celery has no types
def write_recommendations() -> None:
    """Every hour: recommendations of organisations whose day has begun, and what
    became of those that were applied."""
    now = timezone.now()
    count = recommendation_looks.look_due(now)
    if count:
        logger.info("Wrote the recommendations of %d organisations.", count)
    recommendation_follow_ups.follow_up_due(now)


@shared_task(name="recommender.tasks.evaluate_experiments")  # type: ignore[untyped-decorator]  # Celery has no types
def evaluate_experiments() -> None:
    """Every minute: pause, step, stop and promote running experiments as their rules
    say."""
    count = experiment_evaluation.evaluate_running(timezone.now())
    if count:
        logger.info("%d running experiments were changed.", count)


@shared_task(name="recommender.tasks.run_looks")  # type: ignore[untyped-decorator]  # Celery has no types
def run_looks() -> None:
    """Sent by the button and, should that message be lost, every minute. A look is
    claimed by one worker."""
    recommendation_looks.sweep_looks()
    while (look := recommendation_looks.claim_look()) is not None:
        recommendation_looks.perform_look(look)
