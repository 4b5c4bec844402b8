"""What a client is told about how its answer came: which model, how many attempts, at
what cost."""

from __future__ import annotations

from typing import Final

from modelhub.gateway.api.exchange import Headers
from modelhub.gateway.call import Result

LONGEST_TRACE: Final = 1_000


def told_headers(result: Result) -> Headers:
    """Headers of a whole answer. A cost that is not known is absent, never 0."""
    headers = [
        (b"x-modelhub-model", _plain(result.reference)),
        (b"x-modelhub-attempts", str(len(result.attempts)).encode()),
        (b"x-modelhub-cost-state", result.cost.state.value.encode()),
    ]
    if result.cost.total_usd is not None:
        cost = format(result.cost.total_usd, "f")
        headers.append((b"x-modelhub-cost-usd", cost.encode()))
    if len(result.attempts) > 1 or result.answer.trace:
        told = [one.line for one in result.attempts[:-1]]
        trace = " | ".join([*told, *result.answer.trace])
        headers.append((b"x-modelhub-trace", _plain(trace[:LONGEST_TRACE])))
    return headers


def told_comment(result: Result) -> bytes:
    """The same for a stream, as a comment that no client shows."""
    words = {
        "model": result.reference,
        "attempts": len(result.attempts),
        "cost_state": result.cost.state.value,
    }
    if result.cost.total_usd is not None:
        words["cost_usd"] = format(result.cost.total_usd, "f")
    told = " ".join(f"{name}={value}" for name, value in words.items())
    return f": modelhub {told}\n\n".encode()


def _plain(text: str) -> bytes:
    """Text as a header may hold it: one line of printable ASCII."""
    ascii_text = text.encode("ascii", "replace")
    return bytes(letter if letter >= 32 else 32 for letter in ascii_text)
