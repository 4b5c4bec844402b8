"""Management API: packs, all models of a product at once."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Body as Sent
from ninja import Query, Router, Status

from analytics.api_pack_schemas import (
    PackOut,
    PackPlan,
    PackQuery,
    PackVersionOut,
    SwitchDone,
    SwitchIn,
    SwitchOut,
    UndoIn,
    VersionQuery,
)
from analytics.pack_text import (
    pack_document,
    plan_document,
    switch_document,
    version_document,
)
from analytics.queries.pack_costs import projected_costs
from registry.access import OrganizationRequest
from registry.api_paging import PageOf, PageQuery, page, page_of_list, page_of_rows
from registry.api_tags import checked, tag_of, tell_tag
from registry.models import Pack, PackVersion
from registry.packs.reading import read_pack
from registry.queries.pack_difference import pack_difference
from registry.queries.pack_history import SwitchRow, rows_of, switches_of
from registry.queries.packs import document_of, pack_named, pack_rows, version_of
from registry.services.pack_switches import roll_back_switch, switch_pack
from registry.services.pack_switching import SwitchOutcome
from registry.services.packs import (
    add_version,
    archive_pack,
    create_pack,
    restore_pack,
)

router = Router(tags=["Packs"])


@router.get("/packs", response=PageOf[PackOut], summary="List packs")
def list_packs(
    request: OrganizationRequest, response: HttpResponse, filters: Query[PackQuery]
) -> Any:
    """With what speaks against each."""
    now = timezone.now()
    rows = list(pack_rows(request.organization, now, is_archived=filters.is_archived))
    shown, following = page_of_list(rows, lambda row: row.pack.slug, filters)
    return page(request, response, [pack_document(row) for row in shown], following)


@router.get(
    "/pack-switches", response=PageOf[SwitchOut], summary="Switches, the newest first"
)
def list_pack_switches(
    request: OrganizationRequest, response: HttpResponse, filters: Query[PageQuery]
) -> Any:
    found, following = page_of_rows(
        switches_of(request.organization), ("-at", "-id"), filters
    )
    rows = rows_of(request.organization, found)
    return page(request, response, [_switch(row) for row in rows], following)


@router.post(
    "/pack-switches/roll-back", response=SwitchDone, summary="Undo the last switch"
)
def roll_back_pack(request: OrganizationRequest, body: UndoIn) -> Any:
    """Each feature that is still as the switch left it gets what it had before."""
    outcome = roll_back_switch(
        organization=request.organization,
        actor=request.user,
        expected=body.expected,
        force_reason=body.force_reason,
    )
    return _done(outcome)


@router.get("/packs/{slug}", response=PackVersionOut, summary="What a pack says")
def get_pack(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    filters: Query[VersionQuery],
) -> Any:
    pack = _pack(request, slug)
    tell_tag(response, _tag(pack))
    return _told(_version(pack, filters.version))


@router.get(
    "/packs/{slug}/diff", response=PackPlan, summary="What a switch would change"
)
def diff_pack(
    request: OrganizationRequest, slug: str, filters: Query[VersionQuery]
) -> Any:
    now = timezone.now()
    plan = pack_difference(_version(_pack(request, slug), filters.version), now)
    said = plan_document(plan, projected_costs(plan, now))
    own = ("pack", "active", "is_allowed", "is_needed", "projected_month")
    return {
        **{name: said[name] for name in own},
        "expected": plan.expected,
        "difference": plan.difference.as_json(),
    }


@router.post("/packs/{slug}/switch", response=SwitchDone, summary="Switch to a pack")
def switch_pack_(request: OrganizationRequest, slug: str, body: SwitchIn) -> Any:
    """All features that it names, at once, everywhere within a second."""
    outcome = switch_pack(
        version=_version(_checked(request, slug), body.version),
        actor=request.user,
        **body.dict(exclude={"version"}),
    )
    return _done(outcome)


@router.post("/packs", response={201: PackVersionOut}, summary="Make a pack")
def create_pack_(
    request: OrganizationRequest, response: HttpResponse, document: Sent[dict[str, Any]]
) -> Any:
    """The body is a pack as it is written to a file (docs/packs.md)."""
    version = create_pack(
        organization=request.organization,
        document=read_pack(json.dumps(document).encode(), kind="json"),
        actor=request.user,
    )
    response["Location"] = f"/api/packs/{version.pack.slug}"
    tell_tag(response, _tag(version.pack))
    return Status(201, _told(version))


@router.post(
    "/packs/{slug}/versions", response=PackVersionOut, summary="Add a version of a pack"
)
def add_pack_version(
    request: OrganizationRequest,
    response: HttpResponse,
    slug: str,
    document: Sent[dict[str, Any]],
) -> Any:
    """A document that says the same as the newest version adds none."""
    pack = _checked(request, slug)
    outcome = add_version(
        pack=pack,
        document=read_pack(json.dumps(document).encode(), kind="json"),
        expected_number=_version(pack, None).number,
        actor=request.user,
    )
    tell_tag(response, _tag(pack))
    return _told(outcome.version)


@router.post("/packs/{slug}/archive", response={204: None}, summary="Hide a pack")
def archive_pack_(request: OrganizationRequest, slug: str) -> Any:
    archive_pack(pack=_checked(request, slug), actor=request.user)
    return Status(204, None)


@router.post("/packs/{slug}/restore", response={204: None}, summary="Take a pack back")
def restore_pack_(request: OrganizationRequest, slug: str) -> Any:
    restore_pack(pack=_checked(request, slug), actor=request.user)
    return Status(204, None)


def _pack(request: OrganizationRequest, slug: str) -> Pack:
    pack = pack_named(request.organization, slug)
    if pack is None:
        raise Http404(f"Your organisation has no pack {slug[:60]}.")
    return pack


def _checked(request: OrganizationRequest, slug: str) -> Pack:
    return checked(request, lambda: _pack(request, slug), _tag)


def _version(pack: Pack, number: int | None) -> PackVersion:
    version = version_of(pack, number)
    if version is None:
        raise Http404(f"{pack.slug} has no version {number}.")
    return version


def _tag(pack: Pack) -> str:
    return tag_of("pack", pack.pk, _version(pack, None).number, pack.archived_at)


def _told(version: PackVersion) -> dict[str, Any]:
    return {
        "slug": version.pack.slug,
        **version_document(version),
        "document": document_of(version).as_json(),
    }


def _done(outcome: SwitchOutcome) -> dict[str, Any]:
    return {
        "active": str(outcome.active) if outcome.active else None,
        "is_new": outcome.is_new,
        "enabled": list(outcome.enabled),
        "created_features": list(outcome.created_features),
        "left_alone": dict(outcome.left_alone),
        "difference": outcome.difference.as_json(),
    }


def _switch(row: SwitchRow) -> dict[str, Any]:
    said = switch_document(row)
    return {
        **said,
        "id": row.switch.pk,
        "from_version": said["from"],
        "to_version": said["to"],
    }
