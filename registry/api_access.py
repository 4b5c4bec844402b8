"""Who may call the management API: people with their browser's session, and, where an
operation says so, programs with an API token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer, SessionAuth

from registry.models import ApiToken, Membership, TokenScope
from registry.resolution.entries import TokenEntry
from registry.resolution.token_check import TokenRefused, check_token
from registry.services.api_tokens import note_token_use


class MemberAuth(SessionAuth):
    """The browser's session, of a person who belongs to an organisation. A request
    that is not GET, HEAD or OPTIONS sends the CSRF token in `X-CSRFToken`."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Membership | None:
        if not request.user.is_authenticated:
            return None
        membership: Membership | None = getattr(request, "membership", None)
        if membership is None:
            raise HttpError(404, "You do not belong to an organisation yet.")
        return membership


class TokenAuth(HttpBearer):
    """An API token with `scope`, sent as `Authorization: Bearer mh_…`. The request is
    about the token's organisation then."""

    def __init__(self, scope: TokenScope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> TokenEntry:
        try:
            entry = check_token(_Stored(), token.strip(), timezone.now(), self.scope)
        except TokenRefused as error:
            status = 403 if error.code == "scope" else 401
            raise HttpError(status, error.message) from error
        found: Any = ApiToken.objects.select_related("organization").get(pk=entry.id)
        request.organization = found.organization  # type: ignore[attr-defined]
        note_token_use(found)
        return entry


class _Stored:
    """Tokens as they stand in the database, for a process without a snapshot."""

    def token(self, digest: str) -> TokenEntry | None:
        row = ApiToken.objects.filter(digest=digest, revoked_at=None).first()
        if row is None:
            return None
        return TokenEntry(
            row.pk,
            row.organization_id,
            row.label,
            frozenset(row.scopes),
            row.expires_at,
        )
