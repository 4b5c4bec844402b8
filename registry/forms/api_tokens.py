import datetime
from collections.abc import Iterable
from typing import Any, Final, cast

from django import forms
from django.utils import timezone

from registry.models import ApiToken, Feature, Organization, TokenScope
from registry.services.api_token_changes import token_facts, token_mark

END_OF_DAY: Final = datetime.time(23, 59, 59)

PERIODS: Final = [
    ("", "Never"),
    ("7", "In 7 days"),
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("365", "In a year"),
]


class _TokenFields(forms.Form):
    """What can be said of a token when it is made and when it is changed."""

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
    feature_keys = forms.MultipleChoiceField(
        required=False,
        label="Only these features",
        help_text="It calls, rates and reaches these alone. None chosen: everything.",
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

    def offer_features(
        self, organization: Organization, chosen: Iterable[str] = ()
    ) -> None:
        """Features in use, and those chosen before that are not."""
        rows = Feature.objects.filter(organization=organization, archived_at=None)
        keys = {*rows.values_list("key", flat=True), *chosen}
        field = cast(forms.MultipleChoiceField, self.fields["feature_keys"])
        field.choices = [(key, key) for key in sorted(keys)]


class TokenForm(_TokenFields):
    expires_in_days = forms.ChoiceField(
        choices=PERIODS, required=False, label="Expires"
    )

    def __init__(self, data: Any = None, *, organization: Organization) -> None:
        super().__init__(data)
        self.offer_features(organization)

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


class TokenEditForm(_TokenFields):
    """`seen` is the mark of the token when the form was opened."""

    expires_on = forms.DateField(
        required=False,
        label="Expires on",
        help_text="It works to the end of this day in UTC. Empty: never.",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, token: ApiToken) -> None:
        super().__init__(data, initial=None if data else _initial(token))
        self.token = token
        self.offer_features(token.organization, token.feature_keys)

    @property
    def facts(self) -> dict[str, Any]:
        """The cleaned form as arguments of `edit_token`."""
        names = ("label", "scopes", "feature_keys", "monthly_limit_usd")
        return {
            **{name: self.cleaned_data[name] for name in names},
            "expires_at": self._expires_at(self.cleaned_data["expires_on"]),
        }

    def _expires_at(self, day: datetime.date | None) -> datetime.datetime | None:
        """A day that was not touched keeps its moment."""
        known = self.token.expires_at
        if day is None or (known is not None and known.date() == day):
            return known if day else None
        return datetime.datetime.combine(day, END_OF_DAY, datetime.UTC)


def _initial(token: ApiToken) -> dict[str, Any]:
    facts = token_facts(token)
    return {
        "label": token.label,
        "scopes": token.scopes,
        "feature_keys": token.feature_keys,
        "monthly_limit_usd": facts["monthly_limit_usd"],
        "expires_on": token.expires_at and token.expires_at.date(),
        "seen": token_mark(token),
    }
