from django.db import models

from registry.models.connection import Connection


class RateBucket(models.Model):
    """What is left of a connection's limits, where the broker keeps no numbers. Written
    by `modelhub.gateway.limits`; the table is unlogged: after a crash of the server
    every bucket is full again. Levels may be below zero, times are seconds since
    1970."""

    connection = models.OneToOneField(
        Connection,
        models.CASCADE,
        primary_key=True,
        related_name="+",
        # A limit of a connection deleted this second must not fail its last call.
        db_constraint=False,
    )
    requests_level = models.FloatField(null=True)
    requests_at = models.FloatField(null=True)
    tokens_level = models.FloatField(null=True)
    tokens_at = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"Limits of {self.connection}"
