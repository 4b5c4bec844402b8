"""Adding and removing the second factors of one's own account. The steps are
django-allauth's; each change and its entry in the audit log are one transaction."""

from typing import Any

from allauth.mfa.recovery_codes.views import (
    DownloadRecoveryCodesView,
    GenerateRecoveryCodesView,
    ViewRecoveryCodesView,
)
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from registry.sign_in.events import record_for_person
from registry.views.sign_in import with_status

ACCOUNT = reverse_lazy("account")


class Recorded:
    """A step whose form, once valid, is done and recorded at once."""

    action: str
    kind: str
    said: str
    request: HttpRequest

    def facts(self, form: Any) -> dict[str, Any]:
        return {"factor": self.kind}

    def form_valid(self, form: Any) -> HttpResponse:
        facts = self.facts(form)
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            sides = {"before" if self.action.endswith("removed") else "after": facts}
            record_for_person(self.request.user, self.action, **sides)  # type: ignore[arg-type]
        messages.success(self.request, self.said)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return with_status(response, form)


@method_decorator(never_cache, name="dispatch")
class AppAdd(Recorded, ActivateTOTPView):
    template_name = "account/app_add.html"
    action = "user.factor_added"
    kind = "authenticator app"
    said = "Signing in asks for a code of your app from now on."


class AppRemove(Recorded, DeactivateTOTPView):
    template_name = "account/app_remove.html"
    success_url = ACCOUNT
    action = "user.factor_removed"
    kind = "authenticator app"
    said = "Signing in asks for no code of an app any more."


@method_decorator(never_cache, name="dispatch")
class PasskeyAdd(Recorded, AddWebAuthnView):
    template_name = "account/passkey_add.html"
    action = "user.factor_added"
    kind = "passkey"
    said = "The passkey is saved."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the form that was sent, which the parent leaves out."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {**found, **kwargs}

    def facts(self, form: Any) -> dict[str, Any]:
        return {"factor": self.kind, "name": form.cleaned_data["name"]}


class PasskeyRemove(Recorded, RemoveWebAuthnView):
    template_name = "account/passkey_remove.html"
    success_url = ACCOUNT
    action = "user.factor_removed"
    kind = "passkey"
    said = "The passkey is removed. Delete it in your browser too."

    def facts(self, form: Any) -> dict[str, Any]:
        return {"factor": self.kind, "name": self.get_object().wrap().name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {**found, "name": self.get_object().wrap().name}


@method_decorator(never_cache, name="dispatch")
class RecoveryCodes(ViewRecoveryCodesView):
    template_name = "account/recovery_codes.html"


class RecoveryCodesAgain(Recorded, GenerateRecoveryCodesView):
    template_name = "account/recovery_codes_again.html"
    action = "user.factor_added"
    kind = "recovery codes"
    said = "These codes replace the old ones."


app_add = AppAdd.as_view()
app_remove = AppRemove.as_view()
passkey_add = PasskeyAdd.as_view()
passkey_remove = PasskeyRemove.as_view()
recovery_codes = RecoveryCodes.as_view()
recovery_codes_again = RecoveryCodesAgain.as_view()
recovery_codes_file = DownloadRecoveryCodesView.as_view(
    template_name="account/recovery_codes.txt"
)
