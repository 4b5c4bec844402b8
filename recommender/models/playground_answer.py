import datetime
import uuid
from typing import ClassVar, Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from recommender.models.playground_run import PlaygroundRun
from registry.models import AIModel

LOST_AFTER: Final = datetime.timedelta(minutes=5)
"""Longer than any answer may take: whoever wrote it is gone."""
FRESH: Final = datetime.timedelta(minutes=2)


class AnswerState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    ASKING = "asking", "Writing"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    STOPPED = "stopped", "Stopped"


class PlaygroundAnswer(models.Model):
    """What one model answered in a run. It is asked by whoever turns WAITING into
    ASKING. The reference stays when the model goes; None is not known."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(PlaygroundRun, models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=300)
    ai_model = models.ForeignKey(
        AIModel, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(
        max_length=7, choices=AnswerState, default=AnswerState.WAITING
    )
    text = models.TextField(blank=True)
    latency_ms = models.FloatField(null=True, blank=True)
    ttft_ms = models.FloatField(null=True, blank=True)
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    cache_read_tokens = models.PositiveIntegerField(null=True, blank=True)
    cache_write_tokens = models.PositiveIntegerField(null=True, blank=True)
    reasoning_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost_usd = models.DecimalField(
        max_digits=20, decimal_places=10, null=True, blank=True
    )
    cost_state = models.CharField(max_length=12, blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    error = models.TextField(blank=True)
    trace = models.JSONField(default=list, blank=True)
    request_id = models.UUIDField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    note = models.TextField(blank=True, max_length=2000)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "position"], name="playground_answer_position_once"
            ),
            models.UniqueConstraint(
                fields=["run", "reference"], name="playground_answer_model_once"
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5),
                name="playground_answer_rating_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.letter

    @property
    def letter(self) -> str:
        """What it is called while names are hidden: Answer A."""
        return f"Answer {chr(ord('A') + self.position)}"

    @property
    def is_done(self) -> bool:
        return self.state == AnswerState.DONE

    @property
    def is_lost(self) -> bool:
        """Being asked for so long that nobody asks any more."""
        return (
            self.state == AnswerState.ASKING
            and self.asked_at is not None
            and timezone.now() - self.asked_at > LOST_AFTER
        )

    @property
    def may_be_asked(self) -> bool:
        return self.state == AnswerState.WAITING

    @property
    def starts_itself(self) -> bool:
        """The page asks at once for what was sent a moment ago, and waits for a click
        where the page was left before."""
        return self.may_be_asked and timezone.now() - self.run.created_at < FRESH
