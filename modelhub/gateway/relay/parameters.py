"""What an assignment sets joins what the client says, and what the model is known not
to take is left out with a note. Everything else passes as it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from modelhub.gateway.relay.body import ClientBody, Fields, raw
from registry.providers.model_rules import rule_for
from registry.providers.parameter_rule import ParameterRule
from registry.providers.parameter_rules import nearest_effort
from registry.providers.request import ASSIGNABLE, REASONING_EFFORTS
from registry.resolution.plan import Candidate


@dataclass(frozen=True, slots=True)
class Words:
    """How a wire format names the parameters of `registry.parameters`; one that is
    missing it does not know."""

    names: Mapping[str, str]
    limits: tuple[str, ...] = ("max_tokens",)
    """Every name by which a client may limit the output, the newest first."""


OPENAI: Final = Words(
    {name: name for name in ASSIGNABLE}, ("max_completion_tokens", "max_tokens")
)
ANTHROPIC: Final = Words(
    {
        "temperature": "temperature",
        "top_p": "top_p",
        "max_tokens": "max_tokens",
        "stop": "stop_sequences",
    }
)
REFUSABLE: Final = (
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "stop",
    "seed",
    "parallel_tool_calls",
)


@dataclass(slots=True)
class Fitting:
    """The fields that are sent to one candidate, while they are made."""

    body: ClientBody
    fields: Fields
    candidate: Candidate
    words: Words
    notes: list[str]

    def drop(self, name: str, why: str) -> None:
        if self.fields.pop(name, None) is not None:
            self.notes.append(f"{name} dropped: {why}")


def fitted(body: ClientBody, candidate: Candidate, words: Words) -> Fitting:
    """A copy of the client's fields, fitted to `candidate`."""
    fitting = Fitting(body, dict(body.fields), candidate, words, [])
    fitting.fields["model"] = raw(candidate.model.model_name)
    _add_defaults(fitting)
    endpoint = candidate.connection.endpoint
    rule = rule_for(endpoint.provider, endpoint.dialect, candidate.model.model_name)
    _leave_out(fitting, rule)
    _limit_heat(fitting, rule)
    return fitting


def _add_defaults(fitting: Fitting) -> None:
    body, words = fitting.body, fitting.words
    for name, value in fitting.candidate.parameters.items():
        theirs = words.names.get(name)
        if theirs is None:
            if name in ASSIGNABLE:
                fitting.notes.append(f"{name} dropped: the interface has none")
            continue
        asked = words.limits if name == "max_tokens" else (theirs,)
        if not any(body.has(one) for one in asked):
            fitting.fields[words.limits[0] if name == "max_tokens" else theirs] = raw(
                value
            )


def _leave_out(fitting: Fitting, rule: ParameterRule) -> None:
    fields, quirks = fitting.fields, fitting.candidate.connection.endpoint.quirks
    model = fitting.candidate.model.model_name
    effort = _fit_effort(fitting, rule) if "reasoning_effort" in fields else ""
    is_thinking = (effort or rule.default_effort) != "none"
    for name in REFUSABLE:
        theirs = fitting.words.names.get(name, name)
        if theirs not in fields:
            continue
        if f"no_{name}" in quirks:
            provider = fitting.candidate.connection.provider
            fitting.drop(theirs, f"{provider} takes none")
        elif name in rule.refuses:
            fitting.drop(theirs, f"{model} takes none")
        elif name in rule.refuses_thinking and is_thinking:
            fitting.drop(theirs, f"{model} takes none while it reasons")
    if rule.one_of_temperature_and_top_p and fitting.body.has("temperature"):
        fitting.drop("top_p", f"{model} takes temperature or top_p, not both")


def _fit_effort(fitting: Fitting, rule: ParameterRule) -> str:
    """The effort that is sent. One that the model is known not to take becomes the
    nearest that it takes."""
    asked = fitting.body.value("reasoning_effort")
    if not isinstance(asked, str) or rule.efforts is None or asked in rule.efforts:
        return asked if isinstance(asked, str) else ""
    if not rule.efforts:
        model = fitting.candidate.model.model_name
        fitting.drop("reasoning_effort", f"{model} takes none")
        return ""
    if asked not in REASONING_EFFORTS:
        return asked
    nearest = nearest_effort(asked, rule.efforts)
    fitting.fields["reasoning_effort"] = raw(nearest)
    fitting.notes.append(f"reasoning_effort {asked} became {nearest}")
    return nearest


def _limit_heat(fitting: Fitting, rule: ParameterRule) -> None:
    if rule.highest_temperature >= 2 or "temperature" not in fitting.fields:
        return
    asked = (
        fitting.body.value("temperature")
        if fitting.body.has("temperature")
        else fitting.candidate.parameters.get("temperature")
    )
    if isinstance(asked, int | float) and asked > rule.highest_temperature:
        fitting.fields["temperature"] = raw(rule.highest_temperature)
        fitting.notes.append(
            f"temperature {asked:g} lowered to {rule.highest_temperature:g}"
        )
