"""The state of the page of price changes, read from its address."""

from typing import Final

from django import forms

DAYS: Final = (30, 90, 180, 365)
USUAL_DAYS: Final = 90


class PriceChangesForm(forms.Form):
    days = forms.TypedChoiceField(
        choices=[(str(one), f"{one} d") for one in DAYS],
        coerce=int,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": "Choose 30, 90, 180 or 365 days."},
    )
    model = forms.CharField(required=False, max_length=300)

    @property
    def asked_days(self) -> int:
        """The usual where something is wrong."""
        self.is_valid()
        return int(self.cleaned_data.get("days") or USUAL_DAYS)

    @property
    def asked_model(self) -> str:
        self.is_valid()
        return str(self.cleaned_data.get("model") or "").strip()
