"""Management API: API tokens. The text of one is in the answer that makes it, once."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from registry.access import OrganizationRequest
from registry.api_access import access
from registry.api_marks import answers_a_secret
from registry.api_paging import PageOf, PageQuery, page, page_of_rows
from registry.models import ApiToken, Role, TokenScope
from registry.queries.api_tokens import TokenRow, token_rows
from registry.schemas import Body, DecimalText
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
def get_token(request: OrganizationRequest, pk: int) -> Any:
    return _told(_token(request, pk))


@router.post("/tokens", response={201: MadeToken}, summary="Make a token")
@answers_a_secret
def create_token_(request: OrganizationRequest, body: NewToken) -> Any:
    """It works at once. Nobody can read it again."""
    expires_at = body.expires_at
    if expires_at is not None and expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=datetime.UTC)
    issued = create_token(
        organization=request.organization,
        label=body.label,
        scopes=body.scopes,
        expires_at=expires_at,
        feature_keys=body.features,
        monthly_limit_usd=body.monthly_limit_usd,
        actor=request.user,
    )
    return Status(201, {**_told(issued.token), "token": issued.text})


@router.delete("/tokens/{int:pk}", response=TokenOut, summary="Revoke a token")
def revoke_token_(request: OrganizationRequest, pk: int) -> Any:
    """In every process within a second, for good."""
    token = _token(request, pk)
    revoke_token(token=token, actor=request.user)
    return _told(token)


def _tokens(request: OrganizationRequest) -> Any:
    return ApiToken.objects.filter(organization=request.organization)


def _token(request: OrganizationRequest, pk: int) -> ApiToken:
    row: ApiToken | None = _tokens(request).filter(pk=pk).first()
    if row is None:
        raise Http404("Your organisation has no such token.")
    return row


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
