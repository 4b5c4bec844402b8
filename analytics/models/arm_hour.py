from typing import ClassVar

from django.db import models


class ArmHour(models.Model):
    """The requests of an experiment's arm that began in one hour in UTC, of the units
    of one group: see `analytics.arm_sql`. Without a model: all of them; with one: those
    in which it was asked. Written by `analytics.services.arm_hours` alone."""

    organization_id = models.BigIntegerField()
    arm_id = models.BigIntegerField()
    hour = models.DateTimeField()
    unit_group = models.SmallIntegerField()
    ai_model_id = models.BigIntegerField(null=True)
    requests = models.BigIntegerField()
    lone_requests = models.BigIntegerField(help_text="Drawn by themselves.")
    priced = models.BigIntegerField()
    usd = models.FloatField(help_text="Of those whose cost is known.")
    squared_usd = models.FloatField()
    rated = models.BigIntegerField()
    disliked = models.BigIntegerField()
    told = models.BigIntegerField(help_text="The model came to an end, good or bad.")
    good = models.BigIntegerField()
    latency = models.BinaryField(help_text="See analytics.histogram.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "arm_id", "hour"], name="arm_hour"),
            # The hour that is built again.
            models.Index(fields=["organization_id", "hour"], name="arm_hour_built"),
        ]

    def __str__(self) -> str:
        return f"Arm {self.arm_id}, {self.hour:%d %b %Y %H:%M}: {self.requests}"


class ArmUnit(models.Model):
    """A user or conversation that was in an arm, as its salted hash, with its first and
    its last request there."""

    organization_id = models.BigIntegerField()
    arm_id = models.BigIntegerField()
    unit_hash = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization_id", "arm_id", "unit_hash"], name="arm_unit_once"
            )
        ]
        indexes: ClassVar = [
            # Who was there since the present step began.
            models.Index(
                fields=["organization_id", "arm_id", "last_at"],
                include=["first_at"],
                name="arm_unit_last",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_hash} in arm {self.arm_id}"
