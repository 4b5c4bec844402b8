"""What django-allauth asks when somebody comes from another system."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from registry.services.single_sign_on import Refused, Stated, admit


class OtherSystemsAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        known = sociallogin.user if sociallogin.is_existing else None
        try:
            user = admit(stated_by(sociallogin), known)
        except Refused as error:
            response = refusal(request, str(error), status=403)
            raise ImmediateHttpResponse(response) from error
        if known is None:
            sociallogin.connect(request, user)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        text = (
            "The other system broke off, or this answer belongs to an attempt that was "
            "made elsewhere or too long ago."
        )
        raise ImmediateHttpResponse(refusal(request, text, status=401))


def stated_by(sociallogin: SocialLogin) -> Stated:
    data = sociallogin.account.extra_data
    if "id_token" in data:
        return stated_in(data)
    person = sociallogin.user
    return Stated(
        email=person.email.strip().lower(),
        # An assertion that the configured provider has signed.
        is_verified=bool(person.email),
        groups={str(one) for one in data.get(settings.SAML_GROUPS_ATTRIBUTE, ())},
        first_name=person.first_name,
        last_name=person.last_name,
    )


def stated_in(data: dict[str, Any]) -> Stated:
    """From the claims of the ID token, and of the user's page beside it."""
    claims = {**data.get("userinfo", {}), **data.get("id_token", {})}
    groups = claims.get(settings.OIDC_GROUPS_CLAIM) or []
    if isinstance(groups, str):
        groups = groups.replace(",", " ").split()
    return Stated(
        email=str(claims.get("email") or "").strip().lower(),
        is_verified=bool(claims.get("email")) and claims.get("email_verified") is True,
        groups={str(one) for one in groups},
        first_name=str(claims.get("given_name") or ""),
        last_name=str(claims.get("family_name") or ""),
    )


def refusal(request: HttpRequest, text: str, *, status: int) -> HttpResponse:
    context = {"text": text}
    return render(request, "account/refused.html", context, status=status)
