"""One question through the gateway, as a stream so that the first token is timed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.usage_row import Source
from modelhub.gateway.call import Attempt, GatewayError, Result
from modelhub.gateway.doors import Options, call_for
from modelhub.gateway.failures import error_for
from modelhub.gateway.process import Parts
from modelhub.gateway.requests import ways_for
from registry.providers.errors import ModelCallError
from registry.providers.request import ModelRequest
from registry.resolution.plan import Selection

CALL_TIMEOUT_S: Final = 180.0


@dataclass(frozen=True)
class Said:
    """A whole answer. `cost_usd` is that of all attempts; None: not known."""

    text: str
    result: Result

    @property
    def cost_usd(self) -> Decimal | None:
        return self.result.cost.total_usd


class NotAnswered(Exception):
    """`cause` is why; `cost_usd` what it cost all the same."""

    def __init__(self, cause: Exception, cost_usd: Decimal | None = None) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.cost_usd = cost_usd


async def ask(
    parts: Parts, organization: str, selection: Selection, request: ModelRequest
) -> Said:
    """Raises NotAnswered."""
    options = Options(
        organization=organization,
        has_fallback=False,
        timeout_s=CALL_TIMEOUT_S,
        source=Source.BENCHMARK,
    )
    texts: list[str] = []
    try:
        call = call_for(parts.snapshot, request, selection, options)
        streaming = parts.gateway.stream(call, ways_for(request, parts.adapters))
    except GatewayError as error:
        raise NotAnswered(error) from error
    except ModelCallError as error:
        raise NotAnswered(error_for(error)) from error
    try:
        async for piece in streaming:
            texts.append(piece.text)
    except (GatewayError, ModelCallError) as error:
        raise NotAnswered(error, spent(streaming.run.attempts)) from error
    finally:
        await streaming.aclose()
    if streaming.result is None:
        raise NotAnswered(RuntimeError("A stream ended without a result."))
    return Said("".join(texts), streaming.result)


def spent(attempts: Iterable[Attempt]) -> Decimal | None:
    """What is known of the cost of attempts that brought no answer."""
    known = [one.cost.total_usd for one in attempts if one.cost.total_usd]
    return sum(known, Decimal(0)) if known else None
