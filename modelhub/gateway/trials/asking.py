"""One trial: what was typed, and the answer in pieces."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

from analytics.usage_row import Source
from modelhub.gateway.call import GatewayError
from modelhub.gateway.doors import Options, stream
from registry.providers.errors import ModelCallError
from registry.providers.request import ModelRequest
from registry.providers.response import ModelResponse

TRIAL_TIMEOUT_S = 180.0


@dataclass(frozen=True, kw_only=True)
class Trial:
    """`selection` is `feature:chat` or an exact model; a model is tried alone, a
    feature with its fallbacks. `variables` are for the system prompt of a feature."""

    organization: str
    selection: str
    request: ModelRequest
    variables: Mapping[str, object] = field(default_factory=dict)

    @property
    def options(self) -> Options:
        return Options(
            organization=self.organization,
            variables=self.variables,
            has_fallback=self.selection.startswith("feature:"),
            timeout_s=TRIAL_TIMEOUT_S,
            source=Source.PLAYGROUND,
        )


@dataclass(frozen=True)
class Piece:
    text: str


@dataclass(frozen=True)
class Failed:
    """Nobody answered, or the answer was cut. `trace` is why, line by line."""

    message: str
    trace: tuple[str, ...] = ()


Event = Piece | Failed | ModelResponse


async def ask(trial: Trial) -> AsyncGenerator[Event, None]:
    """The answer in pieces, then the whole response with its figures, or Failed.
    Whoever stops reading ends the call upstream."""
    answer = stream(trial.request, trial.selection, trial.options)
    try:
        async for chunk in answer:
            if chunk.text:
                yield Piece(chunk.text)
    except GatewayError as error:
        yield Failed(error.message, error.trace)
    except ModelCallError as error:
        yield Failed(f"The answer was cut: {error.message}")
    else:
        if answer.response is not None:
            yield answer.response
    finally:
        await answer.aclose()
