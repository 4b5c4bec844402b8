"""Rate limits per connection, shared by all processes. See `bucket` for what is
promised, `line` for who waits."""

from __future__ import annotations

from django.conf import settings

from modelhub.gateway.database import database_name
from modelhub.gateway.limits.limits import SharedRateLimits
from modelhub.gateway.limits.postgres_store import PostgresStore
from modelhub.gateway.limits.redis_store import RedisStore
from modelhub.gateway.limits.store import LimitStore

REDIS_SCHEMES = ("redis://", "rediss://", "redis+socket://")


def make_rate_limits() -> SharedRateLimits:
    """The limits of this process, kept where the broker is, or in PostgreSQL where
    the broker keeps no numbers (RabbitMQ)."""
    return SharedRateLimits(lambda: open_store(settings.CELERY_BROKER_URL))


def open_store(broker_url: str) -> LimitStore:
    if broker_url.startswith(REDIS_SCHEMES):
        return RedisStore(broker_url, f"modelhub:{database_name()}:limit")
    return PostgresStore()
