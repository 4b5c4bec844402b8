"""Whose models a caller in Python asks: the only organisation, or the one it names."""

from __future__ import annotations

from modelhub.gateway.call import GatewayError
from registry.resolution.snapshot import Snapshot


def organization_id_of(snapshot: Snapshot, slug: str) -> int:
    """Raises GatewayError where there is none of that name, or several and none is
    named."""
    if slug:
        found = snapshot.organization_named(slug)
        if found is None:
            raise GatewayError(
                f"There is no organisation {slug!r}.", status=404, code="organization"
            )
        return found.id
    everyone = list(snapshot.configuration.organizations.values())
    real = [one for one in everyone if not one.is_sample]
    if len(real) == 1:
        return real[0].id
    names = ", ".join(sorted(one.slug for one in everyone)) or "none"
    raise GatewayError(
        f"Name the organisation; there are: {names}.", status=400, code="organization"
    )
