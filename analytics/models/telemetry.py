from typing import ClassVar

from django.db import models

from registry.models import Organization


class TelemetrySpan(models.Model):
    """One of the last spans that an organisation sent, and how it was understood. What
    was asked and answered is never in it."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="telemetry_spans"
    )
    received_at = models.DateTimeField()
    verdict = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=120, blank=True)
    scope = models.CharField(max_length=120, blank=True)
    trace_id = models.CharField(max_length=32, blank=True)
    span_id = models.CharField(max_length=16, blank=True)
    request_id = models.UUIDField(null=True, help_text="Of the call it became.")
    model = models.CharField(max_length=200, blank=True)
    rule = models.CharField(max_length=120, blank=True)
    fields = models.JSONField(
        default=list, help_text="Attribute, value, field; null: not understood."
    )
    content = models.IntegerField(
        default=0, help_text="Attributes with prompts or answers, passed over unread."
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "-id"], name="telemetry_span_newest")
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.verdict}"


class TelemetryTally(models.Model):
    """How many spans of one minute met which fate, for two days."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="telemetry_tallies"
    )
    minute = models.DateTimeField()
    verdict = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, blank=True)
    count = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "minute", "verdict", "reason"],
                name="telemetry_tally_once",
            )
        ]
        indexes: ClassVar = [
            # What is older than two days is deleted, whoever sent it.
            models.Index(fields=["minute"], name="telemetry_tally_minute")
        ]

    def __str__(self) -> str:
        return f"{self.minute}: {self.count} {self.verdict}"


class TelemetryAttribute(models.Model):
    """An attribute of spans of model calls that nothing understood."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="telemetry_attributes"
    )
    name = models.CharField(max_length=120)
    count = models.BigIntegerField()
    example = models.CharField(max_length=400, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="telemetry_attribute_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TelemetrySeries(models.Model):
    """What a series of metric points had told when it was last heard of."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="telemetry_series"
    )
    digest = models.CharField(max_length=40)
    start_ns = models.BigIntegerField()
    time_ns = models.BigIntegerField()
    count = models.BigIntegerField()
    total = models.FloatField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "digest"], name="telemetry_series_once"
            )
        ]

    def __str__(self) -> str:
        return self.digest


class TelemetryMetric(models.Model):
    """What metrics told of one minute: sums without single calls. They are compared
    with what spans told, and never added to it."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="telemetry_metrics"
    )
    minute = models.DateTimeField()
    metric = models.CharField(max_length=120)
    provider = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=200, blank=True)
    token_type = models.CharField(max_length=40, blank=True)
    service = models.CharField(max_length=100, blank=True)
    count = models.BigIntegerField(help_text="Calls that were observed.")
    total = models.FloatField(help_text="Tokens or seconds, by the metric.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    *("organization", "minute", "metric", "provider"),
                    *("model", "token_type", "service"),
                ],
                name="telemetry_metric_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} of {self.model}: {self.total}"
