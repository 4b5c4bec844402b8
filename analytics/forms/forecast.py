"""The state of the forecast page, read from its address."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from analytics.forecasting.growth import MOST_MONTHS, Growth
from analytics.queries.predicted_costs import UsageProjection
from registry.models import Feature, Organization
from registry.usage import MAX_QUANTITY

USUAL_MONTHS: Final = 6
OWN: Final = "growth-"


def _percent(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=Decimal("-99"),
        max_value=Decimal(1000),
        max_digits=8,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"placeholder": "0"}),
    )


class GrowthForm(forms.Form):
    """A field `growth-<key>` for each feature beside the growth of all."""

    growth = _percent("Growth, percent a month")
    months = forms.IntegerField(
        label="Months ahead",
        required=False,
        min_value=1,
        max_value=MOST_MONTHS,
        widget=forms.NumberInput(attrs={"placeholder": str(USUAL_MONTHS)}),
    )

    def __init__(
        self, data: QueryDict, organization: Organization, features: list[Feature]
    ) -> None:
        super().__init__(data)
        self.features = {f"{OWN}{one.key}": one for one in features}
        for name, feature in self.features.items():
            self.fields[name] = _percent(feature.name)

    @property
    def asked(self) -> tuple[Growth, int]:
        """What holds where something is wrong: the usual."""
        self.is_valid()
        values: dict[str, Any] = self.cleaned_data
        own = {
            feature.pk: values[name]
            for name, feature in self.features.items()
            if values.get(name) is not None
        }
        growth = Growth(values.get("growth") or Decimal(0), own)
        return growth, values.get("months") or USUAL_MONTHS

    def query(self) -> str:
        return urlencode(
            [(name, self.data[name]) for name in self.fields if self.data.get(name)]
        )


class PredictionForm(forms.Form):
    """A planned use of one model; the fields stand in the address beside the others."""

    model = forms.CharField(label="Model", required=False, max_length=200)
    requests = forms.IntegerField(
        label="Requests a month", required=False, min_value=0, max_value=10**12
    )
    input = forms.IntegerField(
        label="Input tokens each", required=False, min_value=0, max_value=MAX_QUANTITY
    )
    output = forms.IntegerField(
        label="Output tokens each", required=False, min_value=0, max_value=MAX_QUANTITY
    )
    cached = forms.DecimalField(
        label="Input from cache, percent",
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
    )
    batch = forms.DecimalField(
        label="Sent as batches, percent",
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
    )

    def clean_model(self) -> str:
        return str(self.cleaned_data["model"]).replace("\x00", "").strip()

    def projection(self, growth: Growth, months: int) -> UsageProjection:
        """Of a valid form."""
        values = self.cleaned_data
        return UsageProjection(
            requests=values["requests"] or 0,
            input_tokens=values["input"] or 0,
            output_tokens=values["output"] or 0,
            cached_share=(values["cached"] or Decimal(0)) / 100,
            batch_share=(values["batch"] or Decimal(0)) / 100,
            growth_percent=growth.percent,
            months=months,
        )
