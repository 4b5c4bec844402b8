"""Celery's doors into the recommender. Each is safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone

from recommender.services import recommendation_follow_ups, recommendation_writing

logger = logging.getLogger("modelhub.recommendations")


@shared_task(name="recommender.tasks.write_recommendations")  # type: ignore[untyped-decorator]  # Celery has no types
def write_recommendations() -> None:
    """Every hour: recommendations of organisations whose day has begun, and what
    became of those that were applied."""
    now = timezone.now()
    count = recommendation_writing.write_due(now)
    if count:
        logger.info("Wrote the recommendations of %d organisations.", count)
    recommendation_follow_ups.follow_up_due(now)
