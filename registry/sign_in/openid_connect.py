"""OpenID Connect: authorization code with PKCE, and beyond what django-allauth does a
nonce and a check of the ID token's signature."""

import secrets
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.http import HttpRequest, HttpResponse

NONCE_BYTES = 24
# What a system sends that does not keep to the protocol.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError)


class Door(OpenIDConnectOAuth2Adapter):
    """One other system, for one request."""

    nonce = ""

    def get_provider(self) -> "Provider":
        return Provider(self.request, app=super().get_provider().app)

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the system says about itself. Raises OAuth2Error where it says that it
        is another one."""
        config: dict[str, Any] = super().openid_config
        expected = self.get_provider().app.settings["server_url"]
        if str(config.get("issuer", "")).rstrip("/") != expected:
            raise OAuth2Error("The issuer is another one than the one configured.")
        return config

    def complete_login(
        self, request: HttpRequest, app: Any, token: Any, **kwargs: Any
    ) -> SocialLogin:
        try:
            claims = self._decode_id_token(app, kwargs["response"]["id_token"])
            userinfo = {}
            if "userinfo_endpoint" in self.openid_config:
                userinfo = dict(self._fetch_user_info(token.token))
        except MALFORMED as error:
            raise OAuth2Error("An answer that is none of this protocol.") from error
        if not self.nonce or claims.get("nonce") != self.nonce:
            raise OAuth2Error("The nonce is not the one of this attempt.")
        if userinfo and userinfo.get("sub") != claims.get("sub"):
            raise OAuth2Error("The user's page is about somebody else.")
        data = {"id_token": claims, "userinfo": userinfo}
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        return claims


class Provider(OpenIDConnectProvider):
    oauth2_adapter_class = Door

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """As configured: an address does not ask for more."""
        return list(self.get_scope())

    def get_auth_params_from_request(
        self, request: HttpRequest, action: str
    ) -> dict[str, str]:
        return dict(self.get_auth_params())

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(NONCE_BYTES)
        params = {**kwargs.pop("auth_params", {}), "nonce": nonce}
        response: HttpResponse = super().redirect(
            request, process, next_url, data, auth_params=params, nonce=nonce, **kwargs
        )
        return response


class Callback(OAuth2CallbackView):
    """Where the other system sends the person back to."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state.get("nonce", "")
        return state, response
