"""Signing in: by password, by passkey, by a second factor, or by the one-time link that
the console prints."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import LoginView, LogoutView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from sesame.utils import get_user

from registry.mail import has_mail
from registry.models import User
from registry.sign_in.adapter import TOO_MANY
from registry.sign_in.events import record_sign_in
from registry.sign_in.sessions import note_session
from registry.sign_in.waiting import in_words

MINUTE_SECONDS = 60
SAML_PROVIDER = "saml"


class SignIn(LoginView):
    template_name = "account/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        systems = settings.SOCIALACCOUNT_PROVIDERS.values()
        apps = [app for system in systems for app in system["APPS"]]
        doors = [(app["name"], door_of(app)) for app in apps]
        found = super().get_context_data(**kwargs)
        return {**found, "doors": doors, "has_mail": has_mail()}

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        return with_status(response, form)


def door_of(app: dict[str, Any]) -> str:
    if app["client_id"] == SAML_PROVIDER:
        return reverse("saml_login", args=[SAML_PROVIDER])
    return reverse("openid_connect_login", args=[app["provider_id"]])


class SecondFactor(AuthenticateView):
    template_name = "account/second_factor.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        return with_status(response, form)


class PasswordAgain(ReauthenticateView):
    template_name = "account/again.html"
    extra_context = {"kind": "password"}  # noqa: RUF012  # Django reads it

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        return with_status(response, form)


class CodeAgain(CodeAgainView):
    template_name = "account/again.html"
    extra_context = {"kind": "code"}  # noqa: RUF012  # Django reads it

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        return with_status(response, form)


class PasskeyAgain(ReauthenticateWebAuthnView):
    template_name = "account/again.html"
    extra_context = {"kind": "passkey"}  # noqa: RUF012  # Django reads it

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"kind": "passkey", **super().get_context_data(**kwargs)}


def with_status(response: HttpResponse, form: Any) -> HttpResponse:
    """429 with the time to wait where it was tried too often, else 422."""
    errors = [one for field in form.errors.as_data().values() for one in field]
    blocked = next((one for one in errors if one.code == TOO_MANY), None)
    response.status_code = 429 if blocked else 422
    if blocked:
        seconds = (blocked.params or {}).get("seconds", 5 * MINUTE_SECONDS)
        response["Retry-After"] = str(seconds)
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """The limits of a network address are per minute."""
    context = {"wait": in_words(MINUTE_SECONDS)}
    response = render(request, "account/too_many.html", context, status=429)
    response["Retry-After"] = str(MINUTE_SECONDS)
    return response


sign_in = SignIn.as_view()
sign_in_passkey = LoginWebAuthnView.as_view()
second_factor = SecondFactor.as_view()
password_again = PasswordAgain.as_view()
code_again = CodeAgain.as_view()
passkey_again = PasskeyAgain.as_view()
sign_out = LogoutView.as_view(template_name="account/sign_out.html")


@login_not_required
@never_cache
@require_GET
def sign_in_link(request: HttpRequest) -> HttpResponse:
    """Sign in by a one-time link; a person without a password chooses one next. It
    asks for no second factor: who prints it has the server, and it is the way back for
    who lost theirs."""
    user = get_user(request)
    if not isinstance(user, User):
        return render(request, "account/link_used.html", status=403)
    login(request, user, backend="sesame.backends.ModelBackend")
    record_authentication(request, user, "link")
    note_session(request)
    record_sign_in(user, "link")
    if not user.has_usable_password():
        return redirect("account_password")
    return redirect("/")


@login_not_required
@require_GET
def inactive(request: HttpRequest) -> HttpResponse:
    return render(request, "account/inactive.html", status=403)
