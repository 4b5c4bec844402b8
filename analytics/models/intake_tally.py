from typing import ClassVar

from django.db import models

from registry.models import Organization


class IntakeTally(models.Model):
    """What was told in one hour (UTC, of arrival) by one source. `late` are calls that
    had started more than an hour before they were told; records themselves do not say
    when they came."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="intake_tallies"
    )
    hour = models.DateTimeField()
    source = models.CharField(max_length=12)
    accepted = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    late = models.BigIntegerField(default=0)
    most_late_s = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "hour", "source"], name="intake_tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hour:%d %b %Y %H:%M} {self.source}: {self.accepted}"


class IntakeRefusal(models.Model):
    """Told lines of one day (UTC, of arrival) that were refused for one reason."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="intake_refusals"
    )
    day = models.DateField()
    source = models.CharField(max_length=12)
    field = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, help_text="Numbers are left out.")
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "day", "source", "field", "reason"],
                name="intake_refusal_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"
