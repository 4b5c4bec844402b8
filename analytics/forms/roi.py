"""The state of the return page, and the value of a feature."""

from decimal import Decimal
from typing import Final

from django import forms

DAYS: Final = (7, 30, 90)
USUAL_DAYS: Final = 30


class RoiForm(forms.Form):
    days = forms.TypedChoiceField(
        choices=[(str(one), f"{one} d") for one in DAYS],
        coerce=int,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "Choose 7, 30 or 90 days."},
    )
    fixed = forms.DecimalField(
        label="Fixed cost in this time, US dollars",
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text="People, licences, servers: break-even is how many requests pay it.",
    )

    @property
    def asked_days(self) -> int:
        """The usual where something is wrong."""
        self.is_valid()
        return int(self.cleaned_data.get("days") or USUAL_DAYS)

    @property
    def fixed_usd(self) -> Decimal | None:
        self.is_valid()
        return self.cleaned_data.get("fixed")


class ValueForm(forms.Form):
    """Left empty, the feature has no value any more."""

    value = forms.DecimalField(
        label="Value of a successful request, US dollars",
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=6,
    )
