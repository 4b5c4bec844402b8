from typing import ClassVar

from django.conf import settings
from django.db import models

from recommender.models.playground_answer import PlaygroundAnswer
from recommender.models.playground_run import PlaygroundRun


class Vote(models.Model):
    """A person's ballot on the answers of a run: the best one, or a tie between all
    (no winner). A later vote takes the place of the earlier one."""

    run = models.ForeignKey(PlaygroundRun, models.CASCADE, related_name="votes")
    winner = models.ForeignKey(
        PlaygroundAnswer,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="votes",
        help_text="Empty: the answers are equal.",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True
    )
    is_blind = models.BooleanField(help_text="Given before the names were known.")
    voted_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["-voted_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "by"], name="vote_once_per_person_and_run"
            )
        ]

    def __str__(self) -> str:
        return f"{self.winner or 'tie'} in {self.run_id}"
