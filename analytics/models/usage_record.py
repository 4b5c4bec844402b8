from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from analytics.cost_text import cost_from
from analytics.token_counts import usage_from
from analytics.usage_row import Outcome, Source
from registry.cost import Cost, CostState
from registry.usage import Usage

IN_WORDS = {"max_length": 40, "blank": True}


def _one_of(field: str, words: list[str], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(**{f"{field}__in": words}), name=name)


class UsageRecord(models.Model):
    """One model call as it was: every attempt of every request, good or bad.

    The table is partitioned by month of `started_at` (`analytics.services.partitions`)
    and carries the organisation in its key, so that it can be distributed by it. Rows
    outlive what they name: ids of models, features, … have no foreign key. They are
    written by `analytics.recorder` alone, and never changed but by an audited
    adjustment. Empty text and NULL mean "not known" or "does not apply".
    """

    pk = models.CompositePrimaryKey("organization_id", "started_at", "id")
    id = models.UUIDField()
    request_id = models.UUIDField(help_text="Shared by all attempts of one request.")
    started_at = models.DateTimeField()
    organization_id = models.BigIntegerField()
    ai_model_id = models.BigIntegerField(
        null=True, help_text="Empty: a model that no catalogue knows; see model_name."
    )
    feature_id = models.BigIntegerField(null=True)
    connection_id = models.BigIntegerField(null=True)
    token_id = models.BigIntegerField(null=True)
    price_id = models.BigIntegerField(null=True)
    pack_version_id = models.BigIntegerField(null=True)
    prompt_version_id = models.BigIntegerField(null=True)
    arm_id = models.BigIntegerField(
        null=True, help_text="Of the experiment that decided about the request."
    )
    unit_hash = models.BigIntegerField(
        null=True, help_text="Salted: of the user or conversation that keeps the arm."
    )
    input_tokens = models.IntegerField(null=True)
    output_tokens = models.IntegerField(null=True)
    cache_read_tokens = models.IntegerField(null=True)
    cache_write_tokens = models.IntegerField(null=True)
    cache_write_1h_tokens = models.IntegerField(null=True)
    reasoning_tokens = models.IntegerField(null=True)
    ttft_ms = models.IntegerField(null=True)
    latency_ms = models.IntegerField(null=True)
    assignment_revision = models.IntegerField(null=True)
    task_code = models.SmallIntegerField(
        null=True, help_text="The kind of work, where it was looked at."
    )
    attempt = models.SmallIntegerField(default=1)
    status_code = models.SmallIntegerField(null=True)
    is_stream = models.BooleanField(default=False)
    is_relayed = models.BooleanField(default=False)
    answered = models.BooleanField(
        default=False, help_text="The client got the answer of this attempt."
    )
    # Without precision in the database: a cost is kept to its last digit.
    cost_usd = models.DecimalField(max_digits=40, decimal_places=24, null=True)
    outcome = models.CharField(max_length=12)
    cost_state = models.CharField(max_length=12)
    source = models.CharField(max_length=12, default=Source.GATEWAY.value)
    finish_reason = models.CharField(max_length=20, blank=True)
    error_kind = models.CharField(max_length=24, blank=True)
    error_code = models.CharField(**IN_WORDS)  # type: ignore[arg-type]
    error_message = models.CharField(max_length=300, blank=True)
    provider_request_id = models.CharField(max_length=120, blank=True)
    model_name = models.CharField(
        max_length=200,
        blank=True,
        help_text="What the provider says answered, where it differs.",
    )
    breakdown = models.TextField(
        blank=True, help_text="The lines of the cost: see analytics.cost_text."
    )
    trace = models.TextField(blank=True, help_text="What was done and why, by line.")
    other_counts = models.JSONField(
        null=True, help_text="Counts without a column: images, audio, searches, …"
    )
    tags = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [
            # One request with its attempts; feedback finds its request.
            models.Index(
                fields=["organization_id", "request_id"], name="usage_request"
            ),
            # The last calls of a feature, model, connection, token; and of those that
            # went wrong. The log of everything reads the primary key.
            models.Index(
                fields=["feature_id", "started_at"],
                condition=Q(feature_id__isnull=False),
                name="usage_feature",
            ),
            models.Index(
                fields=["organization_id", "ai_model_id", "started_at"],
                name="usage_ai_model",
            ),
            models.Index(
                fields=["connection_id", "started_at"],
                condition=Q(connection_id__isnull=False),
                name="usage_connection",
            ),
            models.Index(
                fields=["token_id", "started_at"],
                condition=Q(token_id__isnull=False),
                name="usage_token",
            ),
            # The readings of an experiment.
            models.Index(
                fields=["arm_id", "started_at"],
                condition=Q(arm_id__isnull=False),
                name="usage_arm",
            ),
            # A span that tells of a call which went through the gateway.
            models.Index(
                fields=["organization_id", "provider_request_id"],
                condition=Q(source=Source.GATEWAY.value) & ~Q(provider_request_id=""),
                name="usage_gateway_answer",
            ),
            models.Index(
                fields=["organization_id", "started_at"],
                condition=~Q(outcome=Outcome.OK.value),
                name="usage_not_ok",
            ),
            # The latest calls of which is known what they asked.
            models.Index(
                fields=["organization_id", "started_at"],
                condition=Q(task_code__isnull=False),
                name="usage_task",
            ),
            # What is to be mapped or priced.
            models.Index(
                fields=["organization_id", "started_at"],
                condition=Q(cost_state=CostState.UNPRICED.value),
                name="usage_unpriced",
            ),
        ]
        constraints: ClassVar = [
            _one_of("outcome", [word.value for word in Outcome], "usage_outcome"),
            _one_of(
                "cost_state", [word.value for word in CostState], "usage_cost_state"
            ),
            models.CheckConstraint(
                condition=Q(cost_state=CostState.UNPRICED.value, cost_usd=None)
                | (~Q(cost_state=CostState.UNPRICED.value) & Q(cost_usd__gte=0)),
                name="usage_unpriced_has_no_cost",
            ),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="usage_attempt"),
            models.CheckConstraint(
                condition=Q(input_tokens=None)
                | Q(
                    input_tokens__gte=F("cache_read_tokens") + F("cache_write_tokens"),
                    output_tokens__gte=F("reasoning_tokens"),
                    cache_write_tokens__gte=F("cache_write_1h_tokens"),
                ),
                name="usage_parts_within_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} attempt {self.attempt}: {self.outcome}"

    @property
    def usage(self) -> Usage | None:
        """What the call used, or None where nobody said."""
        return usage_from(self)

    @property
    def cost(self) -> Cost:
        """The cost as it was frozen, with its breakdown."""
        return cost_from(self.cost_state, self.cost_usd, self.breakdown)
