import datetime
from typing import Any, Final

from django import forms
from django.utils import timezone

from registry.models import TokenScope

PERIODS: Final = [
    ("", "Never"),
    ("7", "In 7 days"),
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("365", "In a year"),
]


class TokenForm(forms.Form):
    label = forms.CharField(
        max_length=80, label="Name", help_text="Which program uses it: shop, staging."
    )
    scopes = forms.MultipleChoiceField(
        choices=TokenScope.choices,
        initial=[TokenScope.GATEWAY],
        widget=forms.CheckboxSelectMultiple,
        label="May",
        error_messages={"required": "Choose what the token may do."},
    )
    expires_in_days = forms.ChoiceField(
        choices=PERIODS, required=False, label="Expires"
    )

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned form as arguments of `create_token`."""
        days = self.cleaned_data["expires_in_days"]
        return {
            "label": self.cleaned_data["label"],
            "scopes": self.cleaned_data["scopes"],
            "expires_at": timezone.now() + datetime.timedelta(days=int(days))
            if days
            else None,
        }


class TokenNameForm(forms.Form):
    label = forms.CharField(
        max_length=80, error_messages={"required": "A token needs a name."}
    )
