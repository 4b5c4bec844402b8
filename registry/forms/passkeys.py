"""Answers of browsers about passkeys: what is none is refused, not a fault."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)

MALFORMED = (KeyError, TypeError, ValueError, AttributeError)


class Checked:
    """The library reads the answer as if a browser had always written it."""

    def clean_credential(self) -> Any:
        parent: Any = super()
        if not hasattr(parent, "clean_credential"):
            return self.cleaned_data["credential"]  # type: ignore[attr-defined]
        try:
            return parent.clean_credential()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error

    def clean(self) -> Any:
        parent: Any = super()
        try:
            return parent.clean()
        except MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class PasskeyAddForm(Checked, AddWebAuthnForm):
    pass


class PasskeySignInForm(Checked, LoginWebAuthnForm):
    pass


class PasskeyFactorForm(Checked, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(Checked, ReauthenticateWebAuthnForm):
    pass
