"""Tokens for tests of the management API."""

from registry.models import ApiToken, Organization, TokenScope
from registry.services.api_tokens import create_token


def bearer(
    organization: Organization, *scopes: str, label: str = "robot"
) -> tuple[dict[str, str], ApiToken]:
    """The headers of a call with a new token, and the token."""
    issued = create_token(
        organization=organization,
        label=label,
        scopes=scopes or [TokenScope.READ],
        actor=None,
    )
    return {"Authorization": f"Bearer {issued.text}"}, issued.token
