"""Lists that connections give, without a network."""

import datetime

from django.utils import timezone

from registry.discovery.report import DiscoveryReport
from registry.models import Connection
from registry.providers.adapter import OfferedModel
from registry.services.discovered_models import ListedAt, apply_list

LOCALHOST = "http://127.0.0.1:11434"


def discover(
    connection: Connection,
    *offered: OfferedModel | str,
    dialect: str = "openai",
    base_url: str = "https://api.example.com/v1",
    at: datetime.datetime | None = None,
    actor=None,
) -> DiscoveryReport:
    """Save that `connection` offers exactly this."""
    listed = ListedAt(
        connection=connection,
        dialect=dialect,
        base_url=base_url,
        at=at or timezone.now(),
        actor=actor,
    )
    models = [
        OfferedModel(model_name=one) if isinstance(one, str) else one for one in offered
    ]
    return apply_list(listed, models)
