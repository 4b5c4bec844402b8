"""The time zone in which a person sees moments: their own, else the organisation's.
Ranges of analytics keep the zone that they name."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

UTC: Final = zoneinfo.ZoneInfo("UTC")
# The registry admin writes prices and facts by the UTC day, and says so; programs are
# answered alike, whoever's they are.
IN_UTC: Final = ("/admin/", "/api/")


class OwnZoneMiddleware:
    """After `OrganizationMiddleware`: what templates print is in the person's zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(zone_of(request)):
            return self.get_response(request)


def zone_of(request: HttpRequest) -> zoneinfo.ZoneInfo:
    if request.path.startswith(IN_UTC):
        return UTC
    organization = getattr(request, "organization", None)
    own = getattr(request.user, "time_zone", "")
    return _zone(own or (organization.time_zone if organization else ""))


def _zone(name: str) -> zoneinfo.ZoneInfo:
    """UTC too where the data of time zones no longer knows the name."""
    try:
        return zoneinfo.ZoneInfo(name or "UTC")
    except zoneinfo.ZoneInfoNotFoundError:
        return UTC
