"""The pack and version that an address names, or 404."""

from django.http import Http404

from registry.access import OrganizationRequest
from registry.models import Pack, PackVersion
from registry.queries.packs import pack_named, version_of

MAX_NUMBER = 2**31 - 1


def pack_or_404(request: OrganizationRequest, slug: str) -> Pack:
    """The organisation's pack, archived or not."""
    pack = pack_named(request.organization, slug)
    if pack is None:
        raise Http404(f"There is no pack “{slug[:60]}” in this organisation.")
    return pack


def version_or_404(pack: Pack, number: int | None) -> PackVersion:
    """Version `number` of the pack, the newest one without a number."""
    version = None
    if number is None or number <= MAX_NUMBER:
        version = version_of(pack, number)
    if version is None:
        raise Http404(f"There is no such version of {pack.slug}.")
    return version
