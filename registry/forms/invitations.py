"""What a person with an invitation says to make an account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from registry.models import User


class AcceptForm(forms.Form):
    first_name = forms.CharField(label="First name", max_length=150, required=False)
    last_name = forms.CharField(label="Last name", max_length=150, required=False)
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters, not a common one.",
    )
    again = forms.CharField(
        label="Password again",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        names = {
            name: self.cleaned_data.get(name, "")
            for name in ("first_name", "last_name")
        }
        validate_password(password, User(email=self.email, **names))
        return password

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"password", "again"} <= set(found) and found["password"] != found["again"]:
            self.add_error("again", "The two passwords differ.")
        return found
