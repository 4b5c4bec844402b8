"""Management API: new prompts, new versions of them, and where labels are. They stand
on the router of prompts, but are not for tokens that only read prompts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Field, Status
from ninja.errors import HttpError

from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_prompts import PromptOut, prompt_document, prompt_tag, router
from registry.api_tags import checked, tell_tag
from registry.models import Prompt
from registry.prompts.naming import LARGEST_NUMBER, PRODUCTION
from registry.prompts.template import Variable
from registry.queries.prompts import (
    PromptNotFound,
    latest_version,
    prompt_named,
    version_at,
)
from registry.schemas import Body, ShortText
from registry.services.prompt_labels import move_label, remove_label
from registry.services.prompts import add_version, archive_prompt, create_prompt

__all__ = ["router"]


class VariableIn(Body):
    """A variable without a default must be given a value."""

    name: str = Field(min_length=1, max_length=80)
    description: str = Field("", max_length=400)
    default: str | None = Field(None, max_length=4000)


class VersionIn(Body):
    text: str = Field(max_length=200_000)
    variables: list[VariableIn] = Field([], max_length=100)
    note: str = Field("", max_length=400)

    def declared(self) -> list[Variable]:
        return [Variable(**one.dict()) for one in self.variables]


class NewPrompt(VersionIn):
    name: ShortText = Field(min_length=1)
    description: str = Field("", max_length=2000)
    label: str = Field(PRODUCTION, max_length=40, description="Empty: none.")


class LabelIn(Body):
    """`version` null takes the label away."""

    label: str = Field(min_length=1, max_length=40)
    version: int | None = Field(ge=1, le=LARGEST_NUMBER)
    note: str = Field("", max_length=400)


@router.post(
    "/prompts", response={201: PromptOut}, auth=access(), summary="Make a prompt"
)
def create_prompt_(
    request: OrganizationRequest, response: HttpResponse, body: NewPrompt
) -> Any:
    version = create_prompt(
        organization=request.organization,
        actor=request.user,
        variables=body.declared(),
        **body.dict(exclude={"variables"}),
    )
    response["Location"] = f"/api/prompts/{version.prompt.name}?version=1"
    tell_tag(response, prompt_tag(version.prompt))
    return Status(201, prompt_document(version, body.label))


@router.post(
    "/prompt-versions/{path:name}",
    response={201: PromptOut},
    auth=access(),
    summary="Add a version of a prompt",
)
def add_prompt_version(
    request: OrganizationRequest, response: HttpResponse, name: str, body: VersionIn
) -> Any:
    """No label moves; a text that is the newest already adds nothing."""
    prompt = _checked(request, name)
    outcome = add_version(
        prompt=prompt,
        text=body.text,
        variables=body.declared(),
        actor=request.user,
        expected_number=latest_version(prompt).number,
        note=body.note,
    )
    tell_tag(response, prompt_tag(prompt))
    return Status(201, prompt_document(outcome.version, ""))


@router.put(
    "/prompt-labels/{path:name}",
    response=PromptOut,
    auth=access(),
    summary="Move a label of a prompt",
)
def move_prompt_label(
    request: OrganizationRequest, response: HttpResponse, name: str, body: LabelIn
) -> Any:
    """Where `production` moves, features that follow it answer with that version within
    a second."""
    prompt = _checked(request, name)
    if body.version is None:
        remove_label(
            prompt=prompt, label=body.label, actor=request.user, note=body.note
        )
        tell_tag(response, prompt_tag(prompt))
        return prompt_document(latest_version(prompt), "")
    move_label(
        prompt=prompt,
        label=body.label,
        to_number=body.version,
        actor=request.user,
        note=body.note,
    )
    version = version_at(prompt, body.version)
    tell_tag(response, prompt_tag(prompt))
    return prompt_document(version or latest_version(prompt), body.label)


@router.delete(
    "/prompts/{path:name}",
    response={204: None},
    auth=access(),
    summary="Hide a prompt",
)
def archive_prompt_(request: OrganizationRequest, name: str) -> Any:
    """Its page takes it back."""
    archive_prompt(prompt=_checked(request, name), actor=request.user)
    return Status(204, None)


def _checked(request: OrganizationRequest, name: str) -> Prompt:
    return checked(request, lambda: _prompt(request, name), prompt_tag)


def _prompt(request: OrganizationRequest, name: str) -> Prompt:
    try:
        return prompt_named(request.organization, name)
    except PromptNotFound as error:
        raise HttpError(404, str(error)) from error
