"""Which answers of providers went through the gateway."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.models import UsageRecord
from analytics.usage_row import Source


def gateway_answers(organization_id: int, answer_ids: Sequence[str]) -> set[str]:
    """Those of `answer_ids` (the provider's own) that the gateway has recorded."""
    found = UsageRecord.objects.filter(
        organization_id=organization_id,
        source=Source.GATEWAY.value,
        provider_request_id__in=answer_ids,
    ).exclude(provider_request_id="")
    return set(found.values_list("provider_request_id", flat=True))
