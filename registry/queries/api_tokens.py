"""API tokens as their page lists them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib import import_module
from typing import Final

from django.conf import settings
from django.db.models import F

from registry.models import ApiToken, Feature, Organization, TokenScope

EXPIRES_SOON: Final = datetime.timedelta(days=7)
REVOKED_SHOWN: Final = 10


@dataclass(frozen=True)
class TokenRow:
    """A token with its state in words; `tone` is that of a badge."""

    token: ApiToken
    state: str
    tone: str
    monthly_limit_usd: Decimal | None = None

    @property
    def is_usable(self) -> bool:
        return self.state not in {"Revoked", "Expired"}

    @property
    def scopes(self) -> list[str]:
        return [str(TokenScope(one).label) for one in self.token.scopes]


def tokens_of(organization: Organization, now: datetime.datetime) -> list[TokenRow]:
    """The organisation's tokens, newest first, then those revoked last."""
    tokens = ApiToken.objects.filter(organization=organization).select_related(
        "created_by"
    )
    living = tokens.filter(revoked_at=None)
    revoked = tokens.exclude(revoked_at=None).order_by(F("revoked_at").desc(), "-id")
    return token_rows([*living, *revoked[:REVOKED_SHOWN]], now)


def token_rows(tokens: list[ApiToken], now: datetime.datetime) -> list[TokenRow]:
    """Each with its state and its budget; one query for all."""
    limits = import_module(settings.MODELHUB_TOKEN_BUDGETS).limits_of(tokens)
    return [
        replace(_row(one, now), monthly_limit_usd=limits.get(one.pk)) for one in tokens
    ]


def example_feature(organization: Organization) -> str:
    """The key of a feature that answers, for an example; empty without one."""
    rows = Feature.objects.filter(
        organization=organization,
        archived_at=None,
        assignment__revision__ai_model__isnull=False,
    )
    return rows.order_by("key").values_list("key", flat=True).first() or ""


def _row(token: ApiToken, now: datetime.datetime) -> TokenRow:
    if token.revoked_at is not None:
        return TokenRow(token, "Revoked", "")
    if token.expires_at is not None and token.expires_at <= now:
        return TokenRow(token, "Expired", "danger")
    if token.expires_at is not None and token.expires_at - now < EXPIRES_SOON:
        return TokenRow(token, "Expires soon", "warning")
    return TokenRow(token, "Active", "success")
