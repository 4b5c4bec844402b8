"""Signing in through another system: OpenID Connect, from OIDC_…, and SAML, from SAML_…
(docs/people.md)."""

from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured

from modelhub.env import env_list, env_text

ROLES = ("viewer", "analyst", "editor", "admin")
PROVIDER = "oidc"
SAML_PROVIDER = "saml"


class GroupRole(NamedTuple):
    """Who is in `group` has `role` in the organisation `slug`."""

    group: str
    slug: str
    role: str


def group_roles(lines: list[str]) -> tuple[GroupRole, ...]:
    """`ai-team=acme:editor` for each. Raises ImproperlyConfigured."""
    return tuple(_group_role(line) for line in lines)


def saml() -> dict[str, Any]:
    """The same for SAML; empty where no identity provider is named. Raises
    ImproperlyConfigured."""
    entity_id = env_text("SAML_IDP_ENTITY_ID")
    if not entity_id:
        return {}
    idp = {
        "entity_id": entity_id,
        "sso_url": env_text("SAML_IDP_URL"),
        "x509cert": env_text("SAML_IDP_CERTIFICATE"),
    }
    if not idp["sso_url"] or not idp["x509cert"]:
        raise ImproperlyConfigured(
            "SAML_IDP_ENTITY_ID needs SAML_IDP_URL and SAML_IDP_CERTIFICATE beside it."
        )
    app = {
        "provider_id": entity_id,
        "name": env_text("SAML_NAME", "SAML"),
        "client_id": SAML_PROVIDER,
        "settings": {"idp": idp, "advanced": {"want_assertion_signed": True}},
    }
    email = env_text("SAML_EMAIL_ATTRIBUTE")
    if email:
        app["settings"]["attribute_mapping"] = {"email": email}  # type: ignore[index]
    return {"saml": {"APPS": [app]}}


def _group_role(line: str) -> GroupRole:
    group, _, place = line.rpartition("=")
    slug, _, role = place.partition(":")
    if not group or not slug or role not in ROLES:
        message = (
            f"…_GROUP_ROLES: {line!r} is not GROUP=ORGANISATION:ROLE with a role of "
            f"{', '.join(ROLES)}."
        )
        raise ImproperlyConfigured(message)
    return GroupRole(group.strip(), slug.strip(), role)


def openid_connect() -> dict[str, Any]:
    """What django-allauth wants to know; empty where no issuer is named. Raises
    ImproperlyConfigured."""
    issuer = env_text("OIDC_ISSUER")
    if not issuer:
        return {}
    client_id = env_text("OIDC_CLIENT_ID")
    if not client_id:
        raise ImproperlyConfigured("OIDC_ISSUER is set, but OIDC_CLIENT_ID is not.")
    app = {
        "provider_id": PROVIDER,
        "name": env_text("OIDC_NAME", "single sign-on"),
        "client_id": client_id,
        "secret": env_text("OIDC_CLIENT_SECRET"),
        "settings": {
            "server_url": issuer.rstrip("/"),
            "scope": env_text("OIDC_SCOPES", "openid profile email").split(),
            "oauth_pkce_enabled": True,
        },
    }
    return {"openid_connect": {"APPS": [app]}}


SINGLE_SIGN_ON_APPS = [
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
]
SOCIALACCOUNT_ADAPTER = "registry.sign_in.other_systems.OtherSystemsAdapter"
SOCIALACCOUNT_PROVIDERS = {**openid_connect(), **saml()}
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
# The policy of our pages lets forms go to us alone, and so no further from there.
SOCIALACCOUNT_LOGIN_ON_GET = True
OIDC_GROUPS_CLAIM = env_text("OIDC_GROUPS_CLAIM", "groups")
SAML_GROUPS_ATTRIBUTE = env_text("SAML_GROUPS_ATTRIBUTE", "groups")
# One mapping, whichever way people come.
SIGN_IN_GROUP_ROLES = group_roles(
    env_list("OIDC_GROUP_ROLES") + env_list("SAML_GROUP_ROLES")
)
