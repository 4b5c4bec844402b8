"""Asking for a discovery from a page: a worker does it, and where the queue does not
answer, whoever asks."""

from __future__ import annotations

from collections.abc import Iterable

from kombu.exceptions import OperationalError

from registry.models import Connection, User
from registry.services.discovery import claim_runs, perform_runs, request_discovery
from registry.tasks import run_discoveries


def ask_for_discovery(*, connections: Iterable[Connection], actor: User) -> bool:
    """Whether a worker was woken. If not, the connections have been asked right here,
    which takes half a minute where one hangs."""
    runs = request_discovery(connections=connections, actor=actor)
    try:
        # No retries: a person waits.
        run_discoveries.apply_async(retry=False)
    except (OperationalError, OSError):
        perform_runs(claim_runs(runs))
        return False
    return True
