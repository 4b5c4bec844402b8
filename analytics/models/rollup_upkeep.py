from typing import ClassVar

from django.db import models


class DirtyHour(models.Model):
    """A mark: rows of this hour in UTC were written, so its rollups are to be built
    again. Marks are added in the transaction of the rows and taken away by the builder
    that saw them; an hour may have many."""

    organization_id = models.BigIntegerField()
    hour = models.DateTimeField()
    marked_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "hour"], name="dirty_hour")
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.hour:%d %b %Y %H:%M}"


class DroppedUsage(models.Model):
    """Records before `before` were dropped when their time was over; one row for each
    time that they were. Rollups of such hours stay as they are."""

    before = models.DateTimeField()
    dropped_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"before {self.before:%d %b %Y}"


class ReconcileFinding(models.Model):
    """The rollups of one hour did not say what its records said; it was marked to be
    built again. Calls and cost as they stood in each."""

    organization_id = models.BigIntegerField()
    hour = models.DateTimeField()
    found_at = models.DateTimeField()
    record_calls = models.BigIntegerField()
    rollup_calls = models.BigIntegerField()
    record_cost_usd = models.DecimalField(max_digits=40, decimal_places=24)
    rollup_cost_usd = models.DecimalField(max_digits=40, decimal_places=24)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["organization_id", "-found_at"], name="reconcile_newest_first"
            )
        ]

    def __str__(self) -> str:
        return f"{self.hour:%d %b %Y %H:%M}: {self.rollup_calls} of {self.record_calls}"
