"""What a person says about themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError

from registry.access import OrganizationRequest
from registry.mail import has_mail
from registry.models import User
from registry.models.user import validate_plain_address
from registry.services.email_addresses import is_taken


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = User
        fields = ("first_name", "last_name")


class OwnZoneForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    class Meta:
        model = User
        fields = ("time_zone",)
        labels = {"time_zone": "Time zone"}  # noqa: RUF012  # Django reads it
        widgets = {  # noqa: RUF012  # Django reads it
            "time_zone": forms.TextInput(
                attrs={"list": "time-zones", "autocomplete": "off"}
            )
        }


class PasswordForgottenForm(forms.Form):
    email = forms.EmailField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


class EmailChangeForm(forms.Form):
    """Another address, with the password of a person who has one."""

    email = forms.EmailField(
        label="New address",
        max_length=254,
        validators=[validate_plain_address],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: OrganizationRequest, *args: Any) -> None:
        super().__init__(*args)
        self.request, self.user = request, request.user
        if not self.user.has_usable_password():
            del self.fields["password"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email == self.user.email:
            raise ValidationError("You sign in with this address already.")
        # With mail, only who reads the messages of the address gets to know.
        if not has_mail() and is_taken(email, self.user):
            raise ValidationError("This address belongs to another account.")
        return email

    def clean_password(self) -> str:
        """Raises ValidationError, also where it was wrong too often."""
        password: str = self.cleaned_data["password"]
        if not get_adapter(self.request).reauthenticate(self.user, password):
            raise ValidationError("That is not your password.")
        return password
