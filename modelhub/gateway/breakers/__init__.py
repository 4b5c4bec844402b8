"""Circuit breakers. `registry.circuit` says how one moves, `board` what a process
knows, `messenger` how processes tell each other."""

from __future__ import annotations

from modelhub.gateway.breakers.breakers import SharedBreakers


def make_breakers() -> SharedBreakers:
    return SharedBreakers()
