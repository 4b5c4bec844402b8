"""Time zones to choose from. Pure."""

import zoneinfo
from functools import lru_cache

from django.core.exceptions import ValidationError


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        message = f"There is no time zone {name!r}; write it as in Europe/Berlin."
        raise ValidationError(message)


@lru_cache(maxsize=1)  # the list is read from some 600 files
def zone_names() -> tuple[str, ...]:
    """Those named by a place, and UTC first."""
    places = (one for one in zoneinfo.available_timezones() if "/" in one)
    kept = sorted(one for one in places if not one.startswith(("Etc/", "SystemV/")))
    return ("UTC", *kept)
