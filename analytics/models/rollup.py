from typing import ClassVar

from django.db import models


class AdditiveSums(models.Model):
    """The columns of `analytics.sums.Sums`, and what the sums are of. Ids are those of
    UsageRecord as they stand there; `error_kind` is empty where nothing went wrong.
    `latency` and `ttft` are histograms as analytics.histogram stores them.

    Rows are written by `analytics.services.rollups` alone, by SQL; ids have no foreign
    key, because rollups outlive what they name."""

    organization_id = models.BigIntegerField()
    feature_id = models.BigIntegerField(null=True)
    ai_model_id = models.BigIntegerField(null=True)
    connection_id = models.BigIntegerField(null=True)
    pack_version_id = models.BigIntegerField(null=True)
    token_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=12)
    error_kind = models.CharField(max_length=24, blank=True)
    calls = models.BigIntegerField()
    requests = models.BigIntegerField()
    answered = models.BigIntegerField()
    ok_calls = models.BigIntegerField()
    error_calls = models.BigIntegerField()
    truncated_calls = models.BigIntegerField()
    cancelled_calls = models.BigIntegerField()
    lost_race_calls = models.BigIntegerField()
    input_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    cache_read_tokens = models.BigIntegerField()
    cache_write_tokens = models.BigIntegerField()
    cache_write_1h_tokens = models.BigIntegerField()
    reasoning_tokens = models.BigIntegerField()
    uncounted_calls = models.BigIntegerField()
    # Without precision in the database, as in UsageRecord: sums are exact.
    cost_usd = models.DecimalField(max_digits=40, decimal_places=24)
    estimated_usd = models.DecimalField(max_digits=40, decimal_places=24)
    unpriced_calls = models.BigIntegerField()
    estimated_calls = models.BigIntegerField()
    latency_calls = models.BigIntegerField()
    latency_sum_ms = models.BigIntegerField()
    ttft_calls = models.BigIntegerField()
    ttft_sum_ms = models.BigIntegerField()
    feedback_count = models.BigIntegerField()
    feedback_sum = models.FloatField()
    confidence_count = models.BigIntegerField()
    confidence_sum = models.FloatField()
    latency = models.BinaryField()
    ttft = models.BinaryField()

    class Meta:
        abstract = True


class HourRollup(AdditiveSums):
    """The calls of one hour in UTC."""

    hour = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "hour"], name="hour_rollup_hour")
        ]

    def __str__(self) -> str:
        return f"{self.hour:%d %b %Y %H:%M}: {self.calls} calls"


class HourTagRollup(AdditiveSums):
    """The calls of one hour in UTC that carry one tag; a call with three tags is in
    three rows."""

    hour = models.DateTimeField()
    tag_name = models.TextField()
    tag_value = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization_id", "tag_name", "hour"], name="hour_tag_rollup"
            ),
            # The hour that is built again.
            models.Index(
                fields=["organization_id", "hour"], name="hour_tag_rollup_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag_name}={self.tag_value} at {self.hour:%d %b %Y %H:%M}"


class ClosedDay(models.Model):
    """A day of a time zone whose calls are summed up in DayRollup rows. It is there
    only while these are right: whoever builds one of its hours anew removes it."""

    organization_id = models.BigIntegerField()
    zone = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="Excluded: the next midnight.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization_id", "zone", "starts_at"], name="closed_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} in {self.zone}"


class DayRollup(AdditiveSums):
    """The calls of one closed day."""

    closed_day = models.ForeignKey(ClosedDay, models.CASCADE, related_name="rollups")

    def __str__(self) -> str:
        return f"{self.closed_day}: {self.calls} calls"
