"""What probes found, read from the database in one query."""

from __future__ import annotations

from collections.abc import Mapping

from registry.models import VerifiedCapability
from registry.resolution.entries import Probed

AtConnection = dict[int, dict[str, Probed]]
"""By model id and capability."""


def load_probed(scope: Mapping[str, int]) -> dict[int, AtConnection]:
    """By connection id."""
    found: dict[int, AtConnection] = {}
    rows = VerifiedCapability.objects.filter(**scope).values_list(
        "connection_id", "ai_model_id", "capability", "is_verified", "checked_at"
    )
    for connection_id, model_id, word, is_verified, checked_at in rows:
        of_model = found.setdefault(connection_id, {}).setdefault(model_id, {})
        of_model[word] = Probed(is_verified, checked_at.date())
    return found
