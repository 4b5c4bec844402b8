"""Who may call the management API: people with their browser's session and programs
with an API token. Each operation states which role is enough for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer, SessionAuth

from registry.access import refuse_below
from registry.acting import act_as
from registry.models import ApiToken, Membership, Role, TokenScope
from registry.origin import with_token
from registry.resolution.entries import TokenEntry
from registry.resolution.token_check import TokenRefused, check_feature, check_token
from registry.services.api_tokens import note_token_use

SCOPES: Final = {
    Role.VIEWER: TokenScope.READ,
    Role.ANALYST: TokenScope.WRITE,
    Role.EDITOR: TokenScope.WRITE,
    Role.ADMIN: TokenScope.ADMIN,
}
"""What a token needs to do what this role is enough for."""
LEVELS: Final = (TokenScope.READ, TokenScope.WRITE, TokenScope.ADMIN)
"""From the least to the most; a scope includes those before it."""
ROLES: Final = {
    TokenScope.READ: Role.VIEWER,
    TokenScope.WRITE: Role.EDITOR,
    TokenScope.ADMIN: Role.ADMIN,
}
OF_FEATURE: Final = "/features/<key>"
"""In the routes of operations about one feature."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class _Needing:
    """What an operation asks for: the role `least` (None: viewer for a safe method,
    else editor), or one of the `special` scopes of tokens that are made for it."""

    def __init__(
        self, least: Role | None = None, *special: TokenScope, **options: Any
    ) -> None:
        super().__init__(**options)
        self.least = least
        self.special = special

    def least_for(self, method: str | None) -> Role:
        return self.least or (Role.VIEWER if method in SAFE else Role.EDITOR)


class MemberAuth(_Needing, SessionAuth):
    """The browser's session, of a person who belongs to an organisation. A request
    that is not GET, HEAD or OPTIONS sends the CSRF token in `X-CSRFToken`."""

    def __call__(self, request: HttpRequest) -> Membership | None:
        # A program without a token is told of the token, not of CSRF.
        if not request.user.is_authenticated:
            return None
        found: Membership | None = super().__call__(request)
        return found

    def authenticate(self, request: HttpRequest, key: str | None) -> Membership:
        membership: Membership | None = getattr(request, "membership", None)
        if membership is None:
            raise HttpError(404, "You do not belong to an organisation yet.")
        refuse_below(self.least_for(request.method), membership)
        return membership


class TokenAuth(_Needing, HttpBearer):
    """An API token, sent as `Authorization: Bearer mh_…`. The request is about the
    token's organisation then, and changes are noted as the token's. A scope includes
    those below it: `admin` may all that `write` may, `write` all that `read` may."""

    def authenticate(self, request: HttpRequest, token: str) -> TokenEntry:
        level = SCOPES[self.least_for(request.method)]
        wanted = [*self.special, *LEVELS[LEVELS.index(level) :]]
        try:
            entry = check_token(_Stored(), token.strip(), timezone.now(), *wanted)
            _hold_to_features(request, entry, self.special)
        except TokenRefused as error:
            status = 403 if error.code in {"scope", "feature"} else 401
            raise HttpError(status, error.message) from error
        found: Any = ApiToken.objects.select_related("organization").get(pk=entry.id)
        _let_in(request, found)
        note_token_use(found)
        with_token(found.label)
        return entry


def access(least: Role | None = None, *special: TokenScope) -> list[Callable[..., Any]]:
    """Who may call an operation, for its `auth`."""
    return [TokenAuth(least, *special), MemberAuth(least)]


def _hold_to_features(
    request: HttpRequest, entry: TokenEntry, special: tuple[TokenScope, ...]
) -> None:
    """A token for some features may what is about one of them, and what its own special
    scope is for. Everything else shows or changes other features too. Raises
    TokenRefused."""
    if not entry.features:
        return
    match = request.resolver_match
    if match is not None and OF_FEATURE in f"/{match.route}":
        check_feature(entry, str(match.kwargs["key"]))
    elif entry.scopes.isdisjoint(special):
        check_feature(entry, None)
    elif "feature" in request.GET:
        check_feature(entry, request.GET["feature"])


def caller_of(request: Any) -> str:
    """Who was let in, in a word: token:5, or person:3@2 of organisation 2."""
    if isinstance(request.auth, TokenEntry):
        return f"token:{request.auth.id}"
    return f"person:{request.user.pk}@{request.organization.pk}"


def _let_in(request: Any, token: ApiToken) -> None:
    request.organization = token.organization
    highest = [one for one in LEVELS if one in token.scopes][-1:]
    role = ROLES[highest[0]] if highest else Role.VIEWER
    # Of nobody and never stored: it says what the token may do.
    request.membership = Membership(organization=token.organization, role=role)
    # To a service, None is that no person does it: the token is noted then.
    request.user = None
    act_as(f"token: {token.label}")


class _Stored:
    """Tokens as they stand in the database: a revoked one is refused at once, and a new
    one is known at once."""

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
            features=frozenset(row.feature_keys),
        )
