"""What probes say of a candidate, where the organisation goes by it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from registry.capabilities import CAPABILITIES, PROBED
from registry.requirements import lower
from registry.resolution.entries import ConnectionEntry, ModelEntry

DOCUMENTED: Final = "documented"
CONTRADICTED: Final = "contradicted"
VERIFIED: Final = "verified"
"""The values of `CapabilityTrust`."""


def distrusted(
    trust: str,
    model: ModelEntry,
    connection: ConnectionEntry,
    needed: Iterable[str],
) -> Iterator[tuple[str, str]]:
    """Why the model at this connection is not asked for something that needs these
    capabilities: a code, and a reason that reads on after the model's name."""
    if trust == DOCUMENTED:
        return
    probed = connection.probed.get(model.id, {})
    where = f"at the connection “{connection.label}”"
    for word in sorted(set(needed) & PROBED):
        found = probed.get(word)
        label = lower(CAPABILITIES[word][0])
        if found is not None and not found.is_verified:
            day = f"{found.on.day} {found.on:%b %Y}"
            reason = f"fails {where}: {label} was contradicted by a probe on {day}"
            yield "contradicted", reason
        elif found is None and trust == VERIFIED:
            yield "unverified", f"has no {label} {where} that a probe has verified"
