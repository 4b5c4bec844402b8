"""Management API: profiles, the overlays of people and environments."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import Http404, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from registry.access import OrganizationRequest
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.api_tags import checked, tag_of, tell_tag
from registry.models import Profile
from registry.schemas import Body, ShortText
from registry.services.profiles import (
    create_profile,
    delete_profile,
    edit_profile,
    restore_profile,
)

router = Router(tags=["Profiles"])


class ProfileFacts(Body):
    """Fields that are not sent stay as they are. The document is described in the
    manual, on profiles."""

    name: ShortText | None = None
    description: str | None = Field(None, max_length=2000)
    document: dict[str, Any] | None = None

    def facts(self) -> dict[str, Any]:
        sent = self.dict(exclude_unset=True, exclude={"slug"})
        return {name: value for name, value in sent.items() if value is not None}


class NewProfile(ProfileFacts):
    name: ShortText = Field(min_length=1)
    slug: str = Field("", max_length=60, description="Empty: made of the name.")


class ProfileOut(Schema):
    slug: str
    name: str
    description: str
    document: dict[str, Any]
    version: int
    is_deleted: bool
    updated_at: datetime.datetime


@router.get("/profiles", response=PageOf[ProfileOut], summary="List profiles")
def list_profiles(
    request: OrganizationRequest, response: HttpResponse, filters: Query[PageQuery]
) -> Any:
    living = _profiles(request).filter(archived_at=None)
    rows, following = page_of_rows(living, ("slug",), filters)
    return page(request, response, [_document(row) for row in rows], following)


@router.get("/profiles/{slug}", response=ProfileOut, summary="One profile")
def get_profile(request: OrganizationRequest, response: HttpResponse, slug: str) -> Any:
    return _told(response, _profile(request, slug))


@router.post("/profiles", response={201: ProfileOut}, summary="Make a profile")
def create_profile_(
    request: OrganizationRequest, response: HttpResponse, body: NewProfile
) -> Any:
    made = create_profile(
        organization=request.organization,
        slug=body.slug,
        actor=request.user,
        **body.facts(),
    )
    response["Location"] = f"/api/profiles/{made.slug}"
    return Status(201, _told(response, made))


@router.patch("/profiles/{slug}", response=ProfileOut, summary="Change a profile")
def change_profile(
    request: OrganizationRequest, response: HttpResponse, slug: str, body: ProfileFacts
) -> Any:
    profile = _checked(request, slug)
    edit_profile(
        profile=profile,
        expected_version=profile.version,
        actor=request.user,
        **body.facts(),
    )
    return _told(response, _profile(request, slug))


@router.delete("/profiles/{slug}", response=ProfileOut, summary="Delete a profile")
def delete_profile_(
    request: OrganizationRequest, response: HttpResponse, slug: str
) -> Any:
    """It can be taken back."""
    delete_profile(profile=_checked(request, slug), actor=request.user)
    return _told(response, _profile(request, slug))


@router.post(
    "/profiles/{slug}/restore", response=ProfileOut, summary="Take a profile back"
)
def restore_profile_(
    request: OrganizationRequest, response: HttpResponse, slug: str
) -> Any:
    restore_profile(profile=_checked(request, slug), actor=request.user)
    return _told(response, _profile(request, slug))


def _profiles(request: OrganizationRequest) -> Any:
    return Profile.objects.filter(organization=request.organization)


def _profile(request: OrganizationRequest, slug: str) -> Profile:
    row: Profile | None = _profiles(request).filter(slug=slug).first()
    if row is None:
        raise Http404(f"Your organisation has no profile {slug[:60]}.")
    return row


def _checked(request: OrganizationRequest, slug: str) -> Profile:
    return checked(request, lambda: _profile(request, slug), _tag)


def _tag(profile: Profile) -> str:
    return tag_of("profile", profile.pk, profile.version, profile.archived_at)


def _told(response: HttpResponse, profile: Profile) -> dict[str, Any]:
    tell_tag(response, _tag(profile))
    return _document(profile)


def _document(profile: Profile) -> dict[str, Any]:
    names = ("slug", "name", "description", "document", "version", "updated_at")
    facts = {name: getattr(profile, name) for name in names}
    return {**facts, "is_deleted": profile.archived_at is not None}
