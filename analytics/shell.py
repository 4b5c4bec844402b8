"""What every page's frame shows of alerts."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from analytics.queries.alerts import open_count


def alert_shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy: a fragment that shows no frame asks nothing."""
    organization = getattr(request, "organization", None)
    if organization is None:
        return {}
    count = SimpleLazyObject(lambda: {"open": open_count(organization, timezone.now())})
    return {"alert_shell": count}
