from django.db import models


class CallCount(models.Model):
    """How many calls of the management API somebody made since `started_at`. The table
    is unlogged: after a crash of the server everybody begins anew."""

    key = models.CharField(
        max_length=80,
        primary_key=True,
        help_text="Who called and how: token:5 reads, or person:3@2 writes.",
    )
    started_at = models.DateTimeField()
    calls = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.key}: {self.calls}"
