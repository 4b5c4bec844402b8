from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from analytics.usage_row import Source


class UsageBand(models.Model):
    """The calls of one UTC hour that any price bills alike, added up: see
    `analytics.bands`. Ids have no foreign key, as those of usage records. Built by
    `analytics.services.bands` from the records alone, and built again when they
    change."""

    organization_id = models.BigIntegerField()
    hour = models.DateTimeField(help_text="Its start, UTC.")
    feature_id = models.BigIntegerField(null=True)
    ai_model_id = models.BigIntegerField(null=True)
    price_id = models.BigIntegerField(null=True)
    connection_id = models.BigIntegerField(null=True)
    source = models.CharField(max_length=12, default=Source.GATEWAY.value)
    is_counted = models.BooleanField(help_text="The calls told of their tokens.")
    is_priced = models.BooleanField(help_text="The recorded costs are known.")
    is_batch = models.BooleanField()
    is_short_audio = models.BooleanField(help_text="Audio of 10 s at most.")
    kinds = models.SmallIntegerField(help_text="A bit for each kind of token used.")
    above_tokens = models.IntegerField(help_text="Input is above this edge.")
    other_names = models.TextField(blank=True, help_text="Keys of other_counts.")
    min_input_tokens = models.IntegerField()
    max_input_tokens = models.IntegerField()
    calls = models.IntegerField()
    requests = models.IntegerField()
    input_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    cache_read_tokens = models.BigIntegerField()
    cache_write_tokens = models.BigIntegerField()
    cache_write_1h_tokens = models.BigIntegerField()
    reasoning_tokens = models.BigIntegerField()
    # Without precision in the database, as the costs that it sums.
    cost_usd = models.DecimalField(max_digits=60, decimal_places=24)
    estimated_calls = models.IntegerField()
    failed_calls = models.IntegerField(help_text="Refused, with no tokens told of.")
    other_counts = models.JSONField(
        null=True, help_text="Sums of images, audio, searches, … as text."
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "hour"], name="usage_band_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00}: {self.calls} calls"


class BandEdges(models.Model):
    """Sizes of input at which some price changes or some model's window ends. The
    newest row holds; a size that was an edge stays one."""

    edges = ArrayField(models.IntegerField())
    created_at = models.DateTimeField(auto_now_add=True)
    marked_at = models.DateTimeField(
        null=True, help_text="When hours that these edges cut were marked."
    )

    class Meta:
        verbose_name_plural = "band edges"

    def __str__(self) -> str:
        return f"{len(self.edges)} edges since {self.created_at:%Y-%m-%d %H:%M}"
