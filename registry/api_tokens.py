"""Management API: API tokens. The text of one is in the answer that makes it, once."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_marks import answers_a_secret
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.api_tags import check_tag, checked, tag_of, tell_tag
from registry.models import ApiToken, Role, TokenScope
from registry.queries.api_tokens import TokenRow, token_rows
from registry.schemas import Body, DecimalText
from registry.services.api_token_changes import (
    edit_token,
    locked_token,
    token_mark,
)
from registry.services.api_tokens import create_token, revoke_token

router = Router(tags=["Tokens"], auth=access(Role.ADMIN))


class NewToken(Body):
    """`features` and `monthly_limit_usd` are limits of calls through the gateway."""

    label: str = Field(min_length=1, max_length=80)
    scopes: list[TokenScope] = Field([TokenScope.GATEWAY], min_length=1, max_length=10)
    expires_at: datetime.datetime | None = None
    features: list[str] = Field([], max_length=200, description="Keys of features.")
    monthly_limit_usd: Decimal | None = Field(
        None, ge=0, max_digits=14, decimal_places=2
    )


class TokenChange(Body):
    """Fields that are not sent stay as they are. `expires_at` null: never;
    `monthly_limit_usd` null: no limit; `features` empty: every call."""

    label: str = Field("", min_length=1, max_length=80)
    scopes: list[TokenScope] = Field([], min_length=1, max_length=10)
    expires_at: datetime.datetime | None = None
    features: list[str] = Field([], max_length=200, description="Keys of features.")
    monthly_limit_usd: Decimal | None = Field(
        None, ge=0, max_digits=14, decimal_places=2
    )


class TokenOut(Schema):
    id: int
    label: str
    prefix: str
    state: str
    scopes: list[str]
    features: list[str]
    monthly_limit_usd: DecimalText | None
    expires_at: datetime.datetime | None
    revoked_at: datetime.datetime | None
    last_used_at: datetime.datetime | None
    created_at: datetime.datetime


class MadeToken(TokenOut):
    token: str = Field(description="Shown only now.")


@router.get("/tokens", response=PageOf[TokenOut], summary="List tokens")
def list_tokens(
    request: OrganizationRequest, response: HttpResponse, filters: Query[PageQuery]
) -> Any:
    """Newest first, revoked ones too."""
    rows, following = page_of_rows(_tokens(request), ("-id",), filters)
    items = [_document(one) for one in token_rows(rows, timezone.now())]
    return page(request, response, items, following)


@router.get("/tokens/{int:pk}", response=TokenOut, summary="One token")
def get_token(request: OrganizationRequest, response: HttpResponse, pk: int) -> Any:
    return _tagged(response, _token(request, pk))


@router.post("/tokens", response={201: MadeToken}, summary="Make a token")
@answers_a_secret
def create_token_(
    request: OrganizationRequest, response: HttpResponse, body: NewToken
) -> Any:
    """It works at once. Nobody can read it again."""
    issued = create_token(
        organization=request.organization,
        label=body.label,
        scopes=body.scopes,
        expires_at=_aware(body.expires_at),
        feature_keys=body.features,
        monthly_limit_usd=body.monthly_limit_usd,
        actor=request.user,
    )
    response["Location"] = f"/api/tokens/{issued.token.pk}"
    return Status(201, {**_tagged(response, issued.token), "token": issued.text})


@router.patch("/tokens/{int:pk}", response=TokenOut, summary="Change a token")
def edit_token_(
    request: OrganizationRequest, response: HttpResponse, pk: int, body: TokenChange
) -> Any:
    """In every process within a second. The token itself stays as it is; a revoked one
    cannot be changed."""
    facts = body.dict(exclude_unset=True)
    if "features" in facts:
        facts["feature_keys"] = facts.pop("features")
    if "expires_at" in facts:
        facts["expires_at"] = _aware(facts["expires_at"])
    found = _token(request, pk)
    with transaction.atomic():
        token = locked_token(found)
        check_tag(request, _tag(token))
        edit_token(token=token, actor=request.user, **facts)
    return _tagged(response, token)


@router.delete("/tokens/{int:pk}", response=TokenOut, summary="Revoke a token")
def revoke_token_(request: OrganizationRequest, response: HttpResponse, pk: int) -> Any:
    """In every process within a second, for good. Its budgets end with it."""
    token = checked(request, lambda: _token(request, pk), _tag)
    revoke_token(token=token, actor=request.user)
    return _tagged(response, token)


def _tokens(request: OrganizationRequest) -> Any:
    return ApiToken.objects.filter(organization=request.organization)


def _token(request: OrganizationRequest, pk: int) -> ApiToken:
    row: ApiToken | None = _tokens(request).filter(pk=pk).first()
    if row is None:
        raise Http404("Your organisation has no such token.")
    return row


def _tag(token: ApiToken) -> str:
    return tag_of("token", token_mark(token))


def _tagged(response: HttpResponse, token: ApiToken) -> dict[str, Any]:
    tell_tag(response, _tag(token))
    return _told(token)


def _aware(moment: datetime.datetime | None) -> datetime.datetime | None:
    """Without a zone it is said in UTC."""
    is_naive = moment is not None and moment.tzinfo is None
    return moment.replace(tzinfo=datetime.UTC) if moment and is_naive else moment


def _told(token: ApiToken) -> dict[str, Any]:
    return _document(token_rows([token], timezone.now())[0])


def _document(row: TokenRow) -> dict[str, Any]:
    token = row.token
    names = (
        *("id", "label", "prefix", "scopes"),
        *("expires_at", "revoked_at", "last_used_at", "created_at"),
    )
    return {
        **{name: getattr(token, name) for name in names},
        "state": row.state.lower(),
        "features": token.feature_keys,
        "monthly_limit_usd": row.monthly_limit_usd,
    }
