"""Fits a request to what a model takes. A parameter that it does not take is dropped or
translated with a note for the trace; what cannot be dropped without another meaning is
refused. Pure; shared by all adapters."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from registry.providers.adapter import Endpoint, ModelTraits
from registry.providers.errors import InvalidRequestError
from registry.providers.messages import Message, Role
from registry.providers.model_rules import rule_for
from registry.providers.parameter_rule import ParameterRule
from registry.providers.request import REASONING_EFFORTS, ModelRequest

DROPPABLE: Final = (
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "stop",
    "seed",
    "parallel_tool_calls",
    "reasoning_effort",
)


@dataclass(frozen=True, slots=True)
class Fitted:
    """The request as it may be sent, and what was changed about it."""

    request: ModelRequest
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Fitting:
    request: ModelRequest
    model_name: str
    notes: list[str] = field(default_factory=list)

    def change(self, note: str, **values: Any) -> None:
        self.request = replace(self.request, **values)
        self.notes.append(note)

    def drop(self, name: str, why: str) -> None:
        value = getattr(self.request, name)
        if value in (None, ()):
            return
        shown = list(value) if isinstance(value, tuple) else value
        empty = () if name == "stop" else None
        self.change(f"{name} {shown} dropped: {why}", **{name: empty})


def fit_parameters(
    request: ModelRequest, model: ModelTraits, endpoint: Endpoint
) -> Fitted:
    """Raises InvalidRequestError (code `unsupported`) for tools or images that the
    model is known not to take. A quirk `no_<parameter>` of the endpoint drops it."""
    rule = rule_for(endpoint.provider, endpoint.dialect, model.model_name)
    _refuse(request, model, endpoint, rule)
    fitting = _Fitting(request, model.model_name)
    _fit_effort(fitting, model, rule)
    _drop_refused(fitting, endpoint, rule)
    _limit_values(fitting, model, rule)
    if not rule.has_system:
        _system_as_user(fitting)
    return Fitted(fitting.request, tuple(fitting.notes))


def _refuse(
    request: ModelRequest, model: ModelTraits, endpoint: Endpoint, rule: ParameterRule
) -> None:
    known = model.capabilities
    for is_asked, has, word, quirk, what in (
        (bool(request.tools), rule.has_tools, "tools", "no_tools", "calls no tools"),
        (
            request.has_images,
            rule.has_images,
            "image_analysis",
            "no_images",
            "reads no images",
        ),
    ):
        lacks = has is False or quirk in endpoint.quirks
        lacks = lacks or (has is None and bool(known) and word not in known)
        if is_asked and lacks:
            raise InvalidRequestError(
                f"{model.model_name} {what}.",
                provider=endpoint.provider,
                code="unsupported",
            )


def _fit_effort(fitting: _Fitting, model: ModelTraits, rule: ParameterRule) -> None:
    asked = fitting.request.reasoning_effort
    if asked is None:
        return
    if rule.efforts is None:
        if model.capabilities and "reasoning" not in model.capabilities:
            fitting.drop("reasoning_effort", f"{model.model_name} does not reason")
    elif not rule.efforts:
        fitting.drop("reasoning_effort", f"{model.model_name} takes none")
    elif asked not in rule.efforts:
        nearest = nearest_effort(asked, rule.efforts)
        fitting.change(
            f"reasoning_effort {asked} became {nearest}: {model.model_name} takes "
            f"{', '.join(rule.efforts)}",
            reasoning_effort=nearest,
        )


def nearest_effort(asked: str, taken: tuple[str, ...]) -> str:
    """The effort nearest to `asked`; of two as near the weaker, which costs less."""
    order = REASONING_EFFORTS.index
    return min(taken, key=lambda one: (abs(order(one) - order(asked)), order(one)))


def _drop_refused(fitting: _Fitting, endpoint: Endpoint, rule: ParameterRule) -> None:
    effort = fitting.request.reasoning_effort or rule.default_effort
    refused = set(rule.refuses)
    for name in DROPPABLE:
        if f"no_{name}" in endpoint.quirks:
            fitting.drop(name, f"{endpoint.provider} takes none")
        elif name in refused:
            fitting.drop(name, f"{fitting.model_name} takes none")
        elif name in rule.refuses_thinking and effort != "none":
            fitting.drop(name, f"{fitting.model_name} takes none while it reasons")


def _limit_values(fitting: _Fitting, model: ModelTraits, rule: ParameterRule) -> None:
    request, name = fitting.request, model.model_name
    most = model.max_output_tokens
    if most and request.max_tokens and request.max_tokens > most:
        fitting.change(
            f"max_tokens {request.max_tokens} lowered to {most}: {name} writes no more",
            max_tokens=most,
        )
    hottest = rule.highest_temperature
    if request.temperature is not None and request.temperature > hottest:
        fitting.change(
            f"temperature {request.temperature:g} lowered to {hottest:g}: "
            f"{name} takes no more",
            temperature=hottest,
        )
    if rule.one_of_temperature_and_top_p and request.temperature is not None:
        fitting.drop("top_p", f"{name} takes temperature or top_p, not both")
    if rule.most_stops is not None and len(request.stop) > rule.most_stops:
        fitting.change(
            f"stop shortened to {rule.most_stops}: {name} takes no more",
            stop=request.stop[: rule.most_stops],
        )


def _system_as_user(fitting: _Fitting) -> None:
    """The system prompt as the first user turn, for models that know no system role."""
    system = fitting.request.system_text
    if not system:
        return
    turns = tuple(fitting.request.turns())
    fitting.change(
        f"system prompt sent as a user message: {fitting.model_name} takes none",
        messages=(Message.of(Role.USER, system), *turns),
        system="",
        prompt="",
        images=(),
    )
