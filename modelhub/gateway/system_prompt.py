"""The system prompt of an assignment: its text with the values of one request, and how
it stands in front of what the client says itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from modelhub.gateway.call import GatewayError
from registry.prompts.template import MissingVariables, TemplateError
from registry.providers.request import ModelRequest
from registry.resolution.entries import PromptEntry
from registry.resolution.plan import Candidate, Plan

BETWEEN: Final = "\n\n"


def spoken(plan: Plan, variables: Mapping[str, object]) -> Plan:
    """`plan` with the text of its candidates' system prompt. Raises GatewayError 400
    that names what is missing."""
    if all(one.prompt is None for one in plan.candidates):
        return plan
    texts: dict[int, str] = {}
    for one in plan.candidates:
        if one.prompt is not None and one.prompt.version_id not in texts:
            texts[one.prompt.version_id] = _text(one.prompt, variables)
    return replace(
        plan,
        candidates=tuple(
            replace(one, system=texts[one.prompt.version_id]) if one.prompt else one
            for one in plan.candidates
        ),
    )


def in_front(candidate: Candidate, own: str) -> str:
    """The candidate's system prompt, then the client's own."""
    return BETWEEN.join(one for one in (candidate.system, own) if one)


def fitted(request: ModelRequest, candidate: Candidate) -> ModelRequest:
    """`request` with the parameters and the system prompt of `candidate`."""
    request = request.with_defaults(candidate.parameters)
    if not candidate.system:
        return request
    return replace(request, system=in_front(candidate, request.system))


def _text(prompt: PromptEntry, variables: Mapping[str, object]) -> str:
    try:
        return prompt.template.render(variables, prompt.title)
    except MissingVariables as error:
        raise GatewayError(
            f"{error} Send it in the header x-modelhub-variables or as "
            "`modelhub_variables` in the body.",
            status=400,
            code="missing_variable",
        ) from error
    except TemplateError as error:
        message = f"{prompt.title}: {error}"
        raise GatewayError(message, status=400, code="invalid_variable") from error
