"""Management API: everything that an organisation decided, as one document."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpResponse
from ninja import Body as Sent
from ninja import Field, Query, Router, Schema

from analytics.configuration_sections import SECTIONS
from analytics.configuration_text import outcome_document
from analytics.queries.configuration import exported_document
from analytics.services.configuration import apply_configuration, try_configuration
from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_tags import check_tag, tag_of, tell_tag
from registry.configuration.files import lined, read_document, written
from registry.configuration.merging import merged
from registry.models import Organization, Role

router = Router(tags=["Configuration"])
NAME = "body"


class SetQuery(Schema):
    dry_run: bool = Field(False, description="Say what would change, change nothing.")
    prune: bool = Field(False, description="Remove what the document does not name.")
    expected: str = Field("", max_length=200, description="Fingerprint of a plan.")


class ConfigurationChanged(Schema):
    """`fingerprint` is sent as `expected` to do what was seen, or nothing."""

    fingerprint: str
    is_applied: bool
    counts: dict[str, Any]
    not_touched: dict[str, Any]
    changes: list[dict[str, Any]]
    warnings: list[dict[str, Any]]
    to_do_by_hand: list[str]


@router.get("/configuration", response=dict[str, Any], summary="Get the configuration")
def get_configuration(request: OrganizationRequest, response: HttpResponse) -> Any:
    """Models, connections without their keys, features with their assignments, packs,
    profiles, prompts and budgets, as `modelhub config export` writes them."""
    document = _document(request.organization)
    tell_tag(response, _tag(document))
    return document


@router.put(
    "/configuration",
    response=ConfigurationChanged,
    auth=access(Role.ADMIN),
    summary="Set the configuration",
)
def set_configuration(
    request: OrganizationRequest,
    response: HttpResponse,
    document: Sent[dict[str, Any]],
    options: Query[SetQuery],
) -> Any:
    """All of it or nothing. What the document does not name stays, unless `prune`."""
    organization = request.organization
    check_tag(request, _tag(_document(organization)))
    read = lined(json.dumps(document, indent=1).encode(), "json")
    wanted = merged([read_document(read, NAME, SECTIONS)])
    if options.dry_run:
        outcome = try_configuration(
            organization=organization, wanted=wanted, prune=options.prune
        )
    else:
        outcome = apply_configuration(
            organization=organization,
            wanted=wanted,
            actor=request.user,
            prune=options.prune,
            expected=options.expected,
        )
        tell_tag(response, _tag(_document(organization)))
    said = outcome_document(outcome, wanted)
    return {**said, "fingerprint": outcome.plan.fingerprint}


def _document(organization: Organization) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(exported_document(organization), "json"))
    return found


def _tag(document: dict[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True)
    return tag_of("configuration", hashlib.sha256(text.encode()).hexdigest())
