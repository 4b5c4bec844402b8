"""Management API: connections to providers. A key goes in and never comes out."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import Http404, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.api_tags import checked, tag_of, tell_tag
from registry.connection_facts import EDITABLE, key_words
from registry.models import Backoff, Connection, Provider, Role
from registry.queries.connections import connections_of
from registry.schemas import Body, ShortText
from registry.services.connection_deletion import delete_connection
from registry.services.connections import (
    add_connection,
    draft_connection,
    edit_connection,
    set_enabled,
)

router = Router(tags=["Connections"])
LARGEST = 2**31 - 1
SMALL = 2**15 - 1


class ConnectionFacts(Body):
    """Fields that are not sent stay as they are; so does a key. A stored key never
    follows to another server: send it again with another `base_url`."""

    label: str | None = Field(None, max_length=80)
    base_url: str | None = Field(None, max_length=400)
    key: str | None = Field(
        None, max_length=4000, json_schema_extra={"writeOnly": True}
    )
    key_variable: str | None = Field(None, max_length=120)
    position: int | None = Field(None, ge=1, le=SMALL)
    requests_per_minute: int | None = Field(None, ge=1, le=LARGEST)
    tokens_per_minute: int | None = Field(None, ge=1, le=LARGEST)
    max_retries: int | None = Field(None, ge=0, le=10)
    backoff: Backoff | None = None
    timeout_seconds: int | None = Field(None, ge=1, le=3600)

    def facts(self) -> dict[str, Any]:
        """What was sent; only limits may be taken away with null."""
        clearable = {"requests_per_minute", "tokens_per_minute"}
        sent = self.dict(exclude_unset=True)
        return {
            name: value
            for name, value in sent.items()
            if name in EDITABLE and (value is not None or name in clearable)
        }


class ConnectionChange(ConnectionFacts):
    is_enabled: bool | None = None


class NewConnection(ConnectionFacts):
    provider: ShortText
    label: str = Field(min_length=1, max_length=80)


class ConnectionOut(Schema):
    """`key` says which one it has (…7Kd2, $OPENAI_API_KEY), never what it is."""

    id: int
    provider: str
    label: str
    base_url: str
    key: str
    headers: list[str]
    position: int
    requests_per_minute: int | None
    tokens_per_minute: int | None
    max_retries: int
    backoff: str
    timeout_seconds: int
    is_enabled: bool
    state: str
    state_reason: str
    checked_at: datetime.datetime | None
    version: int


class ConnectionQuery(PageQuery):
    provider: ShortText = ""
    state: ShortText = ""


@router.get("/connections", response=PageOf[ConnectionOut], summary="List connections")
def list_connections(
    request: OrganizationRequest,
    response: HttpResponse,
    filters: Query[ConnectionQuery],
) -> Any:
    found = connections_of(request.organization)
    if filters.provider:
        found = found.filter(provider__slug=filters.provider)
    if filters.state:
        found = found.filter(state=filters.state)
    order = ("provider__slug", "position", "id")
    rows, following = page_of_rows(found, order, filters)
    return page(request, response, [_document(row) for row in rows], following)


@router.get("/connections/{int:pk}", response=ConnectionOut, summary="One connection")
def get_connection(
    request: OrganizationRequest, response: HttpResponse, pk: int
) -> Any:
    return _told(response, _connection(request, pk))


@router.post(
    "/connections",
    response={201: ConnectionOut},
    auth=access(Role.ADMIN),
    summary="Make a connection",
)
def create_connection(
    request: OrganizationRequest, response: HttpResponse, body: NewConnection
) -> Any:
    """It is stored without being tried; every five minutes all of them are."""
    provider = Provider.objects.filter(slug=body.provider).first()
    if provider is None:
        raise HttpError(422, f"provider: there is no provider {body.provider}.")
    facts = body.facts()
    draft = draft_connection(
        organization=request.organization,
        provider=provider,
        label=facts.pop("label"),
        key=body.key or "",
        **facts,
    )
    made = add_connection(connection=draft, actor=request.user)
    response["Location"] = f"/api/connections/{made.pk}"
    return Status(201, _told(response, _connection(request, made.pk)))


@router.patch(
    "/connections/{int:pk}",
    response=ConnectionOut,
    auth=access(Role.ADMIN),
    summary="Change, pause or resume a connection",
)
def change_connection(
    request: OrganizationRequest,
    response: HttpResponse,
    pk: int,
    body: ConnectionChange,
) -> Any:
    connection = _checked(request, pk)
    edit_connection(
        connection=connection,
        actor=request.user,
        expected_version=connection.version,
        key=body.key or "",
        **body.facts(),
    )
    if body.is_enabled is not None:
        set_enabled(
            connection=connection, is_enabled=body.is_enabled, actor=request.user
        )
    return _told(response, _connection(request, pk))


@router.delete(
    "/connections/{int:pk}",
    response={204: None},
    auth=access(Role.ADMIN),
    summary="Delete a connection",
)
def delete_connection_(request: OrganizationRequest, pk: int) -> Any:
    """Its page restores it, without the key."""
    delete_connection(connection=_checked(request, pk), actor=request.user)
    return Status(204, None)


def _connection(request: OrganizationRequest, pk: int) -> Connection:
    row = connections_of(request.organization).filter(pk=pk).first()
    if row is None:
        raise Http404("Your organisation has no such connection.")
    return row


def _checked(request: OrganizationRequest, pk: int) -> Connection:
    return checked(request, lambda: _connection(request, pk), _tag)


def _tag(connection: Connection) -> str:
    return tag_of("connection", connection.pk, connection.version)


def _told(response: HttpResponse, connection: Connection) -> dict[str, Any]:
    tell_tag(response, _tag(connection))
    return _document(connection)


def _document(row: Connection) -> dict[str, Any]:
    same = {*ConnectionOut.model_fields} - {"provider", "key", "headers"}
    return {
        **{name: getattr(row, name) for name in same},
        "provider": row.provider.slug,
        "key": key_words(row),
        "headers": list(row.header_names),
    }
