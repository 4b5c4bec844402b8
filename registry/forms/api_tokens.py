import datetime
from typing import Any, Final, cast

from django import forms
from django.utils import timezone

from registry.models import Feature, Organization, TokenScope

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

    feature_keys = forms.MultipleChoiceField(
        required=False,
        label="Only these features",
        help_text="None chosen: it may call every feature and model.",
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    monthly_limit_usd = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        label="Budget in USD a month",
        help_text="Its calls are blocked when it is spent. Empty: none of its own.",
    )

    def __init__(self, data: Any = None, *, organization: Organization) -> None:
        super().__init__(data)
        keys = Feature.objects.filter(organization=organization, archived_at=None)
        choices = [
            (key, key) for key in keys.order_by("key").values_list("key", flat=True)
        ]
        cast(Any, self.fields["feature_keys"]).choices = choices

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned form as arguments of `create_token`."""
        days = self.cleaned_data["expires_in_days"]
        return {
            "label": self.cleaned_data["label"],
            "scopes": self.cleaned_data["scopes"],
            "feature_keys": self.cleaned_data["feature_keys"],
            "monthly_limit_usd": self.cleaned_data["monthly_limit_usd"],
            "expires_at": timezone.now() + datetime.timedelta(days=int(days))
            if days
            else None,
        }


class TokenNameForm(forms.Form):
    label = forms.CharField(
        max_length=80, error_messages={"required": "A token needs a name."}
    )
