"""The state of the what-if page, read from its address."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from analytics.bands.what_if import Unfit
from analytics.queries.alternatives import MIX, Found, find_alternatives
from analytics.queries.what_if import Prices, WhatIfQuestion
from registry.models import Feature, Organization

DAYS: Final = (7, 30, 90)
USUAL_DAYS: Final = 30
MOST: Final = 4
"""Alternatives beside what was: more columns cannot be read."""
PRICE_CHOICES: Final = (
    (Prices.DAY.value, "In force on each day"),
    (Prices.TODAY.value, "Today's prices"),
    (Prices.LIST.value, "Today's list prices, nothing negotiated"),
)
CACHE_CHOICES: Final = (("", "As measured"), ("none", "No cache"))
UNFIT_CHOICES: Final = (
    (Unfit.STAY.value, "Stay on their model"),
    (Unfit.PRICE.value, "Are priced all the same"),
)


class WhatIfForm(forms.Form):
    """`with` (several) and `set` (several, `feature=provider/model`) are read beside
    the fields: what is wrong among them is said, and the rest holds."""

    days = forms.TypedChoiceField(
        choices=[(str(one), f"{one} d") for one in DAYS],
        coerce=int,
        required=False,
        empty_value=None,
    )
    feature = forms.ModelChoiceField(
        Feature.objects.none(), required=False, to_field_name="key"
    )
    prices = forms.ChoiceField(choices=PRICE_CHOICES, required=False)
    cache = forms.ChoiceField(choices=CACHE_CHOICES, required=False)
    unfit = forms.ChoiceField(choices=UNFIT_CHOICES, required=False)

    def __init__(self, data: QueryDict, organization: Organization) -> None:
        super().__init__(data)
        self.organization = organization
        field = self.fields["feature"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  # for mypy
        field.queryset = Feature.objects.filter(organization=organization)
        written = [one.strip().replace("\x00", "") for one in data.getlist("with")]
        self.names = list(dict.fromkeys(one for one in written if one))
        self.mix = _mix(data.getlist("set"))
        self.problems: list[str] = []

    def found(self) -> Found:
        names = self.names[:MOST]
        found = find_alternatives(self.organization, names, self.mix)
        self.problems = list(found.problems)
        if len(self.names) > MOST:
            self.problems.append(f"Only the first {MOST} are shown: take one away.")
        return found

    def question(self, now: datetime.datetime) -> WhatIfQuestion:
        """Of a valid form."""
        values = self.cleaned_data
        feature: Feature | None = values["feature"]
        return WhatIfQuestion(
            organization=self.organization,
            now=now,
            days=values["days"] or USUAL_DAYS,
            alternatives=self.found().alternatives,
            feature_ids=frozenset({feature.pk} if feature else ()),
            prices=Prices(values["prices"] or Prices.DAY),
            is_cached=not values["cache"],
            unfit=Unfit(values["unfit"] or Unfit.STAY),
        )

    def state(self) -> list[tuple[str, str]]:
        """What stands in the address."""
        kept = [
            (name, str(self.data[name])) for name in self.fields if self.data.get(name)
        ]
        kept += [("with", name) for name in self.names]
        return kept + [("set", f"{key}={model}") for key, model in self.mix.items()]

    def address(self, **changes: str) -> str:
        """The query with some single values changed."""
        kept = [(name, value) for name, value in self.state() if name not in changes]
        return urlencode([*kept, *changes.items()])

    def without(self, name: str) -> str:
        """The query without an alternative."""
        return urlencode(
            [
                (field, value)
                for field, value in self.state()
                if (field, value) != ("with", name)
                and not (name == MIX and field == "set")
            ]
        )

    def adding(self, name: str) -> str:
        return urlencode([*self.state(), ("with", name)])


def _mix(written: list[str]) -> Mapping[str, str]:
    """`feature=provider/model`; an empty model leaves a feature as it is."""
    pairs: dict[str, str] = {}
    for one in written:
        key, _, model = one.replace("\x00", "").strip().partition("=")
        if key and model.strip():
            pairs[key.strip()] = model.strip()
    return pairs
